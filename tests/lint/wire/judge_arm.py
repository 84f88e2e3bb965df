"""Judges requests to Azure Resource Manager by the operations of Microsoft's JavaScript clients (operations.json)."""

import json
import re

from judge_url import split_url


class Operations:
    def __init__(self, path):
        with open(path) as file:
            data = json.load(file)
        self.types = data["types"]
        self.operations = [(self.pattern(o["path"]), o) for o in data["operations"]]

    @staticmethod
    def pattern(template):
        """Resource Manager does not distinguish case in paths; "{+x}" is a path by itself, "{x}" is one segment of it."""
        text = "".join(".+" if part.startswith("{+") else "[^/]+" if part.startswith("{") else re.escape(part)
                       for part in re.split(r"(\{[^}]*\})", template))
        return re.compile(text, re.IGNORECASE)

    def judge(self, method, url, body):
        """(name of the operation, complaints)"""
        path, query = split_url(url)
        found = [o for pattern, o in self.operations if pattern.fullmatch(path)]
        if not found:
            return None, [f"no operation of any client has the path {path}"]
        methods = [o for o in found if o["method"] == method]
        if not methods:
            return None, [f"{path} is not for {method}; it is for {', '.join(o['method'] for o in found)}"]
        judged = [(o, self.judge_one(o, query, body)) for o in methods]
        operation, complaints = min(judged, key=lambda pair: len(pair[1]))
        return f"{operation['package']} {operation['name']}", complaints

    def judge_one(self, operation, query, body):
        complaints = []
        names = [name for name, _ in query]
        for name in sorted(set(names)):
            if names.count(name) > 1:
                complaints.append(f"query parameter {name} is there twice")
            if name != "api-version" and name not in operation["query"]:
                complaints.append(f"query parameter {name} is unknown")
        version = dict(query).get("api-version")
        if version not in operation["api"]:
            complaints.append(f"api-version {version} is not {' or '.join(operation['api'])}")
        if "body" not in operation:
            if body is not None:
                complaints.append("the operation has no body")
        elif body is None:
            complaints.append(f"the operation has a body, {operation['body']}")
        else:
            self.judge_value(self.types[operation["package"]], operation["body"], body, "body", complaints)
        return complaints

    def judge_value(self, types, expected, value, where, complaints):
        if "|" in expected:  # a choice: what none of them takes is wrong
            tries = []
            for choice in expected.split("|"):
                tries.append([])
                self.judge_value(types, choice, value, where, tries[-1])
            complaints.extend(min(tries, key=len))
        elif expected.startswith("["):
            if not isinstance(value, list):
                complaints.append(f"{where} is not an array")
                return
            for i, item in enumerate(value):
                self.judge_value(types, expected[1:-1], item, f"{where}[{i}]", complaints)
        elif expected.startswith("{"):
            if not isinstance(value, dict):
                complaints.append(f"{where} is not a dictionary")
                return
            for name, item in value.items():
                self.judge_value(types, expected[1:-1], item, f"{where}.{name}", complaints)
        elif expected in types:
            self.judge_object(types, expected, value, where, complaints)
        elif expected == "any":
            pass
        elif (not isinstance(value, {"string": str, "number": (int, float), "boolean": bool}[expected])
              or (expected == "number" and isinstance(value, bool))):
            complaints.append(f"{where} is not a {expected}: {json.dumps(value)}")

    def judge_object(self, types, name, value, where, complaints):
        if not isinstance(value, dict):
            complaints.append(f"{where} is not an object ({name})")
            return
        properties = types[name]
        for key, item in value.items():
            expected = properties.get(key, properties.get("*"))
            if expected is None:
                complaints.append(f"{where}.{key} is not a property that a client sends in {name}")
            else:
                self.judge_value(types, expected, item, f"{where}.{key}", complaints)
