"""Judges requests to Microsoft Graph by its published metadata (graph.json)."""

import json
import re

from judge_url import split_url

GUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
OPERATORS = {"eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "in", "true", "false", "null",
             "startswith", "endswith", "contains", "any", "all"}
EDM = {"Edm.String": str, "Edm.Guid": str, "Edm.DateTimeOffset": str, "Edm.Date": str, "Edm.Duration": str,
       "Edm.Binary": str, "Edm.Boolean": bool, "Edm.Int16": int, "Edm.Int32": int, "Edm.Int64": int, "Edm.Double": float}


class Metadata:
    def __init__(self, path):
        with open(path) as file:
            self.__dict__.update(json.load(file))

    # ---- what the metadata says ----

    def member(self, type_name, kind, name):
        """The type of a property or navigation property, inherited ones too; None: there is none."""
        while type_name:
            type_ = self.types[type_name]
            if name in type_[kind]:
                return type_[kind][name]
            type_name = type_.get("base")
        return None

    def keys(self, type_name):
        return self.types[type_name].get("keys", []) + ["id"]

    @staticmethod
    def bare(type_text):
        """("application", is it a collection)"""
        text = type_text.removesuffix(" !")
        match = re.fullmatch(r"Collection\((.*)\)", text)
        return (match[1] if match else text).removeprefix("graph."), bool(match)

    # ---- path ----

    def resolve(self, path, complaints):
        """(type, is it a collection, is it an action) at the end of a path; None where it leaves the metadata."""
        segments = path.strip("/").split("/")
        if segments[0] != "v1.0":
            complaints.append(f"{path} does not begin with /v1.0")
            return None
        match = re.fullmatch(r"(\w+)(?:\((.*)\))?", segments[1]) if len(segments) > 1 else None
        if not match or match[1] not in self.sets:
            complaints.append(f"{path}: no entity set of this name")
            return None
        type_name, is_collection = self.sets[match[1]], True
        if match[2] is not None:
            is_collection = not self.judge_key(type_name, match[2], complaints)
        for segment in segments[2:]:
            if segment.split(".")[-1].removesuffix("()") in self.actions:
                return (type_name, is_collection, True) if segment == segments[-1] else None
            if is_collection:
                self.judge_key(type_name, f"'{segment}'", complaints)
                is_collection = False
                continue
            target = self.member(type_name, "navigation", segment)
            if target is None:
                complaints.append(f"{path}: {type_name} has no navigation property {segment}")
                return None
            type_name, is_collection = self.bare(target)
            if type_name not in self.types:
                complaints.append(f"{path}: {type_name} is not described")
                return None
        return type_name, is_collection, False

    def judge_key(self, type_name, text, complaints):
        match = re.fullmatch(r"(?:(\w+)=)?'((?:[^']|'')+)'", text)
        if not match:
            complaints.append(f"({text}) is not a key")
            return True
        name = match[1] or "id"
        if name not in self.keys(type_name):
            complaints.append(f"{name} is not a key of {type_name}")
        elif name != "uniqueName" and not re.fullmatch(GUID, match[2]):
            complaints.append(f"{match[2]} is not a GUID")
        return True

    # ---- query ----

    def judge_query(self, type_name, is_collection, query, complaints):
        names = [name for name, _ in query]
        for name, value in query:
            if names.count(name) > 1:
                complaints.append(f"query option {name} is there twice")
            if name == "$select":
                for item in value.split(","):
                    if self.member(type_name, "properties", item) is None:
                        complaints.append(f"$select: {type_name} has no property {item}")
            elif name == "$filter" and is_collection:
                self.judge_filter(type_name, value, complaints)
            elif name == "$expand":
                for item in re.sub(r"\(.*?\)", "", value).split(","):
                    if self.member(type_name, "navigation", item) is None:
                        complaints.append(f"$expand: {type_name} has no navigation property {item}")
            elif name == "$orderby" and is_collection:
                for item in value.split(","):
                    if self.member(type_name, "properties", re.sub(r" (asc|desc)$", "", item)) is None:
                        complaints.append(f"$orderby: {type_name} has no property {item}")
            elif name == "$top" and is_collection:
                if not re.fullmatch(r"[1-9]\d{0,2}", value) or int(value) > 999:
                    complaints.append(f"$top={value}: 1 to 999")
            elif name == "$count" and is_collection:
                if value not in ("true", "false"):
                    complaints.append(f"$count={value}")
            elif name != "$skiptoken":
                complaints.append(f"query option {name} is unknown here")

    def judge_filter(self, type_name, text, complaints):
        rest = re.sub(rf"'(?:[^']|'')*'|\b{GUID}\b", " ", text)  # literals
        variables = re.findall(r"\b(?:any|all)\((\w+):", rest)
        for path in re.findall(r"[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*", rest):
            steps = path.split("/")
            if steps[-1] in ("any", "all"):
                steps.pop()
            if path in OPERATORS or steps[0] in variables or not steps:
                continue
            here = type_name
            for step in steps:
                found = self.member(here, "properties", step) if here in self.types else None
                if found is None:
                    complaints.append(f"$filter: {here} has no property {step}")
                    break
                here = self.bare(found)[0]

    # ---- body ----

    def judge_value(self, expected, value, where, complaints):
        name, is_collection = self.bare(expected)
        if value is None:
            if expected.endswith(" !"):
                complaints.append(f"{where} cannot be null")
        elif is_collection:
            if not isinstance(value, list):
                complaints.append(f"{where} is not a collection")
                return
            for i, item in enumerate(value):
                self.judge_value(f"{name} !" if name.startswith("Edm.") else f"graph.{name} !", item, f"{where}[{i}]", complaints)
        elif name in EDM:
            if not isinstance(value, EDM[name]) or (EDM[name] is int and isinstance(value, bool)):
                complaints.append(f"{where} is not {name}: {json.dumps(value)}")
            elif name == "Edm.Guid" and not re.fullmatch(GUID, value):
                complaints.append(f"{where} is not a GUID: {value}")
        elif name in self.enums:
            if not isinstance(value, str):
                complaints.append(f"{where} is not a name of {name}")
        elif name in self.types:
            self.judge_object(name, value, where, complaints)
        else:
            complaints.append(f"{where}: {name} is not described")

    def judge_object(self, type_name, value, where, complaints):
        if not isinstance(value, dict):
            complaints.append(f"{where} is not an object ({type_name})")
            return
        for key, item in value.items():
            expected = self.member(type_name, "properties", key)
            if expected is None:
                complaints.append(f"{where}.{key} is not a property of {type_name}")
            else:
                self.judge_value(expected, item, f"{where}.{key}", complaints)

    # ---- the whole ----

    def judge(self, method, url, body):
        """(name of the operation, complaints)"""
        complaints = []
        path, query = split_url(url)
        found = self.resolve(path, complaints)
        if not found:
            return None, complaints or [f"{path} is not understood"]
        type_name, is_collection, is_action = found
        shape = re.sub(r"'[^']*'", "'…'", re.sub(GUID, "{id}", path))
        if method == "GET":
            self.judge_query(type_name, is_collection, query, complaints)
            if body is not None:
                complaints.append("GET has a body")
        elif query:
            complaints.append(f"{method} has a query: {query}")
        elif is_action:
            if body:
                complaints.append("the excerpt does not describe the parameters of actions")
        elif (method, is_collection) in (("POST", True), ("PATCH", False)):
            if body is None:
                complaints.append(f"{method} has no body")
            else:
                self.judge_object(type_name, body, "body", complaints)
        elif (method, is_collection) != ("DELETE", False):
            complaints.append(f"{method} is not for {path}")
        return f"Graph {method} {shape}", complaints
