#!/usr/bin/env python3
"""Every reason that the daemon can give for a condition is expected by a golden case or a system test. Usage: reasons.py ROOT"""

import json
import os
import re
import sys

# Reasons that no such test can bring about yet, and why.
EXEMPT = {
    "BackupConflict": "nothing gives it before the upgrade from 1.x is there",
    "ProbeUnhealthy": "nothing gives it before sites are probed around a write",
}


def files(folder, end):
    for path, _, names in os.walk(folder):
        yield from (os.path.join(path, name) for name in names if name.endswith(end))


def read(path):
    with open(path) as file:
        return file.read()


def main():
    root = sys.argv[1]
    reasons = re.findall(r'\[REASON_\w+\] = "(\w+)"', read(os.path.join(root, "daemon/world/node.c")))
    expected = set()
    for path in files(os.path.join(root, "tests/kinds/cases"), ".json"):
        expected.update(json.loads(read(path)).get("expect", {}).get("conditions", []))
    system = "".join(read(path) for path in files(os.path.join(root, "tests/system/scepmand"), ".py"))
    missing = [r for r in reasons if r not in expected and not re.search(rf"\b{r}\b", system) and r not in EXEMPT]
    for reason in missing:
        print(f"daemon/world/node.c: no golden case and no system test expects {reason}")
    print(f"{len(reasons)} reasons, {len(missing)} that nothing expects")
    sys.exit(1 if missing or len(reasons) < 30 else 0)


if __name__ == "__main__":
    main()
