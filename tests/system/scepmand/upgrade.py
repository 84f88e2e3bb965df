"""The upgrade from SCEPman 1.x, and the way back."""

import json
import os
import signal
import stat
import subprocess
import time

from completion import HOSTS, probe, settings_writes
from daemon import Daemon, mutating
from tenant import Tenant, equal, true

SITE = "/sites/app-scepman-contoso"
AUTH = "AppConfig:AuthConfig:"
BACKUP = "BackUp:" + AUTH
KEY = "1x8Q~simulated-application-key-canary-0001"
TRIPLE = tuple(AUTH + "ManagedIdentity" + name for name in ("EnabledOnUnixTime", "EnabledForWebsiteHostname", "PermissionLevel"))
CREATE = (r"        certificate_master: none\n",
          "        storage_account: {name: stscepmannew, create: true}\n"
          "        certificate_master: {app_service: app-scepman-contoso-cm, create: true}\n")
CONSENT = "        upgrade_from_1x: true\n"


def settings(tenant, site=SITE):
    return next(r["properties"] for r in tenant.state()["resources"]
                if r["id"].lower().endswith(site + "/config/appsettings"))


def edit_settings(tenant, changes, site=SITE):
    state = tenant.state()
    for resource in state["resources"]:
        if resource["id"].lower().endswith(site + "/config/appsettings"):
            for name, value in changes.items():
                resource["properties"].pop(name, None)
                if value is not None:
                    resource["properties"][name] = value
    tenant.control("PUT", "state", state)


def configuration(daemon, *replacements, consent=True):
    """The scenario's own, with consent, and with both new resources."""
    return daemon.configure(CREATE, *replacements, instance=CONSENT if consent else "")


def writes_of(tenant, function):
    tenant.control("DELETE", "journal")
    function()
    return mutating(tenant.control("GET", "journal"))


def is_1x(tenant, old, site=SITE):
    now = settings(tenant, site)
    equal((now[AUTH + "ApplicationId"], now[AUTH + "ApplicationKey"]), old, "the credential of 1.x")
    equal([name for name in TRIPLE if name in now], [], "settings of the managed identity")


def is_switched(tenant, old, site=SITE):
    now = settings(tenant, site)
    equal((now[BACKUP + "ApplicationId"], now[BACKUP + "ApplicationKey"]), old, "the backups")
    true(AUTH + "ApplicationKey" not in now, "the key is gone")
    true(now[AUTH + "ApplicationId"] != old[0], "ApplicationId is the new one")
    equal(sorted(name for name in TRIPLE if name in now), sorted(TRIPLE), "settings of the managed identity")


def credential(tenant, site=SITE):
    now = settings(tenant, site)
    return now[AUTH + "ApplicationId"], now[AUTH + "ApplicationKey"]


def case_064_case_085_defect_B02_upgrade_with_both_new_resources(daemon):
    """Without consent nothing of the slot is written; with it, one write; then no more."""
    tenant = daemon.tenant
    old, before = credential(tenant), settings(tenant)
    output = daemon.expect(3, "apply", configuration(daemon, consent=False))
    true("SlotIsV1" in output and "upgrade_from_1x: true" in output, output)
    equal(settings(tenant), before, "the settings without consent")
    config = configuration(daemon)
    plan = daemon.expect(2, "plan", config)
    true(KEY not in plan and BACKUP + "ApplicationKey" in plan, plan)
    tenant.control("DELETE", "journal")
    output = daemon.expect(0, "apply", config, "-v")
    true(KEY not in output, output)
    writes = settings_writes(tenant.control("GET", "journal"))
    equal(len([url for url in writes if SITE + "/config" in url.lower()]), 1, "writes of production's settings")
    is_switched(tenant, old)
    names = {resource["name"] for resource in tenant.state()["resources"]}
    true("stscepmannew" in names and HOSTS[1] in names, names)
    equal(settings(tenant)["AppConfig:CertificateStorage:TableStorageEndpoint"],
          settings(tenant, SITE + "-cm")["AppConfig:AzureStorage:TableStorageEndpoint"], "the table endpoint of production")
    for host in HOSTS:
        equal(probe(tenant, host), 200, f"health of {host}")
    equal(writes_of(tenant, lambda: daemon.expect(0, "apply", config)), [], "what another pass writes")
    return config, old


def case_074_way_back_and_hold(daemon):
    """restore-1x, the hold, release, and the upgrade again."""
    tenant = daemon.tenant
    config, old = case_064_case_085_defect_B02_upgrade_with_both_new_resources(daemon)
    before = settings(tenant)

    output = daemon.expect(2, "restore-1x", config, "--instance", "app-scepman-contoso", "--dry-run")
    true(KEY not in output and AUTH + "ApplicationKey" in output, output)
    equal(settings(tenant), before, "the settings after --dry-run")
    equal(daemon.expect(0, "release", config, "--instance", "app-scepman-contoso"), "app-scepman-contoso is not on hold.\n")

    def restore():
        output = daemon.expect(0, "restore-1x", config, "--instance", "app-scepman-contoso")
        true(KEY not in output and "WEBSITE_RUN_FROM_PACKAGE" in output and "scepmand release" in output, output)
    equal(len(writes_of(tenant, restore)), 1, "writes of restore-1x")
    is_1x(tenant, old)
    now = settings(tenant)
    touched = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    equal(touched, {AUTH + "ApplicationId", AUTH + "ApplicationKey", *TRIPLE}, "what was changed")
    equal(writes_of(tenant, restore), [], "what restoring twice writes")

    for command, status in (("plan", 2), ("apply", 3)):
        output = None

        def look():
            nonlocal output
            output = daemon.expect(status, command, config)
        equal(writes_of(tenant, look), [], f"what {command} writes to a slot on hold")
        true("HeldByOperator" in output and "scepmand release --instance app-scepman-contoso" in output, output)
    is_1x(tenant, old)

    daemon.expect(0, "release", config, "--instance", "app-scepman-contoso")
    daemon.expect(0, "apply", config)
    is_switched(tenant, old)
    for host in HOSTS:
        equal(probe(tenant, host), 200, f"health of {host}")


def holds_file(daemon):
    return os.path.join(state_directory(daemon), "holds.json")


def state_directory(daemon):
    for line in daemon.text.splitlines():
        if "state_directory:" in line:
            return line.split(":", 1)[1].strip().strip('"')
    raise AssertionError("the configuration names no state_directory")


def refusals(daemon):
    """What cannot be brought back is not begun: no write, no hold."""
    tenant = daemon.tenant
    arguments = ("--instance", "app-scepman-contoso")
    other = "1d000000-0000-4000-8000-00000000abcd"
    old = credential(tenant)
    good = {BACKUP + "ApplicationId": old[0], BACKUP + "ApplicationKey": KEY, AUTH + "ApplicationKey": None,
            AUTH + "ApplicationId": other}
    for changes, reason in (
            ({BACKUP + "ApplicationKey": None}, "BackupMissing"),
            ({BACKUP + "ApplicationId": None}, "BackupMissing"),
            ({BACKUP + "ApplicationId": "x" + other}, "ApplicationIdNotGuid"),
            ({AUTH + "ApplicationId": "somebody's own"}, "ApplicationIdNotGuid"),
            ({AUTH + "ApplicationKey": "canary-another-key"}, "BackupConflict"),
            ({AUTH + "HomeTenantId": tenant.tenant_id}, "SplitTenancySuspected")):
        edit_settings(tenant, {**good, **changes})

        def restore():
            output = daemon.expect(3, "restore-1x", None, *arguments)
            true(reason in output and "canary" not in output, output)
        equal(writes_of(tenant, restore), [], reason)
        edit_settings(tenant, {name: None for name in changes})
    edit_settings(tenant, good)
    status, _, error = daemon.run("restore-1x", daemon.configure(tenant="    mode: plan\n"), *arguments)
    equal(status, 3)
    true("mode: plan" in error, error)
    output = daemon.expect(3, "restore-1x", None, *arguments, "--slot", "nosuch")
    true("SlotNotFound" in output, output)
    equal(daemon.run("restore-1x")[0], 64, "no --instance")
    equal(daemon.run("restore-1x", None, "-i", "nobody")[0], 64, "an unknown instance")
    equal(daemon.run("plan", None, "--slot", "staging")[0], 64, "--slot with plan")
    true(not os.path.exists(holds_file(daemon)), "nothing is on hold")


def broken_holds(daemon):
    """A file of holds that cannot be read: nothing is written for anybody, and nothing is lost of it."""
    tenant = daemon.tenant
    os.makedirs(state_directory(daemon), exist_ok=True)
    for content in ("", "{", "[]", '{"format_version": 2, "holds": []}', '{"format_version": 1, "holds": [{}]}',
                    '{"format_version": 1, "holds": [{"tenant_id": 1}]}'):
        with open(holds_file(daemon), "w") as file:
            file.write(content)
        output = None

        def apply():
            nonlocal output
            output = daemon.expect(3, "apply")
        equal(writes_of(tenant, apply), [], f"what apply writes with holds {content!r}")
        true("HeldByOperator" in output and holds_file(daemon) in output, output)
        equal(daemon.run("release", None, "-i", "app-scepman-contoso")[0], 1, content)
        with open(holds_file(daemon)) as file:
            equal(file.read(), content, "the file")
    os.remove(holds_file(daemon))
    os.symlink("/dev/null", holds_file(daemon))
    true("HeldByOperator" in daemon.expect(3, "apply"), "a link is no list of holds")
    os.remove(holds_file(daemon))


def killed(daemon):
    """restore-1x dies before its write: the hold is there, nothing else has changed; the same command goes on."""
    tenant = daemon.tenant
    config, old = case_064_case_085_defect_B02_upgrade_with_both_new_resources(daemon)
    before = settings(tenant)
    tenant.control("POST", "faults", {"method": "PUT", "path": "*/config/appsettings", "drop": True})
    process = subprocess.Popen([daemon.binary, "restore-1x", "-c", config, "-i", "app-scepman-contoso"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    while "is on hold from now on" not in line:
        true(line, "it ended without a word of the hold")
        line = process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    tenant.control("DELETE", "faults")
    equal(settings(tenant), before, "the settings")
    equal(stat.S_IMODE(os.stat(holds_file(daemon)).st_mode), 0o600)
    with open(holds_file(daemon)) as file:
        equal([(hold["app_service"], hold["slot"]) for hold in json.load(file)["holds"]], [("app-scepman-contoso", None)])
    output = daemon.expect(0, "plan", config)
    true("HeldByOperator" in output, output)
    daemon.expect(0, "restore-1x", config, "-i", "app-scepman-contoso")
    is_1x(tenant, old)


def hold_while_running(daemon):
    """A hold that is put while a pass is under way counts for its writes."""
    tenant = daemon.tenant
    config = configuration(daemon)
    old = credential(tenant)
    tenant.control("POST", "faults", {"method": "GET", "path": "*/sites/app-scepman-contoso", "delay_ms": 2000})
    tenant.control("DELETE", "journal")
    process = subprocess.Popen([daemon.binary, "apply", "-c", config, "-v"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not tenant.control("GET", "journal"):
        true(process.poll() is None, "it ended without a request")
        time.sleep(0.02)
    process.send_signal(signal.SIGSTOP)
    equal(settings_writes(tenant.control("GET", "journal")), [], "what it wrote before the hold")
    os.makedirs(state_directory(daemon), exist_ok=True)
    with open(holds_file(daemon), "w") as file:
        json.dump({"format_version": 1, "holds": [{"tenant_id": tenant.tenant_id, "app_service": "app-scepman-contoso",
                                                   "slot": None, "since": "2026-09-22T12:00:00Z"}]}, file)
    process.send_signal(signal.SIGCONT)
    output, _ = process.communicate(timeout=120)
    equal(process.returncode, 3, output)
    true("WriteHeldBack" in output or "HeldByOperator" in output, output)
    is_1x(tenant, old)


def slot(daemon):
    """A slot is restored and held by itself; production goes on."""
    tenant = daemon.tenant
    config = configuration(daemon)
    site = SITE + "/slots/staging"
    old = credential(tenant, site)
    daemon.expect(0, "apply", config)
    is_switched(tenant, old, site)
    is_switched(tenant, old)
    daemon.expect(0, "restore-1x", config, "-i", "app-scepman-contoso", "--slot", "staging")
    is_1x(tenant, old, site)
    is_switched(tenant, old)
    edit_settings(tenant, {"AppConfig:DirectCSRValidation:Enabled": "false"})
    output = daemon.expect(3, "apply", config)
    true("app-scepman-contoso/staging is on hold" in output and "--slot staging" in output, output)
    is_1x(tenant, old, site)
    equal(settings(tenant)["AppConfig:DirectCSRValidation:Enabled"], "true", "production goes on")
    daemon.expect(0, "release", config, "-i", "app-scepman-contoso", "--slot", "staging")
    daemon.expect(0, "apply", config)
    is_switched(tenant, old, site)


def run(counter, daemon_binary, sim_binary):
    for check, scenario in ((case_064_case_085_defect_B02_upgrade_with_both_new_resources, "upgrade-1x"), (case_074_way_back_and_hold, "upgrade-1x"), (refusals, "upgrade-1x"),
                            (broken_holds, "fresh"), (killed, "upgrade-1x"), (hold_while_running, "upgrade-1x"),
                            (slot, "upgrade-1x-slots")):
        with Tenant(sim_binary, "--scenario", scenario) as tenant:
            counter.check(check.__name__, lambda: check(Daemon(daemon_binary, tenant)))
