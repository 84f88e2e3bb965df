"""/metrics of a running daemon: Prometheus' own checker accepts it, and it says what has happened."""

import re
import shutil
import subprocess

from daemon import Daemon
from running import Running, until
from tenant import Tenant, equal, true


def samples(text):
    """{name{labels}: value}"""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            true(name not in found, f"{name} is there twice")
            found[name] = float(value)
    return found


def metrics(running):
    status, text = running.get("/metrics")
    equal(status, 200, "/metrics")
    return text


def what_has_happened(daemon):
    tenant = daemon.tenant
    with Running(daemon, "metrics") as running:
        running.ready()
        running.await_passes(1)
        first = samples(metrics(running))
        writes = sum(v for n, v in first.items() if n.startswith("scepmand_writes_total") and 'result="ok"' in n)
        true(writes > 10, f"{writes} writes")
        equal(running.tenant()["last_pass"]["writes"], writes, "writes in the status")
        equal(first['scepmand_passes_total{tenant="Contoso",result="in-sync"}'], 1)
        running.one_more_pass()
        second = samples(metrics(running))
        equal(sum(v for n, v in second.items() if n.startswith("scepmand_writes_total") and 'result="ok"' in n), writes,
              "writes after a pass in sync")
        equal(second['scepmand_pass_duration_seconds_count{tenant="Contoso"}'], 2)
        # What a pass opens, connections above all, is closed when it is over.
        true(first["scepmand_loop_handles"] >= 10, "handles of the loop")
        # The connection of the question before may still be on its way out.
        for name in ("scepmand_loop_handles", "process_open_fds"):
            until(lambda: samples(metrics(running))[name] <= first[name], f"{name} is as before the pass")
        sent = sum(v for n, v in second.items() if n.startswith("scepmand_http_requests_total"))
        equal(sum(v for n, v in second.items() if n.startswith("scepmand_http_request_duration_seconds_count")), sent,
              "requests in the histogram")
        true(any(n.startswith("scepmand_token_expiry_timestamp_seconds") for n in second), "tokens")

        rule = {"method": "GET", "path": "*/providers/Microsoft.Web/sites/app-scepman-contoso*", "status": 403, "body": {
            "error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}}}
        tenant.control("POST", "faults", rule)
        running.one_more_pass()
        blocked = re.compile(r'scepmand_blocked\{tenant="Contoso",instance="[^"]*",reason="InsufficientPrivileges"\}')
        true(any(blocked.match(n) and v >= 1 for n, v in samples(metrics(running)).items()), "it is not blocked")
        tenant.control("DELETE", "faults")
        running.one_more_pass()
        true(all(v == 0 for n, v in samples(metrics(running)).items() if n.startswith("scepmand_blocked")), "it is still blocked")
        running.stop()


def prometheus_accepts_it(daemon):
    with Running(daemon, "promtool") as running:
        running.ready()
        running.await_passes(1)
        result = subprocess.run(["promtool", "check", "metrics"], input=metrics(running), capture_output=True, text=True)
        equal((result.returncode, result.stdout + result.stderr), (0, ""), "promtool check metrics")
        running.stop()


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        counter.check("metrics: what has happened", lambda: what_has_happened(daemon))
        if shutil.which("promtool"):
            counter.check("metrics: prometheus accepts it", lambda: prometheus_accepts_it(daemon))
        else:
            counter.skip("metrics: prometheus accepts it", "promtool is not installed (Debian's prometheus)")
