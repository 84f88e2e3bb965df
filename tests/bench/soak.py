#!/usr/bin/env python3
"""Months of the daemon's life in minutes: thousands of passes, asked for back to back with SIGUSR1, with drift that another
writer causes, requests that fail, and reloads. Prints what it holds as it goes, and fails when that grows.

Usage: soak.py PATH-OF-SCEPMAND PATH-OF-TENANT-SIM [PASSES [SCENARIO]]
"""

import os
import random
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "system"), os.path.join(HERE, "..", "system", "scepmand")]

from daemon import Daemon  # noqa: E402
from running import Running  # noqa: E402
from tenant import Tenant  # noqa: E402

CHECKPOINTS = 20
FAULTS = ({"path": "*", "nth": 3, "status": 503}, {"path": "*", "nth": 5, "drop": True},
          {"method": "POST", "path": "*/oauth2/v2.0/token", "nth": 1, "status": 500},
          {"path": "*", "nth": 4, "damage": "truncate"}, {"path": "*", "nth": 2, "damage": "garbage"})


def held(process):
    """Resident memory in KiB and the number of descriptors."""
    with open(f"/proc/{process.pid}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{process.pid}/fd"))


def drift(tenant, chance):
    """Somebody takes a role from SCEPman."""
    state = tenant.state()
    roles = state["directory"]["appRoleAssignments"]
    if roles:
        roles.remove(chance.choice(roles))
        tenant.control("PUT", "state", state)


def disturb(running, tenant, chance):
    what = chance.randrange(3)
    if what == 0:
        drift(tenant, chance)
    elif what == 1:
        tenant.control("POST", "faults", chance.choice(FAULTS))
    else:
        text = running.read_config()
        running.write_config(f"{text.split('# soak')[0]}# soak {chance.random()}\n")
        running.signal(signal.SIGHUP)


def passes_of(running):
    return sum(t["passes"] for t in running.status()["tenants"])


def soak(running, tenant, passes):
    chance = random.Random(1)
    figures = []
    done = disturbed = 0
    while done < passes:
        for _ in range(50):
            running.signal(signal.SIGUSR1)
            done = passes_of(running)
        if chance.random() < 0.3:
            disturb(running, tenant, chance)
            disturbed += 1
        if done >= passes * (len(figures) + 1) // CHECKPOINTS:
            tenant.control("DELETE", "journal")
            figures.append(held(running.process))
            print(f"{done:7} passes, {disturbed:5} disturbances: {figures[-1][0]:7} KiB resident, "
                  f"{figures[-1][1]:3} descriptors", flush=True)
    tenant.control("DELETE", "faults")
    return figures


def main():
    daemon_binary, sim_binary, *rest = sys.argv[1:]
    passes = int(rest[0]) if rest else 10000
    scenario = rest[1] if len(rest) > 1 else "fresh"
    with Tenant(sim_binary, "--scenario", scenario) as tenant:
        with Running(Daemon(daemon_binary, tenant), "soak", log="{level: error, format: json}") as running:
            running.ready()
            running.await_passes(1)
            figures = soak(running, tenant, passes)
            running.one_more_pass()
            status = running.status()
            running.stop()
    # What the first tenth took is warming up; from there on nothing may grow by more than a tenth.
    warm = figures[len(figures) // 10]
    print(f"longest stall of the loop: {status['daemon']['loop_stall_max_ms']} ms")
    if figures[-1][0] > warm[0] * 1.1 or figures[-1][1] > warm[1] + 4:
        sys.exit(f"it grows: {warm} after a tenth, {figures[-1]} at the end")


if __name__ == "__main__":
    main()
