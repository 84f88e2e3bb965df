"""After a reboot: enabled units are there again, and the state goes on where it was."""

from machine import STATE, checks, expect, read, run
from tenant import equal, true


def it_came_back_by_itself(machine):
    expect(ActiveState="active", SubState="running", NRestarts=0)
    expect("scepmand-plan.timer", ActiveState="active")


def it_goes_on_where_it_was(machine):
    """The simulated tenant has a new certificate; the daemon's file of trust is replaced under it."""
    lines = read(f"{STATE}/audit.jsonl").splitlines()
    machine.configure()
    run("systemctl", "reload", "scepmand")
    machine.await_in_sync()
    equal(machine.writes(), 0, "writes of a tenant in sync")
    machine.take_away_a_role()
    machine.one_more_pass()
    after = read(f"{STATE}/audit.jsonl").splitlines()
    equal(after[:len(lines)], lines, "the trail before the reboot")
    true(len(after) > len(lines), "the trail goes on")
    run("scepmand", "audit", "verify")
    run("scepmand", "status")
    run("systemctl", "status", "scepmand")


def run_all(counter, machine):
    checks(counter, machine, [it_came_back_by_itself, it_goes_on_where_it_was])
