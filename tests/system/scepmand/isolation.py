"""Several tenants in one daemon, each with its own credential: what goes wrong with those of some is not felt by the others."""

import json
import os
import re
import signal
import socket

from daemon import Daemon
from running import Running, until
from tenant import Tenant, equal, true

ROLE = "dc5007c0-2d7d-4c42-879c-2dab87571379"  # IdentityRiskyUser.Read.All
# (first tenant, second tenant): their simulators begin as the same tenant.
OTHER = (("8f2e6a1c", "9f2e6a1c"), ("11111111-2222", "21111111-2222"))


def other(text):
    for here, there in OTHER:
        text = text.replace(here, there)
    return text


def tenant_block(name, text, tenant_id=None, credential=None, begin="    credential:\n"):
    """The tenant of a configuration, with another name, id and credential."""
    block = text.split("tenants:\n")[1]
    block = re.sub(r'- name: "Contoso"', f"- name: {name}", block)
    if tenant_id:
        block = re.sub(r"tenant_id: .*", f"tenant_id: {tenant_id}", block)
    if credential:
        block = re.sub(begin + r"(      .*\n)+", f"{begin}      {credential}\n", block)
    return block


class Neighbours(Running):
    """A daemon with a healthy tenant and its NEIGHBOURS, blocks of configuration."""

    def __init__(self, daemon, name, neighbours, **environment):
        super().__init__(daemon, name)
        text = self.read_config()
        # Whoever waits for an answer waits for longer than this test takes.
        text = text.replace("daemon:\n", "daemon:\n  limits: {request_timeout: 10m}\n", 1)
        head, _ = text.split("tenants:\n")
        self.write_config(head + "tenants:\n" + "".join(neighbours) + tenant_block("Healthy", text))
        self.environment.update(environment)

    def named(self, name):
        return next(t for t in self.status()["tenants"] if t["name"] == name)

    def await_passes_of(self, name, count):
        return until(lambda: (lambda t: t["passes"] >= count and t)(self.named(name)), f"{count} passes of {name}")

    def await_state(self, name, condition, what):
        return until(lambda: (lambda t: condition(t) and t)(self.named(name)), f"{name}: {what}")


def messages(tenant):
    return " ".join(c["message"] for i in tenant["instances"] for c in i["conditions"])


def is_in_sync(tenant):
    return all(i["in_sync"] for i in tenant["instances"])


def completed_and_healed(daemon, running):
    """The healthy tenant comes to its end, and what is changed there is put right."""
    running.await_state("Healthy", lambda t: t["passes"] >= 1 and is_in_sync(t), "completed")
    passes = running.named("Healthy")["passes"]
    state = daemon.tenant.state()
    state["directory"]["appRoleAssignments"] = [r for r in state["directory"]["appRoleAssignments"] if r["appRoleId"] != ROLE]
    daemon.tenant.control("PUT", "state", state)
    running.signal(signal.SIGUSR1)
    running.await_passes_of("Healthy", passes + 1)
    true(any(r["appRoleId"] == ROLE for r in daemon.tenant.state()["directory"]["appRoleAssignments"]), "it was not healed")


def no_foreign_token(tenant, tenant_id):
    """The simulated services refuse tokens of other tenants; nobody has brought one, or asked for one."""
    journal = tenant.control("GET", "journal")
    equal([line["url"] for line in journal if line["status"] == 401 and "/oauth2/" not in line["url"]], [])
    logins = [line["url"] for line in journal if "/oauth2/v2.0/token" in line["url"]]
    true(logins and all(f"/{tenant_id}/" in url for url in logins), logins)


def silent_listener():
    """Takes connections and never answers."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def neighbours_that_fail(daemon, first):
    """A wrong secret, a metadata service that hangs, an az that hangs: one tenant after the other is told of, none waits for another."""
    directory = daemon.tenant.directory
    secret = os.path.join(directory, "changing-secret")
    with open(secret, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write("wrong\n")
    tools = os.path.join(directory, "tools")
    os.mkdir(tools)
    with open(os.path.join(tools, "az"), "w", opener=lambda name, flags: os.open(name, flags, 0o755)) as file:
        file.write("#!/bin/sh\nsleep 1000\n")
    with open(first.config) as file:
        text = file.read()
    neighbours = (
        re.sub(r"client_secret_file: .*", f"client_secret_file: {secret}", tenant_block("WrongSecret", text)),
        tenant_block("HangingIdentity", text, "aaaaaaaa-0000-4000-8000-000000000001", "type: managed_identity"),
        tenant_block("HangingCli", text, "aaaaaaaa-0000-4000-8000-000000000002", "type: azure_cli"),
    )
    with silent_listener() as listener:
        variables = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:%u" % listener.getsockname()[1],
                     "PATH": f"{tools}:{os.environ['PATH']}"}
        with Neighbours(daemon, "neighbours", neighbours, **variables) as running:
            running.ready()
            completed_and_healed(daemon, running)
            hanging = running.named("HangingIdentity")
            equal((hanging["state"], hanging["passes"]), ("running", 0), "it still waits, and the healthy one has not waited for it")
            wrong = running.await_passes_of("WrongSecret", 1)
            true("AADSTS7000215" in messages(wrong), messages(wrong))
            cli = running.await_passes_of("HangingCli", 1)
            true("did not answer within 10 s" in messages(cli), messages(cli))
            equal(running.get("/healthz")[0], 200)
            # What is put right for one is found by its next pass, without a restart.
            with open(secret, "w") as file:
                file.write(first.client_secret)
            running.signal(signal.SIGUSR1)
            running.await_state("WrongSecret", is_in_sync, "completed with the right secret")
            equal(running.named("HangingIdentity")["passes"], 0)
            running.stop()
    no_foreign_token(first, first.tenant_id)
    no_foreign_token(daemon.tenant, other(first.tenant_id))


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as first, Tenant(sim_binary, "--scenario", "fresh") as second:
        second.control("PUT", "state", json.loads(other(json.dumps(second.state()))))
        with open(second.config) as file:
            text = file.read()
        with open(second.config, "w") as file:
            file.write(other(text))
        daemon = Daemon(daemon_binary, second)
        counter.check(neighbours_that_fail.__doc__, lambda: neighbours_that_fail(daemon, first))
