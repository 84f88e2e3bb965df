"""Role assignments, storage, vaults, groups, Log Analytics, Resource Graph: wire.md sections 4 to 6b and 8."""

import uuid

from session import ACCOUNT, GROUP, SITE, VAULT, WORKSPACE
from tenant import equal, true

TABLE_CONTRIBUTOR = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def site_principal(s):
    return s.tenant.resource(s.site)["identity"]["principalId"]


def role_body(s, role, principal):
    return {"properties": {
        "roleDefinitionId": f"{s.scope}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "principalId": principal, "principalType": "ServicePrincipal"}}


def role_assign(s):
    """Debian's "az role assignment create" dies before its first request, so this goes by az rest."""
    name = str(uuid.uuid4())
    uri = f"{s.vault}/providers/Microsoft.Authorization/roleAssignments/{name}"
    made = s.az("rest", "--method", "put", "--uri", uri + "?api-version=2022-04-01", "--body",
                s.file("role.json", role_body(s, READER, site_principal(s))))
    equal(made["name"], name)
    equal(s.tenant.resource(uri)["properties"]["principalId"], site_principal(s))


def role_assign_again(s):
    s.refused("RoleAssignmentExists", "rest", "--method", "put", "--uri",
              f"{s.vault}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}?api-version=2022-04-01",
              "--body", s.file("role.json", role_body(s, READER, site_principal(s))))


def role_assign_unknown(s):
    s.refused("PrincipalNotFound", "rest", "--method", "put", "--uri",
              f"{s.account}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}?api-version=2022-04-01",
              "--body", s.file("role.json", {"properties": {
                  "roleDefinitionId": f"{s.scope}/providers/Microsoft.Authorization/roleDefinitions/{TABLE_CONTRIBUTOR}",
                  "principalId": str(uuid.uuid4())}}))


def role_list(s):
    listed = s.az("rest", "--method", "get", "--uri", f"{s.vault}/providers/Microsoft.Authorization/roleAssignments"
                  f"?$filter=principalId eq '{site_principal(s)}'&api-version=2022-04-01")["value"]
    true(any(r["properties"]["roleDefinitionId"].endswith(READER) for r in listed), listed)
    at = s.az("rest", "--method", "get", "--uri", f"{s.group}/providers/Microsoft.Authorization/roleAssignments"
              "?$filter=atScope()&api-version=2022-04-01")["value"]
    true(not any(r["properties"]["scope"].lower() == s.vault.lower() for r in at), "what is below is not at the scope")


def role_delete(s):
    found = [r["id"] for r in s.tenant.state()["resources"] if r["type"].endswith("roleAssignments")
             and r["properties"]["roleDefinitionId"].endswith(READER)
             and r["properties"]["principalId"] == site_principal(s)]
    equal(len(found), 1)
    s.az("rest", "--method", "delete", "--uri", found[0] + "?api-version=2022-04-01")
    equal(s.tenant.resource(found[0]), None)


def storage_create(s):
    s.az("storage", "account", "create", "-g", GROUP, "-n", "stmadehere", "-l", "westeurope", "--sku", "Standard_LRS",
         "--kind", "StorageV2", "--https-only", "true", "--min-tls-version", "TLS1_2", "--allow-blob-public-access",
         "false", "--allow-shared-key-access", "false")
    made = s.tenant.resource(f"{s.group}/providers/Microsoft.Storage/storageAccounts/stmadehere")
    equal((made["properties"]["allowSharedKeyAccess"], made["sku"]["name"]), (False, "Standard_LRS"))


def storage_show(s):
    shown = s.az("storage", "account", "show", "-g", GROUP, "-n", ACCOUNT)
    equal(shown["primaryEndpoints"]["table"], f"https://{ACCOUNT}.table.core.windows.net/")


def storage_show_without_group(s):
    equal(s.az("storage", "account", "show", "-n", ACCOUNT)["resourceGroup"], GROUP)


def storage_check_name(s):
    equal(s.az("storage", "account", "check-name", "-n", ACCOUNT)["nameAvailable"], False)
    equal(s.az("storage", "account", "check-name", "-n", "stnobodyhasthis")["nameAvailable"], True)


def storage_keys(s):
    equal(len(s.az("storage", "account", "keys", "list", "-g", GROUP, "-n", ACCOUNT)), 2)


def vault_show(s):
    equal(s.az("keyvault", "show", "-n", VAULT)["properties"]["vaultUri"], f"https://{VAULT}.vault.azure.net/")


def vault_create(s):
    s.az("keyvault", "create", "-g", GROUP, "-n", "kv-made-here", "-l", "westeurope", "--no-self-perms")
    made = s.tenant.resource(f"{s.group}/providers/Microsoft.KeyVault/vaults/kv-made-here")
    equal(made["properties"]["accessPolicies"], [])


def vault_policy(s):
    s.az("keyvault", "set-policy", "-g", GROUP, "-n", "kv-made-here", "--object-id", site_principal(s),
         "--secret-permissions", "get", "list")
    policies = s.tenant.resource(f"{s.group}/providers/Microsoft.KeyVault/vaults/kv-made-here")["properties"]["accessPolicies"]
    equal((policies[0]["objectId"], sorted(policies[0]["permissions"]["secrets"])), (site_principal(s), ["get", "list"]))


def group_show(s):
    equal(s.az("group", "show", "-n", GROUP)["name"], GROUP)


def group_exists(s):
    equal((s.az("group", "exists", "-n", GROUP), s.az("group", "exists", "-n", "rg-nothing")), (True, False))


def group_create(s):
    s.az("group", "create", "-n", "rg-made-here", "-l", "westeurope")
    true(any(g["name"] == "rg-made-here" for g in s.tenant.state()["resourceGroups"]), "the group is there")


def resource_list(s):
    names = [r["name"] for r in s.az("resource", "list", "-g", GROUP)]
    true(SITE in names and VAULT in names, names)


def locations(s):
    true(any(item["name"] == "westeurope" for item in s.az("account", "list-locations")), "westeurope is known")


def workspace_show(s):
    shown = s.az("monitor", "log-analytics", "workspace", "show", "-g", GROUP, "-n", WORKSPACE)
    equal(shown["name"], WORKSPACE)


COLUMNS = ("TimeGenerated=datetime", "Level=string", "Message=string")


def table_create(s):
    s.az("monitor", "log-analytics", "workspace", "table", "create", "-g", GROUP, "--workspace-name", WORKSPACE, "--name",
         "SCEPman_CL", "--columns", *COLUMNS)
    schema = s.tenant.resource(f"{s.workspace}/tables/SCEPman_CL")["properties"]["schema"]
    equal([column["name"] for column in schema["columns"]], ["TimeGenerated", "Level", "Message"])


def table_show(s):
    shown = s.az("monitor", "log-analytics", "workspace", "table", "show", "-g", GROUP, "--workspace-name", WORKSPACE,
                 "--name", "SCEPman_CL")
    equal(shown["name"], "SCEPman_CL")


def table_absent(s):
    s.refused("ResourceNotFound", "monitor", "log-analytics", "workspace", "table", "show", "-g", GROUP,
              "--workspace-name", WORKSPACE, "--name", "Other_CL")


def identities(s):
    equal(s.az("identity", "list", "-g", GROUP), [])


def graph_query(s):
    """The extension is not packaged; this is what it posts."""
    found = s.az("rest", "--method", "post", "--uri",
                 "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01", "--body",
                 s.file("query.json", {"query": "Resources | where type =~ 'microsoft.web/sites' and name =~ "
                                       f"'{SITE.upper()}' | project id, name, resourceGroup",
                                       "subscriptions": [s.subscription],
                                       "options": {"$top": 100, "resultFormat": "objectArray"}}))
    equal((found["totalRecords"], found["data"][0]["id"]), (1, s.site))


CHECKS = [role_assign, role_assign_again, role_assign_unknown, role_list, role_delete, storage_create, storage_show,
          storage_show_without_group, storage_check_name, storage_keys, vault_show, vault_create, vault_policy, group_show,
          group_exists, group_create, resource_list, locations, workspace_show, table_create, table_show, table_absent,
          identities, graph_query]
