"""Proves that the judges notice what is wrong, on requests that are right but for one thing."""

import copy

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/app"
ID = "94d57128-bbcb-55fb-ba9c-e7025f519450"
JSON = {"Content-Type": "application/json"}
SETTINGS = f"{SITE}/config/appsettings?api-version=2025-05-01"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
POLICY = {"tenantId": ID, "objectId": ID, "permissions": {"keys": ["get"]}}
APP = {"displayName": "x", "appRoles": [{"id": ID, "isEnabled": True, "allowedMemberTypes": ["User"], "value": "v"}],
       "web": {"implicitGrantSettings": {"enableIdTokenIssuance": True}}}

# (method, url, body): each is right.
RIGHT = {
    "settings": ("PUT", SETTINGS, {"properties": {"Any:Name": "value"}}),
    "slot": ("GET", f"{SITE}/slots?api-version=2025-05-01", None),
    "policies": ("PUT", f"{VAULT}/accessPolicies/add?api-version=2025-05-01", {"properties": {"accessPolicies": [POLICY]}}),
    "filter": ("GET", f"{VAULT}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope%28%29&api-version=2022-04-01", None),
    "upsert": ("PATCH", "/v1.0/applications(uniqueName='a-b')", APP),
    "find": ("GET", f"/v1.0/applications?$filter=appId%20eq%20%27{ID}%27&$select=id,appId,web", None),
    "assign": ("POST", f"/v1.0/servicePrincipals/{ID}/appRoleAssignments",
               {"principalId": ID, "resourceId": ID, "appRoleId": ID}),
}


def url(text, new):
    return lambda request: (request[0], request[1].replace(text, new), request[2])


def method(new):
    return lambda request: (new, request[1], request[2])


def body(value, *path):
    """The body with VALUE at PATH."""
    def change(request):
        whole = copy.deepcopy(request[2])
        place = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return request[0], request[1], whole
    return change


# (which, what is wrong, the change)
WRONG = [
    ("settings", "another api-version", url("2025-05-01", "2025-05-02")),
    ("settings", "no api-version", url("?api-version=2025-05-01", "")),
    ("settings", "api-version twice", url("?", "?api-version=2025-05-01&")),
    ("settings", "unknown parameter", url("?", "?$filter=x&")),
    ("settings", "unknown path", url("appsettings", "appsetting")),
    ("settings", "unknown provider", url("Microsoft.Web", "Microsoft.Webb")),
    ("settings", "wrong method", method("PATCH")),
    ("settings", "a value that is no string", body(1, "properties", "Any:Name")),
    ("settings", "unknown property", body({}, "propertys")),
    ("settings", "no body", lambda request: (*request[:2], None)),
    ("slot", "a body", lambda request: (*request[:2], {})),
    ("policies", "an array that is none", body(POLICY, "properties", "accessPolicies")),
    ("policies", "unknown property, deep", body([], "properties", "accessPolicies", 0, "permissions", "key")),
    ("policies", "wrong type, deep", body([1], "properties", "accessPolicies", 0, "permissions", "keys")),
    ("filter", "unknown parameter", url("$filter", "$filters")),
    ("upsert", "a property that is no key", url("uniqueName", "displayName")),
    ("upsert", "unknown set", url("applications", "apps")),
    ("upsert", "unknown property", body("x", "displayname")),
    ("upsert", "a property of another type", body(True, "servicePrincipalNames")),
    ("upsert", "wrong scalar", body("true", "appRoles", 0, "isEnabled")),
    ("upsert", "null in what cannot be", body(None, "appRoles")),
    ("upsert", "no collection", body({}, "appRoles")),
    ("upsert", "unknown property, deep", body(True, "web", "implicitGrantSettings", "enableIdToken")),
    ("upsert", "not a GUID", body("1", "appRoles", 0, "id")),
    ("find", "unknown property in $filter", url("appId%20eq", "appid%20eq")),
    ("find", "unknown property in $select", url(",web", ",webs")),
    ("find", "unknown option", url("$select", "$selects")),
    ("find", "the beta version", url("/v1.0/", "/beta/")),
    ("assign", "unknown navigation", url("appRoleAssignments", "appRoleAssignment")),
    ("assign", "PUT", method("PUT")),
]


def run_selftest(judge):
    """How many of them were judged wrongly."""
    failed = 0
    for name, request in RIGHT.items():
        complaints = judge.judge(request[0], request[1], JSON, request[2])
        if complaints:
            failed += 1
            print(f"FAIL self-test {name} is right: {complaints}")
    for name, title, change in WRONG:
        wrong = change(RIGHT[name])
        if wrong == RIGHT[name] or not judge.judge(wrong[0], wrong[1], JSON, wrong[2]):
            failed += 1
            print(f"FAIL self-test {name}, {title}: not noticed in {wrong}")
    if not judge.judge(*RIGHT["settings"][:2], {}, RIGHT["settings"][2]):
        failed += 1
        print("FAIL self-test: a body without Content-Type is not noticed")
    print(f"self-test: {len(RIGHT)} right and {len(WRONG) + 1} wrong requests, {failed} judged wrongly", flush=True)
    return failed
