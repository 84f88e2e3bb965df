"""Several installations, tenants, subscriptions and groups: what is shared on purpose, what is not, and what another one must not feel."""

import json
import re

from daemon import Daemon, mutating
from policies import edit, without
from tenant import Tenant, equal, true

FIRST, SECOND = "app-scepman-contoso", "app-scepman-contoso2"
INTUNE_APP = "c161e42e-d4df-4a3d-9b42-e7a3c31f59d4"
ISOLATED = r"\n *app_registrations:\n *scepman_api: .*\n *certificate_master: .*"
NAMES = ("SCEPman-api", "SCEPman-CertMaster")


def settings(tenant, site):
    return next(r["properties"] for r in tenant.state()["resources"] if r["id"].endswith(f"/sites/{site}/config/appsettings"))


def setting(tenant, site, name):
    found = settings(tenant, site)
    return found.get(name, found.get(name.replace(":", "__")))


def registrations(tenant):
    return {a["displayName"]: a for a in tenant.state()["directory"]["applications"] if a["displayName"] != "scepmand"}


def app_id(tenant, site):
    return setting(tenant, site, "AppConfig:AuthConfig:ApplicationId")


def sharing(daemon, *more, shared="{shared: true}"):
    """Both installations use the vendor's names."""
    return daemon.configure((ISOLATED, f"\n        app_registrations: {shared}"), *more)


def conditions(output, instance):
    found = next(i for i in json.loads(output)["tenants"][0]["instances"] if i["name"] == instance)
    return [c for c in found["conditions"] if c["type"] not in ("Ready", "InSync")]


def two_that_share(daemon):
    tenant = daemon.tenant
    config = sharing(daemon)
    daemon.expect(0, "apply", config)
    made = registrations(tenant)
    equal(sorted(made), sorted(NAMES))
    equal(sorted(made["SCEPman-CertMaster"]["web"]["redirectUris"]),
          [f"https://{site}-cm.azurewebsites.net/signin-oidc" for site in (FIRST, SECOND)], "united")
    for site in (FIRST, SECOND):
        equal(app_id(tenant, site), made["SCEPman-api"]["appId"], site)
    for name, application in made.items():
        updates = [line for line in mutating(tenant.control("GET", "journal")) if f"/applications/{application['id']}" in line]
        true(len(updates) <= 1, f"{name} is written once for both: {updates}")
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")


def sharing_must_be_said(daemon):
    """Refused before anything is asked, with both places; in one alone it is not said either."""
    for shared in ("{}", "{shared: false}"):
        status, _, error = daemon.run("plan", sharing(daemon, shared=shared))
        equal(status, 78, error)
        lines = re.findall(r":(\d+):\d+: the instance uses the same app registration \(\S+\) as the one at line (\d+)", error)
        equal(len(lines), 2, error)
        equal(lines[0], lines[1][::-1], "each names the other")
        true("shared: true" in error, error)


def two_that_do_not(daemon):
    tenant = daemon.tenant
    daemon.expect(0, "apply")
    equal(sorted(registrations(tenant)), sorted(f"{name}-{site}" for name in NAMES for site in (FIRST, SECOND)))
    true(app_id(tenant, FIRST) != app_id(tenant, SECOND), "each has its own")


def renamed_in_use(daemon):
    """A rename changes nothing; and who asks for the old name gets neither that registration nor its name."""
    tenant = daemon.tenant
    daemon.expect(0, "apply", None, "-i", FIRST)
    old = f"SCEPman-api-{FIRST}"
    used = registrations(tenant)[old]

    def rename(state):
        for application in state["directory"]["applications"]:
            if application["appId"] == used["appId"]:
                application["displayName"] = "SCEPman Europe"
    edit(tenant, rename)
    equal(daemon.expect(0, "plan", None, "-i", FIRST).splitlines()[-1], "In sync.")
    config = daemon.configure((f'SCEPman-api-{FIRST}"', 'elsewhere"'), (f'SCEPman-api-{SECOND}"', f'{old}"'))
    output = daemon.expect(3, "apply", config, "-i", SECOND)
    true("AmbiguousAppRegistration" in output and "SCEPman Europe" in output and used["appId"] in output, output)
    equal(registrations(tenant)["SCEPman Europe"]["appId"], used["appId"], "neither renamed nor shared")
    true(old not in registrations(tenant), "and no other one was made")
    config = daemon.configure((f'SCEPman-api-{FIRST}"', 'elsewhere"'),
                              (f'"SCEPman-api-{SECOND}"', f'{{display_name: {old}, app_id: {used["appId"]}}}'))
    daemon.expect(0, "apply", config, "-i", SECOND)
    equal(app_id(tenant, SECOND), used["appId"], "pinned")


def selected_alone(daemon):
    """With -i the id that the other one records decides, too; the other one is not written."""
    tenant = daemon.tenant
    config = sharing(daemon)
    daemon.expect(0, "apply", config, "-i", FIRST)
    used = registrations(tenant)["SCEPman-api"]["appId"]

    def rename(state):
        for application in state["directory"]["applications"]:
            if application["displayName"] in NAMES:
                application["displayName"] += " of old"
                application.pop("uniqueName", None)
    edit(tenant, rename)
    before = settings(tenant, FIRST)
    output = daemon.expect(0, "apply", config, "-i", SECOND, "-o", "json")
    equal([i["name"] for i in json.loads(output)["tenants"][0]["instances"]], [SECOND], "reported")
    equal(app_id(tenant, SECOND), used, "found by what the other one records")
    equal(sorted(registrations(tenant)), sorted(name + " of old" for name in NAMES))
    equal(settings(tenant, FIRST), before)


def one_without_certificate_master(daemon):
    """Its absence is the matter of one installation, not of the registration that both share."""
    tenant = daemon.tenant
    edit(tenant, without(f"/sites/{SECOND}-cm"))
    output = daemon.expect(3, "apply", sharing(daemon), "-o", "json")
    equal(conditions(output, FIRST), [], "the other one")
    equal([c["reason"] for c in conditions(output, SECOND)], ["CertificateMasterMissing"])
    equal(registrations(tenant)["SCEPman-CertMaster"]["web"]["redirectUris"],
          [f"https://{FIRST}-cm.azurewebsites.net/signin-oidc"])


def one_tenant_is_broken(daemon):
    """An unusable root of the second tenant: the first one converges all the same."""
    head, tenants = daemon.text.split("tenants:\n")
    broken = tenants.replace('name: "Contoso"', "name: Fabrikam").replace("    tenant_id: \"8", "    tenant_id: \"9")
    broken = re.sub(r"ca_file: .*", "ca_file: /nowhere/ca.pem", broken)
    config = daemon.configure()
    with open(config, "w") as file:
        file.write(head + "tenants:\n" + broken + tenants)
    status, output, error = daemon.run("apply", config, "-o", "json")
    equal(status, 3, output + error)
    one, other = json.loads(output)["tenants"]
    equal([i["in_sync"] for i in one["instances"] + other["instances"]], [False, True])
    true("/nowhere/ca.pem" in output, output)


def move(tenant, kind, subscription=None, group="rg-other"):
    """Everything whose id contains KIND is in another group, and perhaps in another subscription, where the daemon has its rights, too."""
    def function(state):
        here = state["subscriptions"][0]["subscriptionId"]
        there = subscription or here
        home, away = (f"/subscriptions/{here}", f"/subscriptions/{there}")
        if subscription and len(state["subscriptions"]) == 1:
            state["subscriptions"].append(dict(state["subscriptions"][0], subscriptionId=there, displayName="Other"))
            state["resources"] += [json.loads(json.dumps(r).replace(home, away)) for r in state["resources"]
                                   if r["id"].startswith(f"{home}/providers/Microsoft.Authorization/roleAssignments/")]
        place = f"{away}/resourceGroups/{group}"
        if all(g["id"] != place for g in state["resourceGroups"]):
            state["resourceGroups"].append(dict(state["resourceGroups"][0], id=place, name=group))
        state["resources"] = [json.loads(json.dumps(r).replace(f"{home}/resourceGroups/rg-scepman/providers/Microsoft.{kind}",
                                                               f"{place}/providers/Microsoft.{kind}")) for r in state["resources"]]
    edit(tenant, function)


def case_081_defect_B06_certificate_master_in_another_group(daemon):
    """Its host names are read where it is (appendix A, B6)."""
    tenant = daemon.tenant
    move(tenant, f"Web/sites/{FIRST}-cm")
    output = daemon.expect(3, "apply")
    true("CertificateMasterMissing" in output, output)
    config = daemon.configure((r"(          app_service: \"app-scepman-contoso-cm\")", r"\1\n          resource_group: rg-other"))
    daemon.expect(0, "apply", config)
    equal(registrations(tenant)["SCEPman-CertMaster"]["web"]["redirectUris"], [f"https://{FIRST}-cm.azurewebsites.net/signin-oidc"])
    equal(setting(tenant, FIRST, "AppConfig:CertMaster:URL"), f"https://{FIRST}-cm.azurewebsites.net")
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")


def case_093_vault_and_storage_in_another_subscription(daemon):
    """Not found, nothing is created in their place; found in a listed subscription, they are used."""
    tenant = daemon.tenant
    other = "99999999-2222-4333-8444-555555555555"
    for kind in ("KeyVault/vaults", "Storage/storageAccounts"):
        move(tenant, kind, other)
    output = daemon.expect(3, "apply", None, "-o", "json")
    equal(sorted(c["reason"] for c in conditions(output, FIRST)), ["KeyVaultNotResolvable", "StorageNotResolvable"])
    true(registrations(tenant), "the Entra part is done")
    equal([r["id"] for r in tenant.state()["resources"] if "storageAccounts/" in r["id"] and other not in r["id"]], [])
    config = daemon.configure(tenant=f"    subscriptions: [{other}]\n")
    daemon.expect(0, "apply", config)
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")


def case_005_no_intune(daemon):
    tenant = daemon.tenant

    def forget(state):
        for kind in ("servicePrincipals",):
            state["directory"][kind] = [o for o in state["directory"][kind] if o["appId"] != INTUNE_APP]
    edit(tenant, forget)
    output = daemon.expect(0, "apply", None, "-o", "json")
    instance = json.loads(output)["tenants"][0]["instances"][0]
    equal([c["reason"] for c in conditions(output, instance["name"])], ["IntuneNotUsed"], "said once")
    equal([c["status"] for c in instance["conditions"] if c["type"] in ("Ready", "InSync")], ["True", "True"])
    equal(setting(tenant, FIRST, "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"), "2")
    true("In sync." in daemon.expect(0, "plan"), "and stays so")


def held_is_pending(daemon):
    """What is not written to an installation on hold is no part of what was done, in text and JSON alike."""
    config = daemon.configure(instance="        hold: true\n")
    summary = json.loads(daemon.expect(3, "apply", config, "-o", "json"))["summary"]
    equal([summary[name] for name in ("add", "change", "remove", "restarts")], [0, 0, 0, 0])
    true(summary["pending"] > 20, summary)
    true(f"Applied: 0 added, 0 changed, 0 removed; 0 app restarts; {summary['pending']} not written" in daemon.expect(3, "apply", config), summary)
    planned = daemon.plan(2, config)["summary"]
    equal(planned["add"] + planned["change"] + planned["remove"], summary["pending"])


def run(counter, daemon_binary, sim_binary):
    for scenario, checks in (
            ("two-installations", (two_that_share, sharing_must_be_said, two_that_do_not, renamed_in_use, selected_alone,
                                   one_without_certificate_master)),
            ("fresh", (one_tenant_is_broken, case_081_defect_B06_certificate_master_in_another_group,
                       case_093_vault_and_storage_in_another_subscription, case_005_no_intune, held_is_pending))):
        for check in checks:
            with Tenant(sim_binary, "--scenario", scenario) as tenant:
                counter.check(check.__name__, lambda: check(Daemon(daemon_binary, tenant)))
