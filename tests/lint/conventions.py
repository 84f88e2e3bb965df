#!/usr/bin/env python3
"""The conventions of CONTRIBUTING.md that a program can check. Usage: conventions.py SOURCE-ROOT

Prints one line FILE:LINE: MESSAGE for each breach; exits 1 when there is one.
"""
import pathlib
import re
import sys

FOLDERS = ["base", "desired", "world", "kinds", "transport", "reconcile", "observe", "page", "service", "doctor"]
# What a folder may not use although it stands above it: the transport and the core meet in world/ only.
STRANGERS = {"reconcile": {"transport"}, "observe": {"transport"}, "page": {"observe", "reconcile", "transport"},
             "transport": {"kinds"}, "world": set(), "kinds": {"transport"}}
BANNED = re.compile(r"\b(strcpy|strcat|sprintf|strtok|atoi|gets|alloca|vsprintf)\s*\(")
CLOCK = re.compile(r"\b(time|gettimeofday|clock_gettime|localtime)\s*\(")
INCLUDE = re.compile(r'^#include "([^"]+)"')
LINES_MAX = 400  # tables of tests may be longer


def code_lines(path):
    """(number, line without comments and strings) - good enough for code that clang-format has laid out."""
    inside = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = re.sub(r'"(\\.|[^"\\])*"', '""', line) if not INCLUDE.match(line) else line
        if inside:
            end = text.find("*/")
            if end < 0:
                continue
            text, inside = text[end + 2:], False
        text = re.sub(r"/\*.*?\*/", "", text)
        start = text.find("/*")
        if start >= 0:
            text, inside = text[:start], True
        yield number, re.sub(r"//.*", "", text)


class Lint:
    def __init__(self, root):
        self.root = root
        self.breaches = 0

    def breach(self, path, number, message):
        self.breaches += 1
        print(f"{path.relative_to(self.root)}:{number}: {message}")

    def includes_of_daemon(self, path, folder, number, included):
        other = included.split("/")[0]
        if other not in FOLDERS:
            self.breach(path, number, f"{included} is not named by its folder")
        elif FOLDERS.index(other) > FOLDERS.index(folder):
            self.breach(path, number, f"{folder}/ includes {included}, which is below it")
        elif other in STRANGERS.get(folder, set()):
            self.breach(path, number, f"{folder}/ includes {included}; they meet in world/ only")

    def includes_of_simulated_tenant(self, path, number, included):
        folder = included.split("/")[0]
        if "/" in included and folder != "base":
            self.breach(path, number, f"the simulated tenant includes {included}; it shares nothing with the daemon but base/")

    def check_file(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LINES_MAX and "unit" not in path.parts:
            self.breach(path, len(lines), f"{len(lines)} lines; is it still one thing? (at most {LINES_MAX})")
        if path.suffix == ".h" and not lines[0].startswith("/*") and len(lines) > 4:
            self.breach(path, 1, "a header begins with what the module is for")
        parts = path.relative_to(self.root).parts
        for number, text in code_lines(path):
            include = INCLUDE.match(text)
            if include and parts[0] == "daemon" and len(parts) == 3:
                self.includes_of_daemon(path, parts[1], number, include[1])
            elif include and parts[:2] == ("tests", "sim"):
                self.includes_of_simulated_tenant(path, number, include[1])
            banned = BANNED.search(text)
            if banned:
                self.breach(path, number, f"{banned[1]}() is not used here")
            if CLOCK.search(text) and path.name not in ("clock.c", "clockwork.c", "slow_disk.c"):
                self.breach(path, number, "only base/clock.c asks what time it is")
            if parts[0] == "daemon" and re.search(r"\btypedef struct\b", text):
                self.breach(path, number, "structs have no typedef")
            if parts[0] == "daemon" and "METHOD_DELETE" in text:
                self.breach(path, number, "nothing in this program can express a removal")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    lint = Lint(root)
    files = sorted(path for folder in ("daemon", "tests") for path in (root / folder).rglob("*.[ch]")
                   if "node_modules" not in path.parts)
    for path in files:
        lint.check_file(path)
    print(f"{len(files)} files, {lint.breaches} breaches")
    return 1 if lint.breaches or not files else 0


sys.exit(main())
