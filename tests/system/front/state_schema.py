#!/usr/bin/env python3
"""The schema of the state against the simulated tenant: every scenario fits it, and what it refuses the tenant refuses, too.
Usage: state_schema.py TENANT-SIM SCHEMA. Needs Debian's python3-jsonschema; exits 77 (skipped) when it is not there."""

import copy
import json
import os
import sys
import urllib.error

try:
    import jsonschema
except ImportError:
    print("SKIPPED: jsonschema is missing; apt-get install python3-jsonschema")
    sys.exit(77)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from tenant import Counter, Tenant, equal, true  # noqa: E402

SCENARIOS = ["fresh", "linux", "key-vault-policies", "completed", "slots", "two-installations", "upgrade-1x", "upgrade-1x-slots", "many:2"]


def set_member(*path_and_value):
    *path, last, value = path_and_value

    def change(state):
        for step in path:
            state = state[step]
        state[last] = value
    return change


def remove_member(*path):
    def change(state):
        for step in path[:-1]:
            state = state[step]
        del state[path[-1]]
    return change


# What is done to a good state, and the path that the tenant must name.
WRONG = [
    (set_member("format_version", "2"), "format_version"),
    (remove_member("format_version"), "format_version"),
    (set_member("tenant", "tenantId", "x"), "tenant.tenantId"),
    (set_member("nonsense", 1), "nonsense"),
    (set_member("subscriptions", {}), "subscriptions"),
    (set_member("subscriptions", 0, "subscriptionId", ""), "subscriptions[0].subscriptionId"),
    (set_member("resourceGroups", 0, 7), "resourceGroups[0]"),
    (remove_member("resources", 1, "id"), "resources[1].id"),
    (set_member("resources", 1, "id", "x"), "resources[1].id"),
    (set_member("resources", 2, "type", "sites"), "resources[2].type"),
    (set_member("resources", 2, "properties", []), "resources[2].properties"),
    (set_member("directory", "apps", []), "directory.apps"),
    (remove_member("directory", "servicePrincipals", 0, "id"), "directory.servicePrincipals[0].id"),
    (remove_member("credentials", 0, "appId"), "credentials[0].appId"),
    (set_member("packages", []), "packages"),
]


def main():
    counter = Counter("state schema")
    with open(sys.argv[2]) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    with Tenant(sys.argv[1]) as tenant:
        for name in SCENARIOS:
            def fits():
                tenant.control("POST", "scenario", {"name": name})
                state = tenant.state()
                validator.validate(state)
                tenant.control("PUT", "state", state)
                equal(tenant.state(), state, "written and read again")
            counter.check(f"{name} fits", fits)
        tenant.control("POST", "scenario", {"name": "fresh"})
        good = tenant.state()
        for change, path in WRONG:
            def refused():
                wrong = copy.deepcopy(good)
                change(wrong)
                true(not validator.is_valid(wrong), "the schema takes it")
                try:
                    tenant.control("PUT", "state", wrong)
                except urllib.error.HTTPError as error:
                    message = json.load(error)["error"]["message"]
                    equal(error.code, 400)
                    true(message.startswith(path), message)
                else:
                    raise AssertionError("the tenant takes it")
                equal(tenant.state(), good, "the old tenant is still there")
            counter.check(f"{path} is refused", refused)
    counter.finish()


if __name__ == "__main__":
    main()
