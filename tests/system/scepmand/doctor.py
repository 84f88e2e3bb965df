"""scepmand doctor: who the identity is, what it lacks, and commands that give it when the real Azure CLI runs them."""

import base64
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

from case import GRAPH, Case, run_cases, says
from daemon import mutating
from tenant import equal, true

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "az"))
from session import Session  # noqa: E402

SUBSCRIPTION = "/subscriptions/11111111-2222-4333-8444-555555555555"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-scepman"
OWNER, READER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLE_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
ASSIGN_ROLES = "06b708a9-e830-4db3-a914-8e69da51d44f"
ADMINISTRATOR = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER_GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-elsewhere"


# ---- the tenant, and what the doctor says of it ----

def own(case):
    """The object id of the daemon's identity."""
    return case.tenant.directory_objects("servicePrincipals", appId=case.tenant.client_id)[0]["id"]


def assignment(scope, role, principal, number, **more):
    name = f"bbbbbbbb-0000-4000-8000-{number:012}"
    return {"id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", "name": name,
            "type": "Microsoft.Authorization/roleAssignments", "properties": {
                "roleDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": principal, "principalType": "ServicePrincipal", "scope": scope, **more}}


def give(case, *roles, keep=False):
    """The identity's Azure roles become ROLES: (scope, role, condition or None)."""
    me = own(case)

    def change(state):
        state["resources"] = [r for r in state["resources"]
                              if keep or r.get("properties", {}).get("principalId") != me]
        for number, (scope, role, condition) in enumerate(roles):
            more = {"condition": condition, "conditionVersion": "2.0"} if condition else {}
            state["resources"].append(assignment(scope, role, me, number, **more))
    case.change(change)


def permit(case, *names):
    """The identity's permissions on Microsoft Graph become NAMES."""
    me, graph = own(case), case.tenant.directory_objects("servicePrincipals", appId=GRAPH)[0]
    ids = {role["value"]: role["id"] for role in graph["appRoles"]}

    def change(state):
        assignments = state["directory"]["appRoleAssignments"]
        sample = next(a for a in assignments if a["principalId"] == me)
        state["directory"]["appRoleAssignments"] = [a for a in assignments if a["principalId"] != me] + [
            {**sample, "id": f"own-{name}", "appRoleId": ids[name]} for name in names]
    case.change(change)


def diagnose(case, status, config=None, **named):
    return json.loads(case.expect(status, "doctor", config, "--json", **named))


def found(tenant, finding):
    return [(r["purpose"], r["missing"]) for r in tenant["rights"] if r["finding"] == finding]


def notes(where):
    return "\n".join(note["message"] for note in where)


def administrator(case):
    """The Azure CLI signed in as somebody who may do everything; not as the daemon."""
    me = own(case)

    def change(state):
        directory = state["directory"]
        app = next(a for a in directory["applications"] if a["appId"] == case.tenant.client_id)
        principal = next(p for p in directory["servicePrincipals"] if p["id"] == me)
        directory["applications"].append({**app, "id": "aaaaaaaa-0000-4000-8000-000000000002", "appId": ADMINISTRATOR,
                                          "displayName": "administrator"})
        directory["servicePrincipals"].append({**principal, "id": ADMINISTRATOR, "appId": ADMINISTRATOR,
                                               "displayName": "administrator", "servicePrincipalNames": [ADMINISTRATOR]})
        graph = next(p for p in directory["servicePrincipals"] if p["appId"] == GRAPH)
        for number, value in enumerate(("AppRoleAssignment.ReadWrite.All", "Application.Read.All")):
            role = next(r["id"] for r in graph["appRoles"] if r["value"] == value)
            directory["appRoleAssignments"].append({
                "id": f"admin-{number}", "appRoleId": role, "principalId": ADMINISTRATOR, "resourceId": graph["id"],
                "principalType": "ServicePrincipal", "principalDisplayName": "administrator",
                "resourceDisplayName": "Microsoft Graph", "createdDateTime": "2026-01-01T00:00:00Z"})
        state["credentials"].append({"appId": ADMINISTRATOR, "secret": "administrators-own"})
        state["resources"].append(assignment(SUBSCRIPTION, OWNER, ADMINISTRATOR, 999))
    case.change(change)
    s = Session(case.tenant, f"administrator-{Case.count_of_cases}", {})
    url = case.tenant.url
    s.az("cloud", "register", "-n", "simcloud", "--cloud-config", s.file("cloud.json", {
        "endpoints": {"resourceManager": url, "management": url, "activeDirectory": url + "/adfs",
                      "activeDirectoryResourceId": url, "activeDirectoryGraphResourceId": url, "microsoftGraphResourceId": url},
        "suffixes": {"storageEndpoint": "core.localhost", "keyvaultDns": ".vault.localhost"}}))
    s.az("cloud", "set", "-n", "simcloud")
    s.az("login", "--service-principal", "-u", ADMINISTRATOR, "-p", "administrators-own", "--tenant", case.tenant.tenant_id)
    return s


def obey(case, s):
    """Runs what the doctor advises, as it stands in its text; how many commands these were."""
    output = case.expect(3, "doctor")
    commands = [line for line in output.splitlines() if line.startswith("az rest ")]
    true(commands, output)
    result = subprocess.run(["sh", "-ec", "\n".join(commands)], env=s.environment, capture_output=True, text=True, timeout=300)
    equal(result.returncode, 0, result.stdout + result.stderr)
    return len(commands)


# ---- checks ----

def everything_is_there(case):
    tenant, = diagnose(case, 0)["tenants"]
    equal((tenant["identity"]["type"], tenant["identity"]["app_id"], tenant["identity"]["object_id"]),
          ("application", case.tenant.client_id, own(case)))
    equal([(t["ok"], t["problem"]) for t in tenant["tokens"]], [(True, None)] * 2)
    true(all(r["finding"] in ("has", "not_needed") for r in tenant["rights"]), tenant["rights"])
    equal(tenant["commands"], [])
    true("AuditLog.Read.All" in tenant["not_needed"], tenant["not_needed"])
    says(notes(tenant["notes"]), "answers", "this machine's clock")
    equal(mutating(case.journal()), [], "it changes nothing")
    output = case.expect(0, "doctor")
    says(output, "Nothing lacks.", case.tenant.client_id, "Microsoft.Web/sites/config/write")
    true("eyJ" not in output and case.tenant.client_secret not in output, "a secret is shown")


def a_permission_on_graph_lacks(case):
    permit(case, "Application.Read.All", "DelegatedPermissionGrant.ReadWrite.All")
    tenant, = diagnose(case, 3)["tenants"]
    equal(found(tenant, "lacks"), [("create and correct the app registrations", ["Application.ReadWrite.All"]),
                                   ("give roles to SCEPman, Certificate Master and others", ["AppRoleAssignment.ReadWrite.All"])])
    equal([c["request"]["method"] for c in tenant["commands"]], ["POST", "POST"])
    s = administrator(case)
    equal(obey(case, s), 2)
    equal(found(diagnose(case, 0)["tenants"][0], "lacks"), [])


def only_reader(case):
    """A custom role and the right to assign five roles are all that is needed, for apply too."""
    give(case, (SUBSCRIPTION, READER, None))
    tenant, = diagnose(case, 3)["tenants"]
    lacks = {missing for _, list in found(tenant, "lacks") for missing in list}
    true({"Microsoft.Web/sites/config/list/action", "Microsoft.Web/sites/config/write",
          "Microsoft.Authorization/roleAssignments/write"} <= lacks, lacks)
    true(not any(action.lower().endswith("/read") for action in lacks), lacks)
    s = administrator(case)
    for _ in range(3):  # what cannot be seen yet may lack as well
        if case.run("doctor")[0] == 0:
            break
        obey(case, s)
    everything = diagnose(case, 0)["tenants"][0]
    true(any(r["remark"] == "under a condition that admits SCEPman's roles" for r in everything["rights"]), everything)
    case.expect(0, "apply")
    case.in_sync()


def nothing_at_all(case):
    """No role and no permission: from what the doctor says alone, an administrator gets to where apply works."""
    give(case)
    permit(case)
    tenant, = diagnose(case, 3)["tenants"]
    equal(found(tenant, "has"), [])
    true(any(c["request"] is None and "$(az ad sp show" in c["command"] for c in tenant["commands"]), tenant["commands"])
    s = administrator(case)
    for _ in range(3):
        if case.run("doctor")[0] == 0:
            break
        obey(case, s)
    diagnose(case, 0)
    definitions = [r for r in case.tenant.state()["resources"] if r["type"].endswith("roleDefinitions")]
    true(definitions and not any("*" in action for d in definitions for p in d["properties"]["permissions"] for action in p["actions"]),
         definitions)
    case.expect(0, "apply")
    case.in_sync()


def a_place_is_not_known(case):
    """Without a right and without a group in the configuration nobody can say where the role is to be assigned."""
    give(case)
    output = case.expect(3, "doctor", case.configure((r"\n *(subscription_id|resource_group): .*", "")))
    says(output, "write subscription_id and resource_group into the configuration")


def the_vault_is_elsewhere(case):
    """A right that is there in one resource group and lacks in the other one: only that is given."""
    me = own(case)

    def change(state):
        text = json.dumps(state["resources"])
        text = text.replace(f"{GROUP}/providers/Microsoft.KeyVault", f"{OTHER_GROUP}/providers/Microsoft.KeyVault")
        state["resources"] = [r for r in json.loads(text) if r.get("properties", {}).get("principalId") != me]
        state["resourceGroups"].append({**state["resourceGroups"][0], "id": OTHER_GROUP, "name": "rg-elsewhere"})
        state["resources"] += [assignment(GROUP, OWNER, me, 1), assignment(OTHER_GROUP, READER, me, 2)]
    case.change(change)
    tenant, = diagnose(case, 3)["tenants"]
    equal({r["scope"].split("/providers/")[0] for r in tenant["rights"] if r["finding"] == "lacks"}, {OTHER_GROUP})
    equal([c["request"]["url"].split("/providers/")[0].split("/resourceGroups/")[1] for c in tenant["commands"]], ["rg-elsewhere"])


def a_condition_is_too_narrow(case):
    narrow = ("((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
              "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
              "{0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3}))")
    give(case, (GROUP, "b24988ac-6180-42a0-ab88-20f7382dd24c", None), (GROUP, ROLE_ADMINISTRATOR, narrow))
    tenant, = diagnose(case, 3)["tenants"]
    lacks = {r["purpose"]: r["remark"] for r in tenant["rights"] if r["finding"] == "lacks"}
    equal(sorted(lacks), ["assign SCEPman's roles on kv-scepman-contoso", "assign SCEPman's roles on the data collection rule"])
    says(" ".join(lacks.values()), "leaves out Key Vault Crypto Officer", "leaves out Monitoring Metrics Publisher")
    says(diagnose(case, 3)["tenants"][0]["commands"][0]["command"], "GuidEquals", "ServicePrincipal", ROLE_ADMINISTRATOR)


def a_group_has_the_right(case):
    """What the identity may because it is a member of a group, it may."""
    give(case)
    me, group = own(case), case.tenant.directory_objects("groups")[0]["id"]

    def change(state):
        next(g for g in state["directory"]["groups"] if g["id"] == group)["members"] = [me]
        state["resources"].append(assignment(SUBSCRIPTION, OWNER, group, 1))
    case.change(change)
    diagnose(case, 0)


def azure_does_not_say(case):
    """An answer that says nothing is no right and no lack of one; being denied to ask is a lack."""
    case.fault(method="GET", path="*/vaults/*/permissions", status=400, body={"error": {"code": "BadRequest", "message": "no such luck"}})
    case.fault(method="GET", path="*/sites/*/permissions", status=403, body={"error": {"code": "AuthorizationFailed", "message": "no"}})
    tenant, = diagnose(case, 1)["tenants"]
    by_scope = {(r["scope"].split("/")[7].lower(), r["finding"]) for r in tenant["rights"]
                if r["authority"] == "azure" and r["scope"].count("/") > 7 and r["finding"] != "not_needed"}
    true({("vaults", "unknown"), ("sites", "lacks"), ("storageaccounts", "has")} <= by_scope, by_scope)
    true(("vaults", "has") not in by_scope and ("vaults", "lacks") not in by_scope, by_scope)
    says("".join(r["remark"] or "" for r in tenant["rights"]), "no such luck")


def an_owner_needs_less(case):
    """Application.ReadWrite.OwnedBy is enough for who owns both registrations and their service principals."""
    permit(case, "Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All")
    lacks = found(diagnose(case, 3)["tenants"][0], "lacks")
    equal(lacks, [("create and correct the app registrations", ["Application.ReadWrite.All"])])
    me = own(case)

    def change(state):
        for kind in ("applications", "servicePrincipals"):
            for thing in state["directory"][kind]:
                if thing["displayName"].startswith("SCEPman-"):
                    thing["owners"] = [me]
    case.change(change)
    right = next(r for r in diagnose(case, 0)["tenants"][0]["rights"] if "app registrations" in r["purpose"] and "create" in r["purpose"])
    equal((right["finding"], right["remark"]), ("has", "by Application.ReadWrite.OwnedBy, as the owner"))


def reports_ask_for_less(case):
    """What is left to an administrator is not needed, and to have the mightiest permission all the same is said."""
    config = case.configure(tenant="    entra_grants: report\n    azure_roles: report\n")
    tenant, = diagnose(case, 0, config)["tenants"]
    says(notes(tenant["notes"]), "AppRoleAssignment.ReadWrite.All", "take it away")
    true("AppRoleAssignment.ReadWrite.All" in tenant["not_needed"], tenant["not_needed"])
    assigning = [r for r in tenant["rights"] if "Microsoft.Authorization/roleAssignments/write" in r["rights"]]
    equal({(r["finding"], r["remark"]) for r in assigning}, {("not_needed", "azure_roles: report")})


def a_plan_asks_for_less(case):
    tenant, = diagnose(case, 0, case.configure(tenant="    mode: plan\n"))["tenants"]
    writes = [r for r in tenant["rights"] if r["finding"] == "has" and any(
        right.endswith("/write") or "ReadWrite" in right for right in r["rights"])]
    equal(writes, [])


def the_secret_is_wrong(case):
    path = os.path.join(case.tenant.directory, "wrong-secret")
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write("canary-wrong-secret\n")
    config = case.configure((r"client_secret_file: .*", f"client_secret_file: {path}"))
    status, output, error = case.run("doctor", config)
    equal((status, error), (1, ""))
    says(output, "no token for Azure Resource Manager", "no token for Microsoft Graph", "AADSTS7000215", "az ad app credential reset")
    true("canary-wrong-secret" not in output, "the secret is shown")
    tenant, = diagnose(case, 1, config)["tenants"]
    equal((tenant["identity"], tenant["commands"], found(tenant, "has"), found(tenant, "lacks")), (None, [], [], []))


def one_audience_fails(case):
    """Entra gives no token for one of the two; the other one is looked at all the same."""
    case.fault(method="POST", path="*/oauth2/v2.0/token", nth=1, status=400, body={
        "error": "invalid_resource", "error_codes": [500011], "error_description": "AADSTS500011: no such resource."})
    tenant, = diagnose(case, 1)["tenants"]
    equal(sorted(t["ok"] for t in tenant["tokens"]), [False, True])
    true(tenant["identity"]["object_id"] == own(case), tenant["identity"])


def tokens_are_refused(case):
    """A token that a service does not take is worth nothing, whatever it says of itself: said once, and nothing is called well."""
    for service, name, authority in (("graph", "Microsoft Graph", "graph"), ("arm", "Azure Resource Manager", "azure")):
        case.mend()
        case.forget()
        case.fault(service=service, status=401, body={"error": {
            "code": "InvalidAuthenticationToken", "message": "Access token validation failure. Invalid issuer."}})
        status, output, error = case.run("doctor")
        equal((status, error), (1, ""), output)
        says(output, f"the token for {name} (", "is refused:", "correct tenant_id")
        equal(output.count("Invalid issuer"), 1, output)
        true("Nothing lacks" not in output, output)
        tenant, = diagnose(case, 1)["tenants"]
        equal([t["ok"] for t in tenant["tokens"]], [service != "arm", service != "graph"])
        true(tenant["identity"]["object_id"] == own(case), tenant["identity"])
        equal({r["finding"] for r in tenant["rights"] if r["authority"] == authority} - {"not_needed"}, {"unknown"})
        equal({r["finding"] for r in tenant["rights"] if r["authority"] != authority} & {"unknown"}, set())
        equal(tenant["commands"], [])


def one_tenant_of_two(case):
    with open(case.configure()) as file:
        tenant = file.read().split("tenants:\n")[1]
    tenant = tenant.replace("Contoso", "Fabrikam", 1).replace(case.tenant.ca_file, "/nowhere/ca.pem")
    tenant = tenant.replace("8f2e6a1c", "9f2e6a1c").replace("11111111", "21111111")
    contoso, fabrikam = diagnose(case, 1, case.configure(instance=tenant))["tenants"]
    equal((found(contoso, "lacks"), found(contoso, "unknown")), ([], []))
    says(fabrikam["tokens"][0]["problem"], "/nowhere/ca.pem")


def nobody_answers(case):
    config = case.configure((r"https://localhost:\d+", "https://localhost:9"))
    status, output, _ = case.run("doctor", config)
    equal(status, 1)
    says(output, "localhost:9 could not be reached")


def signed_in_as(case, tenant_id):
    """An az of a person of TENANT_ID, whose name would move the cursor: its token, the configuration, the environment."""
    claims = {"oid": "cccccccc-0000-4000-8000-000000000001", "tid": tenant_id, "upn": "eve\x1b[2J@x.example",
              "idtyp": "user", "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "exp": 2000000000, "wids": ["88d8e3e3-8f55-4a1e-953a-9b9898b8876b"],
              "scp": "Directory.AccessAsUser.All User.ReadWrite.All"}
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)) + ".sig"
    folder = os.path.join(case.tenant.directory, f"bin-{tenant_id}-{Case.count_of_cases}")
    os.mkdir(folder)
    path = os.path.join(folder, "az")
    with open(path, "w") as file:
        file.write("#!/bin/sh\necho '" + json.dumps({"accessToken": token, "expires_on": int(time.time()) + 3600}) + "'\n")
    os.chmod(path, stat.S_IRWXU)
    config = case.configure((r"(?s)credential:\n.*?(\n    instances:)", r"credential: {type: azure_cli}\1"))
    return token, config, {"PATH": folder + ":" + os.environ["PATH"]}


def a_person(case):
    """Who is signed in with az is said by the token, also when nobody takes it: the simulated tenant does not."""
    token, config, environment = signed_in_as(case, case.tenant.tenant_id)
    status, output, _ = case.run("doctor", config, environment=environment)
    equal(status, 1)
    says(output, "the person eve?[2J@x.example", "the token for Azure Resource Manager (", "the token for Microsoft Graph (", "is refused:")
    true("\x1b" not in output and token not in output, "nothing of the token moves the cursor")
    tenant, = diagnose(case, 1, config, environment=environment)["tenants"]
    equal((tenant["identity"]["type"], tenant["identity"]["user_name"]), ("user", "eve?[2J@x.example"))
    equal((found(tenant, "has"), found(tenant, "lacks")), ([], []))


def a_person_of_another_tenant(case):
    _, config, environment = signed_in_as(case, "dddddddd-0000-4000-8000-000000000001")
    status, output, _ = case.run("doctor", config, environment=environment)
    equal(status, 1)
    says(output, "belongs to tenant dddddddd-0000-4000-8000-000000000001", "az login --tenant")


def the_clock_is_wrong(case):
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3600))
    case.fault(path="*/.well-known/openid-configuration", status=200, headers={"Date": date}, body={})
    says(case.expect(0, "doctor"), "s behind the cloud's", "timedatectl set-ntp true")


def files_of_its_own(case):
    config = case.configure()
    with open(config) as file:
        text = file.read()
    secret = re.search(r"client_secret_file: (.*)", text)[1].strip('"')
    copy = os.path.join(case.tenant.directory, "open-secret")
    shutil.copy(secret, copy)
    os.chmod(copy, 0o644)
    open_directory = os.path.join(case.tenant.directory, "open-state")
    os.mkdir(open_directory)
    os.chmod(open_directory, 0o755)
    config = case.configure((r"client_secret_file: .*", f"client_secret_file: {copy}"), (r"state_directory: .*", f"state_directory: {open_directory}"))
    local = notes(json.loads(case.run("doctor", config, "--json")[1])["local"])
    says(local, f"chmod o= '{copy}'", f"chmod o= '{open_directory}'")


def usage(case):
    equal(case.run("doctor", None, "-i", "nowhere")[0], 64)
    status, output, _ = case.run("doctor", None, "-i", "app-scepman-contoso", "-o", "json")
    equal((status, len(json.loads(output)["tenants"])), (0, 1))


AZ = [a_permission_on_graph_lacks, only_reader, nothing_at_all]


def run(counter, daemon_binary, sim_binary):
    with_az = AZ if shutil.which("az") else []
    for check in set(AZ) - set(with_az):
        counter.skip(check.__name__, "azure-cli is not installed")
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": [everything_is_there, *with_az, a_place_is_not_known, the_vault_is_elsewhere, a_condition_is_too_narrow, a_group_has_the_right,
                  azure_does_not_say,
                  reports_ask_for_less, a_plan_asks_for_less, the_secret_is_wrong, one_audience_fails, tokens_are_refused, one_tenant_of_two, nobody_answers,
                  a_person, a_person_of_another_tenant, the_clock_is_wrong, files_of_its_own, usage],
        "completed": [an_owner_needs_less],
    })
