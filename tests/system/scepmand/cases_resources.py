"""Edge cases of storage, vault and logging: what cannot be seen is not made again, what is not asked for is not made at all."""

import json

from case import GROUP, MASTER, SCEPMAN, run_cases, says, settings_writes
from completion import HOSTS, probe
from tenant import equal, true

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
ANOTHER = "22222222-3333-4444-8555-666666666666"
WITH_CONSENT = "        storage_account: {name: stgscepmancm, create: true}\n"
TABLE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-scepman-contoso/tables/SCEPman_CL"


def of_type(state, part):
    return [r for r in state["resources"] if part in r["type"].lower()]


def move(state, parts, subscription):
    """Resources with one of PARTS in their id, and all below them, lie in another subscription, in which we have the same rights."""
    if not any(s["subscriptionId"] == subscription for s in state["subscriptions"]):
        state["subscriptions"].append({**state["subscriptions"][0], "subscriptionId": subscription, "displayName": "Shared",
                                       "id": f"/subscriptions/{subscription}"})
        state["resourceGroups"].append({**state["resourceGroups"][0], "id": f"/subscriptions/{subscription}/resourceGroups/rg-shared",
                                        "name": "rg-shared"})
        scope = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/"
        for right in [r for r in state["resources"] if r["id"].startswith(scope)]:
            copy = json.loads(json.dumps(right).replace(SUBSCRIPTION, subscription))
            name = f"{len(state['resources']):08}{copy['name'][8:]}"
            state["resources"].append({**copy, "name": name, "id": copy["id"].replace(copy["name"], name)})
    for resource in state["resources"]:
        if any(part in resource["id"] for part in parts):
            resource["id"] = resource["id"].replace(GROUP, f"/subscriptions/{subscription}/resourceGroups/rg-shared")


def never_created(case, config):
    output = case.expect(3, "apply", config)
    says(output, "StorageNotResolvable", "stscepmancontoso")
    equal(case.journal("PUT", "/storageAccounts/"), [], "written below storage accounts")
    settings = case.settings()
    equal(settings["AppConfig:CertificateStorage:TableStorageEndpoint"], "https://stscepmancontoso.table.core.windows.net/")


def case_084_account_not_there(case):
    """The settings name an endpoint that is nowhere: blocked, whatever the configuration consents to."""
    case.edit(of_type(case.tenant.state(), "storageaccounts")[0]["id"], remove=True)
    never_created(case, case.configure(instance=WITH_CONSENT))
    equal(of_type(case.tenant.state(), "storageaccounts"), [], "storage accounts")


def case_084_account_not_readable(case):
    """Azure refuses to list the accounts, or lists none although there is one."""
    config = case.configure(instance=WITH_CONSENT)
    refused = {"status": 403, "body": {"error": {"code": "AuthorizationFailed", "message":
               "The client 'x' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read'."}}}
    for rule in (refused, {"status": 200, "body": {"value": []}}):
        case.mend()
        case.fault(method="GET", path="/subscriptions/*/providers/Microsoft.Storage/storageAccounts", **rule)
        case.fault(method="POST", path="/providers/Microsoft.ResourceGraph/resources", status=200,
                   body={"totalRecords": 0, "count": 0, "data": [], "facets": [], "resultTruncated": "false"})
        case.forget()
        status, output, _ = case.run("apply", config)
        equal(status, 3, output)
        says(output, "StorageNotResolvable", "stscepmancontoso")
        equal(case.journal("PUT", "/storageAccounts/stgscepmancm"), [], "accounts written")
    case.mend()
    case.expect(0, "apply")
    equal(len(of_type(case.tenant.state(), "storageaccounts")), 1, "storage accounts")


def case_084_case_093_defect_B08_other_subscription(case):
    """Vault and account lie in another subscription. Listed, they are found and get their roles; not listed, nothing is made."""
    case.change(lambda state: move(state, ("/vaults/", "/storageAccounts/"), ANOTHER))
    case.forget()
    output = case.expect(3, "apply", case.configure(instance=WITH_CONSENT))
    says(output, "StorageNotResolvable", "KeyVaultNotResolvable", "add that to the tenant's `subscriptions`")
    equal(case.journal("PUT", "/storageAccounts/"), [], "written below storage accounts")
    true(case.tenant.directory_objects("applications", displayName="SCEPman-api"), "the directory's part is done")
    config = case.configure(instance=WITH_CONSENT, tenant=f"    subscriptions: [{ANOTHER}]\n")
    case.expect(0, "apply", config)
    equal(len(of_type(case.tenant.state(), "storageaccounts")), 1, "storage accounts")
    case.in_sync(config)
    for host in HOSTS:
        equal(probe(case.tenant, host), 200, host)


def case_085_account_is_created(case):
    """No setting names an account: with consent one is made as the vendor does, without consent none; a name
    that Azure would refuse is refused before anything is sent."""
    case.edit(of_type(case.tenant.state(), "storageaccounts")[0]["id"], remove=True)
    case.set(SCEPMAN, **{"AppConfig:CertificateStorage:TableStorageEndpoint": None})
    case.set(MASTER, **{"AppConfig:AzureStorage:TableStorageEndpoint": None})
    case.forget()
    says(case.expect(3, "apply"), "StorageNotResolvable", "create: true")
    equal(case.journal("PUT", "/storageAccounts/"), [], "written without consent")
    for name in ("St-SCEPman", "stscepmancontosothatistoolong"):
        equal(case.run("apply", case.configure(instance=f"        storage_account: {{name: {name}, create: true}}\n"))[0], 78, name)
    config = case.configure(instance=WITH_CONSENT)
    case.expect(0, "apply", config)
    accounts = of_type(case.tenant.state(), "storageaccounts")
    equal(len(accounts), 1, "storage accounts")
    account = accounts[0]
    equal(account["name"], "stgscepmancm")
    equal((account["kind"], account["sku"]["name"]), ("StorageV2", "Standard_LRS"))
    properties = account["properties"]
    equal((properties["allowBlobPublicAccess"], properties["supportsHttpsTrafficOnly"], properties["minimumTlsVersion"]),
          (False, True, "TLS1_2"))
    endpoint = f"https://{account['name']}.table.core.windows.net/"
    equal(case.settings()["AppConfig:CertificateStorage:TableStorageEndpoint"].rstrip("/"), endpoint.rstrip("/"))
    for host in HOSTS:
        equal(probe(case.tenant, host), 200, host)
    case.in_sync(config)


def case_098_classic_table(case):
    """The table is of the old kind, with a column of somebody's own: it is migrated with consent only, and loses none."""
    classic = {"id": TABLE, "type": "Microsoft.OperationalInsights/workspaces/tables", "name": "SCEPman_CL", "properties": {
        "schema": {"name": "SCEPman_CL", "tableType": "CustomLog", "tableSubType": "Classic", "columns": [
            {"name": "TimeGenerated", "type": "dateTime"}, {"name": "Theirs_s", "type": "string"}]}}}
    case.edit(TABLE, put=classic)
    case.forget()
    says(case.expect(3, "apply"), "TableMigrationNeedsConsent", "migrate_table: true")
    equal(case.journal("POST", "/migrate"), [], "migrated without consent")
    equal(case.journal("P", "/tables/"), [], "tables written without consent")
    true("app-scepman-contoso" in settings_writes(case.journal()), "the rest was done")
    case.forget()
    config = case.configure(instance="        logging: {migrate_table: true}\n")
    case.expect(0, "apply", config)
    migrated, = case.journal("POST", "/migrate")
    written, = case.journal("PATCH", "/tables/SCEPman_CL")
    true(migrated["n"] < written["n"], "the columns come after the migration")
    columns = [c["name"] for c in case.tenant.resource(TABLE)["properties"]["schema"]["columns"]]
    true("Theirs_s" in columns and len(columns) > 10, columns)
    case.in_sync(config)


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (case_084_account_not_there, case_084_account_not_readable, case_084_case_093_defect_B08_other_subscription,
                  case_085_account_is_created, case_098_classic_table)})
