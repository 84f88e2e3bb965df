#!/usr/bin/env python3
"""The systemd units as they are installed: does systemd understand them, and how far are they shut off from the machine?

Usage: units.py FOLDER-OF-THE-BUILT-UNITS PATH-OF-SCEPMAND DROP-IN…. Exit status 77 when systemd-analyze is not installed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

EXPOSURE_MAX = 1.2  # by systemd-analyze security: 0 (nothing is open) to 10
UNITS = ["scepmand.service", "scepmand-plan.service", "scepmand-plan.timer"]


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def verify(folder, paths):
    """What systemd has to say against them. It must be nothing: unknown words are only warnings."""
    status, output = run("systemd-analyze", "verify", "--man=no", *paths)
    ours = [line for line in output.splitlines() if "scepmand" in line]
    return [] if status == 0 and not ours else [output]


def assess(path):
    return run("systemd-analyze", "security", "--offline=yes", "--no-pager", str(path))[1]


def exposure(path, name=None):
    output = assess(path)
    match = re.search(r"Overall exposure level for \S+: ([0-9.]+)", output)
    if not match:
        return [output]
    name = name or path.name
    print(f"{name}: exposure {match[1]}")
    return [] if float(match[1]) <= EXPOSURE_MAX else [f"{name}: exposure {match[1]} is over {EXPOSURE_MAX}"]


def main():
    built, scepmand, *drop_ins = map(pathlib.Path, sys.argv[1:])
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not installed")
        sys.exit(77)
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name in UNITS:
            # The program is not installed where the unit expects it; everything else is as it will be.
            text = re.sub(r"(?m)^(Exec\w+=)\S+/scepmand\b", rf"\g<1>{scepmand}", (built / name).read_text())
            problems += [f"{name}: {word} was not filled in" for word in re.findall(r"@\w+@", text)]
            paths.append(pathlib.Path(folder) / name)
            paths[-1].write_text(text)
        problems += verify(folder, paths)
        for path in paths:
            if path.suffix == ".service":
                problems += exposure(path)
        # Each as an administrator puts it there.
        for drop_in in drop_ins:
            without = assess(paths[0])
            directory = pathlib.Path(folder) / "scepmand.service.d"
            directory.mkdir()
            shutil.copy(drop_in, directory)
            problems += verify(folder, [paths[0]])
            problems += exposure(paths[0], f"scepmand.service with {drop_in.name}")
            problems += [f"{drop_in.name} was not read"] if assess(paths[0]) == without else []
            shutil.rmtree(directory)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
