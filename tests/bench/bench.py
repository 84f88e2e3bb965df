#!/usr/bin/env python3
"""Prints ratios that were measured in one run; scripts/bench builds and calls this (and sim.py).

    bench.py BUILD-DIRECTORY PART…

    daemon    one installation, the simulated tenant 50 ms away: requests, writes, wall time over what cannot be avoided, memory;
              and 100 installations: the longest stall of the loop of a daemon that runs, at most 20 ms
    planner   time per node of passes over 10, 100 and 1,000 installations, without transport
"""

import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "system"), os.path.join(HERE, "..", "system", "scepmand")]

from daemon import Daemon, mutating  # noqa: E402
from running import Running  # noqa: E402
from tenant import Tenant  # noqa: E402

LATENCY_MS = 50
RUNS = 5
STALL_MAX_MS = 20
STALL_PASSES = 4
TOKEN = 1  # the request for a token, before anything else


def median(values):
    return statistics.median(values)


def planner_passes(build, *counts):
    """{(installations, pass): what planner.c has measured}"""
    output = subprocess.run([f"{build}/tests/bench/planner-bench", *map(str, counts)], check=True, stdout=subprocess.PIPE).stdout
    found = {}
    for line in output.decode().splitlines():
        measured = json.loads(line)
        if measured["good"] != measured["nodes"]:
            raise AssertionError(f"a pass that does not converge: {line}")
        found[measured["installations"], measured["pass"]] = measured
    return found


def in_a_row(journal):
    """The most requests of a journal that did not overlap: each began when the one before had been answered."""
    count, free_ms = 0, 0
    for end_ms, begin_ms in sorted((line["time_ms"] + LATENCY_MS, line["time_ms"]) for line in journal):
        if begin_ms >= free_ms:
            count, free_ms = count + 1, end_ms
    return count


def apply(build, tenant):
    """One `scepmand apply`: wall time in ms, ms until the first request was there, peak memory in KiB, CPU time in ms, journal."""
    tenant.control("DELETE", "journal")
    begin, begin_unix_ms = time.monotonic(), time.time() * 1000
    process = subprocess.Popen([f"{build}/daemon/scepmand", "apply", "--quiet", "-c", tenant.config], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_ms = (time.monotonic() - begin) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise AssertionError(f"scepmand apply ended with {process.returncode}")
    journal = [line for line in tenant.control("GET", "journal") if "/_sim/" not in line["url"]]
    cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
    return wall_ms, journal[0]["time_ms"] - begin_unix_ms, usage.ru_maxrss, cpu_ms, journal


def daemon(build):
    planned = planner_passes(build, 1)
    runs = {"completion": [], "in sync": []}
    for _ in range(RUNS):
        with Tenant(f"{build}/tests/sim/tenant-sim", "--scenario", "fresh", "--latency-ms", str(LATENCY_MS)) as tenant:
            for name, found in runs.items():
                found.append(apply(build, tenant))
    print(f"One installation, every answer {LATENCY_MS} ms away, release build, medians of {RUNS} runs.")
    print("Chain: the longest chain of requests of which each needs the answer to the one before, counted in the planner\n"
          "(tests/bench/planner.c) plus one for the token. In a row: the most requests in the journal that did not overlap.\n"
          "Start: from the start of the process to the arrival of its first request; part of the wall time.\n")
    print(f"{'':12}{'requests':>9}{'writes':>8}{'chain':>7}{'in a row':>10}{'start':>8}{'wall':>9}{'wall / (chain x latency)':>26}"
          f"{'CPU':>8}{'peak memory':>13}")
    for name, found in runs.items():
        chain = planned[1, name]["waves"] + TOKEN
        wall_ms, start_ms, memory_kib, cpu_ms = (median(run[i] for run in found) for i in range(4))
        journals = [run[4] for run in found]
        print(f"{name:12}{median(map(len, journals)):9.0f}{median(len(mutating(journal)) for journal in journals):8.0f}{chain:7}"
              f"{median(map(in_a_row, journals)):10.0f}{start_ms:5.0f} ms{wall_ms:6.0f} ms{wall_ms / chain / LATENCY_MS:26.2f}"
              f"{cpu_ms:5.0f} ms{memory_kib / 1024:9.1f} MiB")


def without_others(process):
    """Has its threads go first, if we may: what else the machine does is not the loop's. Not with real time: Linux takes that
    away for 50 ms of each second from whoever uses all of it."""
    try:
        for thread in os.listdir(f"/proc/{process.pid}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), -20)
    except PermissionError:
        print("(Without the right to go first: other processes of this machine stall the loop, too.)")


def stall_of_one(build):
    """Passes of 100 installations by a daemon that was just started: the longest stall in ms, and what the last pass was."""
    with Tenant(f"{build}/tests/sim/tenant-sim", "--scenario", "many:100") as tenant:
        with Running(Daemon(f"{build}/daemon/scepmand", tenant), "stall", log="{level: info, format: json}") as running:
            running.ready()
            without_others(running.process)
            passes = [running.await_passes(1)["last_pass"]]
            passes += [running.one_more_pass()["last_pass"] for _ in range(STALL_PASSES - 1)]
            running.get("/")
            lines = dict(line.rsplit(" ", 1) for line in running.get("/metrics")[1].splitlines() if not line.startswith("#"))
            stall_ms = float(lines["scepmand_loop_stall_seconds_max"]) * 1000
            running.stop()
    return stall_ms, passes


def stall(build):
    # A bundle in one file is read whole when a transport is made; the system's hashed folder is not.
    os.environ.pop("SSL_CERT_FILE", None)
    runs = [stall_of_one(build) for _ in range(RUNS)]
    # What the daemon needs is in every run; what a virtual machine is kept waiting for comes on top, in some.
    stall_ms = median(stall_ms for stall_ms, _ in runs)
    writes = [sum(p["writes"] for p in passes) for _, passes in runs]
    print(f"\nThe loop of a daemon with 100 installations, {STALL_PASSES} passes with {median(writes):.0f} writes, status, metrics and page:\n"
          f"longest stall {stall_ms:.0f} ms, at most {STALL_MAX_MS}; the median of {len(runs)} runs ({', '.join(f'{ms:.0f}' for ms, _ in runs)} ms).")
    if stall_ms > STALL_MAX_MS:
        sys.exit(f"the loop stalls for {stall_ms:.0f} ms")


def planner(build):
    counts = (10, 100, 1000)
    planned = planner_passes(build, *counts)
    print("The planner without transport: CPU time to absorb all answers and to plan all requests.\n")
    print(f"{'installations':>13}{'pass':>12}{'nodes':>8}{'requests':>10}{'waves':>7}{'us / node':>11}{'of 10 installations':>21}")
    for name in ("completion", "in sync"):
        per_node = {n: planned[n, name]["us"] / planned[n, name]["nodes"] for n in counts}
        for n in counts:
            measured = planned[n, name]
            print(f"{n:13}{name:>12}{measured['nodes']:8}{measured['requests']:10}{measured['waves']:7}{per_node[n]:11.1f}"
                  f"{per_node[n] / per_node[10]:20.2f}x")


def main():
    build, *parts = sys.argv[1:]
    for part in parts:
        for measure in {"daemon": (daemon, stall), "planner": (planner,)}[part]:
            measure(build)
        print(flush=True)


if __name__ == "__main__":
    main()
