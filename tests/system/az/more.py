"""Commands that administrators use besides: what a rehearsal may come upon."""

from session import ACCOUNT, GROUP, SITE, VAULT, WORKSPACE
from tenant import equal, true

IN_SITE = ("-g", GROUP, "-n", SITE)


def slot_from_production(s):
    s.az("webapp", "deployment", "slot", "create", *IN_SITE, "--slot", "pre", "--configuration-source", SITE)
    expected = dict(s.settings())
    sticky = s.tenant.resource(f"{s.site}/config/slotConfigNames")
    for name in (sticky["properties"]["appSettingNames"] if sticky else None) or []:
        expected.pop(name, None)
    equal(s.settings("/slots/pre"), expected)


def connection_strings(s):
    s.az("webapp", "config", "connection-string", "set", *IN_SITE, "-t", "Custom", "--settings", "store=abc")
    listed = s.az("webapp", "config", "connection-string", "list", *IN_SITE)
    equal([(item["name"], item["value"]) for item in listed], [("store", "abc")])
    equal(s.tenant.resource(f"{s.site}/config/connectionstrings")["properties"]["store"]["value"], "abc")


def stop_and_start(s):
    s.az("webapp", "stop", *IN_SITE)
    equal(s.tenant.resource(s.site)["properties"]["state"], "Stopped")
    s.az("webapp", "start", *IN_SITE)
    equal(s.tenant.resource(s.site)["properties"]["state"], "Running")


def identity_remove(s):
    before = s.tenant.resource(f"{s.web}/sites/app-made-here")["identity"]["principalId"]
    s.az("webapp", "identity", "remove", "-g", GROUP, "-n", "app-made-here")
    true("principalId" not in (s.tenant.resource(f"{s.web}/sites/app-made-here").get("identity") or {}), "no identity")
    equal(s.tenant.directory_objects("servicePrincipals", id=before), [])


def storage_update(s):
    s.az("storage", "account", "update", "-g", GROUP, "-n", ACCOUNT, "--min-tls-version", "TLS1_2")
    equal(s.tenant.resource(s.account)["properties"]["minimumTlsVersion"], "TLS1_2")


def storage_network_rule(s):
    s.az("storage", "account", "network-rule", "add", "-g", GROUP, "-n", ACCOUNT, "--ip-address", "203.0.113.7")
    rules = s.tenant.resource(s.account)["properties"]["networkAcls"]["ipRules"]
    equal([rule["value"] for rule in rules], ["203.0.113.7"])


def storage_list(s):
    true(ACCOUNT in [account["name"] for account in s.az("storage", "account", "list")], "the account is listed")


def vault_network_rule(s):
    s.az("keyvault", "network-rule", "add", "-g", GROUP, "-n", VAULT, "--ip-address", "203.0.113.7")
    rules = s.tenant.resource(s.vault)["properties"]["networkAcls"]["ipRules"]
    true(rules[0]["value"].startswith("203.0.113.7"), rules)


def vault_list(s):
    true(VAULT in [vault["name"] for vault in s.az("keyvault", "list", "-g", GROUP)], "the vault is listed")


def vault_update(s):
    s.az("keyvault", "update", "-g", GROUP, "-n", "kv-made-here", "--enable-rbac-authorization", "true")
    equal(s.tenant.resource(f"{s.group}/providers/Microsoft.KeyVault/vaults/kv-made-here")["properties"]
          ["enableRbacAuthorization"], True)


def policy_where_roles_decide(s):
    s.refused("--enable-rbac-authorization", "keyvault", "set-policy", "-g", GROUP, "-n", "kv-made-here", "--object-id",
              s.tenant.resource(s.site)["identity"]["principalId"], "--secret-permissions", "get")


def resource_show(s):
    equal(s.az("resource", "show", "--ids", s.site)["name"], SITE)


def table_update(s):
    s.az("monitor", "log-analytics", "workspace", "table", "update", "-g", GROUP, "--workspace-name", WORKSPACE, "--name",
         "SCEPman_CL", "--columns", "TimeGenerated=datetime", "Level=string", "Message=string", "Exception=string")
    columns = s.tenant.resource(f"{s.workspace}/tables/SCEPman_CL")["properties"]["schema"]["columns"]
    equal([column["name"] for column in columns], ["TimeGenerated", "Level", "Message", "Exception"])


def workspace_list(s):
    equal([item["name"] for item in s.az("monitor", "log-analytics", "workspace", "list", "-g", GROUP)], [WORKSPACE])


def group_members(s):
    groups = s.az("ad", "group", "list")
    equal(sorted(group["id"] for group in groups), sorted(group["id"] for group in s.tenant.state()["directory"]["groups"]))
    if groups:
        s.az("ad", "group", "member", "list", "--group", groups[0]["id"])


def users(s):
    equal(len(s.az("ad", "user", "list")), len(s.tenant.state()["directory"]["users"]))


def sp_delete(s):
    made = s.az("ad", "app", "create", "--display-name", "short-lived")
    principal = s.az("ad", "sp", "create", "--id", made["appId"])
    s.az("ad", "sp", "delete", "--id", principal["id"])
    equal(s.tenant.directory_objects("servicePrincipals", appId=made["appId"]), [])
    owners = s.az("ad", "app", "owner", "list", "--id", made["appId"])
    equal([owner["appId"] for owner in owners], [s.tenant.client_id], "whoever made it owns it")


def federated_credential(s):
    made = s.tenant.directory_objects("applications", displayName="short-lived")[0]
    s.az("ad", "app", "federated-credential", "create", "--id", made["appId"], "--parameters", s.file("federated.json", {
        "name": "cluster", "issuer": "https://cluster.example/", "subject": "system:serviceaccount:a:b",
        "audiences": ["api://AzureADTokenExchange"]}))
    listed = s.az("ad", "app", "federated-credential", "list", "--id", made["appId"])
    equal([item["subject"] for item in listed], ["system:serviceaccount:a:b"])


def group_delete(s):
    s.az("group", "delete", "-n", "rg-made-here", "--yes")
    true(not any(g["name"] == "rg-made-here" for g in s.tenant.state()["resourceGroups"]), "the group is gone")


CHECKS = [slot_from_production, connection_strings, stop_and_start, identity_remove, storage_update, storage_network_rule,
          storage_list, vault_network_rule, vault_list, vault_update, policy_where_roles_decide, resource_show, table_update,
          workspace_list, group_members, users, sp_delete, federated_credential, group_delete]
