"""Reload, watchdog, SIGKILL, and systemctl stop in the middle of a pass; afterwards nothing is lost."""

import os
import signal

from machine import CONFIG, STATE, Journal, checks, daemon_uid, drop_in, expect, main_pid, properties, read, run, show, start, \
    stop, until, write
from tenant import equal, true

SOON = "[Service]\nRestartSec=1s\n"


def a_good_reload(machine):
    pid, generation = main_pid(), machine.status()["daemon"]["generation"]
    write(CONFIG, read(CONFIG) + "# changed\n")
    run("systemctl", "reload", "scepmand")
    until(lambda: machine.status()["daemon"]["generation"] != generation, "the new configuration is in force")
    until(lambda: properties("ActiveState")["ActiveState"] == "active", "the reload ends")
    expect(ActiveState="active", SubState="running", MainPID=pid)
    machine.await_in_sync()


def a_broken_reload(machine):
    journal = Journal()
    pid, generation, good = main_pid(), machine.status()["daemon"]["generation"], read(CONFIG)
    write(CONFIG, good.replace("tenants:", "tenants:\n  - nonsense: 1"))
    text = run("systemctl", "reload", "scepmand", status=1)
    true("journalctl" in text, "where to look")
    journal.await_text(f"{CONFIG}:", "nonsense")
    until(lambda: machine.status()["daemon"]["last_reload"]["accepted"] is False, "the daemon has seen it, too")
    until(lambda: properties("ActiveState")["ActiveState"] == "active", "the reload ends")
    expect(ActiveState="active", SubState="running", MainPID=pid)
    equal(machine.status()["daemon"]["generation"], generation)
    until(lambda: "the changed configuration is invalid" in properties("StatusText")["StatusText"], "systemd was told")
    run("systemctl", "status", "scepmand")
    write(CONFIG, good)
    run("systemctl", "reload", "scepmand")
    until(lambda: machine.status()["daemon"]["last_reload"]["accepted"], "it is mended")
    machine.one_more_pass()


def a_daemon_that_hangs_is_started_again(machine):
    stop()
    journal = Journal()
    with drop_in(SOON + "WatchdogSec=5s\n"):
        start()
        machine.await_in_sync()
        pid = main_pid()
        os.kill(pid, signal.SIGSTOP)
        until(lambda: int(properties("NRestarts")["NRestarts"]) == 1 and
              properties("ActiveState")["ActiveState"] == "active", "it is started again")
        true(main_pid() != pid, "another process")
        for words in ("Watchdog timeout", "status=6/ABRT", "Failed with result 'watchdog'"):
            journal.await_text(words)
        machine.await_in_sync()
        run("scepmand", "audit", "verify")
        equal(run("find", "/var/lib/systemd/coredump", "/var/lib/private/scepmand", "-name", "core*", status=None).count("core."),
              0, "dumps of its memory")
        stop()
    start()
    machine.await_in_sync()


def killed_while_it_writes(machine):
    stop()
    machine.begin_again("fresh")
    with drop_in(SOON):
        machine.tenant.control("POST", "faults", {"method": "PUT", "path": "*/config/appsettings", "nth": 1, "delay_ms": 3600000})
        start()
        until(lambda: machine.writes() > 5, "it is writing")
        run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "scepmand")
        until(lambda: int(properties("NRestarts")["NRestarts"]) == 1, "it is started again")
        machine.tenant.control("DELETE", "faults")
        machine.await_in_sync()
        run("scepmand", "audit", "verify")
        run("scepmand", "status")
        stop()
    start()
    machine.await_in_sync()
    expect(ActiveState="active", Result="success")


def held_back(machine, milliseconds):
    """A pass that waits for an answer."""
    machine.tenant.control("POST", "faults", {"method": "GET", "path": "*/sites/app-scepman-contoso/slots", "nth": 1,
                                              "delay_ms": milliseconds})
    machine.trigger()
    machine.await_state("a pass is under way", lambda t: t["state"] == "running")


def stopped_in_the_middle_of_a_pass(machine):
    for milliseconds, words in ((3000, "stopped"), (3600000, "has not come back within 10 s")):
        journal = Journal()
        held_back(machine, milliseconds)
        stop()
        journal.await_text(words)
        show("\n".join(journal.texts()))
        expect(ActiveState="inactive", SubState="dead")  # a failed one stays failed
        true("scepmand.service: Deactivated successfully." in journal.texts(), "it ended as it should")
        machine.tenant.control("DELETE", "faults")
        start()
        machine.await_in_sync()
        run("scepmand", "audit", "verify")


def a_state_directory_of_another_user(machine):
    """As after a restore from a backup; systemd gives it to the user of today."""
    stop()
    lines = len(read(f"{STATE}/audit.jsonl").splitlines())
    run("chown", "-R", "1234:1234", STATE)
    before = machine.writes()
    start()
    machine.await_in_sync()
    equal(machine.writes(), before, "writes")
    run("stat", "--format=%u %a %n", STATE, f"{STATE}/audit.jsonl")
    equal(os.stat(f"{STATE}/audit.jsonl").st_uid, daemon_uid(), "the owner of the trail")
    machine.take_away_a_role()
    machine.one_more_pass()
    true(len(read(f"{STATE}/audit.jsonl").splitlines()) > lines, "the trail goes on")
    run("scepmand", "audit", "verify")


def run_all(counter, machine):
    checks(counter, machine, [
        a_good_reload, a_broken_reload, a_daemon_that_hangs_is_started_again, killed_while_it_writes,
        stopped_in_the_middle_of_a_pass, a_state_directory_of_another_user])
