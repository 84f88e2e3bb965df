#!/usr/bin/env python3
"""config/scepmand.schema.json against YAML files: what scepmand accepts the schema accepts, and what it refuses too.

    config_schema.py SCHEMA CONFIG_FOLDER GOOD_FOLDER BAD_FOLDER

The examples in CONFIG_FOLDER must also name the schema in their first line, for editors. A file in BAD_FOLDER that only a
program can see to be wrong (names that stand twice, the environment, YAML that is legal elsewhere) says so with a line
"#~ beyond the schema: REASON"; the schema must then accept it, so that the remark does not outlive its reason.
Needs Debian's python3-yaml and python3-jsonschema; exits 77 (skipped) with a sentence when they are not there.
"""
import json
import pathlib
import re
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"SKIPPED: {error.name} is missing; apt-get install python3-yaml python3-jsonschema")
    sys.exit(77)

LANGUAGE_SERVER = "# yaml-language-server: $schema=scepmand.schema.json"


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core schema: "on" and "yes" are text, as in scepmand and in editors. PyYAML's own is 1.1."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+0123456789.")),
]:
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(f"^(?:{pattern})$"), first)


def complaint(validator, path):
    """The first reason to refuse the file, or None."""
    try:
        document = yaml.load(path.read_bytes(), CoreLoader)
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        return f"YAML: {str(error).splitlines()[0]}"
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return f"{error.json_path}: {error.message}" if error else None


def main(schema_file, config, good, bad):
    schema = json.loads(pathlib.Path(schema_file).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures, counts = [], {}

    for folder in (config, good, bad):
        for path in sorted(pathlib.Path(folder).glob("*.yaml")):
            counts[folder] = counts.get(folder, 0) + 1
            found = complaint(validator, path)
            beyond = b"\n#~ beyond the schema: " in b"\n" + path.read_bytes()
            if folder == config and path.read_text("utf-8").split("\n", 1)[0] != LANGUAGE_SERVER:
                failures.append(f"{path}:1:1: the first line must be {LANGUAGE_SERVER}")
            if folder == bad and not beyond and not found:
                failures.append(f"{path}: the schema accepts it")
            if found and (folder != bad or beyond):
                failures.append(f"{path}: the schema refuses it: {found}")
    for folder in (config, good, bad):
        if not counts.get(folder):
            failures.append(f"{folder}: no YAML files")
    print("\n".join(failures + [f"{sum(counts.values())} files compared, {len(failures)} failures"]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
