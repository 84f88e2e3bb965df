#!/usr/bin/env python3
"""Every request that scepmand sends exists in Microsoft's own client definitions: path, api-version, query, body.

    check.py PATH-OF-SCEPMAND PATH-OF-TENANT-SIM

Runs the daemon against the simulated tenant in every way that makes it send something else (scenarios.py), takes the journals, and
judges each request, those inside of $batch too: Azure Resource Manager by operations.json, Microsoft Graph by graph.json
(extract.mjs says where these come from). Not judged: requests for tokens, which are OAuth 2.0, and GETs of the URL of an operation
under way, which an answer has named and the clients follow as it is; the latter are counted. First it proves on wrong requests
that it would notice (selftest.py). What the clients lack and Azure documents is listed in EXCEPTIONS, with the reason.
"""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", "system"), os.path.join(HERE, "..", "..", "system", "scepmand")]

from judge_arm import Operations  # noqa: E402
from judge_graph import Metadata  # noqa: E402
from judge_url import split_url  # noqa: E402
from scenarios import journals  # noqa: E402
from selftest import run_selftest  # noqa: E402

# "METHOD path-prefix": why it is right although no client has it. None so far.
EXCEPTIONS = {}
FOLLOWED = re.compile(r"/subscriptions/[^/]+/providers/[^/]+/locations/[^/]+/operation(Statuse|Result)s/[^/]+", re.IGNORECASE)


class Judge:
    def __init__(self):
        self.arm = Operations(os.path.join(HERE, "operations.json"))
        self.graph = Metadata(os.path.join(HERE, "graph.json"))
        self.requests = 0
        self.followed = 0
        self.operations = {}  # name -> how often
        self.complaints = {}  # complaint -> where it was seen first

    def judge(self, method, url, headers, body):
        """Complaints about one request."""
        path = split_url(url)[0]
        if any(f"{method} {path}".startswith(exception) for exception in EXCEPTIONS):
            return []
        is_graph = path.startswith("/v1.0/")
        name, complaints = (self.graph if is_graph else self.arm).judge(method, url, body)
        content_type = {key.lower(): value for key, value in headers.items()}.get("content-type", "")
        if body is not None and not content_type.startswith("application/json"):
            complaints.append(f"a body without Content-Type: application/json ({content_type!r})")
        self.requests += 1
        if name:
            self.operations[name] = self.operations.get(name, 0) + 1
        return complaints

    def judge_batch(self, body):
        complaints = []
        for part in body["requests"]:
            complaints += [f"part {part['id']}: unknown member {name}"
                           for name in set(part) - {"id", "method", "url", "headers", "body", "dependsOn"}]
            complaints += [f"in $batch, {part['method']} {part['url']}: {complaint}" for complaint in
                           self.judge(part["method"], "/v1.0" + part["url"], part.get("headers", {}), part.get("body"))]
        return complaints

    def judge_line(self, line):
        """Complaints about a line of the journal."""
        path, body = split_url(line["url"])[0], line["body"]
        if "/_sim/" in path or path.endswith("/oauth2/v2.0/token"):
            return []
        if (line["method"], path) == ("GET", "/probe"):  # of a web app itself, which has no client
            return []
        if isinstance(body, str):
            body = json.loads(body)
        if line["method"] == "GET" and FOLLOWED.fullmatch(path):
            self.followed += 1
            return []
        if path == "/v1.0/$batch":
            return self.judge_batch(body)
        return self.judge(line["method"], line["url"], line["headers"], body)


def main():
    daemon, sim = sys.argv[1:]
    judge = Judge()
    failed = run_selftest(Judge())
    for title, journal in journals(daemon, sim):
        before = judge.requests
        for line in journal:
            if line.get("unknown_route"):
                judge.complaints.setdefault(f"unknown route: {line['method']} {line['url']}", title)
            for complaint in judge.judge_line(line):
                judge.complaints.setdefault(f"{line['method']} {line['url']}\n      {complaint}", title)
        print(f"{title}: {judge.requests - before} requests", flush=True)
    for name, count in sorted(judge.operations.items()):
        print(f"  {count:5} {name}")
    for complaint, title in judge.complaints.items():
        print(f"FAIL {title}: {complaint}")
    print(f"wire: {judge.requests} requests, {len(judge.operations)} distinct operations, "
          f"{judge.followed} followed, "
          f"{len(EXCEPTIONS)} exceptions, {len(judge.complaints)} complaints")
    sys.exit(1 if failed or judge.complaints or judge.requests == 0 else 0)


if __name__ == "__main__":
    main()
