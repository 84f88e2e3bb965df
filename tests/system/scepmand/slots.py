"""Deployment slots, identities, private networks, vaults that change their model, and what was moved or deleted."""

import copy
import json
import urllib.parse
import urllib.request
import uuid

from completion import probe, settings_writes
from daemon import Daemon, mutating
from policies import edit, without
from tenant import Tenant, equal, true

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman"
SITE = GROUP + "/providers/Microsoft.Web/sites/app-scepman-contoso"
MASTER = SITE + "-cm"
VAULT = GROUP + "/providers/Microsoft.KeyVault/vaults/kv-scepman-contoso"
ACCOUNT = GROUP + "/providers/Microsoft.Storage/storageAccounts/stscepmancontoso"
SUBNET = GROUP + "/providers/Microsoft.Network/virtualNetworks/vnet-scepman/subnets/snet-scepman-appservices"
IDENTITY = "AppConfig:AuthConfig:ManagedIdentity"
TRIPLE = [IDENTITY + "EnabledOnUnixTime", IDENTITY + "EnabledForWebsiteHostname", IDENTITY + "PermissionLevel"]
CANARY = "        deployment_slots: [{name: canary, create: true}]\n"


def settings(tenant, site):
    return tenant.resource(site + "/config/appsettings")["properties"]


def resource_in(state, resource_id):
    return next(r for r in state["resources"] if r["id"].lower() == resource_id.lower())


def call(tenant, method, path, body=None):
    """A request of an administrator to Azure Resource Manager; its status."""
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": tenant.client_id,
                                   "client_secret": tenant.client_secret, "scope": tenant.url + "/.default"}).encode()
    token = urllib.request.Request(f"{tenant.url}/{tenant.tenant_id}/oauth2/v2.0/token", data=form)
    with tenant.opener.open(token) as answer:
        bearer = json.load(answer)["access_token"]
    request = urllib.request.Request(
        f"{tenant.url}{path}?api-version=2025-05-01", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + bearer, "Content-Type": "application/json"})
    with tenant.opener.open(request) as answer:
        return answer.status


def swap(tenant, slot="staging"):
    call(tenant, "POST", f"{SITE}/slots/{slot}/slotsswap", {"targetSlot": "production", "preserveVnet": True})


def is_in_sync(daemon, config=None):
    """A run that finds nothing to do, and sends nothing that could do anything."""
    daemon.tenant.control("DELETE", "journal")
    output = daemon.expect(0, "apply", config)
    equal(mutating(daemon.tenant.control("GET", "journal")), [], "what was written although all was in sync")
    return output


def writes_of(daemon, status=0, config=None):
    """(settings writes, all writes, output) of a run"""
    daemon.tenant.control("DELETE", "journal")
    output = daemon.expect(status, "apply", config)
    journal = daemon.tenant.control("GET", "journal")
    return settings_writes(journal), mutating(journal), output


def roles_at(tenant, scope, principal):
    return [r for r in tenant.state()["resources"] if r["id"].lower().startswith(scope.lower() + "/providers/microsoft.authorization/")
            and r["properties"].get("principalId") == principal]


def app_roles_of(tenant, principal):
    return [a for a in tenant.state()["directory"]["appRoleAssignments"] if a["principalId"] == principal]


def add_identity(state, site, principal, user_assigned=None):
    """A new identity of SITE in the directory; USER_ASSIGNED: its name, otherwise it is the system-assigned one."""
    pattern = next(s for s in state["directory"]["servicePrincipals"] if s["servicePrincipalType"] == "ManagedIdentity")
    service_principal = copy.deepcopy(pattern)
    service_principal.update(id=principal, appId=str(uuid.uuid4()), displayName=user_assigned or site.rsplit("/", 1)[1])
    service_principal["servicePrincipalNames"] = [service_principal["appId"]]
    state["directory"]["servicePrincipals"].append(service_principal)
    identity = resource_in(state, site).setdefault("identity", {})
    if not user_assigned:
        identity.update(type="SystemAssigned", principalId=principal)
        return
    resource_id = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{user_assigned}"
    state["resources"].append({"id": resource_id, "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "name": user_assigned,
                               "location": "westeurope", "tags": {}, "properties": {
                                   "principalId": principal, "clientId": service_principal["appId"], "tenantId": state["tenant"]["tenantId"]}})
    identity["type"] = "SystemAssigned, UserAssigned" if identity.get("principalId") else "UserAssigned"
    identity.setdefault("userAssignedIdentities", {})[resource_id] = {
        "principalId": principal, "clientId": service_principal["appId"]}


def remove_system_identity(state, site):
    """What is attached by users stays."""
    identity = resource_in(state, site)["identity"]
    for name in ("principalId", "tenantId"):
        identity.pop(name, None)
    if identity.get("userAssignedIdentities"):
        identity["type"] = "UserAssigned"
    else:
        del resource_in(state, site)["identity"]


# ---- swaps, and the names that stay ----

def case_59_names_stay_with_their_slot_and_a_swap_is_no_drift(daemon):
    tenant = daemon.tenant
    tenant.control("DELETE", "counters")
    daemon.expect(0, "apply")
    equal(sorted(tenant.control("GET", "counters")["restarts"].values()), [1, 1, 1, 1], "restarts of the slots, production and master")
    names = tenant.resource(SITE + "/config/slotConfigNames")["properties"]["appSettingNames"]
    equal(sorted(names), sorted(TRIPLE))
    before = settings(tenant, SITE), settings(tenant, SITE + "/slots/staging")
    swap(tenant)
    for name in TRIPLE:
        equal(settings(tenant, SITE)[name], before[0][name])
        equal(settings(tenant, SITE + "/slots/staging")[name], before[1][name])
    equal(is_in_sync(daemon).splitlines()[-1], "In sync.")


def B13_a_swap_of_names_that_did_not_stay_is_repaired_with_one_write_a_site(daemon):
    tenant = daemon.tenant
    daemon.expect(0, "apply")
    edit(tenant, without("/config/slotConfigNames"))
    swap(tenant)
    equal(settings(tenant, SITE)[TRIPLE[1]], "app-scepman-contoso-staging.azurewebsites.net", "the swapped host name")
    writes, _, _ = writes_of(daemon)
    equal(len(writes), 2, writes)
    equal(len(set(writes)), 2, writes)
    for site, host in ((SITE, "app-scepman-contoso"), (SITE + "/slots/staging", "app-scepman-contoso-staging")):
        equal(settings(tenant, site)[TRIPLE[1]], host + ".azurewebsites.net")
    swap(tenant)
    is_in_sync(daemon)


# ---- which slots ----

def production_of(state):
    """Everything of production's own, without its slots."""
    return {r["id"]: r for r in state["resources"] if r["id"].lower().startswith(SITE.lower())
            and "/slots/" not in r["id"] and "-cm" not in r["id"]}


def case_71_only_one_slot_selected_production_is_byte_identical(daemon):
    tenant = daemon.tenant
    before = tenant.state()
    config = daemon.configure(instance="        production_slot: observe\n        deployment_slots: [staging]\n")
    daemon.expect(0, "apply", config)
    after = tenant.state()
    equal(production_of(after), production_of(before), "production")
    equal(resource_in(after, SITE + "/slots/beta/config/appsettings"), resource_in(before, SITE + "/slots/beta/config/appsettings"))
    equal(settings(tenant, SITE + "/slots/staging")[TRIPLE[2]], "2")
    production = resource_in(after, SITE)["identity"]["principalId"]
    equal(app_roles_of(tenant, production), [a for a in before["directory"]["appRoleAssignments"] if a["principalId"] == production])
    is_in_sync(daemon, config)


def case_71_no_slot_selected(daemon):
    tenant = daemon.tenant
    before = tenant.state()
    daemon.expect(0, "apply", daemon.configure(instance="        deployment_slots: none\n"))
    for slot in ("staging", "beta"):
        equal(settings(tenant, f"{SITE}/slots/{slot}"), resource_in(before, f"{SITE}/slots/{slot}/config/appsettings")["properties"])
    equal(settings(tenant, SITE)[TRIPLE[2]], "2")


def B7_an_unknown_slot_is_named_with_those_there_are(daemon):
    output = daemon.expect(3, "apply", daemon.configure(instance="        deployment_slots: [staging, stagin]\n"))
    true("SlotNotFound" in output and 'no deployment slot "stagin"; it has ' in output, output)
    true("it has staging, beta" in output or "it has beta, staging" in output, output)
    equal(settings(daemon.tenant, SITE)[TRIPLE[2]], "2", "the rest is done")


def a_slot_without_an_identity_of_its_own(daemon):
    """None at all, or only one that a user attached: said with the command that helps; the other sites are completed."""
    tenant = daemon.tenant

    def take(state):
        add_identity(state, SITE + "/slots/beta", "0b5f5c0e-0000-4000-8000-000000000001", "id-beta")
        remove_system_identity(state, SITE + "/slots/beta")
        remove_system_identity(state, SITE + "/slots/staging")
    edit(tenant, take)
    before = settings(tenant, SITE + "/slots/beta")
    output = daemon.expect(3, "apply")
    for slot in ("beta", "staging"):
        true(f"az webapp identity assign --resource-group rg-scepman --name app-scepman-contoso --slot {slot}" in output, output)
    equal(output.count("SlotIdentityMissing"), 2, output)
    equal(settings(tenant, SITE + "/slots/beta"), before)
    equal(app_roles_of(tenant, "0b5f5c0e-0000-4000-8000-000000000001"), [])
    equal(settings(tenant, SITE)[TRIPLE[2]], "2")


def case_73_a_stopped_slot_is_judged_by_its_settings(daemon):
    tenant = daemon.tenant
    edit(tenant, lambda state: resource_in(state, SITE + "/slots/staging")["properties"].update(state="Stopped", enabled=False))
    daemon.expect(0, "apply")
    equal(settings(tenant, SITE + "/slots/staging")[TRIPLE[2]], "2")
    is_in_sync(daemon)


# ---- identities ----

def a_users_identity_at_a_slot_is_ignored(daemon):
    tenant, principal = daemon.tenant, "0b5f5c0e-0000-4000-8000-000000000002"
    edit(tenant, lambda state: add_identity(state, SITE + "/slots/staging", principal, "id-staging"))
    daemon.expect(0, "apply")
    equal(app_roles_of(tenant, principal), [])
    equal(roles_at(tenant, GROUP, principal), [])
    is_in_sync(daemon)


def case_18_production_with_a_users_identity_only(daemon):
    tenant, principal = daemon.tenant, "0b5f5c0e-0000-4000-8000-000000000003"

    def take(state):
        add_identity(state, SITE, principal, "id-scepman")
        remove_system_identity(state, SITE)
    edit(tenant, take)
    daemon.expect(0, "apply")
    equal(len(app_roles_of(tenant, principal)), 5)
    equal((len(roles_at(tenant, VAULT, principal)), len(roles_at(tenant, ACCOUNT, principal))), (3, 1))
    equal(settings(tenant, SITE)[TRIPLE[2]], "2")
    is_in_sync(daemon)


def a_users_identity_of_certificate_master_gets_storage_and_logging_only(daemon):
    tenant, principal = daemon.tenant, "0b5f5c0e-0000-4000-8000-000000000004"
    edit(tenant, lambda state: add_identity(state, MASTER, principal, "id-master"))
    writes, _, _ = writes_of(daemon)
    equal(writes, [], "the level and the settings do not depend on it")
    equal(app_roles_of(tenant, principal), [])
    equal((len(roles_at(tenant, VAULT, principal)), len(roles_at(tenant, ACCOUNT, principal))), (0, 1))
    is_in_sync(daemon)


def an_identity_that_was_created_again(daemon):
    """A new object id: new rights, one new time, the same level."""
    tenant, principal = daemon.tenant, "0b5f5c0e-0000-4000-8000-000000000005"
    before = settings(tenant, SITE)
    edit(tenant, lambda state: add_identity(state, SITE, principal))
    writes, _, _ = writes_of(daemon)
    equal(len(writes), 1, writes)
    after = settings(tenant, SITE)
    equal({name for name in after if after[name] != before.get(name)}, {TRIPLE[0]}, "changed settings")
    equal(len(app_roles_of(tenant, principal)), 5)
    is_in_sync(daemon)


def a_users_identity_added_later(daemon):
    tenant, principal = daemon.tenant, "0b5f5c0e-0000-4000-8000-000000000006"
    edit(tenant, lambda state: add_identity(state, SITE, principal, "id-later"))
    writes, _, _ = writes_of(daemon)
    equal(len(writes), 1, writes)
    equal(len(app_roles_of(tenant, principal)), 5)
    is_in_sync(daemon)


# ---- a slot is created ----

def defect_B09_a_slot_is_created(daemon):
    tenant, canary = daemon.tenant, SITE + "/slots/canary"
    config = daemon.configure(instance=CANARY)
    before = tenant.state()
    plan = daemon.expect(2, "plan", config)
    equal(tenant.state(), before, "the tenant after a plan")
    writes, everything, output = writes_of(daemon, config=config)
    equal(writes, [f"{tenant.url}{canary}/config/appsettings?api-version=2025-05-01"])
    true(everything[0].startswith(f"PUT {tenant.url}{canary}?"), everything)
    true(everything[-1].startswith(f"PUT {tenant.url}{SITE}/config/slotConfigNames?"), everything)
    after = tenant.state()
    equal(resource_in(after, SITE + "/config/appsettings"), resource_in(before, SITE + "/config/appsettings"), "production's settings")
    copied, original = settings(tenant, canary), settings(tenant, SITE)
    equal({name for name in original if copied[name] != original[name]}, set(TRIPLE[:2]), "what differs from production")
    equal(copied[TRIPLE[1]], "app-scepman-contoso-canary.azurewebsites.net")
    equal(probe(tenant, "app-scepman-contoso-canary"), 200)
    for text in (plan, output):
        true(original["AppConfig:LicenseKey"] not in text, "a secret is shown")
    is_in_sync(daemon, config)
    swap(tenant, "canary")
    is_in_sync(daemon, config)


def a_slot_is_created_beside_a_production_that_was_never_completed(daemon):
    """Production's own host name first, with its one settings write; then the slot."""
    tenant = daemon.tenant
    config = daemon.configure(instance=CANARY)
    tenant.control("DELETE", "counters")
    writes, everything, _ = writes_of(daemon, config=config)
    equal(len(writes), 3, writes)
    created = next(i for i, line in enumerate(everything) if "/slots/canary?" in line)
    own = next(i for i, line in enumerate(everything) if f"{SITE}/config/appsettings?" in line)
    true(own < created, everything)
    equal(sorted(tenant.control("GET", "counters")["restarts"].values()), [1, 1, 1], "restarts")
    is_in_sync(daemon, config)


def a_slot_is_created_although_answers_are_lost(daemon):
    tenant = daemon.tenant
    tenant.control("POST", "faults", {"method": "PUT", "path": "*/slots/canary", "times": 1, "drop": True, "takes_effect": True})
    config = daemon.configure(instance=CANARY)
    _, everything, _ = writes_of(daemon, config=config)
    equal(len([line for line in everything if "/slots/canary?" in line]), 1, everything)
    equal(settings(tenant, SITE + "/slots/canary")[TRIPLE[1]], "app-scepman-contoso-canary.azurewebsites.net")
    is_in_sync(daemon, config)


def a_plan_without_slots_says_so(daemon):
    tenant = daemon.tenant

    def shrink(state):
        for resource in state["resources"]:
            if resource["type"].lower() == "microsoft.web/serverfarms":
                resource["sku"] = {"name": "B1", "tier": "Basic"}
    edit(tenant, shrink)
    before = tenant.state()["resources"]
    output = daemon.expect(3, "apply", daemon.configure(instance=CANARY))
    true("CloudRefused" in output and "no room for another deployment slot" in output and "'Basic' SKU" in output, output)
    equal(tenant.state()["resources"], before)


def a_slot_of_an_installation_on_hold_is_not_created(daemon):
    before = daemon.tenant.state()
    output = daemon.expect(3, "apply", daemon.configure(instance=CANARY + "        hold: true\n"))
    true("HeldByOperator" in output, output)
    equal(daemon.tenant.state(), before)


# ---- private networks ----

def close_the_network(state):
    resource_in(state, SITE)["properties"]["virtualNetworkSubnetId"] = SUBNET
    for resource_id in (VAULT, ACCOUNT):
        resource_in(state, resource_id)["properties"].update(
            publicNetworkAccess="Disabled", networkAcls={"defaultAction": "Deny", "bypass": "None"})
    state["resources"].append({
        "id": SUBNET.split("/subnets/")[0], "type": "Microsoft.Network/virtualNetworks", "name": "vnet-scepman", "location": "westeurope",
        "tags": {}, "properties": {"addressSpace": {"addressPrefixes": ["10.142.0.0/16"]}, "subnets": []}})
    state["resources"].append({
        "id": SUBNET, "type": "Microsoft.Network/virtualNetworks/subnets", "name": "snet-scepman-appservices",
        "properties": {"addressPrefix": "10.142.1.0/24"}})


def what_is_created_in_a_private_network_is_integrated(daemon):
    tenant = daemon.tenant
    edit(tenant, close_the_network)
    edit(tenant, without("/sites/app-scepman-contoso-cm"))
    before = tenant.state()
    config = daemon.configure((r"app_service: \"app-scepman-contoso-cm\"", r"app_service: app-scepman-contoso-cm\n          create: true"),
                              instance=CANARY)
    daemon.expect(0, "apply", config)
    for created in (MASTER, SITE + "/slots/canary"):
        equal(tenant.resource(created)["properties"]["virtualNetworkSubnetId"], SUBNET, created)
    for resource_id in (VAULT, ACCOUNT):
        equal(tenant.resource(resource_id), resource_in(before, resource_id), "the network of what is private")
    is_in_sync(daemon, config)


# ---- the vault changes its permission model ----

def flip(tenant, uses_rbac):
    edit(tenant, lambda state: resource_in(state, VAULT)["properties"].update(enableRbacAuthorization=uses_rbac))


def vault_roles(tenant):
    return len(roles_at(tenant, VAULT, tenant.resource(SITE)["identity"]["principalId"]))


def case_90_a_vault_that_was_prepared_flips_to_rbac(daemon):
    tenant = daemon.tenant
    config = daemon.configure(instance="        key_vault: {prestage_rbac: true}\n")
    daemon.expect(0, "apply", config)
    equal(vault_roles(tenant), 3, "roles before the switch")
    true(tenant.resource(VAULT)["properties"]["enableRbacAuthorization"] is False, "the model is never switched by us")
    flip(tenant, True)
    equal(probe(tenant, "app-scepman-contoso"), 200, "health right after the switch")
    is_in_sync(daemon, config)


def case_90_a_vault_that_was_not_prepared_flips_to_rbac(daemon):
    tenant = daemon.tenant
    daemon.expect(0, "apply")
    equal(vault_roles(tenant), 0)
    flip(tenant, True)
    writes, everything, _ = writes_of(daemon)
    equal((writes, len(everything)), ([], 3), everything)
    equal(vault_roles(tenant), 3)
    is_in_sync(daemon)


def case_90_a_vault_flips_back_to_policies(daemon):
    tenant = daemon.tenant
    flip(tenant, False)
    writes, everything, _ = writes_of(daemon)
    equal((writes, len(everything)), ([], 1), everything)
    true("/accessPolicies/add" in everything[0], everything)
    equal(vault_roles(tenant), 3, "roles are never taken away")
    is_in_sync(daemon)


def case_91_a_vault_that_does_not_say_uses_policies(daemon):
    tenant = daemon.tenant
    edit(tenant, lambda state: resource_in(state, VAULT)["properties"].pop("enableRbacAuthorization"))
    _, everything, _ = writes_of(daemon)
    true(len(everything) == 1 and "/accessPolicies/add" in everything[0], everything)
    is_in_sync(daemon)


# ---- moved and deleted ----

def gone(*parts, reason, **ways):
    """After WITHOUT these, nothing is written, ever; the condition says it."""
    def check(daemon):
        tenant = daemon.tenant
        edit(tenant, without(*parts))
        for change in ways.get("also", ()):
            edit(tenant, change)
        before = tenant.state()
        writes, everything, output = writes_of(daemon, 3, daemon.configure(instance=ways.get("instance", "")))
        true(reason in output, output)
        equal(everything, [], output)
        equal(tenant.state(), before)
    return check


def forget_group(state):
    state["resourceGroups"] = []


def forget_subscription(state):
    state["subscriptions"] = [s for s in state["subscriptions"] if s["subscriptionId"] not in SITE]
    forget_group(state)


ALL = "        storage_account: {name: stscepmancontoso, create: true}\n" + CANARY
case_111_a_site_that_is_gone = gone("/sites/app-scepman-contoso", reason="InstanceNotFound", instance=ALL)
a_resource_group_that_is_gone = gone("/resourceGroups/rg-scepman", also=[forget_group], reason="InstanceNotFound", instance=ALL)
a_subscription_that_is_gone = gone("/resourceGroups/rg-scepman", also=[forget_subscription], reason="SubscriptionNotAccessible",
                                   instance=ALL)
a_vault_that_is_gone = gone("/vaults/", reason="KeyVaultNotResolvable")
an_account_that_is_gone = gone("/storageAccounts/", reason="StorageNotResolvable", instance=ALL.replace(CANARY, ""))
a_workspace_that_is_gone = gone("/workspaces/", "/dataCollectionRules/", reason="DcrNotFound")
a_rule_that_is_gone = gone("/dataCollectionRules/", reason="DcrNotFound")

CHECKS = {
    "slots": (case_59_names_stay_with_their_slot_and_a_swap_is_no_drift,
              B13_a_swap_of_names_that_did_not_stay_is_repaired_with_one_write_a_site,
              case_71_only_one_slot_selected_production_is_byte_identical, case_71_no_slot_selected,
              B7_an_unknown_slot_is_named_with_those_there_are, a_slot_without_an_identity_of_its_own,
              case_73_a_stopped_slot_is_judged_by_its_settings, a_users_identity_at_a_slot_is_ignored),
    "fresh": (case_18_production_with_a_users_identity_only, a_slot_is_created_beside_a_production_that_was_never_completed,
              what_is_created_in_a_private_network_is_integrated),
    "completed": (a_users_identity_of_certificate_master_gets_storage_and_logging_only, an_identity_that_was_created_again,
                  a_users_identity_added_later, defect_B09_a_slot_is_created, a_slot_is_created_although_answers_are_lost,
                  a_plan_without_slots_says_so, a_slot_of_an_installation_on_hold_is_not_created,
                  case_90_a_vault_flips_back_to_policies,
                  case_91_a_vault_that_does_not_say_uses_policies,
                  ("case_111_a_site_that_is_gone", case_111_a_site_that_is_gone),
                  ("a_resource_group_that_is_gone", a_resource_group_that_is_gone),
                  ("a_subscription_that_is_gone", a_subscription_that_is_gone), ("a_vault_that_is_gone", a_vault_that_is_gone),
                  ("an_account_that_is_gone", an_account_that_is_gone), ("a_workspace_that_is_gone", a_workspace_that_is_gone),
                  ("a_rule_that_is_gone", a_rule_that_is_gone)),
    "key-vault-policies": (case_90_a_vault_that_was_prepared_flips_to_rbac, case_90_a_vault_that_was_not_prepared_flips_to_rbac),
}


def run(counter, daemon_binary, sim_binary):
    for scenario, checks in CHECKS.items():
        for check in checks:
            name, function = check if isinstance(check, tuple) else (check.__name__, check)
            with Tenant(sim_binary, "--scenario", scenario) as tenant:
                counter.check(name, lambda: function(Daemon(daemon_binary, tenant)))
