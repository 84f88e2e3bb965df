"""scepmand as its users run it: a process with a configuration file, against a running simulated tenant."""

import json
import os
import re
import subprocess


class Daemon:
    def __init__(self, binary, tenant):
        self.binary = binary
        self.tenant = tenant
        with open(tenant.config) as file:
            self.text = file.read()
        self.count = 0

    def configure(self, *replacements, instance="", tenant=""):
        """A configuration file in which each (pattern, text) of REPLACEMENTS is replaced; INSTANCE and TENANT are added lines."""
        text = self.text
        for pattern, new in replacements:
            text, n = re.subn(pattern, new, text)
            if not n:
                raise AssertionError(f"the configuration has no {pattern}")
        text = text.replace("    instances:\n", tenant + "    instances:\n")
        self.count += 1
        path = os.path.join(self.tenant.directory, f"scepmand-{self.count}.yaml")
        with open(path, "w") as file:
            file.write(text.rstrip("\n") + "\n" + instance)
        return path

    def run(self, command, config=None, *options, environment=None, timeout=300):
        """(exit status, standard output, standard error)"""
        result = subprocess.run([self.binary, command, "-c", config or self.tenant.config, *options], capture_output=True,
                                text=True, timeout=timeout, env=dict(os.environ, **(environment or {})))
        return result.returncode, result.stdout, result.stderr

    def expect(self, status, command, config=None, *options, **named):
        """Standard output, when the exit status is STATUS."""
        actual, output, error = self.run(command, config, *options, **named)
        if actual != status:
            raise AssertionError(f"scepmand {command}: exit status {actual}, not {status}\n{output}\n{error}")
        return output

    def plan(self, status, config=None, *options, **named):
        """The plan as JSON."""
        return json.loads(self.expect(status, "plan", config, "-o", "json", *options, **named))


def mutating(journal):
    """The requests of a journal that change something in the tenant."""
    queries = ("/config/appsettings/list", "/providers/microsoft.resourcegraph/resources", "/directoryobjects/getbyids",
               "/oauth2/v2.0/token")
    found = []
    for line in journal:
        path = line["url"].split("?")[0].lower()
        if line["method"] == "GET" or "/_sim/" in path or path.endswith(queries):
            continue
        if path.endswith("/$batch"):
            body = line["body"] if isinstance(line["body"], dict) else json.loads(line["body"])
            if all(part["method"].upper() == "GET" for part in body["requests"]):
                continue
        found.append(f"{line['method']} {line['url']}")
    return found
