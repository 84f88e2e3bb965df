"""What the disk and the reader of the log may do to a daemon that runs: nothing is sent before it is recorded, and nothing else waits."""

import json
import os
import signal
import subprocess

from audit import entries
from daemon import Daemon, mutating
from running import Running, until
from tenant import Tenant, equal, true

LIBRARY = os.environ["SCEPMAND_SLOW_DISK"]


class SlowDisk(Running):
    """A daemon whose fsync() asks tests/system/scepmand/slow_disk.c."""

    def __init__(self, daemon, name):
        super().__init__(daemon, name)
        self.folder = os.path.join(self.directory, "disk")
        os.mkdir(self.folder)
        # As for the clockwork: nothing of a sanitizer's is hidden.
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        self.environment.update(LD_PRELOAD=LIBRARY, SLOW_DISK=self.folder, ASAN_OPTIONS=options)
        self.audit = os.path.join(self.state_directory, "audit.jsonl")

    def close_gate(self, word="wait"):
        with open(os.path.join(self.folder, "gate.new"), "w") as file:
            file.write(word)
        os.rename(os.path.join(self.folder, "gate.new"), os.path.join(self.folder, "gate"))

    def open_gate(self):
        os.remove(os.path.join(self.folder, "gate"))

    def await_waiting(self):
        until(lambda: os.path.exists(os.path.join(self.folder, "waiting")), "somebody waits for the disk")

    def synced(self):
        """(when in ms, size, name) of each sync."""
        with open(os.path.join(self.folder, "synced")) as file:
            lines = [line.rstrip("\n").split(" ", 2) for line in file]
        return [(int(when), int(size), name) for when, size, name in lines]


def writes_and_lines(running, journal):
    """[(when the request was there, when its line was on the disk)] of all writes; each must have exactly one line."""
    syncs = [(when, size) for when, size, name in running.synced() if name == running.audit]
    durable, end = {}, 0
    with open(running.audit, "rb") as file:
        for line in file:
            end += len(line)
            entry = json.loads(line)
            if entry["event"] == "write":
                name = f"{entry['request']['method']} {entry['request']['path'].split('?')[0]}".lower()
                durable.setdefault(name, []).append(next(when for when, size in syncs if size >= end))
    found = []
    for line in journal:
        if not mutating([line]):
            continue
        asked = f"{line['method']} {line['url'].split('?')[0]}".lower()
        name = next((n for n, times in durable.items() if times and asked.startswith(n.split(" ")[0] + " ") and
                     asked.endswith(n.split(" ", 1)[1])), None)
        true(name, f"{asked} is not in the audit trail: {durable}")
        found.append((line["time_ms"], durable[name].pop(0)))
    return found


def nothing_is_sent_before_it_is_on_the_disk(daemon):
    """As long as the disk waits, the loop answers, reads go on, and no write goes out."""
    tenant = daemon.tenant
    with SlowDisk(daemon, "slow") as running:
        running.close_gate()
        running.ready()
        running.await_waiting()
        for _ in range(20):
            equal(running.get("/healthz")[0], 200, "health while the disk waits")
        equal(running.tenant()["state"], "running")
        journal = tenant.control("GET", "journal")
        true(len(journal) > 5, "reads while the disk waits")
        equal(mutating(journal), [], "writes while the disk waits")
        running.open_gate()
        running.await_passes(1)
        until(lambda: running.tenant()["instances"][0]["in_sync"], "it is complete")
        journal = tenant.control("GET", "journal")
        found = writes_and_lines(running, journal)
        true(len(found) > 10, f"{len(found)} writes")
        true(all(sent >= durable for sent, durable in found), f"sent before its line was on the disk: {found}")
        backups = [when for when, _, name in running.synced() if "/backups/" in name]
        settings = [line["time_ms"] for line in journal if line["method"] == "PUT" and "/config/appsettings" in line["url"]]
        true(settings and all(any(when <= sent for when in backups) for sent in settings), "no backup before a settings write")
        running.stop()
        daemon.expect(0, "audit", running.config, "verify")


def stopped_while_the_disk_waits(daemon):
    """What was not sent is not sent any more, and the trail says so."""
    tenant = daemon.tenant
    with SlowDisk(daemon, "stopped") as running:
        running.close_gate()
        running.ready()
        running.await_waiting()
        running.signal(signal.SIGTERM)
        running.expect_message("STOPPING=1")
        equal(running.get("/healthz")[0], 200, "health while it stops and the disk waits")
        running.open_gate()
        equal(running.process.wait(), 0, "exit status")
        equal(mutating(tenant.control("GET", "journal")), [], "writes after the stop")
        found = json.loads(daemon.expect(0, "audit", running.config, "verify", "-o", "json"))
        equal((found["whole"], found["unanswered"]), (True, 0), "the audit trail")
        results = [e for e in entries(running.audit) if e["event"] == "result"]
        true(results, "no write was on its way")
        equal({(e["result"], e["status"]) for e in results}, {("refused", 0)}, "what came of it")


def killed_while_the_disk_waits(daemon):
    tenant = daemon.tenant
    with SlowDisk(daemon, "killed") as running:
        running.close_gate()
        running.ready()
        running.await_waiting()
        running.process.kill()
        running.process.wait()
        equal(mutating(tenant.control("GET", "journal")), [], "writes")
        running.open_gate()
        with running.again():
            running.ready()
            until(lambda: running.tenant()["passes"] and running.tenant()["instances"][0]["in_sync"], "it is complete")
            running.stop()
        found = json.loads(daemon.expect(0, "audit", running.config, "verify", "-o", "json"))
        true(found["whole"], found)


def reloaded_while_the_disk_waits(daemon):
    """It may be that the new configuration forbids what waits."""
    tenant = daemon.tenant
    with SlowDisk(daemon, "reloaded") as running:
        running.close_gate()
        running.ready()
        running.await_waiting()
        running.write_config(running.read_config().replace("    instances:\n", "    mode: plan\n    instances:\n"))
        running.signal(signal.SIGHUP)
        running.expect_message("RELOADING=1")
        running.open_gate()
        running.expect_message("READY=1")
        running.await_log("configuration-loaded", 2)
        running.one_more_pass()
        equal(mutating(tenant.control("GET", "journal")), [], "writes")
        running.stop()
        daemon.expect(0, "audit", running.config, "verify")


def a_full_disk_while_it_runs(daemon):
    """Writes stop, reads and answers do not; when there is room again, the next pass writes."""
    tenant = daemon.tenant
    with SlowDisk(daemon, "full") as running:
        running.close_gate("full")
        running.ready()
        instance = running.await_passes(1)["instances"][0]
        held = [c for c in instance["conditions"] if c["reason"] == "WriteHeldBack"]
        true(held and all("No space left on device" in c["message"] for c in held), instance["conditions"])
        equal(running.get("/healthz")[0], 200, "health")
        equal(mutating(tenant.control("GET", "journal")), [], "writes with a full disk")
        running.open_gate()
        until(lambda: running.one_more_pass()["instances"][0]["in_sync"], "it is complete")
        running.stop()
        found = json.loads(daemon.expect(0, "audit", running.config, "verify", "-o", "json"))
        equal((found["whole"], found["unanswered"]), (True, 0), "the audit trail")


class Unread(Running):
    """A daemon whose standard error is a pipe that nobody reads."""

    def __enter__(self):
        self.process = subprocess.Popen([self.daemon.binary, "run", "-c", self.config], stderr=subprocess.PIPE, env=self.environment)
        return self

    def __exit__(self, *failure):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def a_log_that_nobody_reads(daemon):
    with Unread(daemon, "unread") as running:
        running.ready()
        running.await_passes(1)
        # A pipe and what is kept for it hold half a MiB; a file with so many mistakes takes a few KiB to be refused.
        good = running.read_config()
        running.write_config(good + "".join(f"nonsense_{n}_{'x' * 150}: {n}\n" for n in range(200)))
        for _ in range(60):
            running.signal(signal.SIGHUP)
            running.expect_message("RELOADING=1")
            running.expect_message("READY=1")
        running.write_config(good)
        for _ in range(5):
            running.one_more_pass()
        equal(running.get("/healthz")[0], 200, "health")
        lines = []
        running.signal(signal.SIGTERM)
        for line in running.process.stderr:
            lines.append(line.decode())
        equal(running.process.wait(), 0, "exit status")
        for line in lines:
            json.loads(line)
        true(any("lost while standard error was not read" in line for line in lines), f"{len(lines)} lines, none about the lost ones")


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        for check in (nothing_is_sent_before_it_is_on_the_disk, stopped_while_the_disk_waits, killed_while_the_disk_waits,
                      reloaded_while_the_disk_waits, a_full_disk_while_it_runs, a_log_that_nobody_reads):
            tenant.control("POST", "scenario", {"name": "fresh"})
            tenant.control("DELETE", "journal")
            counter.check(f"slow disk: {check.__name__.replace('_', ' ')}", lambda: check(daemon))
