"""Edge cases of the wire and of time: throttling, tokens, clocks, being killed, a plan that cannot change anything."""

import re
import signal
import subprocess

from case import GROUP, LEVEL, MASTER, SCEPMAN, TIME, Case, run_cases, says, settings_writes
from daemon import mutating
from tenant import Tenant, equal, true

HOUR = 3600


def throttled(case, service, retry_after_s):
    """A request of SERVICE is throttled, in the middle: none of that service comes before the time is over, and all is well in the
    end. One request at a time: what was under way when the answer came would be no disobedience."""
    case.fault(service=service, nth=12, throttle={"retry_after_s": retry_after_s})
    case.expect(0, "apply", case.configure((r"daemon:\n", "daemon:\n  limits: {concurrency: 1}\n")))
    lines = [line for line in case.journal() if (("/v1.0/" in line["url"]) if service == "graph" else "/subscriptions/" in line["url"])]
    n = next(n for n, line in enumerate(lines) if line["status"] == 429)
    true(n + 1 < len(lines), "it went on")
    later = [line["time_ms"] - lines[n]["time_ms"] for line in lines[n + 1:]]
    true(min(later) >= retry_after_s * 1000, f"{service}: the next came after {min(later)} ms")


def case_110_throttled(case):
    throttled(case, "arm", 2)


def case_110_throttled_by_graph(case):
    throttled(case, "graph", 2)


def case_110_token_ends(case):
    """Resource Manager finds, in the middle of a pass, that the token is over: a new one is fetched, once, and the pass goes on."""
    case.fault(service="arm", nth=8, status=401, body={"error": {
        "code": "ExpiredAuthenticationToken", "message": "The access token expiry UTC time is earlier than current UTC time."}},
        headers={"WWW-Authenticate": 'Bearer authorization_uri="https://localhost", error="invalid_token"'})
    status, output, error = case.run("apply")
    equal(status, 0, output + error)
    equal(len([line for line in case.journal() if line["status"] == 401]), 1, "refusals")
    tokens = case.journal("POST", "/oauth2/v2.0/token")
    equal(len(tokens), 3, "tokens: one for each service, and the new one")
    refused = next(line for line in case.journal() if line["status"] == 401)
    true(tokens[-1]["n"] > refused["n"], "the new one came after the refusal")
    again = [line for line in case.journal() if line["url"] == refused["url"] and line["n"] > refused["n"]]
    true(again and again[0]["status"] < 300, "the request was repeated")
    true("looking again" not in error, "it was one pass")


def case_111_not_found(case):
    """SCEPman is not where the configuration says: that is said, and nothing is created in its place or around it."""
    case.edit(SCEPMAN, remove=True)
    before = case.tenant.state()
    case.forget()
    output = case.expect(3, "apply")
    says(output, "InstanceNotFound", "app-scepman-contoso", "rg-scepman")
    equal(mutating(case.tenant.control("GET", "journal")), [], "sent")
    equal(case.tenant.state(), before, "the tenant")


def defect_B18_what_is_not_found_is_said(case):
    """Of two installations one is gone, of the other the vault and the workspace: each is named, none is taken for noise."""
    two = [r["id"] for r in case.tenant.state()["resources"]
           if re.search(r"/resourceGroups/rg-scepman2/.*/(vaults|workspaces)/[^/]*$", r["id"], re.IGNORECASE)]
    equal(len(two), 2, two)
    for id in (SCEPMAN, *two):
        case.edit(id, remove=True)
    output = case.expect(3, "apply")
    says(output, "InstanceNotFound", "KeyVaultNotResolvable", "WorkspaceNotFound", "app-scepman-contoso", "kv-scepman-contoso2")


def case_113_killed_before_the_settings(case):
    """kill -9 when all grants are there and no setting is: the next run completes, with the time of its own write."""
    case.fault(method="PUT", path="*/config/appsettings", status=503, body={"error": {"code": "ServiceUnavailable", "message": "later"}})
    process = subprocess.Popen([case.binary, "apply", "-c", case.default], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if ": writing app-settings" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    equal(process.returncode, -signal.SIGKILL, "it was killed at work")
    case.mend()
    true(len(case.roles(SCEPMAN)) == 5 and case.roles(MASTER), "the roles are there")
    true(TIME not in case.settings(SCEPMAN) and TIME not in case.settings(MASTER), "the settings are not")
    case.forget()
    case.expect(0, "apply")
    for site in (SCEPMAN, MASTER):
        equal(case.settings(site)[LEVEL], "2")
    written = next(line for line in case.journal("PUT", "/sites/app-scepman-contoso/config/appsettings?"))
    true(abs(int(case.settings()[TIME]) - written["time_ms"] / 1000) < 60, "the time is that of the second run")
    equal(mutating(case.journal("POST", "/appRoleAssignments")), [], "grants of the second run")
    names = [a["displayName"] for a in case.tenant.state()["directory"]["applications"]]
    equal(len(names), len(set(names)), f"registrations {names}")
    case.in_sync()


def case_114_plan_of_nothing(case):
    """Nothing is configured yet, and the plan goes over a proxy in front of the public cloud: it saw nothing that changes something."""
    config = case.configure((r"(?s)cloud:.*?(\n    credential:)", rf"cloud: {{name: AzureCloud, ca_file: {case.tenant.ca_file}}}\1"))
    before = case.tenant.state()
    plan = case.plan(2, config, environment={"HTTPS_PROXY": case.tenant.proxy_url, "NO_PROXY": ""})
    true(plan["summary"]["add"] > 20, plan["summary"])
    journal = case.tenant.control("GET", "journal")
    hosts = {line["url"].split("/")[2] for line in journal}
    equal(hosts, {"login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"}, "hosts")
    equal(mutating(journal), [], "sent")
    equal(case.tenant.state(), before, "the tenant")


def clock(case):
    """The recorded time is that of the cloud, whatever this machine thinks; SCEPman would not believe one in the future."""
    case.expect(0, "apply")
    for site in ("app-scepman-contoso", "app-scepman-contoso-cm"):
        written = case.journal("PUT", f"/sites/{site}/config/appsettings?")[0]["time_ms"] / 1000
        recorded = int(case.settings(SCEPMAN if site in SCEPMAN.split("/") else MASTER)[TIME])
        true(-60 < recorded - written <= 1, f"{site}: {recorded} was recorded at {written}")
    case.in_sync()


def case_115_clock_an_hour_behind(case):
    clock(case)


def case_115_clock_an_hour_ahead(case):
    clock(case)


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (case_110_throttled, case_110_throttled_by_graph, case_110_token_ends, case_111_not_found, case_113_killed_before_the_settings,
                  case_114_plan_of_nothing),
        "two-installations": (defect_B18_what_is_not_found_is_said,)})
    run_cases(counter, daemon_binary, sim_binary, {"fresh": (case_115_clock_an_hour_behind,)}, "--clock-skew-s", str(HOUR))
    run_cases(counter, daemon_binary, sim_binary, {"fresh": (case_115_clock_an_hour_ahead,)}, "--clock-skew-s", str(-HOUR))
