"""Starts the simulated tenant for a suite, looks into it, and counts what the suite finds. Standard library only."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request


class Tenant:
    """A running tenant-sim with a directory of its own; ends with the block it was made for."""

    def __init__(self, binary, *options, environment=None):
        self.directory = tempfile.mkdtemp(prefix="tenant-sim-suite-")
        ready = os.path.join(self.directory, "ready.json")
        self.log = open(os.path.join(self.directory, "log"), "w+")
        self.process = subprocess.Popen(
            [binary, "--ready-file", ready, "--tls-directory", os.path.join(self.directory, "tls"),
             "--proxy", "127.0.0.1:0", *options], stderr=self.log, env=dict(os.environ, **(environment or {})))
        while not os.path.exists(ready):
            if self.process.poll() is not None:
                self.log.seek(0)
                sys.exit("tenant-sim ended at once: " + self.log.read())
            time.sleep(0.02)
        with open(ready) as file:
            self.__dict__.update(json.load(file))
        self.tls = ssl.create_default_context(cafile=self.ca_file)
        # Nothing of this machine's proxy settings may stand between.
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.tls))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait()
        self.log.seek(0)
        log = self.log.read()
        shutil.rmtree(self.directory)
        if status != 0:
            sys.exit(f"tenant-sim ended with {status}: {log}")

    def control(self, method, name, body=None):
        """/_sim/NAME; the answer's JSON, its lines for the journal, None when it is empty."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sim/{name}", data=data, method=method)
        with self.opener.open(request) as answer:
            text = answer.read().decode()
        if name == "journal":
            return [json.loads(line) for line in text.splitlines()]
        return json.loads(text) if text else None

    def state(self):
        return self.control("GET", "state")

    def resource(self, resource_id):
        """The resource of this id in the state, or None."""
        for resource in self.state()["resources"]:
            if resource["id"].lower() == resource_id.lower():
                return resource
        return None

    def directory_objects(self, kind, **members):
        """Objects of the directory whose members are so."""
        return [o for o in self.state()["directory"][kind]
                if all(o.get(name) == value for name, value in members.items())]


class Counter:
    """Runs checks one after the other; a failed one does not stop the others."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, title, function):
        try:
            function()
        except Exception as error:  # a check may fail in any way
            self.failed += 1
            print(f"FAIL {title}: {type(error).__name__}: {str(error)[:2000]}", flush=True)
        else:
            self.passed += 1
            print(f"ok   {title}", flush=True)

    def skip(self, title, why):
        """scripts/count-tests counts such lines."""
        self.skipped += 1
        print(f"skip {title}: {why}", flush=True)

    def finish(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        if self.failed:
            sys.exit(1)
        sys.exit(0 if self.passed else 77)  # 77: meson shows it as skipped


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} is not {expected!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)
