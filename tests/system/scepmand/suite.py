#!/usr/bin/env python3
"""scepmand against tenant-sim, as processes. Usage: suite.py PART PATH-OF-SCEPMAND PATH-OF-TENANT-SIM"""

import importlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from tenant import Counter  # noqa: E402


def main():
    part, daemon, sim = sys.argv[1:]
    counter = Counter(f"scepmand {part}")
    importlib.import_module(part).run(counter, daemon, sim)
    counter.finish()


if __name__ == "__main__":
    main()
