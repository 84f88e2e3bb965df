"""What an administrator does in a root shell beside the service, with the service's own configuration."""

import glob
import os

from machine import STATE, checks, daemon_uid, read, run, show, start, stop, write
from tenant import equal, true


def owners(folder=STATE):
    """Who owns what in the state directory."""
    found = {name: os.stat(name).st_uid for name in [folder, *glob.glob(f"{folder}/**", recursive=True)]}
    show("\n".join(f"{uid} {name}" for name, uid in found.items()))
    return set(found.values())


def what_needs_no_secret(machine):
    true("is valid" in run("scepmand", "validate"), "validate")
    true("1 of 1 installation" in run("scepmand", "status"), "status")
    run("scepmand", "audit", "verify")
    true(len(run("scepmand", "audit", "show").splitlines()) > 10, "audit show")


def what_signs_in_while_the_service_runs(machine):
    machine.take_away_a_role()
    before = machine.writes()
    run("scepmand", "plan", status=2)
    run("scepmand", "doctor")
    equal(machine.writes(), before, "writes")
    machine.one_more_pass()
    true("In sync." in run("scepmand", "plan"), "the daemon has healed it")


def apply_beside_the_service(machine):
    """Both write into the state directory, one as root; the daemon must go on."""
    machine.take_away_a_role()
    run("scepmand", "apply")
    equal(len(owners()), 1, "owners of what is in the state directory")
    machine.take_away_a_role()
    machine.one_more_pass()
    machine.await_in_sync()
    run("scepmand", "audit", "verify")


def a_hold_by_root_is_the_daemons_to_read(machine):
    write(f"{STATE}/holds.json", '{"format_version": 1, "holds": [{"tenant_id": "%s", "app_service": '
          '"app-scepman-contoso", "slot": null, "since": "2026-01-01T00:00:00Z"}]}\n' % machine.tenant.tenant_id, 0o600)
    owner = os.stat(STATE).st_uid
    os.chown(f"{STATE}/holds.json", owner, owner)
    held = machine.one_more_pass()
    true("HeldByOperator" in str(held["instances"][0]["conditions"]), held["instances"][0]["conditions"])
    run("scepmand", "release", "--instance", "app-scepman-contoso")
    show(read(f"{STATE}/holds.json"))
    equal(owners(), {owner}, "owners of what is in the state directory")
    free = machine.one_more_pass()
    equal([c for c in free["instances"][0]["conditions"] if "hold" in c["message"].lower()], [], "conditions")
    machine.await_in_sync()


def without_the_service_it_says_where_the_secret_would_be(machine):
    stop()
    text = run("scepmand", "plan", status=1)
    true("/run/credentials/scepmand.service/client-secret" in text, "which file lacks")
    true("systemctl start scepmand" in text or "service" in text, "and why")
    true("In sync." in run("scepmand", "plan", environment={"CREDENTIALS_DIRECTORY": "/root/credentials"}), "with one's own")


def the_first_apply_by_root_then_the_service(machine):
    """Somebody tries it by hand before the service was ever started."""
    run("rm", "-r", "/var/lib/scepmand", STATE)
    machine.begin_again("fresh")
    run("scepmand", "apply", environment={"CREDENTIALS_DIRECTORY": "/root/credentials"})
    equal(owners("/var/lib/scepmand"), {0}, "it is root's")
    machine.take_away_a_role()
    start()
    machine.await_in_sync()
    equal(owners(), {daemon_uid()}, "what root began is the daemon's now")
    run("scepmand", "audit", "verify")


def run_all(counter, machine):
    write("/root/credentials/client-secret", machine.tenant.client_secret + "\n", 0o600)
    checks(counter, machine, [
        what_needs_no_secret, what_signs_in_while_the_service_runs, apply_beside_the_service,
        a_hold_by_root_is_the_daemons_to_read, without_the_service_it_says_where_the_secret_would_be,
        the_first_apply_by_root_then_the_service])
