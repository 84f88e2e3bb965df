#!/usr/bin/env python3
"""Prints ratios that were measured in one run; scripts/bench builds and calls this.

    bench.py BUILD-DIRECTORY PART…

    daemon    one installation, the simulated tenant 50 ms away: requests, writes, wall time over what cannot be avoided, memory
    planner   time per node of passes over 10, 100 and 1,000 installations, without transport
    sim       what the simulated tenant takes: requests in a second, a large state
"""

import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "system"), os.path.join(HERE, "..", "system", "scepmand")]

from daemon import mutating  # noqa: E402
from tenant import Tenant  # noqa: E402

LATENCY_MS = 50
RUNS = 5
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


def peak_memory_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024


def cpu_s(pid):
    """CPU time that a process has taken so far."""
    with open(f"/proc/{pid}/stat") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def sim(build):
    binary = f"{build}/tests/sim/tenant-sim"
    with Tenant(binary, "--scenario", "fresh") as tenant:
        body = (f"client_id={tenant.client_id}&client_secret={tenant.client_secret}&grant_type=client_credentials"
                "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default").encode()
        with tenant.opener.open(f"{tenant.url}/{tenant.tenant_id}/oauth2/v2.0/token", body) as answer:
            token = json.load(answer)["access_token"]
        site = next(r["id"] for r in tenant.state()["resources"] if r["type"].lower() == "microsoft.web/sites")
        url = f"{tenant.url}{site}?api-version=2025-05-01"
        rates, requests, before_s = [], 0, cpu_s(tenant.process.pid)
        for _ in range(RUNS):
            output = subprocess.run([f"{build}/tests/bench/sim-load", tenant.ca_file, url, token, "16", "2"], check=True,
                                    stdout=subprocess.PIPE).stdout
            rates.append(json.loads(output)["requests_per_second"])
            requests += json.loads(output)["requests"]
        each_us = (cpu_s(tenant.process.pid) - before_s) * 1000000 / requests
    print(f"The simulated tenant, {os.cpu_count()} cores, the client on one of them, release build.\n")
    print(f"GET of a site, 16 TLS connections kept alive: {median(rates):.0f} requests a second "
          f"(median of {RUNS} runs of 2 s; {min(rates):.0f} to {max(rates):.0f});\n"
          f"{each_us:.0f} us of CPU a request in the tenant, which is {1000000 / each_us:.0f} a second of one core")
    for scenario in ("many:10000", "many:20000"):
        with Tenant(binary, "--scenario", scenario) as tenant:
            path = os.path.join(tenant.directory, "state.json")
            state = tenant.control("GET", "state")
            with open(path, "w") as file:
                json.dump(state, file)
            sites = sum(r["type"].lower() == "microsoft.web/sites" for r in state["resources"])
            resources = len(state["resources"])
            del state
            begin = time.monotonic()
            with Tenant(binary, "--scenario", path) as loaded:
                took_s = time.monotonic() - begin
                memory, load_s = peak_memory_mib(loaded.process.pid), cpu_s(loaded.process.pid)
            size = os.path.getsize(path)
        print(f"{scenario} ({sites} sites, {resources} resources, {size >> 20} MiB of JSON): listens after {took_s:.2f} s "
              f"({load_s:.2f} s of CPU), peak memory {memory:.0f} MiB")


def main():
    build, *parts = sys.argv[1:]
    for part in parts:
        {"daemon": daemon, "planner": planner, "sim": sim}[part](build)
        print(flush=True)


if __name__ == "__main__":
    main()
