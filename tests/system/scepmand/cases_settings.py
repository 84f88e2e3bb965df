"""Edge cases of app settings: what is read badly is not written, what others write is kept, one write for each site."""

import os
import pwd
import re
import resource
import shutil
import signal
import subprocess
import time

from case import LEVEL, MASTER, SCEPMAN, TIME, run_cases, says, settings_writes
from tenant import equal, true

LIST = "*/sites/app-scepman-contoso/config/appsettings/list"
BAD_READS = (
    {"status": 500, "body": {"error": {"code": "InternalServerError", "message": "later"}}},
    {"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message": "no"}}},
    {"status": 200, "body": {}},
    {"status": 200, "body": {"properties": {}}},
    {"status": 200, "body": {"properties": None}},
    {"damage": "truncate"}, {"damage": "garbage"}, {"damage": "empty"}, {"drop": True},
)


def case_050_bad_reads(case):
    """SCEPman's settings cannot be read, in one way or another, or are said to be empty: they are not written, and nothing is lost."""
    before = case.settings()
    for rule in BAD_READS:
        case.forget()
        case.mend()
        case.fault(method="POST", path=LIST, **rule)
        status, output = case.one_pass()
        true("app-scepman-contoso" not in settings_writes(case.journal()), f"SCEPman's settings were written after {rule}")
        true(status in (1, 3), f"exit status {status} after {rule}: {output}")
        equal(case.settings(), before, f"the settings after {rule}")
    case.mend()
    case.expect(0, "apply")
    case.in_sync()


def case_051_another_writer(case):
    """Somebody changes a setting between our first look and our write: it is kept, and nothing is written over it."""
    case.fault(method="POST", path=LIST, nth=1, edit_when="after", edit={
        "id": f"{SCEPMAN}/config/appsettings", "merge": {"properties": {"Somebody:Else": "was here"}}})
    status, output, error = case.run("apply")
    equal(status, 0, output + error)
    says(error, "looking again")
    equal(case.settings()["Somebody:Else"], "was here")
    equal(sorted(settings_writes(case.journal())), ["app-scepman-contoso", "app-scepman-contoso-cm"],
          "one write for each site, none on what was not seen")


def case_051_somebody_undoes_it(case):
    """Somebody else writes what he had read before us: that ours is gone is seen in the same run and mended, his is kept."""
    before = case.settings()
    case.fault(method="PUT", path="*/sites/app-scepman-contoso/config/appsettings", nth=1, edit_when="after", edit={
        "id": f"{SCEPMAN}/config/appsettings", "put": {
            "id": f"{SCEPMAN}/config/appsettings", "type": "Microsoft.Web/sites/config", "name": "appsettings",
            "properties": {**before, "Somebody:Else": "was here"}}})
    status, output, error = case.run("apply")
    equal(status, 0, output + error)
    equal(settings_writes(case.journal()).count("app-scepman-contoso"), 2, "writes, in two passes")
    equal((case.settings()["Somebody:Else"], case.settings()[LEVEL]), ("was here", "2"))


def case_054_one_write_each(case):
    """Many settings change on every site: one write and one restart each; the slots first, production last."""
    case.expect(0, "apply")
    order = settings_writes(case.journal())
    equal(sorted(order), ["app-scepman-contoso", "app-scepman-contoso-cm", "app-scepman-contoso/slots/beta",
                          "app-scepman-contoso/slots/staging"], "sites written")
    equal({site.split("/")[-2] for site in order[:2]}, {"slots"}, f"first in {order}")
    equal(order[-1], "app-scepman-contoso", "last")
    equal(sorted(case.tenant.control("GET", "counters")["restarts"].values()), [1, 1, 1, 1], "restarts")
    case.in_sync()


def canaries(case):
    """Something secret in every place that has secrets; the values."""
    ours = {"AppConfig:LoggingConfig:SharedKey": "canary-shared-key", "Their:ConnectionString": "canary-connection",
            "AppConfig:LicenseKey": "canary-license"}
    for site in (SCEPMAN, MASTER):
        case.set(site, **ours)
    return [*ours.values(), case.tenant.client_secret]


def case_060_secrets_in_no_output(case):
    secrets = canaries(case)
    printed = ""
    for arguments in (("plan",), ("plan", None, "-o", "json"), ("plan", None, "-v"), ("grants",), ("grants", None, "--json"),
                      ("apply", None, "-v"), ("apply", None, "-o", "json", "-v")):
        status, output, error = case.run(*arguments)
        true(status in (0, 2, 3), f"{arguments}: {status} {error}")
        printed += output + error
    says(printed, "AppConfig:LoggingConfig:SharedKey", "(sensitive ")
    for secret in secrets:
        true(secret not in printed, f"{secret} is shown")


def case_060_secrets_in_no_refusal(case):
    """Neither the command for a settings write that was refused nor the cloud's own words show what a site holds."""
    secrets = canaries(case)
    for status, code in ((403, "AuthorizationFailed"), (400, "BadRequest")):
        case.fault(method="PUT", path="*/config/appsettings", status=status, body={"error": {
            "code": code, "message": f"The value '{secrets[0]}' of AppConfig:LoggingConfig:SharedKey is refused."}})
        printed = "".join(case.run("apply", None, "-v")[1:]) + case.run("apply", None, "-o", "json")[1]
        case.mend()
        says(printed, code, "(sensitive)", "AppConfig:LoggingConfig:SharedKey is refused")
        for secret in secrets:
            true(secret not in printed, f"{secret} is shown")
        true("properties" not in printed, f"the body is shown: {printed}")


def as_somebody(case):
    """A folder with the program and all that it reads, and as whom to run it: to root every process looks like its own."""
    folder = os.path.join(case.tenant.directory, "somebody")
    shutil.copytree(os.path.join(case.tenant.directory, "tls"), folder, ignore=shutil.ignore_patterns("scepmand-state*"))
    program = shutil.copy(case.binary, folder)
    config = case.configure((os.path.join(case.tenant.directory, "tls"), folder))
    shutil.copy(config, os.path.join(folder, "config.yaml"))
    command = [program, "apply", "-c", os.path.join(folder, "config.yaml")]
    if os.getuid():
        return command, {}, os.getuid()
    nobody = pwd.getpwnam("nobody")
    os.chmod(case.tenant.directory, 0o711)
    for parent, _, files in os.walk(folder):
        for name in (parent, *(os.path.join(parent, file) for file in files)):
            os.chown(name, nobody.pw_uid, nobody.pw_gid)
    return command, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}, nobody.pw_uid


def is_sanitized(binary):
    with open(binary, "rb") as file:
        return b"__asan_init" in file.read()


def case_060_secrets_in_no_dump(case):
    """While it works: nothing secret among its arguments, and the kernel writes no core of it, nor lets others of its user look
    into it: /proc/PID of a process that cannot be dumped belongs to root. AddressSanitizer's leak check needs to look; with that the
    process has no core by its limit."""
    secrets = canaries(case)
    command, who, uid = as_somebody(case)
    case.fault(method="GET", path="*/sites/app-scepman-contoso", delay_ms=60000, times=1)

    def unlimited():
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    ordinary = subprocess.Popen(["sleep", "60"], preexec_fn=unlimited, **who)
    process = subprocess.Popen(command, preexec_fn=unlimited, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **who)
    try:
        while not case.journal("GET", "/sites/app-scepman-contoso?"):
            true(process.poll() is None, f"it ended with {process.returncode}")
            time.sleep(0.02)
        with open(f"/proc/{process.pid}/cmdline") as file:
            arguments = file.read()
        says(arguments, "apply")
        for secret in secrets:
            true(secret not in arguments, f"{secret} is among the arguments")
        equal(os.stat(f"/proc/{ordinary.pid}/environ").st_uid, uid, "owner of an ordinary process")
        if is_sanitized(case.binary):
            with open(f"/proc/{process.pid}/limits") as file:
                limit = next(line.split() for line in file if line.startswith("Max core file size"))
            equal(limit[4], "0", "largest core file")
        else:
            equal(os.stat(f"/proc/{process.pid}/environ").st_uid, 0, "owner of a process that cannot be dumped")
    finally:
        for child in (process, ordinary):
            child.send_signal(signal.SIGKILL)
        process.communicate()
        ordinary.wait()


def case_060_secrets_in_files_of_our_own(case):
    """What was saved before a write holds secrets: nobody else may read it."""
    secrets = canaries(case)
    case.expect(0, "apply")
    holders = []
    for folder, _, files in os.walk(re.search(r'state_directory: "(.*)"', case.text)[1]):
        for path in (os.path.join(folder, name) for name in files):
            with open(path, errors="replace") as file:
                if any(secret in file.read() for secret in secrets):
                    holders.append(path)
                    equal(os.stat(path).st_mode & 0o077, 0, f"others' rights to {path}")
    equal(len(holders), 2, f"files with secrets: {holders}")
    true(all("backups" in path for path in holders), f"files with secrets: {holders}")


def case_069_split_tenancy(case):
    """Users and devices are in another tenant: what SCEPman needs there is not touched, whatever it looks like; all else is managed."""
    other = "5a000000-0000-4000-8000-000000000000"
    home = case.settings()["AppConfig:AuthConfig:ApplicationId"]
    theirs = {"AppConfig:AuthConfig:ApplicationId": "5b000000-0000-4000-8000-000000000000",
              "AppConfig:AuthConfig:ApplicationKey": "canary-key-of-the-other-tenant", "AppConfig:AuthConfig:TenantId": other}
    for name in (TIME, LEVEL, "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"):
        case.set(SCEPMAN, **{name: None})
    case.set(SCEPMAN, **theirs, **{
        "AppConfig:AuthConfig:HomeTenantId": case.tenant.tenant_id, "AppConfig:AuthConfig:HomeApplicationId": home})
    before = case.settings()
    case.forget()
    case.in_sync()
    case.expect(0, "apply")
    equal(settings_writes(case.journal()), [], "settings written")
    case.set(SCEPMAN, **{"AppConfig:CertMaster:URL": None, "AppConfig:AuthConfig:HomeApplicationId": None})
    case.edit(case.tenant.directory_objects("servicePrincipals", displayName="SCEPman-api")[0]["id"],
              merge={"appRoleAssignmentRequired": False})
    case.expect(0, "apply")
    after = case.settings()
    del before["AppConfig:AuthConfig:HomeApplicationId"]
    equal({name: value for name, value in after.items() if name != "AppConfig:AuthConfig:HomeApplicationId"}, before)
    case.in_sync()


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (case_050_bad_reads, case_051_another_writer, case_051_somebody_undoes_it, case_060_secrets_in_no_output,
                  case_060_secrets_in_no_refusal, case_060_secrets_in_no_dump, case_060_secrets_in_files_of_our_own),
        "completed": (case_069_split_tenancy,),
        "slots": (case_054_one_write_each,)})
