"""A tenant that is completed by the service behind all its fences, and what it leaves in the journal and on the disk."""

import os
import subprocess

from machine import STATE, Journal, checks, daemon_uid, drop_in, expect, properties, run, show, start, stop, until
from tenant import equal, true

FIELDS = {  # README, "As a service"
    "write-done": ("a1ea8c3e3e7b41e4bd7e6d1edbed1aaf", "6", {"TENANT", "INSTANCE", "NODE", "ACTION"}),
    "pass-ended": ("487097f58e82445d851a57458ad016bd", "6", {"TENANT"}),
    "drift-found": ("8eaf228836c94abf869e45e3ed817724", None, {"TENANT", "INSTANCE", "NODE", "ACTION"}),
    "condition-appeared": ("98253be1711d460b8f9e8e9ccfa833d0", "4", {"TENANT", "INSTANCE", "NODE", "REASON"}),
}


def a_whole_completion(machine):
    stop()
    machine.begin_again("fresh")
    journal = Journal()
    start()
    machine.await_in_sync()
    counters = machine.counters()
    show(f"writes: {counters['writes']}, restarts: {counters['restarts']}")
    true(counters["writes"] > 10, "it was completed")
    equal(sorted(counters["restarts"].values()), [1, 1], "restarts of the web apps")
    for text in journal.texts():
        show(text)
    equal([e["MESSAGE"] for e in journal.entries() if int(e["PRIORITY"]) < 6], [], "warnings and errors")
    machine.one_more_pass()
    equal(machine.counters()["writes"], counters["writes"], "writes after a pass in sync")


def what_it_leaves_behind(machine):
    owner = daemon_uid()
    names = run("find", STATE, "-printf", "%U %m %y %P\\n").splitlines()
    for line in names:
        uid, mode, kind = line.split(" ")[:3]
        equal((int(uid), mode), (owner, "700" if kind == "d" else "600"), line)
    files = {line.split(" ", 3)[3] for line in names if line.split(" ")[2] == "f"}
    true("audit.jsonl" in files and any(f.startswith("backups/Contoso/app-scepman-contoso/") for f in files), files)


def the_journal_has_our_fields(machine):
    journal = Journal()
    machine.take_away_a_role()
    machine.one_more_pass()
    machine.tenant.control("POST", "faults", {"method": "GET", "path": "*/sites/app-scepman-contoso*", "status": 403, "body": {
        "error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}}})
    machine.one_more_pass()
    machine.tenant.control("DELETE", "faults")
    machine.one_more_pass()
    for event, (message_id, priority, names) in FIELDS.items():
        found = journal.entries(MESSAGE_ID=message_id)
        true(found, f"{event} is not in the journal")
        entry = found[0]
        show(f"{event}: " + " ".join(f"{k}={entry[k]}" for k in sorted(entry) if not k.startswith("_")))
        true(names <= set(entry), f"{event} lacks {names - set(entry)}")
        equal((entry["_TRANSPORT"], entry["SYSLOG_IDENTIFIER"]), ("journal", "scepmand"), event)
        if priority:
            equal(entry["PRIORITY"], priority, f"priority of {event}")
    by_field = subprocess.run(["journalctl", "--quiet", "TENANT=Contoso", "INSTANCE=app-scepman-contoso", "--output=cat"],
                              capture_output=True, text=True, check=True).stdout
    true("drift" in by_field, "journalctl finds by field")


def no_system_call_is_missed(machine):
    """Refused calls return EPERM, and who makes one may hide it; here the first one would be the end."""
    stop()
    machine.begin_again("fresh")
    with drop_in("[Service]\nSystemCallErrorNumber=kill\nRestart=no\n"):
        start()
        true(properties("SystemCallErrorNumber")["SystemCallErrorNumber"] != "1", "no EPERM")
        machine.await_in_sync()
        run("scepmand", "status")
        stop()
        expect(Result="success")
    start()
    machine.await_in_sync()


def a_socket_in_its_own_folder(machine):
    """daemon.listen: unix:/run/scepmand/http.sock, as config/scepmand.yaml offers it."""
    stop()
    machine.configure(("daemon:\n", "daemon:\n  listen: unix:/run/scepmand/http.sock\n"))
    start()
    run("ls", "-ln", "/run/scepmand")
    until(lambda: subprocess.run(["scepmand", "status"], stdout=subprocess.DEVNULL).returncode == 0, "status says all is well")
    run("scepmand", "status")
    stop()
    true(not os.path.exists("/run/scepmand"), "the folder goes with the daemon")
    machine.configure()
    start()
    machine.await_in_sync()


def the_log_as_text_and_as_json(machine):
    """What is written to standard error has its priority, too."""
    stop()
    for form in ("text", "json"):
        machine.configure(("daemon:\n", f"daemon:\n  log: {{format: {form}}}\n"))
        journal = Journal()
        start()
        machine.await_in_sync()
        stop()
        entries = journal.entries(_TRANSPORT="stdout")
        show("\n".join(f"{e['PRIORITY']} {e['MESSAGE']}" for e in entries[:3]))
        true(len(entries) > 2, f"log.format {form}")
        true(all(e["MESSAGE"].startswith("{" if form == "json" else "20") for e in entries
                 if e.get("SYSLOG_IDENTIFIER") == "scepmand"), "the form")
    machine.configure()
    start()
    machine.await_in_sync()


def run_all(counter, machine):
    checks(counter, machine, [
        a_whole_completion, what_it_leaves_behind, the_journal_has_our_fields, no_system_call_is_missed, a_socket_in_its_own_folder,
        the_log_as_text_and_as_json])
