#!/usr/bin/env python3
"""Turns data files into C arrays: embed.py OUT NAME=FILE..."""
import sys

with open(sys.argv[1], "w") as out:
    out.write('#include "data.h"\n')
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        with open(path, "rb") as file:
            data = file.read() + b"\0"
        out.write(f"\nconst char {name}[] = {{")
        for i in range(0, len(data), 24):
            out.write("\n\t" + " ".join(f"{b if b < 128 else b - 256}," for b in data[i : i + 24]))
        out.write("\n};\n")
