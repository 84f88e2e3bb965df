#!/usr/bin/env python3
"""The last line of scripts/test and scripts/check: what a suite skips within is counted and explained as a skipped suite is.

Usage: counts.py PATH-OF-COUNT-TESTS
"""
import json
import subprocess
import sys
import tempfile

TESTS = [
    {"name": "partly", "result": "OK", "stdout": "ok   one\nskip two: az is not installed\npartly: 1 passed, 0 failed, 1 skipped\n"},
    {"name": "wholly", "result": "SKIP", "stdout": "skip the page: no chromium\nwholly: 0 passed, 0 failed, 1 skipped\n"},
    {"name": "plainly", "result": "SKIP", "stdout": "node is not installed\n"},
    {"name": "broken", "result": "TIMEOUT"},
]
EXPECTED = """\
skipped: partly: two: az is not installed
skipped: wholly: the page: no chromium
skipped: plainly: node is not installed
timeout: broken
1 passed, 1 failed, 3 skipped
"""


def main():
    with tempfile.NamedTemporaryFile("w") as log:
        log.write("".join(json.dumps(test) + "\n" for test in TESTS))
        log.flush()
        result = subprocess.run([sys.executable, sys.argv[1], log.name], capture_output=True, text=True)
    if (result.returncode, result.stdout) != (1, EXPECTED):
        sys.exit(f"exit status {result.returncode}\n{result.stdout}{result.stderr}instead of\n{EXPECTED}")


if __name__ == "__main__":
    main()
