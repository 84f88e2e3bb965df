#!/usr/bin/env python3
"""Runs on the virtual machine, as root and after each boot: scepmand's units with a real systemd. scripts/machine starts it.

Nothing of this is for a machine that somebody uses: it stops services, sets the clock and switches the machine off.
"""

import json
import os
import subprocess

import credentials
import ending
import nightly
import rebooted
import shell
import starting
import working
from machine import Machine, write
from tenant import Counter

KEPT = "/var/lib/machine-checks"  # what the second boot must know
PARTS = (starting, credentials, working, shell, ending, nightly)


def first_boot(counter):
    os.makedirs(KEPT)
    machine = Machine("fresh")
    with machine.tenant:
        for part in PARTS:
            part.run_all(counter, machine)
        state = machine.tenant.state()
    write(f"{KEPT}/state.json", json.dumps(state))
    write(f"{KEPT}/counts.json", json.dumps(vars(counter)))
    subprocess.run(["systemctl", "reboot"], check=True)


def second_boot(counter):
    with open(f"{KEPT}/counts.json") as file:
        vars(counter).update(json.load(file))
    machine = Machine(f"{KEPT}/state.json")
    with machine.tenant:
        rebooted.run_all(counter, machine)
    print(f"{counter.passed} passed, {counter.failed} failed, {counter.skipped} skipped", flush=True)
    subprocess.run(["systemctl", "poweroff"], check=True)


def main():
    counter = Counter("machine")
    if os.path.exists(KEPT):
        second_boot(counter)
    else:
        first_boot(counter)


if __name__ == "__main__":
    main()
