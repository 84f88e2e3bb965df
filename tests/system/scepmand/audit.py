"""The audit trail of real runs: complete, without secrets, proof against changes, and a condition of every write."""

import json
import os
import resource
import signal
import subprocess

from daemon import Daemon, mutating
from running import until
from tenant import Tenant, equal, true


def configure(daemon, name):
    directory = os.path.join(daemon.tenant.directory, name)
    return daemon.configure(("state_directory: .*", f"state_directory: {directory}")), os.path.join(directory, "audit.jsonl")


def entries(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def secrets(state):
    """The values that tell a secret, and long enough that they are nowhere by chance."""
    for resource_ in state["resources"]:
        if resource_["id"].lower().endswith("/config/appsettings"):
            for name, value in resource_["properties"].items():
                if name.endswith(("SharedKey", "LicenseKey", "ApplicationKey")) and len(value) > 8:
                    yield value


def every_write_is_recorded(daemon):
    tenant = daemon.tenant
    config, path = configure(daemon, "recorded")
    known = list(secrets(tenant.state()))
    true(known, "the scenario has no secrets to look for")
    daemon.expect(2, "plan", config)
    true(not os.path.exists(path), "a plan has written to the audit trail")
    tenant.control("DELETE", "journal")
    daemon.expect(0, "apply", config)
    sent = mutating(tenant.control("GET", "journal"))
    written = [e for e in entries(path) if e["event"] == "write"]
    equal(len(written), len(sent), "entries for the writes in the journal")
    equal([e["target"] for e in written if not e["changes"]], [], "writes that do not say what they change")
    registered = [c for e in written if e["request"]["path"].startswith("/v1.0/applications/") for c in e["changes"]]
    keys = {"appRoles", "identifierUris", "requiredResourceAccess", "web.homePageUrl", "web.redirectUris",
            "web.implicitGrantSettings.enableIdTokenIssuance"}
    true({c["key"] for c in registered} == keys and all(c["after"] for c in registered), f"the second write to a new app registration: {registered}")
    equal({e["result"] for e in entries(path) if e["event"] == "result"}, {"done"})
    true(all(e["request_id"] for e in entries(path) if e["event"] == "result"), "the cloud's request ids")
    equal({(e["tenant"], e["instance"], e["command"]) for e in written}, {("Contoso", "app-scepman-contoso", "apply")})
    with open(path) as file:
        text = file.read()
    shown = daemon.expect(0, "audit", config, "show")
    for secret in known:
        true(secret not in text and secret not in shown, "a secret is in the audit trail")
    true("SharedKey: (sensitive " in shown, shown)
    equal(os.stat(path).st_mode & 0o777, 0o600)
    true("The chain is whole" in daemon.expect(0, "audit", config, "verify"), "verify")
    equal(len(json.loads(daemon.expect(0, "audit", config, "show", "-o", "json"))), len(written))
    equal(daemon.expect(0, "audit", config, "show", "-i", "Contoso/app-scepman-contoso"), shown, "of the only installation")
    true("No write to an installation of this name" in daemon.expect(0, "audit", config, "show", "-i", "nobody"), "of nobody")


def a_change_shows(daemon):
    config, path = configure(daemon, "changed")
    daemon.expect(0, "apply", config)
    noted = json.loads(daemon.expect(0, "audit", config, "verify", "-o", "json"))["last"]
    daemon.expect(0, "audit", config, "verify", "--contains", noted)
    for wrong in (("audit", config, "verify", "--contains", noted[:-1]), ("audit", config, "show", "--contains", noted)):
        code, _, error = daemon.run(*wrong)
        equal((code, "--contains" in error), (64, True), error)
    with open(path) as file:
        lines = file.readlines()
    with open(path, "w") as file:
        file.writelines(lines[:-2])
    code, _, error = daemon.run("audit", config, "verify", "--contains", noted)
    equal(code, 1, "a trail without its end")
    true("its end was taken away" in error, error)
    with open(path, "w") as file:
        file.writelines(lines[:1] + lines[2:])
    code, _, error = daemon.run("audit", config, "verify")
    equal(code, 1, "a trail without a line")
    true("line 2" in error, error)


def full_disk(directory_limit):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (directory_limit, directory_limit))
    return limit


def a_full_disk_stops_writes_not_reads(daemon):
    """A file may not grow beyond some bytes: what a full disk looks like to the daemon."""
    tenant = daemon.tenant
    config, path = configure(daemon, "full")
    tenant.control("DELETE", "journal")
    before = tenant.state()
    result = subprocess.run([daemon.binary, "apply", "-q", "-c", config], capture_output=True, text=True, timeout=300,
                            preexec_fn=full_disk(200))
    equal(result.returncode, 3, result.stdout + result.stderr)
    true("WriteHeldBack" in result.stdout and "nothing was written" in result.stdout, result.stdout)
    equal(mutating(tenant.control("GET", "journal")), [], "writes with a full disk")
    equal(tenant.state(), before, "the tenant")
    daemon.expect(0, "apply", config)
    daemon.expect(0, "audit", config, "verify")


def killed_in_the_middle(daemon):
    tenant = daemon.tenant
    config, path = configure(daemon, "killed")
    tenant.control("POST", "faults", {"method": "PUT", "path": "*/config/appsettings", "nth": 1, "delay_ms": 600000})
    process = subprocess.Popen([daemon.binary, "apply", "-q", "-c", config], stdout=subprocess.DEVNULL)
    try:
        until(lambda: os.path.exists(path) and '"kind":"app-settings"' in open(path).read(), "a settings write begins")
    finally:
        process.kill()
        process.wait()
        tenant.control("DELETE", "faults")
    findings = json.loads(daemon.expect(0, "audit", config, "verify", "-o", "json"))
    true(findings["unanswered"] >= 1, findings)
    daemon.expect(0, "apply", config)
    findings = json.loads(daemon.expect(0, "audit", config, "verify", "-o", "json"))
    equal(findings["whole"], True)
    true("result not recorded" in daemon.expect(0, "audit", config, "show"), "the write that was killed")


def nothing_there(daemon):
    config, _ = configure(daemon, "nothing")
    for action in ("verify", "show"):
        code, _, error = daemon.run("audit", config, action)
        equal(code, 1, action)
        true("It begins with the first write" in error, error)
    equal(daemon.run("audit", config, "list")[0], 64, "an action that there is not")


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        for check in (nothing_there, every_write_is_recorded, a_change_shows, a_full_disk_stops_writes_not_reads,
                      killed_in_the_middle):
            tenant.control("POST", "scenario", {"name": "fresh"})
            counter.check(f"audit: {check.__name__.replace('_', ' ')}", lambda: check(daemon))
