"""Bad input and a cloud that refuses: one clear sentence each, the right exit status, nothing lost."""

import json
import os
import signal
import socket
import subprocess
import time

from daemon import Daemon, mutating
from tenant import Tenant, equal, true

URL = r"https://localhost:\d+"


def says(output, *words):
    for word in words:
        true(word in output, f"{word!r} is not in: {output}")


def wrong_configuration(daemon):
    path = os.path.join(daemon.tenant.directory, "wrong.yaml")
    with open(path, "w") as file:
        file.write("daemon:\n  intervall: 15m\ntenants:\n  - name: a\n    tenant_id: nonsense\n    mode: aply\n")
    status, output, error = daemon.run("validate", path)
    equal((status, output), (78, ""))
    says(error, f"{path}:2:3:", "interval", f"{path}:5:16:", f"{path}:6:11:", "apply")
    true(len(error.splitlines()) >= 5, error)
    for command in ("plan", "apply", "grants"):
        equal(daemon.run(command, path)[0], 78, command)
    with open(os.path.join(daemon.tenant.directory, "journal"), "w+") as journal:
        stream = os.fstat(journal.fileno())
        subprocess.run([daemon.binary, "run", "-c", path], stderr=journal,
                       env=dict(os.environ, JOURNAL_STREAM=f"{stream.st_dev}:{stream.st_ino}"))
        journal.seek(0)
        equal(journal.read(), "".join(f"<3>{line}\n" for line in error.splitlines()), "in the journal they are errors")


def configuration_of_the_service(daemon):
    """In a shell, where systemd has set no variable: what needs no secret works, and the rest says where it would be."""
    path = daemon.configure((r"client_secret_file: .*", "client_secret_file: ${CREDENTIALS_DIRECTORY}/client-secret"))
    for environment in ({}, {"CREDENTIALS_DIRECTORY": ""}):
        daemon.expect(0, "validate", path, environment=environment)
        says(daemon.expect(1, "plan", path, environment=environment), "/run/credentials/scepmand.service/client-secret",
             "/etc/credstore")
    own = {"CREDENTIALS_DIRECTORY": os.path.dirname(daemon.tenant.config)}
    daemon.expect(2, "plan", path, environment=own)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def unreachable(daemon):
    port = free_port()
    config = daemon.configure((URL, f"https://localhost:{port}"))
    output = daemon.expect(1, "plan", config)
    says(output, "CloudUnreachable", f"localhost:{port} could not be reached", "Check the network")
    equal(output.count("could not be reached"), 1, "it is said once")


def unknown_certificate(daemon):
    config = daemon.configure((r"\n *ca_file: .*", ""))
    says(daemon.expect(1, "plan", config), "not signed by a known authority", "cloud.ca_file")


def unusable_root(daemon):
    config = daemon.configure((r"ca_file: .*", "ca_file: /nowhere/ca.pem"))
    says(daemon.expect(1, "plan", config), "CredentialRejected", "/nowhere/ca.pem")


def one_tenant_of_two(daemon):
    """What is wrong with one tenant's files is no reason to leave the other one alone."""
    with open(daemon.configure()) as file:
        tenant = file.read().split("tenants:\n")[1]
    tenant = tenant.replace("Contoso", "Fabrikam", 1).replace("8f2e6a1c", "9f2e6a1c")
    tenant = tenant.replace("11111111", "21111111").replace(daemon.tenant.ca_file, "/nowhere/ca.pem")
    config = daemon.configure(instance=tenant)
    output = daemon.expect(2, "plan", config)
    says(output, "/nowhere/ca.pem", "Contoso")
    both = daemon.plan(2, config)["tenants"]
    equal({t["name"]: any(c["reason"] == "CredentialRejected" for c in t["instances"][0]["conditions"]) for t in both},
          {"Contoso": False, "Fabrikam": True})


def wrong_secret(daemon):
    path = os.path.join(daemon.tenant.directory, "wrong-secret")
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write("canary-wrong-secret\n")
    config = daemon.configure((r"client_secret_file: .*", f"client_secret_file: {path}"))
    status, output, error = daemon.run("plan", config)
    equal(status, 1)
    says(output, "CredentialRejected", "AADSTS7000215", path, "az ad app credential reset")
    true("canary-wrong-secret" not in output + error, "the secret is shown")


def expired_secret(daemon):
    daemon.tenant.control("POST", "faults", {
        "method": "POST", "path": "*/oauth2/v2.0/token", "status": 401, "body": {
            "error": "invalid_client", "error_codes": [7000222],
            "error_description": "AADSTS7000222: The provided client secret keys for app 'x' are expired."}})
    try:
        says(daemon.expect(1, "plan"), "CredentialRejected", "AADSTS7000222", "expired", "az ad app credential reset")
    finally:
        daemon.tenant.control("DELETE", "faults")


def wrong_tenant(daemon):
    config = daemon.configure((r"tenant_id: .*", "tenant_id: 00000000-1111-4222-8333-444455556666"))
    says(daemon.expect(1, "plan", config), "AADSTS90002", "00000000-1111-4222-8333-444455556666", "tenant_id")


def killed(daemon):
    """kill -9 in the middle; the next run completes what was begun."""
    process = subprocess.Popen([daemon.binary, "apply", "-c", daemon.tenant.config], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if ": wrote " in line:
            break
    process.kill()
    process.wait()
    process.stderr.close()
    daemon.expect(0, "apply")
    equal(daemon.expect(0, "plan").splitlines()[-1], "In sync.")
    names = [a["displayName"] for a in daemon.tenant.state()["directory"]["applications"]]
    equal(len(names), len(set(names)), f"app registrations {names}")


def interrupted(daemon):
    """SIGTERM: what is under way is finished, the rest is left, and the report says so."""
    process = subprocess.Popen([daemon.binary, "apply", "-c", daemon.tenant.config], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if ": writing " in line:
            break
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    true(process.returncode in (1, 3), process.returncode)
    says(output, "Applied: ")
    daemon.expect(0, "apply")


def held_installation(daemon):
    """What is not written to an installation on hold is said once, however many passes its neighbour needs."""
    config = daemon.configure((r'(app_service: "app-scepman-contoso"\n)', r"\1        hold: true\n"))
    daemon.tenant.control("POST", "faults", {"method": "PUT", "path": "*/roleAssignments/*", "nth": 1, "status": 503, "body": {
        "error": {"code": "ServiceUnavailable", "message": "later"}}})
    status, output, error = daemon.run("apply", config, "-o", "json")
    true("looking again" in error, error)
    held, other = json.loads(output)["tenants"][0]["instances"]
    equal((status, held["in_sync"], other["in_sync"]), (3, False, True))
    actions = [(a["kind"], a["target"], a["slot"], a["key"], a["after"]) for a in held["actions"]]
    equal(len(actions), len(set(actions)), f"actions {actions}")


def read_only_identity(daemon):
    """mode: plan in the configuration: apply writes nothing either."""
    tenant = daemon.tenant
    tenant.control("DELETE", "journal")
    config = daemon.configure(tenant="    mode: plan\n")
    daemon.expect(3, "apply", config)
    equal(mutating(tenant.control("GET", "journal")), [])


def usage(daemon):
    for arguments in (("plam",), (), ("plan", "too", "many"), ("--color", "red", "plan"), ("-o", "yaml", "plan")):
        result = subprocess.run([daemon.binary, *arguments], capture_output=True, text=True)
        equal((result.returncode, result.stdout), (64, ""), str(arguments))
        true(result.stderr.startswith("scepmand: "), result.stderr)
    true("did you mean \"plan\"" in subprocess.run([daemon.binary, "plam"], capture_output=True, text=True).stderr, "hint")
    equal(daemon.run("plan", None, "-i", "nobody")[0], 64)


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        for check in (usage, wrong_configuration, configuration_of_the_service, unreachable, unknown_certificate, unusable_root, one_tenant_of_two,
                      wrong_secret, expired_secret, wrong_tenant, read_only_identity):
            counter.check(check.__name__, lambda: check(daemon))
    for check in (killed,):
        with Tenant(sim_binary, "--scenario", "fresh") as tenant:
            counter.check(check.__name__, lambda: check(Daemon(daemon_binary, tenant)))
    with Tenant(sim_binary, "--scenario", "two-installations") as tenant:
        counter.check(held_installation.__name__, lambda: held_installation(Daemon(daemon_binary, tenant)))
    with Tenant(sim_binary, "--scenario", "fresh", "--latency-ms", "100") as tenant:
        counter.check(interrupted.__name__, lambda: interrupted(Daemon(daemon_binary, tenant)))
