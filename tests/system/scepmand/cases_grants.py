"""Edge cases of roles and app registrations: what Graph and Azure make difficult."""

import json
import uuid

from case import GRAPH, LEVEL, MASTER, REPORT, SCEPMAN, run_cases, says, settings_writes
from tenant import equal, true

COPIES = 150  # more than a page of Graph holds


def add_foreign_roles(state, principal):
    """So many roles of others that the five of SCEPman come on the second page."""
    assignments = state["directory"]["appRoleAssignments"]
    own = [a for a in assignments if a["principalId"] == principal]
    others = [a for a in assignments if a["principalId"] != principal]
    resource = {**next(o for o in state["directory"]["servicePrincipals"] if o["appId"] == GRAPH)}
    resource.update(id="0a000000-0000-4000-8000-000000000000", appId="0b000000-0000-4000-8000-000000000000",
                    displayName="Another API", servicePrincipalNames=[], appRoles=[
                        {"id": f"0c000000-0000-4000-8000-{n:012}", "value": f"Role.{n}", "displayName": f"Role {n}",
                         "description": f"Role {n}", "isEnabled": True, "allowedMemberTypes": ["Application"]} for n in range(COPIES)])
    state["directory"]["servicePrincipals"].append(resource)
    foreign = [{**own[0], "id": f"foreign-{n}", "resourceId": resource["id"], "appRoleId": role["id"],
                "resourceDisplayName": "Another API"} for n, role in enumerate(resource["appRoles"])]
    state["directory"]["appRoleAssignments"] = others + foreign + own


def case_010_second_page(case):
    case.change(lambda state: add_foreign_roles(state, case.principal()))
    case.forget()
    case.in_sync()
    case.expect(0, "apply")
    true(case.journal(part="skiptoken"), "there was a second page")
    equal(case.tenant.control("GET", "counters")["writes"], 0, "writes")


def case_011_somebody_else_granted(case):
    """Another writer assigns the same role just before us: Graph refuses ours, which is no error and leaves nothing to do."""
    graph = case.tenant.directory_objects("servicePrincipals", appId=GRAPH)[0]
    role = next(r["id"] for r in graph["appRoles"] if r["value"] == "Directory.Read.All" and "Application" in r["allowedMemberTypes"])
    ours = {"id": "granted-by-another", "principalId": case.principal(), "resourceId": graph["id"], "appRoleId": role,
            "principalType": "ServicePrincipal", "principalDisplayName": "app-scepman-contoso",
            "resourceDisplayName": graph["displayName"], "createdDateTime": "2026-01-01T00:00:00Z"}
    case.fault(method="POST", path="*/appRoleAssignments", nth=1, edit={"id": ours["id"], "put": ours})
    case.expect(0, "apply")
    true([line for line in case.journal("POST", "/appRoleAssignments") if line["status"] == 400], "Graph has refused one")
    equal(len([r for r in case.roles() if r == (graph["id"], role)]), 1, "assignments of the role")
    case.in_sync()


def case_014_new_identity(case):
    """Graph has not heard of the identity yet; it is asked again, and the installation gets complete in one run."""
    case.fault(method="POST", path="*/appRoleAssignments", times=2, status=404, body={"error": {
        "code": "Request_ResourceNotFound", "message":
            "Resource '' does not exist or one of its queried reference-property objects are not present."}})
    case.expect(0, "apply")
    equal(len([line for line in case.journal("POST", "/appRoleAssignments") if line["status"] == 404]), 2, "refusals")
    equal(case.settings()[LEVEL], "2")
    case.in_sync()


def case_015_role_assignment_refused(case):
    """One right is missing: that is said, with the command, tried once, and everything else goes on."""
    case.fault(method="PUT", path="*/roleAssignments/*", status=403, body={"error": {
        "code": "AuthorizationFailed",
        "message": "The client 'x' with object id 'x' does not have authorization to perform action "
                   "'Microsoft.Authorization/roleAssignments/write' over scope '/s' or the scope is invalid."}})
    output = case.expect(3, "apply")
    says(output, "InsufficientPrivileges", "Microsoft.Authorization/roleAssignments/write", "az rest --method PUT")
    tried = [line["url"] for line in case.journal("PUT", "/roleAssignments/")]
    equal(len(tried), len(set(tried)), "each is tried once")
    true(case.tenant.directory_objects("applications", displayName="SCEPman-api"), "the registrations are there")
    true(len(case.roles()) >= 5, "the roles of Graph are there")
    equal(sorted(settings_writes(case.journal())), ["app-scepman-contoso", "app-scepman-contoso-cm"], "settings written")
    case.mend()
    case.expect(0, "apply")
    case.in_sync()


def case_016_grants_reported(case):
    """Everything is complete but Microsoft's roles and the consent: nothing at all is written to Graph, and each is listed, whole.
    The role of our own API is no matter for an administrator."""
    own = {case.principal(SCEPMAN), case.principal(MASTER)}
    api = case.tenant.directory_objects("servicePrincipals", displayName="SCEPman-api")[0]["id"]
    client = case.tenant.directory_objects("servicePrincipals", displayName="SCEPman-CertMaster")[0]["id"]

    def take_grants(state):
        directory = state["directory"]
        directory["appRoleAssignments"] = [a for a in directory["appRoleAssignments"] if a["principalId"] not in own or a["resourceId"] == api]
        directory["oauth2PermissionGrants"] = [g for g in directory["oauth2PermissionGrants"] if g["clientId"] != client]
    wanted = {(a["principalId"], a["resourceId"], a["appRoleId"])
              for a in case.tenant.state()["directory"]["appRoleAssignments"]
              if a["principalId"] in own and a["resourceId"] != api}
    equal(len(wanted), 7, "roles that Microsoft's services have to give")
    case.change(take_grants)
    before = case.tenant.state()["directory"]
    config = case.configure(tenant=REPORT)
    case.forget()
    output = case.expect(3, "apply", config)
    equal([f"{line['method']} {line['url']}" for line in case.journal(part="/v1.0/")
           if line["method"] != "GET" and "$batch" not in line["url"] and "getByIds" not in line["url"]], [], "written to Graph")
    equal(case.tenant.state()["directory"], before, "the directory")
    listed = json.loads(case.expect(3, "grants", config, "--json"))
    roles = [item["request"]["body"] for item in listed if item["kind"] == "app-role-assignment"]
    equal({(r["principalId"], r["resourceId"], r["appRoleId"]) for r in roles}, wanted, "roles that are listed")
    equal(len([item for item in listed if item["kind"] == "oauth2-permission-grant"]), 1, "consents that are listed")
    says(output, "app-scepman-contoso", "Microsoft Graph", "Directory.Read.All")


def case_021_registration_is_created(case):
    """Whole: for this directory only, five roles of different ids, its own identifier URI; its service principal demands assignment."""
    case.expect(0, "apply")
    application, = case.tenant.directory_objects("applications", displayName="SCEPman-api")
    equal(sorted(role["value"] for role in application["appRoles"]),
          ["CSR.Request", "CSR.Request.Db", "CSR.Request.Direct", "CSR.SelfService", "Manage.All"])
    equal(len({uuid.UUID(role["id"]) for role in application["appRoles"]}), 5, "ids of roles")
    equal((application["signInAudience"], application["identifierUris"]), ("AzureADMyOrg", [f"api://{application['appId']}"]))
    principal, = case.tenant.directory_objects("servicePrincipals", appId=application["appId"])
    equal(principal["appRoleAssignmentRequired"], True)


def case_036_creation_answer_lost(case):
    """Each creation takes effect, and its answer is lost: there is one registration of each name in the end."""
    case.fault(method="PATCH|POST", path="/v1.0/applications*", times=2, drop=True, takes_effect=True)
    case.expect(0, "apply")
    for name in ("SCEPman-api", "SCEPman-CertMaster"):
        equal(len(case.tenant.directory_objects("applications", displayName=name)), 1, name)
    case.in_sync()


def defect_B05_tags_are_left_alone(case):
    """Somebody hides the app from its users; what we write to it leaves it hidden."""
    principal, = case.tenant.directory_objects("servicePrincipals", displayName="SCEPman-api")
    case.edit(principal["id"], merge={"tags": ["HideApp", "theirs"], "appRoleAssignmentRequired": False})
    case.expect(0, "apply")
    principal, = case.tenant.directory_objects("servicePrincipals", displayName="SCEPman-api")
    equal((principal["tags"], principal["appRoleAssignmentRequired"]), (["HideApp", "theirs"], True))


def defect_B21_unseen_registrations_are_left_alone(case):
    """A replica that knows no registration, with the ids in the settings and without: those that there are keep all that they have."""
    for settings in ({}, {"AppConfig:AuthConfig:ApplicationId": None}):
        before = case.tenant.state()["directory"]["applications"]
        case.set(SCEPMAN, **settings)
        case.fault(method="GET", path="/v1.0/applications", status=200, body={"value": []})
        case.one_pass()
        true(case.tenant.control("GET", "faults")["value"][0]["acted"] > 0, "it was asked in vain")
        case.mend()
        after = {application["id"]: application for application in case.tenant.state()["directory"]["applications"]}
        for application in before:
            equal(after[application["id"]], application, f"with {settings}")
        true(case.tenant.control("GET", "counters")["writes"] == 0 or settings, "a recorded registration is not made again after one look")


def defect_B10_two_host_names_at_creation(case):
    """Certificate Master has a host name of its own besides Azure's when its registration is created."""
    hosts = ["app-scepman-contoso-cm.azurewebsites.net", "cm.contoso.com"]
    site = case.tenant.resource(MASTER)["properties"]
    case.edit(MASTER, merge={"properties": {"hostNames": hosts, "enabledHostNames": hosts + [
        host for host in site.get("enabledHostNames", []) if ".scm." in host]}})
    case.expect(0, "apply")
    application = case.tenant.directory_objects("applications", displayName="SCEPman-CertMaster")[0]
    equal(sorted(application["web"]["redirectUris"]), sorted(f"https://{host}/signin-oidc" for host in hosts))
    case.in_sync()


def defect_B14_authorised_clients_are_kept(case):
    """What others put into the API's registration stays when we add to it."""
    application = case.tenant.directory_objects("applications", displayName="SCEPman-api")[0]
    scope = {"id": "0d000000-0000-4000-8000-000000000000", "value": "access", "type": "User", "isEnabled": True,
             "adminConsentDisplayName": "a", "adminConsentDescription": "a",
             "userConsentDisplayName": "a", "userConsentDescription": "a"}
    api = {"oauth2PermissionScopes": [scope], "preAuthorizedApplications": [
        {"appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "delegatedPermissionIds": [scope["id"]]}]}
    roles = [role for role in application["appRoles"] if role["value"] != "Manage.All"]
    case.edit(application["id"], merge={"api": api, "appRoles": roles, "identifierUris": ["api://another"]})
    case.expect(0, "apply")
    after = case.tenant.directory_objects("applications", displayName="SCEPman-api")[0]
    equal({name: after["api"][name] for name in api}, api)
    true(len(after["appRoles"]) == len(roles) + 1, "the role is back")
    true("api://another" in after["identifierUris"], after["identifierUris"])


def defect_B20_each_site_has_its_own_host(case):
    """Two installations: every site is told its own host name, and every pair leads to one another."""
    case.expect(0, "apply")
    state = case.tenant.state()
    of_site = {r["id"].lower().removesuffix("/config/appsettings"):  # the second one is on Linux
               {name.replace("__", ":"): value for name, value in r["properties"].items()}
               for r in state["resources"] if r["id"].lower().endswith("/config/appsettings")}
    sites = [r for r in state["resources"] if r["type"].lower() == "microsoft.web/sites"]
    equal(len(sites), 4, "sites")
    for site in sites:
        settings = of_site[site["id"].lower()]
        if "AppConfig:SCEPman:URL" in settings:
            continue
        host = site["properties"]["defaultHostName"]
        equal(settings["AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"], host)
        master = next(s for s in sites if settings["AppConfig:CertMaster:URL"] == f"https://{s['properties']['defaultHostName']}")
        equal(master["id"].split("/")[4], site["id"].split("/")[4], "resource group of Certificate Master")
        back = of_site[master["id"].lower()]["AppConfig:SCEPman:URL"]
        equal(back.rstrip("/"), f"https://{host}")


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (case_011_somebody_else_granted, case_014_new_identity, case_015_role_assignment_refused, case_021_registration_is_created,
                  case_036_creation_answer_lost,
                  defect_B10_two_host_names_at_creation),
        "completed": (case_010_second_page, case_016_grants_reported, defect_B05_tags_are_left_alone,
                      defect_B14_authorised_clients_are_kept, defect_B21_unseen_registrations_are_left_alone),
        "two-installations": (defect_B20_each_site_has_its_own_host,)})
