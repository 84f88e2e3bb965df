#!/usr/bin/env python3
"""Months of the daemon's life in minutes: thousands of passes, asked for back to back with SIGUSR1, with drift that another
writer causes, requests that fail, reloads and refused configurations. Prints what the daemon holds between its passes, and
fails when that grows or is more than it may be.

Usage: soak.py PATH-OF-SCEPMAND PATH-OF-TENANT-SIM [PASSES [SCENARIO]]
"""

import os
import random
import re
import signal
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "system"), os.path.join(HERE, "..", "system", "scepmand")]

from daemon import Daemon  # noqa: E402
from running import Running, until  # noqa: E402
from tenant import Tenant  # noqa: E402

SAMPLES = 40
EVENTS_KEPT = 1000  # of the drift history (daemon/observe/drift_save.h)
FAULTS = ({"path": "*", "nth": 3, "status": 503}, {"path": "*", "nth": 5, "drop": True},
          {"method": "POST", "path": "*/oauth2/v2.0/token", "nth": 1, "status": 500},
          {"path": "*", "nth": 4, "damage": "truncate"}, {"path": "*", "nth": 2, "damage": "garbage"})
# KiB resident of a release build, by the number of installations: what was promised.
LIMITS = {1: 12 * 1024, 100: 40 * 1024}
# A line through the samples after the warm-up may rise by this much from its beginning to its end: KiB, descriptors, handles.
RISE = {"resident": 128, "descriptors": 1, "handles": 1}


# ---- what it holds ----

def in_kib(process, file, name):
    with open(f"/proc/{process.pid}/{file}") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


def sample(running):
    """What it holds when no pass is under way; the connection that asks is part of it, each time."""
    until(lambda: all(t["state"] == "waiting" for t in running.status()["tenants"]), "a moment between two passes")
    metrics = dict(re.findall(r"^(\w+) ([0-9.e+]+)$", running.get("/metrics")[1], re.MULTILINE))
    return {"resident": in_kib(running.process, "status", "VmRSS:"),
            "own": in_kib(running.process, "status", "RssAnon:"),
            "peak": in_kib(running.process, "status", "VmHWM:"),
            "descriptors": int(float(metrics["process_open_fds"])),
            "handles": int(float(metrics["scepmand_loop_handles"]))}


def rise(samples, name):
    """By how much a line through the samples rises from the first to the last. The line is Theil and Sen's: the median of
    all slopes, so that one sample in an odd moment does not turn it."""
    slopes = [(b[name] - a[name]) / (b["passes"] - a["passes"])
              for i, a in enumerate(samples) for b in samples[i + 1:] if b["passes"] > a["passes"]]
    return statistics.median(slopes) * (samples[-1]["passes"] - samples[0]["passes"])


# ---- what happens to it ----

def drift(running, tenant, chance):
    """Somebody takes a role from SCEPman."""
    state = tenant.state()
    roles = state["directory"]["appRoleAssignments"]
    if roles:
        roles.remove(chance.choice(roles))
        tenant.control("PUT", "state", state)


def fault(running, tenant, chance):
    tenant.control("POST", "faults", chance.choice(FAULTS))


def reload(running, tenant, chance):
    running.write_config(f"{running.read_config().split('# soak')[0]}# soak {chance.random()}\n")
    running.signal(signal.SIGHUP)


def refused(running, tenant, chance):
    text = running.read_config()
    running.write_config(text + "nonsense: true\n")
    running.signal(signal.SIGHUP)
    until(lambda: (running.status()["daemon"]["last_reload"] or {}).get("problem"), "the configuration is refused")
    running.write_config(text)
    running.signal(signal.SIGHUP)


def passes_of(running):
    return int(sum(float(line.split()[-1]) for line in running.get("/metrics")[1].splitlines()
                   if line.startswith("scepmand_passes_total")))


def fill_history(running, tenant, chance):
    """The drift history has a thousand events, and what memory holds of it grows until a hundred as it should. So that this is not
    taken for a leak, and is part of what is measured, it begins full: with copies of the first events."""
    drift(running, tenant, chance)
    running.one_more_pass()
    running.stop()
    folder = os.path.join(running.state_directory, "drift")
    for name in os.listdir(folder):
        with open(os.path.join(folder, name)) as file:
            lines = [line for line in file if line.endswith("\n")]
        with open(os.path.join(folder, name), "w") as file:
            file.writelines((lines * EVENTS_KEPT)[:EVENTS_KEPT])


# ---- the soak ----

def soak(running, tenant, passes, chance):
    samples, counts = [], {drift: 0, fault: 0, reload: 0, refused: 0}
    done = 0
    print(f"{'passes':>7} {'drift':>6} {'faults':>6} {'reload':>6} {'refused':>7} {'resident':>9} {'own':>6} {'peak':>6} "
          f"{'descriptors':>11} {'handles':>7}  (KiB)")
    while len(samples) <= SAMPLES:
        if done >= passes * len(samples) // SAMPLES:
            # The simulated tenant remembers every request, and faults that nothing has met.
            tenant.control("DELETE", "journal")
            tenant.control("DELETE", "faults")
            running.one_more_pass()
            samples.append(dict(sample(running), passes=done))
            last = samples[-1]
            print(f"{done:7} {counts[drift]:6} {counts[fault]:6} {counts[reload]:6} {counts[refused]:7} {last['resident']:9} "
                  f"{last['own']:6} {last['peak']:6} {last['descriptors']:11} {last['handles']:7}", flush=True)
        # A signal during a pass makes exactly one more; the pause only leaves the machine to the daemon.
        for _ in range(60):
            running.signal(signal.SIGUSR1)
            time.sleep(0.01)
        done = passes_of(running)
        if chance.random() < 0.5:
            what = chance.choice(list(counts))
            what(running, tenant, chance)
            counts[what] += 1
    return samples


def judge(samples, installations):
    """What is wrong, in sentences."""
    # A tenth is for warming up: until every kind of trouble has been met for the first time, libraries load what they need
    # for it and keep it, and the heap finds the size that the largest pass needs.
    warm = [s for s in samples if s["passes"] >= samples[-1]["passes"] / 10]
    wrong = []
    for name, allowed in RISE.items():
        values = [s[name] for s in warm]
        risen = rise(warm, name)
        print(f"{name:>12}: {min(values)} to {max(values)}, median {statistics.median(values):.0f}; the line through "
              f"{len(warm)} samples rises by {risen:.1f}")
        if risen > allowed:
            wrong.append(f"{name} grow: by {risen:.1f} where {allowed} is allowed")
    limit = LIMITS.get(installations)
    most = max(s["resident"] for s in warm)
    if limit and most > limit:
        wrong.append(f"{most} KiB are resident with {installations} installations; promised are {limit}")
    return wrong


def main():
    daemon_binary, sim_binary, *rest = sys.argv[1:]
    passes = int(rest[0]) if rest else 10000
    scenario = rest[1] if len(rest) > 1 else "fresh"
    # As a service has it: the system's roots where OpenSSL finds them.
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        os.environ.pop(name, None)
    chance = random.Random(1)
    with Tenant(sim_binary, "--scenario", scenario) as tenant:
        running = Running(Daemon(daemon_binary, tenant), "soak", log="{level: error, format: json}")
        with running:
            running.ready()
            running.await_passes(1)
            fill_history(running, tenant, chance)
        with running.again():
            running.ready()
            running.await_passes(1)
            samples = soak(running, tenant, passes, chance)
            status = running.status()
            running.stop()
    installations = status["summary"]["installations"]
    print(f"{installations} installation(s); longest stall of the loop: {status['daemon']['loop_stall_max_ms']} ms")
    wrong = judge(samples, installations)
    if wrong:
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
