"""scepmand run: systemd's messages in order, drift healed, signals, reload, and what can be wrong around it."""

import hashlib
import json
import os
import signal
import socket

from completion import settings_writes
from daemon import Daemon, mutating
from running import Running, until
from tenant import Tenant, equal, true

SITE = "app-scepman-contoso"
ROLE = "dc5007c0-2d7d-4c42-879c-2dab87571379"  # an app role of Microsoft Intune that SCEPman needs


def messages_in_order(daemon):
    with Running(daemon, "messages", watchdog_us=200000) as running:
        running.ready()
        equal(running.get("/healthz"), (200, "ok\n"), "the endpoint at the time of READY=1")
        status = running.expect_message("STATUS=", between="WATCHDOG=1")
        true("installation" in status, status)
        for _ in range(3):
            running.expect_message("WATCHDOG=1")
        running.await_passes(1)
        running.signal(signal.SIGHUP)
        reloading = running.expect_message("RELOADING=1")
        true("\nMONOTONIC_USEC=" in reloading, reloading)
        true(int(reloading.split("=")[-1]) > 0, reloading)
        running.expect_message("READY=1")
        running.await_passes(2)
        running.signal(signal.SIGTERM)
        running.expect_message("STOPPING=1")
        equal(running.process.wait(), 0, "exit status")
    true(not os.path.exists(running.socket_path), "the unix socket is left behind")


def completes_and_heals(daemon):
    tenant = daemon.tenant
    with Running(daemon, "heals") as running:
        running.ready()
        running.await_passes(1)
        first = running.tenant()
        equal((first["last_pass"]["result"], first["instances"][0]["in_sync"]), ("in-sync", True))
        true(first["last_pass"]["writes"] > 10, first["last_pass"])
        equal(running.get("/readyz")[0], 200, "readyz")

        tenant.control("DELETE", "journal")
        second = running.one_more_pass()
        equal(mutating(tenant.control("GET", "journal")), [], "writes of a pass in sync")
        equal(second["instances"][0]["in_sync_since"], first["instances"][0]["in_sync_since"], "since")

        state = tenant.state()
        roles = state["directory"]["appRoleAssignments"]
        gone = next(r for r in roles if r["appRoleId"] == ROLE)
        roles.remove(gone)
        tenant.control("PUT", "state", state)
        healed = running.one_more_pass()
        true(any(r["appRoleId"] == ROLE for r in tenant.state()["directory"]["appRoleAssignments"]), "it is back")
        found = next(e for e in reversed(running.log("drift-found")) if "IdentityRiskyUser.Read.All" in e["node"])
        equal((found["tenant"], found["instance"], found["action"]), ("Contoso", SITE, "assign"))
        true(f"drift: app-role-assignment IdentityRiskyUser.Read.All on Microsoft Graph: {SITE}" in found["message"], found)
        wrote = [e["node"] for e in running.log("write-done")][-healed["last_pass"]["writes"]:]
        equal(sorted(wrote), sorted(e["node"] for e in running.log("drift-found")[-len(wrote):]), "found and written")
        events = [e for e in healed["events"] if "IdentityRiskyUser" in e.get("node", "")][-2:]
        equal([e["event"] for e in events], ["drift-found", "drift-healed"])
        equal(healed["instances"][0]["last_write"]["result"], "ok")

        text = daemon.expect(0, "status", running.config)
        true("1 of 1 installations in sync" in text and "drift-healed" in text, text)
        equal(json.loads(daemon.expect(0, "status", running.config, "-o", "json"))["summary"]["ready"], 1)
        for name in (SITE, f"Contoso/{SITE}"):
            true(f"  {SITE}: in sync" in daemon.expect(0, "status", running.config, "-i", name), name)
        code, _, error = daemon.run("status", running.config, "-i", "nobody")
        equal((code, "\"nobody\"" in error), (64, True), error)
        events, since = running.tenant()["events"], running.tenant()["instances"][0]["in_sync_since"]
        running.stop()
        equal([e["event"] for e in running.log()][-2:], ["stopping", "stopped"])
        code, _, error = daemon.run("status", running.config)
        equal(code, 1, "status of a daemon that does not run")
        true("scepmand run -c" in error, error)
        daemon.expect(0, "audit", running.config, "verify")
        with running.again():
            running.ready()
            equal(running.tenant()["events"], events, "the drift history after a restart")
            equal(running.await_passes(1)["instances"][0]["in_sync_since"], since, "since, after a restart")


def blocked_once(daemon):
    """A condition is logged when it appears and when it goes, however many passes there are; since is when it began."""
    tenant = daemon.tenant
    rule = {"method": "GET", "path": "*/providers/Microsoft.Web/sites/app-scepman-contoso*", "status": 403, "body": {
        "error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}}}
    with Running(daemon, "blocked") as running:
        running.ready()
        running.await_passes(1)
        tenant.control("POST", "faults", rule)
        try:
            first = running.one_more_pass()
            second = running.one_more_pass()
        finally:
            tenant.control("DELETE", "faults")
        equal(second["last_pass"]["result"], "blocked")
        for one, other in zip(first["instances"][0]["conditions"], second["instances"][0]["conditions"]):
            equal(other["since"], one["since"], f"since of {one['type']}")
        blocked = [e for e in running.log("condition-appeared") if e.get("reason") == "InsufficientPrivileges"]
        true(blocked, "it is not in the log")
        equal(len({e["node"] for e in blocked}), len(blocked), "each is said once")
        text = daemon.expect(3, "status", running.config)
        true("InsufficientPrivileges" in text and "not ready since" in text, text)
        good = running.one_more_pass()
        equal(good["last_pass"]["result"], "in-sync")
        true([e for e in running.log("condition-gone") if e.get("reason") == "InsufficientPrivileges"], "it is gone")
        equal({e["event"] for e in good["events"]}, {"blocked", "unblocked"})
        running.stop()


def is_quiet(running):
    status = running.status()
    tenant = status["tenants"][0]
    return tenant["state"] == "waiting" and tenant["next_pass"][:16] > status["daemon"]["now"][:16]


def triggers_during_a_pass(daemon):
    """SIGUSR1 during a pass makes exactly one more, however often it comes."""
    tenant = daemon.tenant
    with Running(daemon, "triggers") as running:
        running.ready()
        running.await_passes(1)
        for delay_ms in (2000, 8000, 32000):  # how long this machine needs for a few signals is not ours to assert
            before = running.tenant()["passes"]
            tenant.control("POST", "faults", {"method": "GET", "path": "*/sites/app-scepman-contoso/slots", "nth": 1,
                                              "delay_ms": delay_ms})
            running.signal(signal.SIGUSR1)
            # A machine that was held up for so long finds that pass over; then the delay was too short, too.
            until(lambda: running.tenant()["state"] == "running" or running.tenant()["passes"] > before,
                  "the pass that was triggered begins")
            for _ in range(5):
                running.signal(signal.SIGUSR1)
                running.tenant()  # its answer comes from the loop, which handles a signal last in each turn …
            during = running.tenant()  # … so all were seen before this one
            tenant.control("DELETE", "faults")
            if (during["passes"], during["state"]) == (before, "running"):
                break
            until(lambda: is_quiet(running), "no pass is due")
        else:
            raise AssertionError("no signal came in the middle of a pass")
        after = running.await_passes(before + 2)
        equal(after["passes"], before + 2, "passes: the one that was triggered, and exactly one more")
        true(is_quiet(running), "the next one comes after the interval")
        equal(len(running.log("pass-ended")), before + 2)
        true(len(running.log("pass-requested")) > 0, "who sends the signal sees that it came")
        running.stop()


def invalid_file_keeps_the_old_state(daemon):
    with Running(daemon, "invalid") as running:
        running.ready()
        running.await_passes(1)
        good = running.read_config()
        generation = running.status()["daemon"]["generation"]
        running.write_config(good.replace("tenants:", "tenants:\n  - nonsense: 1"))
        running.signal(signal.SIGHUP)
        running.expect_message("RELOADING=1")
        running.expect_message("READY=1")
        refused = running.await_log("configuration-refused")
        true(f"{running.config}:" in refused["message"] and "nonsense" in refused["message"], refused)
        daemon_status = running.status()["daemon"]
        equal((daemon_status["generation"], daemon_status["last_reload"]["accepted"]), (generation, False))
        true("nonsense" in daemon_status["last_reload"]["problem"], daemon_status)
        equal(running.one_more_pass()["last_pass"]["result"], "in-sync")
        write(running.config + ".good", good)
        text = daemon.expect(0, "status", running.config + ".good")
        true("a changed configuration was refused" in text and "nonsense" in text, text)
        code, _, error = daemon.run("status", running.config)
        equal((code, "nonsense" in error and "goes on with the configuration that it had" in error), (78, True), error)
        # Mended without a signal.
        running.write_config(good + "\n# mended\n")
        until(lambda: running.status()["daemon"]["generation"] != generation, "the mended file is in force")
        true(running.status()["daemon"]["last_reload"]["accepted"], "accepted")
        running.stop()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def changes_are_noticed(daemon):
    """In place, by rename, through a symbolic link that is swapped, and while it is being read."""
    with Running(daemon, "changes") as running:
        good = running.read_config()
        # As Kubernetes mounts a ConfigMap.
        for name in ("v1", "v2"):
            os.mkdir(os.path.join(running.directory, name))
            write(os.path.join(running.directory, name, "scepmand.yaml"), f"{good}\n# {name}\n")
        running.ready()
        seen = {running.status()["daemon"]["generation"]}

        def noticed(what):
            seen.add(until(lambda: (lambda g: g not in seen and g)(running.status()["daemon"]["generation"]), what))

        # An editor that writes in place, and a daemon that reads when half of it is there.
        half = good.index("tenant_id:") + len("tenant_id: 1234")
        write(running.config, good[:half])
        refused = running.await_log("configuration-refused")
        true("stays in force" in refused["message"], refused)
        true(running.status()["daemon"]["generation"] in seen, "half a file is no configuration")
        with open(running.config, "a") as file:
            file.write(good[half:] + "\n# in place\n")
        noticed("a file edited in place")
        write(running.config + ".new", good + "\n# by rename\n")
        os.rename(running.config + ".new", running.config)
        noticed("a file replaced by rename")
        os.symlink("v1", os.path.join(running.directory, "..data"))
        os.symlink("..data/scepmand.yaml", running.config + ".link")
        os.rename(running.config + ".link", running.config)
        noticed("a file replaced by a symbolic link")
        os.symlink("v2", os.path.join(running.directory, "..data_tmp"))
        os.rename(os.path.join(running.directory, "..data_tmp"), os.path.join(running.directory, "..data"))
        noticed("a symbolic link that was swapped")
        refused = len(running.log("configuration-refused"))
        for i in range(50):
            write(running.config + ".new", f"{good}\n# {'x' * 5000} {i}\n")
            os.rename(running.config + ".new", running.config)
            running.signal(signal.SIGHUP)
        last = hashlib.sha256(running.read_config().encode()).hexdigest()[:16]
        until(lambda: running.status()["daemon"]["generation"] == last, "the last of many replacements is in force")
        equal(len(running.log("configuration-refused")), refused, "a replaced file is whole, whenever it is read")
        running.stop()


def reload_takes_effect(daemon):
    """hold: true stops the daemon's writing, and what passes remember stays with the tenant."""
    tenant = daemon.tenant
    with Running(daemon, "reload") as running:
        running.ready()
        running.await_passes(1)
        running.write_config(running.read_config().rstrip("\n") + "\n        hold: true\n")
        running.signal(signal.SIGHUP)
        running.await_log("configuration-loaded", 2)
        running.await_passes(2)
        state = tenant.state()
        roles = state["directory"]["appRoleAssignments"]
        roles.remove(next(r for r in roles if r["appRoleId"] == ROLE))
        tenant.control("PUT", "state", state)
        tenant.control("DELETE", "journal")
        held = running.one_more_pass()
        equal(mutating(tenant.control("GET", "journal")), [], "writes while it is held")
        equal(held["last_pass"]["result"], "drift")
        true(any(c["reason"] == "HeldByOperator" for c in held["instances"][0]["conditions"]), held["instances"][0])
        equal([a["applied"] for a in held["instances"][0]["actions"]], [False])
        equal(held["events"][-1]["event"], "drift-found")
        running.write_config(running.read_config().replace("\n        hold: true", ""))
        running.signal(signal.SIGHUP)
        until(lambda: running.tenant()["instances"][0]["in_sync"], "it is healed when it is no longer held")
        running.stop()


def stopped_in_the_middle_of_a_write(daemon):
    """SIGTERM while the settings of a site are written: the answer is awaited, nothing is half done."""
    tenant = daemon.tenant
    tenant.control("DELETE", "journal")
    tenant.control("POST", "faults", {"method": "PUT", "path": "*/config/appsettings", "nth": 1, "delay_ms": 1500})
    with Running(daemon, "stopped") as running:
        running.ready()
        running.await_log("write-begins")
        until(lambda: any("app-settings" in e["node"] for e in running.log("write-begins")), "the write of settings")
        running.signal(signal.SIGTERM)
        running.expect_message("STOPPING=1")
        equal(running.process.wait(), 0, "exit status")
        begun = [e["node"] for e in running.log("write-begins")]
        ended = [e["node"] for e in running.log("write-done")]
        equal(sorted(begun), sorted(ended), "every write that was begun has its end in the log")
        equal(len(settings_writes(tenant.control("GET", "journal"))), 1, "settings writes")
        daemon.expect(0, "audit", running.config, "verify")
        tenant.control("DELETE", "faults")
        daemon.expect(0, "apply", running.config, "--quiet")
        equal(daemon.expect(0, "plan", running.config).splitlines()[-1], "In sync.")


def second_signal_ends_at_once(daemon):
    """The first waits for what is written; a second one waits for nothing."""
    tenant = daemon.tenant
    with Running(daemon, "twice") as running:
        running.ready()
        running.await_passes(1)
        state = tenant.state()
        roles = state["directory"]["appRoleAssignments"]
        roles.remove(next(r for r in roles if r["appRoleId"] == ROLE))
        tenant.control("PUT", "state", state)
        tenant.control("POST", "faults", {"method": "POST", "path": "*/appRoleAssign*", "delay_ms": 600000})
        try:
            begun = len(running.log("write-begins"))
            running.signal(signal.SIGUSR1)
            running.await_log("write-begins", begun + 1)
            running.signal(signal.SIGTERM)
            running.expect_message("STOPPING=1")
            running.signal(signal.SIGINT)
            equal(running.process.wait(), 128 + signal.SIGINT, "exit status")
        finally:
            tenant.control("DELETE", "faults")
        daemon.expect(0, "apply", running.config, "--quiet")


def unwritable_state_directory(daemon):
    """No backup and no audit line, no write; but passes go on, and it is said."""
    tenant = daemon.tenant
    file = os.path.join(tenant.directory, "a-file")
    write(file, "")
    with Running(daemon, "unwritable", replacements=((r"state_directory: .*", f"state_directory: {file}/state"),)) as running:
        running.ready()
        said = running.await_log("state-directory")
        true(f"{file}/state" in said["message"] and "nothing is written" in said["message"], said)
        true("install -d" in said["message"], said)
        tenant.control("DELETE", "journal")
        after = running.one_more_pass()
        equal(mutating(tenant.control("GET", "journal")), [], "writes")
        equal(after["last_pass"]["result"], "blocked")
        true(any(c["reason"] == "WriteHeldBack" for c in after["instances"][0]["conditions"]), after["instances"][0])
        true(f"{file}/state/drift" in after["problem"], after["problem"])
        running.stop()


def state_directory_is_watched(daemon):
    """That nothing could be written is said although there is nothing to write, and for as long as it is so."""
    file = os.path.join(daemon.tenant.directory, "another-file")
    write(file, "")
    with Running(daemon, "watched", replacements=((r"state_directory: .*", f"state_directory: {file}"),)) as running:
        running.ready()
        said = running.await_log("state-directory")
        equal(running.await_passes(1)["last_pass"]["result"], "in-sync")
        true("Not a directory" in said["message"] and f"install -d -m 0700 -o {os.geteuid()} {file}" in said["message"], said)
        equal(running.status()["daemon"]["state_problem"], said["message"])
        true("! state_directory" in daemon.expect(0, "status", running.config), "status")
        true("Nothing can be written" in running.get("/")[1], "the page")
        os.remove(file)
        running.one_more_pass()
        until(lambda: running.status()["daemon"]["state_problem"] is None, "it can be used again")
        until(lambda: any("can be used again" in e["message"] for e in running.log("state-directory")), "it says so")
        true(os.path.isdir(file), "the folder is made")
        running.stop()


def address_in_use(daemon):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        config = daemon.configure(("daemon:\n", f"daemon:\n  listen: {address}\n"))
        status, _, error = daemon.run("run", config)
    equal(status, 1)
    true(address in error and "daemon.listen" in error, error)


def can_connect(address):
    host, port = address.split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


def address_in_use_at_a_reload(daemon):
    """An address that is taken does not cost us the one we have; once it is free a reload takes it, and another one moves on."""
    with Running(daemon, "moves") as running, socket.socket() as other:
        running.ready()
        running.await_passes(1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        old = running.socket_path
        running.write_config(running.read_config().replace(f"listen: unix:{old}", f"listen: {address}"))
        said = running.await_log("warning")
        true(address in said["message"] and "the old address stays" in said["message"], said)
        equal(running.get("/healthz")[0], 200, "the old address")
        other.close()
        running.signal(signal.SIGHUP)
        until(lambda: can_connect(address), "a reload takes the address that is free now")
        until(lambda: not os.path.exists(old), "the old address is given up")
        running.socket_path += ".new"
        running.write_config(running.read_config().replace(f"listen: {address}", f"listen: unix:{running.socket_path}"))
        until(lambda: os.path.exists(running.socket_path), "it listens on the new address")
        equal(running.get("/healthz")[0], 200, "the new address")
        true(not can_connect(address), "the one before is given up")
        running.stop()


def nothing_can_be_asked(daemon):
    """A tenant whose files are missing is said to be blocked, tried again later each time, and never spins."""
    with Running(daemon, "files", replacements=((r"ca_file: .*", "ca_file: /nowhere/ca.pem"),)) as running:
        running.ready()
        failed = until(lambda: (lambda t: t["consecutive_failures"] >= 2 and t)(running.tenant()), "two failures")
        equal(failed["last_pass"]["result"], "failed")
        code, text = running.get("/readyz")
        equal((code, "Contoso" in text), (503, True), text)
        true("/nowhere/ca.pem" in json.dumps(failed["instances"][0]["conditions"]), failed["instances"][0])
        equal(len([e for e in running.log("condition-appeared") if e.get("reason") == "CredentialRejected"]), 1)
        running.stop()


def options_of_run(daemon):
    """--verbose and --quiet outweigh the log level, also after a reload; what run cannot do is refused."""
    for option, value in (("--instance", "production"), ("--output", "json")):
        code, _, error = daemon.run("run", None, option, value)
        equal((code, option in error), (64, True), error)
    for option, level, wanted in (("--quiet", "debug", {"warning", "error"}),
                                  ("--verbose", "error", {"debug", "info", "warning", "error"})):
        with Running(daemon, "options" + option, log=f"{{level: {level}, format: json}}", options=(option,)) as running:
            running.ready()
            running.await_passes(1)
            running.signal(signal.SIGHUP)
            until(lambda: (running.status()["daemon"]["last_reload"] or {}).get("accepted"), "the reload")
            running.one_more_pass()
            running.stop()
            levels = {entry["level"] for entry in running.log()}
            true(levels <= wanted, f"{option}: {levels}")
            equal("debug" in levels, option == "--verbose", f"{option}: {levels}")


def run(counter, daemon_binary, sim_binary):
    def checks(tenant, *functions):
        daemon = Daemon(daemon_binary, tenant)
        for function in functions:
            counter.check(function.__doc__ or function.__name__.replace("_", " "), lambda: function(daemon))

    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        checks(tenant, unwritable_state_directory, completes_and_heals, state_directory_is_watched, messages_in_order, blocked_once,
               triggers_during_a_pass, invalid_file_keeps_the_old_state, changes_are_noticed, reload_takes_effect,
               second_signal_ends_at_once, address_in_use, address_in_use_at_a_reload,
               nothing_can_be_asked, options_of_run)
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        checks(tenant, stopped_in_the_middle_of_a_write)
