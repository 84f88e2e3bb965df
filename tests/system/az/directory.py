"""az ad and az rest on Microsoft Graph: wire.md sections 7 and 8."""

from session import GRAPH_APP, USER_READ
from tenant import equal, true

NAME = "SCEPman-api"
ROLES = [{"allowedMemberTypes": ["Application"], "description": "Request certificates", "displayName": "CSR Requesters",
          "isEnabled": True, "value": "CSR.Request"}]


def application(s):
    found = s.tenant.directory_objects("applications", displayName=NAME)
    equal(len(found), 1, "applications")
    return found[0]


def principal(s):
    found = s.tenant.directory_objects("servicePrincipals", appId=application(s)["appId"])
    equal(len(found), 1, "service principals")
    return found[0]


def graph(s, path):
    return f"{s.graph}/v1.0/{path}"


def app_list_absent(s):
    equal(s.az("ad", "app", "list", "--filter", f"displayname eq '{NAME}'"), [])


def app_create(s):
    made = s.az("ad", "app", "create", "--display-name", NAME, "--app-roles", s.file("roles.json", ROLES),
                "--web-redirect-uris", "https://app1.localhost/.auth/login/aad/callback", "--enable-id-token-issuance",
                "--sign-in-audience", "AzureADMyOrg")
    there = application(s)
    equal((there["id"], there["appId"], there["appRoles"][0]["value"]), (made["id"], made["appId"], "CSR.Request"))
    equal(there["web"]["implicitGrantSettings"]["enableIdTokenIssuance"], True)


def app_list(s):
    equal([a["appId"] for a in s.az("ad", "app", "list", "--display-name", NAME)], [application(s)["appId"]])


def app_update(s):
    app_id = application(s)["appId"]
    s.az("ad", "app", "update", "--id", app_id, "--identifier-uris", f"api://{app_id}")
    equal(application(s)["identifierUris"], [f"api://{app_id}"])


def app_show_by_uri(s):
    equal(s.az("ad", "app", "show", "--id", f"api://{application(s)['appId']}")["displayName"], NAME)


def sp_list_absent(s):
    equal(s.az("ad", "sp", "list", "--filter", f"appId eq '{application(s)['appId']}'"), [])


def sp_create(s):
    made = s.az("ad", "sp", "create", "--id", application(s)["appId"])
    equal(principal(s)["id"], made["id"])


def sp_create_again(s):
    s.refused("already", "ad", "sp", "create", "--id", application(s)["appId"])
    principal(s)


def sp_show(s):
    equal(s.az("ad", "sp", "show", "--id", application(s)["appId"])["id"], principal(s)["id"])


def sp_update(s):
    s.az("ad", "sp", "update", "--id", principal(s)["id"], "--set", "appRoleAssignmentRequired=true")
    equal(principal(s)["appRoleAssignmentRequired"], True)


def permission_add(s):
    s.az("ad", "app", "permission", "add", "--id", application(s)["appId"], "--api", GRAPH_APP, "--api-permissions",
         f"{USER_READ}=Scope")
    equal(application(s)["requiredResourceAccess"],
          [{"resourceAppId": GRAPH_APP, "resourceAccess": [{"id": USER_READ, "type": "Scope"}]}])


def permission_list(s):
    equal(s.az("ad", "app", "permission", "list", "--id", application(s)["appId"])[0]["resourceAppId"], GRAPH_APP)


def permission_grant(s):
    for _ in range(2):  # the second time az deletes the grant and makes it anew
        s.az("ad", "app", "permission", "grant", "--id", application(s)["appId"], "--api", GRAPH_APP, "--scope",
             "User.Read")
        grants = s.tenant.directory_objects("oauth2PermissionGrants", clientId=principal(s)["id"])
        equal([grant["scope"] for grant in grants], ["User.Read"])


def permission_list_grants(s):
    equal(s.az("ad", "app", "permission", "list-grants", "--id", application(s)["appId"])[0]["scope"], "User.Read")


def credential_reset(s):
    secret = s.az("ad", "app", "credential", "reset", "--id", application(s)["appId"])["password"]
    equal(len(application(s)["passwordCredentials"]), 1)
    true(len(secret) > 20, "a secret is shown")


def role_assign(s):
    """The managed identity of the site gets the role CSR.Request of the application."""
    identity = s.tenant.resource(s.site)["identity"]["principalId"]
    s.az("rest", "--method", "post", "--uri", graph(s, f"servicePrincipals/{identity}/appRoleAssignments"), "--body",
         s.file("assignment.json", {"principalId": identity, "resourceId": principal(s)["id"],
                                    "appRoleId": application(s)["appRoles"][0]["id"]}))
    found = s.tenant.directory_objects("appRoleAssignments", principalId=identity, resourceId=principal(s)["id"])
    equal(len(found), 1, "assignments")


def role_list(s):
    listed = s.az("rest", "--method", "get", "--uri", graph(s, f"servicePrincipals/{principal(s)['id']}/appRoleAssignedTo"))
    equal([a["principalId"] for a in listed["value"]], [s.tenant.resource(s.site)["identity"]["principalId"]])


def app_delete(s):
    app_id = application(s)["appId"]
    s.az("ad", "app", "delete", "--id", app_id)
    equal(s.tenant.directory_objects("applications", appId=app_id), [])
    equal(s.tenant.directory_objects("servicePrincipals", appId=app_id), [])


def signed_in_user(s):
    s.refused("/me request is only valid with delegated authentication flow", "ad", "signed-in-user", "show")


CHECKS = [app_list_absent, app_create, app_list, app_update, app_show_by_uri, sp_list_absent, sp_create, sp_create_again,
          sp_show, sp_update, permission_add, permission_list, permission_grant, permission_list_grants, credential_reset,
          role_assign, role_list, app_delete, signed_in_user]
