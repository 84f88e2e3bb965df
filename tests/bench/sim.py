#!/usr/bin/env python3
"""How much the simulated tenant can take, so that it is never the bottleneck: requests per second over keep-alive TLS, processor time per
request, and how long and how much memory a state of many sites takes. Usage: sim.py TENANT-SIM SIM-LOAD [SECONDS]"""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from tenant import Tenant  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
WANTED_PER_SECOND, WANTED_LOAD_S, WANTED_MIB = 5000, 2.0, 1024


def token(t):
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": t.client_id,
                                   "client_secret": t.client_secret, "scope": t.url + "/.default"}).encode()
    with t.opener.open(f"{t.url}/{t.tenant_id}/oauth2/v2.0/token", form) as answer:
        return json.load(answer)["access_token"]


def processor_s(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mib(process):
    with open(f"/proc/{process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def measure_requests(binary, load, seconds):
    best = 0
    with Tenant(binary) as t:
        bearer = token(t)
        group = f"/subscriptions/{t.subscription_ids[0]}/resourceGroups/rg-scepman"
        for title, target in (("a resource group", f"{group}?api-version=2021-04-01"),
                              ("a web app", f"{group}/providers/Microsoft.Web/sites/app-scepman-contoso?api-version=2024-04-01"),
                              ("a service principal", "/v1.0/servicePrincipals?$filter=appId eq "
                               "'00000003-0000-0000-c000-000000000000'&$select=id,appId".replace(" ", "%20"))):
            before = processor_s(t.process)
            result = json.loads(subprocess.run([load, t.ca_file, t.url + target, bearer, "16", str(seconds)],
                                               capture_output=True, text=True, check=True).stdout)
            used_us = (processor_s(t.process) - before) * 1e6 / result["requests"]
            print(f"{title}: {result['requests_per_second']} requests/s, median {result['median_us']} us, "
                  f"99% {result['p99_us']} us, {used_us:.0f} us of the server's processor each")
            best = max(best, result["requests_per_second"])
    return best


def measure_state(binary):
    with Tenant(binary, "--scenario", "many:10000") as t:
        path = os.path.join(t.directory, "state.json")
        with t.opener.open(t.url + "/_sim/state") as answer, open(path, "wb") as file:
            file.write(answer.read())
        sites = open(path).read().count('"type":"Microsoft.Web/sites"')
        start = time.monotonic()
        with Tenant(binary, "--scenario", path) as other:
            wall_s, used_s, mib = time.monotonic() - start, processor_s(other.process), peak_mib(other.process)
    print(f"a state of {sites} sites: listens after {wall_s:.2f} s ({used_s:.2f} s of processor), {mib:.0f} MiB at most")
    return used_s, mib


def main():
    binary, load = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    per_second = measure_requests(binary, load, seconds)
    used_s, mib = measure_state(binary)
    fine = per_second >= WANTED_PER_SECOND and used_s <= WANTED_LOAD_S and mib <= WANTED_MIB
    print(f"wanted: {WANTED_PER_SECOND} requests/s, {WANTED_LOAD_S} s, {WANTED_MIB} MiB: {'reached' if fine else 'missed'}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
