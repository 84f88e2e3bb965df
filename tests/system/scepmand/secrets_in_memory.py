"""What is left of secrets in the memory of a daemon that is idle, and what keeps its memory from being written to a disk."""

import os
import re
import resource
import signal
import subprocess
import tempfile
import time

from canaries import Canaries, can_read_memory, is_sanitized, memory_of, plant_client_secret, plant_settings
from case import LEVEL, MASTER, SCEPMAN, run_cases, settings_writes
from running import Running, until
from tenant import equal, true

UPGRADE = (r"        certificate_master: none\n",
           "        storage_account: {name: stscepmannew, create: true}\n"
           "        certificate_master: {app_service: app-scepman-contoso-cm, create: true}\n"
           "        upgrade_from_1x: true\n")


def nothing_is_left(case, canaries, running):
    """No secret and no setting stays in the daemon's memory; tokens may, while they are valid. What the pass held is freed in a turn
    of its own, so that may still be to come."""
    end = time.monotonic() + 20
    while True:
        regions = list(memory_of(running.process.pid))
        true(any(case.tenant.tenant_id.encode() in data for _, data in regions), "its memory was read")
        if time.monotonic() > end or not any(canaries.found(data, what) for what, data in regions):
            break
        running.get("/healthz")  # another turn of its loop
    canaries.nowhere_in(*regions)


def was_used(case):
    true([line for line in case.journal("POST", "/oauth2/v2.0/token") if line["status"] == 200], "the secret was used")


def nothing_is_left_when_idle(case):
    """A pass that wrote settings, more than fit into any first buffer, and one that found nothing to do."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries)
    case.set(SCEPMAN, **{f"FOREIGN_{n}": canaries.plant(f"foreign {n}", "{}" + "x" * 5000) for n in range(40)})
    with Running(case, "memory", replacements=(secret,)) as running:
        running.ready()
        running.await_passes(1)
        for (site, name), value in planted.items():
            if not name.endswith("LoggingConfig:SharedKey"):
                equal(case.settings(site).get(name), value, f"{name} after it was written")
        equal(sorted(settings_writes(case.journal())), sorted(site.split("/")[-1] for site in (SCEPMAN, MASTER)), "written")
        was_used(case)
        nothing_is_left(case, canaries, running)
        running.one_more_pass()
        nothing_is_left(case, canaries, running)
        running.signal(signal.SIGHUP)
        running.await_log("configuration-loaded", 2)
        running.await_passes(3)
        nothing_is_left(case, canaries, running)
        running.stop()


def nothing_is_left_of_what_fails(case):
    """Reads and writes that are refused, cut off and dropped, with the settings in what the cloud answers."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries)
    own = {name: value for (site, name), value in planted.items() if site == SCEPMAN}
    echo = {"error": {"code": "BadRequest", "message": "Not good: " + " ".join(own.values())}}
    rules = ({"method": "POST", "path": "*/appsettings/list", "damage": "truncate"},
             {"method": "POST", "path": "*/appsettings/list", "nth": 1, "drop": True},
             {"method": "PUT", "path": "*/config/appsettings", "drop": True},
             {"method": "PUT", "path": "*/sites/app-scepman-contoso/config/appsettings", "status": 400, "body": echo},
             {"method": "PUT", "path": "*/sites/app-scepman-contoso/config/appsettings", "status": 500, "body": echo},
             {"method": "POST", "path": "*/oauth2/v2.0/token", "damage": "truncate"},
             {"method": "POST", "path": "*/oauth2/v2.0/token", "status": 400, "body": {
                 "error": "invalid_client", "error_description": f"AADSTS7000215: {canaries.cores['client secret']} is wrong"}})
    for number, rule in enumerate(rules):
        case.mend()
        case.set(**own, **{LEVEL: None})
        case.fault(**rule)
        with Running(case, f"failing-{number}", replacements=(secret,)) as running:
            running.ready()
            running.await_passes(1)
            true(case.tenant.control("GET", "faults")["value"][0]["acted"], f"it did not fail: {rule['path']}")
            nothing_is_left(case, canaries, running)
            running.stop()


def nothing_is_left_of_an_upgrade(case):
    """The key of 1.x is moved to its backup, and a Certificate Master is made."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries, sites=(SCEPMAN,))
    with Running(case, "upgrade-memory", replacements=(secret, UPGRADE)) as running:
        running.ready()
        running.await_passes(1)
        equal(case.settings().get("BackUp:AppConfig:AuthConfig:ApplicationKey"),
              planted[SCEPMAN, "AppConfig:AuthConfig:ApplicationKey"], "the backup of the key")
        nothing_is_left(case, canaries, running)
        running.stop()


def leaves_no_core(case):
    """A crash leaves no dump, whatever the limits were when it was started, and says nothing of what was in memory."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    plant_settings(case, canaries)
    case.fault(method="PUT", path="*/config/appsettings", delay_ms=600000)
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    with Running(case, "crash", replacements=(secret,)) as running:
        # Settings, tokens and the request that is on the wire are in memory.
        running.ready()
        until(lambda: any("app-settings" in e["node"] for e in running.log("write-begins")), "the settings are written")
        with open(f"/proc/{running.process.pid}/limits") as file:
            limits = file.read()
        true(re.search(r"Max core file size +0 +0 ", limits), limits)
        if can_read_memory():
            found = [f for what, data in memory_of(running.process.pid) for f in canaries.found(data, what)]
            true(found, "the test can see what is in memory")
        running.signal(signal.SIGABRT)
        _, status = os.waitpid(running.process.pid, 0)
        running.process.returncode = -signal.SIGABRT
        true(os.WIFSIGNALED(status) and not os.WCOREDUMP(status), f"wait status {status:#x}")
        with open(running.log_path) as file:
            canaries.nowhere_in(("its last words", file.read()))
        case.mend()


def belongs_to_nobody_else(binary):
    """A process that is not dumpable is shut off from its own user: what it is made of belongs to root."""
    nobody = 65534 if os.geteuid() == 0 else os.geteuid()

    def become_nobody():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(nobody)
            os.setuid(nobody)

    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        fifo = os.path.join(directory, "scepmand.yaml")
        os.mkfifo(fifo)
        os.chmod(fifo, 0o644)
        process = subprocess.Popen([binary, "validate", "-c", fifo], preexec_fn=become_nobody, stderr=subprocess.PIPE)
        try:
            with open(fifo, "w") as file:  # opens when the other end is open, too
                equal(os.stat(f"/proc/{process.pid}/mem").st_uid, 0, "the owner of what the kernel shows of the process")
                file.write("tenants: []")
        finally:
            process.kill()
            process.communicate()


def run(counter, daemon_binary, sim_binary):
    searches = {"fresh": (nothing_is_left_when_idle, nothing_is_left_of_what_fails), "upgrade-1x": (nothing_is_left_of_an_upgrade,)}
    if can_read_memory():
        run_cases(counter, daemon_binary, sim_binary, searches)
    else:
        for check in sum(searches.values(), ()):
            counter.skip(check.__name__, "without CAP_SYS_PTRACE nobody may look into the memory of a daemon")
    run_cases(counter, daemon_binary, sim_binary, {"fresh": (leaves_no_core,)})
    if is_sanitized(daemon_binary):
        counter.skip(belongs_to_nobody_else.__name__, "this build is for debuggers, of which the sanitizers are some")
    else:
        counter.check("belongs_to_nobody_else", lambda: belongs_to_nobody_else(daemon_binary))
