"""scepmand-plan.service and its timer, beside the daemon."""

import re
import subprocess

from machine import STATE, Journal, checks, drop_in, expect, properties, run, show, stop, start, until
from tenant import equal, true

PLAN = "scepmand-plan.service"


def fingerprint():
    """What is in the state directory, byte for byte."""
    return subprocess.run(f"cd {STATE} && find . -type f -exec sha256sum {{}} + | sort", shell=True, capture_output=True,
                          text=True, check=True).stdout


def report(machine, status):
    """What a start of the unit says; that neither the tenant nor the state directory changes."""
    journal, before, state = Journal(PLAN), machine.writes(), fingerprint()
    start(PLAN, status=None)
    expect(PLAN, ActiveState="inactive" if status != 1 else "failed", Result="success" if status != 1 else "exit-code",
           ExecMainStatus=status)
    equal((machine.writes(), fingerprint()), (before, state), "writes")
    show("\n".join(journal.texts()))
    return "\n".join(journal.texts())


def the_timer_waits_for_the_night(machine):
    """Enabled first: it also keeps systemd from forgetting how the last report ended."""
    run("systemctl", "enable", "--now", "scepmand-plan.timer")
    text = run("systemctl", "list-timers", "--all", "scepmand-plan.timer")
    true(re.search(r" 03:\d\d:\d\d .*scepmand-plan.timer +scepmand-plan.service", text), "between three and four")
    expect("scepmand-plan.timer", ActiveState="active", SubState="waiting")


def in_sync_beside_the_daemon(machine):
    true("In sync." in report(machine, 0), "it says so")


def drift_is_a_report_and_no_failure(machine):
    stop()
    machine.take_away_a_role()
    text = report(machine, 2)
    true("IdentityRiskyUser.Read.All" in text, "what would change")
    equal(run("systemctl", "--failed", "--no-legend", "--plain", "list-units", "scepmand*").strip(), "", "failed units")


def a_cloud_that_is_not_reached_is_a_failure(machine):
    machine.tenant.control("POST", "faults", {"path": "*/oauth2/*", "status": 401, "body": {
        "error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}})
    report(machine, 1)
    machine.tenant.control("DELETE", "faults")
    start()
    machine.await_in_sync()


def every_night(machine):
    """The clock is set to just before the next night's report, and the timer does the rest."""
    with drop_in("[Timer]\nRandomizedDelaySec=0\nAccuracySec=1us\n", unit="scepmand-plan.timer"):
        run("systemctl", "restart", "scepmand-plan.timer")
        text = run("systemctl", "list-timers", "--all", "scepmand-plan.timer")
        night = re.search(r"(\d{4}-\d\d-\d\d) 03:00:00 ", text)
        true(night, "three o'clock")
        journal = Journal(PLAN)
        run("date", "--set", f"{night[1]} 02:59:58")
        journal.await_text("In sync.")
        until(lambda: properties("ActiveState", unit=PLAN)["ActiveState"] == "inactive", "it ends")
        expect(PLAN, Result="success", ExecMainStatus=0)
        run("systemctl", "list-timers", "--all", "scepmand-plan.timer")
    expect(ActiveState="active", SubState="running")
    machine.one_more_pass()
    machine.await_in_sync()


def run_all(counter, machine):
    checks(counter, machine, [
        the_timer_waits_for_the_night, in_sync_beside_the_daemon, drift_is_a_report_and_no_failure,
        a_cloud_that_is_not_reached_is_a_failure, every_night])
    run("systemctl", "enable", "scepmand")  # for the second boot
