"""systemctl start: when it returns, as whom the daemon runs and behind which fences, and what a failed start tells."""

import os
import socket

from machine import CONFIG, STATE, Journal, checks, daemon_uid, drop_in, expect, main_pid, process_status, properties, read, \
    run, show, start, stop, until
from tenant import equal, true


def the_units_are_installed(machine):
    run("systemctl", "daemon-reload")
    for unit in ("scepmand.service", "scepmand-plan.service", "scepmand-plan.timer"):
        expect(unit, LoadState="loaded", FragmentPath=f"/usr/local/lib/systemd/system/{unit}")
    equal(run("systemd-analyze", "verify", "scepmand.service", "scepmand-plan.service", "scepmand-plan.timer"), "", "complaints")


def without_a_configuration_it_says_so(machine):
    journal = Journal()
    start(status=1)
    expect(ActiveState="failed", Result="exit-code", ExecMainStatus=78, NRestarts=0)
    journal.await_text(CONFIG, "No such file")


def a_wrong_configuration_is_told_and_not_tried_again(machine):
    machine.configure(("  - name: \"Contoso\"\n", "  - nmae: \"Contoso\"\n"))
    start(status=1)
    expect(ActiveState="failed", Result="exit-code", ExecMainStatus=78, NRestarts=0)
    text = run("systemctl", "status", "scepmand", status=3)
    true(f"{CONFIG}:" in text and "nmae" in text, "the mistake, with its place, in systemctl status")
    true("status=78/CONFIG" in text, "what systemd calls it")
    true("nmae" in run("journalctl", "--unit=scepmand", "--priority=err", "--boot", "--no-pager"), "it is an error in the journal")


def a_port_that_is_taken_is_tried_again(machine):
    """Also the proof that systemctl start waits: with nothing but a fork it would report success."""
    machine.configure()
    with drop_in("[Service]\nRestartSec=1s\n"):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", 9464))
            taken.listen()
            journal = Journal()
            start(status=1)
            journal.await_text("cannot start", "127.0.0.1:9464")
            until(lambda: int(properties("NRestarts")["NRestarts"]) > 0, "a restart")
        until(lambda: properties("ActiveState")["ActiveState"] == "active", "it starts, once the port is free")
        expect(ActiveState="active", SubState="running", Result="success")
        stop()


def start_returns_when_it_is_ready(machine):
    start()
    with socket.create_connection(("127.0.0.1", 9464)) as connection:  # at once: not after a while
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        true(connection.recv(100).startswith(b"HTTP/1."), "the endpoint answers")
    expect(ActiveState="active", SubState="running", Type="notify", NotifyAccess="main", Result="success")
    true(int(properties("WatchdogUSec", "WatchdogTimestampMonotonic")["WatchdogTimestampMonotonic"]) > 0, "a watchdog is fed")
    machine.await_in_sync()
    text = until(lambda: (lambda t: t.startswith("1 of 1 installation in sync") and t)(properties("StatusText")["StatusText"]),
                 "systemd was told")
    show(f"StatusText={text}")
    true(text in run("systemctl", "status", "scepmand"), "systemctl status shows it")


def it_is_nobody_else(machine):
    status = process_status(main_pid())
    uids = set(status["Uid"].split())
    show("Uid: " + status["Uid"] + "  Gid: " + status["Gid"] + "  Groups: " + status["Groups"])
    equal(len(uids), 1, "user ids")
    true(61184 <= int(*uids) <= 65519, "one of systemd's dynamic users")
    true(f"uid={int(*uids)}(scepmand)" in run("id", "scepmand"), "it has a name while it runs")
    equal({n: int(status[n], 16) for n in status if n.startswith("Cap")},
          {"CapInh": 0, "CapPrm": 0, "CapEff": 0, "CapBnd": 0, "CapAmb": 0}, "capabilities")
    equal((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), "no new privileges, and a filter of system calls")
    equal(os.readlink("/var/lib/scepmand"), "private/scepmand")
    for path, mode in ((STATE, 0o700), ("/var/lib/private", 0o700), ("/run/scepmand", 0o755)):
        found = os.stat(path)
        show(f"{path}: owner {found.st_uid}, mode {found.st_mode & 0o777:o}")
        equal(found.st_mode & 0o777, mode, path)
        equal(found.st_uid, 0 if path == "/var/lib/private" else int(*uids), path)


def the_fences_hold(machine):
    """Seen from within: what the process itself could open, from its own mounts and its own namespace of users."""
    pid = str(main_pid())
    mounts = {line.split()[4]: line.split()[5] for line in read(f"/proc/{pid}/mountinfo").splitlines()}
    show(f"/: {mounts['/']}")
    true("ro" in mounts["/"].split(","), "the root is not to be written")
    inside = ("nsenter", "--target", pid, "--mount")
    user = str(daemon_uid())
    as_the_daemon = (*inside, "--setuid", user, "--setgid", user)
    true(os.listdir("/root"), "there is something to hide")
    equal(run(*inside, "ls", "-A", "/root"), "", "what it sees of /root")
    true("Read-only file system" in run(*inside, "touch", "/var/lib/x", status=1), "even for root")
    run(*as_the_daemon, "touch", "/etc/scepmand/x", status=1)
    equal((os.stat("/etc/scepmand").st_uid, os.stat(CONFIG).st_uid), (0, 0), "owners of the configuration")
    run(*as_the_daemon, "touch", "/var/lib/scepmand/x")
    run(*as_the_daemon, "rm", "/var/lib/scepmand/x")
    namespaces = [os.readlink(f"/proc/{pid}/ns/{kind}") != os.readlink(f"/proc/1/ns/{kind}") for kind in ("mnt", "user", "uts")]
    equal(namespaces, [True, True, True], "namespaces of its own: mounts, users, host name")


def the_exposure_is_as_low_as_we_say(machine):
    text = run("systemd-analyze", "--no-pager", "security", "scepmand.service")
    last = text.strip().splitlines()[-1]
    true(float(last.split(":")[1].split()[0]) <= 1.2, last)


def run_all(counter, machine):
    checks(counter, machine, [
        the_units_are_installed, without_a_configuration_it_says_so, a_wrong_configuration_is_told_and_not_tried_again,
        a_port_that_is_taken_is_tried_again, start_returns_when_it_is_ready, it_is_nobody_else, the_fences_hold,
        the_exposure_is_as_low_as_we_say])
