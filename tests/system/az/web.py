"""az webapp and az appservice: wire.md section 3."""

from session import GROUP, MASTER, PLAN, SITE
from tenant import equal, true

IN_SITE = ("-g", GROUP, "-n", SITE)


def show(s):
    shown = s.az("webapp", "show", *IN_SITE)
    equal(shown["name"], SITE)
    equal(shown["defaultHostName"], f"{SITE}.azurewebsites.net")
    equal(shown["resourceGroup"], GROUP)
    equal(shown["identity"]["principalId"], s.tenant.resource(s.site)["identity"]["principalId"])


def show_absent(s):
    s.refused("ResourceNotFound", "webapp", "show", "-g", GROUP, "-n", "nothing-here")


def list_sites(s):
    names = sorted(site["name"] for site in s.az("webapp", "list", "-g", GROUP))
    equal(names, [SITE, MASTER])


def settings_list(s):
    listed = {item["name"]: item for item in s.az("webapp", "config", "appsettings", "list", *IN_SITE)}
    equal({name: item["value"] for name, item in listed.items()}, s.settings())
    true("AppConfig:KeyVaultConfig:KeyVaultURL" in listed, "the vault's address is set")


def settings_set(s):
    before = s.settings()
    restarts = s.tenant.control("GET", "counters")["restarts"].get(s.site, 0)
    s.az("webapp", "config", "appsettings", "set", *IN_SITE, "--settings", "B=2", "C=3")
    equal(s.settings(), {**before, "B": "2", "C": "3"})
    equal(s.tenant.control("GET", "counters")["restarts"][s.site], restarts + 1, "restarts")


def settings_set_sticky(s):
    s.az("webapp", "config", "appsettings", "set", *IN_SITE, "--slot-settings", "D=4")
    equal(s.settings()["D"], "4")
    sticky = s.tenant.resource(f"{s.site}/config/slotConfigNames")["properties"]["appSettingNames"]
    true("D" in sticky, f"D is sticky: {sticky}")
    listed = {item["name"]: item["slotSetting"] for item in s.az("webapp", "config", "appsettings", "list", *IN_SITE)}
    equal((listed["D"], listed["C"]), (True, False))


def settings_delete(s):
    s.az("webapp", "config", "appsettings", "delete", *IN_SITE, "--setting-names", "B")
    true("B" not in s.settings() and s.settings()["C"] == "3", "B is gone, C is not")


def identity_show(s):
    equal(s.az("webapp", "identity", "show", *IN_SITE)["type"], "SystemAssigned")


def slot_create(s):
    created = s.az("webapp", "deployment", "slot", "create", *IN_SITE, "--slot", "staging")
    equal(created["type"], "Microsoft.Web/sites/slots")
    true(s.tenant.resource(f"{s.site}/slots/staging"), "the slot is there")


def slot_list(s):
    equal([slot["name"] for slot in s.az("webapp", "deployment", "slot", "list", *IN_SITE)], ["staging"])


def slot_settings(s):
    s.az("webapp", "config", "appsettings", "set", *IN_SITE, "--slot", "staging", "--settings", "ONLY_HERE=1")
    equal(s.settings("/slots/staging")["ONLY_HERE"], "1")
    true("ONLY_HERE" not in s.settings(), "production has it not")


def slot_identity(s):
    assigned = s.az("webapp", "identity", "assign", *IN_SITE, "--slot", "staging")
    equal(s.tenant.resource(f"{s.site}/slots/staging")["identity"]["principalId"], assigned["principalId"])
    equal(len(s.tenant.directory_objects("servicePrincipals", id=assigned["principalId"])), 1, "service principals")


def slot_swap(s):
    before = s.settings()
    s.az("webapp", "deployment", "slot", "swap", *IN_SITE, "--slot", "staging")
    equal(s.settings()["ONLY_HERE"], "1", "what is not sticky comes along")
    equal(s.settings()["D"], "4", "what is sticky stays")
    true("ONLY_HERE" not in before, "it was not there before")
    s.az("webapp", "deployment", "slot", "swap", *IN_SITE, "--slot", "staging")
    equal(s.settings(), before, "a second swap brings all back")


def slot_delete(s):
    s.az("webapp", "deployment", "slot", "delete", *IN_SITE, "--slot", "staging")
    equal(s.tenant.resource(f"{s.site}/slots/staging"), None)


def config_show(s):
    equal(s.az("webapp", "config", "show", *IN_SITE)["healthCheckPath"], "/probe")


def config_set(s):
    s.az("webapp", "config", "set", *IN_SITE, "--always-on", "true", "--ftps-state", "Disabled", "--min-tls-version",
         "1.2", "--http20-enabled", "true")
    config = s.tenant.resource(f"{s.site}/config/web")["properties"]
    equal((config["alwaysOn"], config["ftpsState"], config["minTlsVersion"], config["http20Enabled"]),
          (True, "Disabled", "1.2", True))
    equal(config["healthCheckPath"], "/probe")


def hostname_list(s):
    names = [item["name"] for item in s.az("webapp", "config", "hostname", "list", "-g", GROUP, "--webapp-name", SITE)]
    true(any(name.endswith(f"{SITE}.azurewebsites.net") for name in names), names)


def list_runtimes(s):
    runtimes = s.az("webapp", "list-runtimes", "--os-type", "linux")
    true(any(runtime.upper().startswith("DOTNETCORE") for runtime in runtimes), runtimes)


def plan_create(s):
    s.az("appservice", "plan", "create", "-g", GROUP, "-n", "plan2", "--is-linux", "--sku", "B1")
    plan = s.tenant.resource(f"{s.web}/serverfarms/plan2")
    equal((plan["properties"]["reserved"], plan["sku"]["name"]), (True, "B1"))


def plan_show(s):
    equal(s.az("appservice", "plan", "show", "-g", GROUP, "-n", PLAN)["sku"]["name"], "S1")


def create(s):
    created = s.az("webapp", "create", "-g", GROUP, "-n", "app-made-here", "--plan", PLAN, "--assign-identity", "[system]",
                   "--https-only", "true")
    site = s.tenant.resource(f"{s.web}/sites/app-made-here")
    equal(site["identity"]["principalId"], created["identity"]["principalId"])
    equal(site["properties"]["httpsOnly"], True)
    principal = s.tenant.directory_objects("servicePrincipals", id=created["identity"]["principalId"])
    equal(principal[0]["servicePrincipalType"], "ManagedIdentity")


def create_with_role(s):
    created = s.az("webapp", "create", "-g", GROUP, "-n", "app-with-role", "--plan", PLAN, "--assign-identity",
                   "[system]", "--scope", s.account, "--role", "Storage Table Data Contributor")
    principal = created["identity"]["principalId"]
    found = [r for r in s.tenant.state()["resources"] if r["properties"].get("principalId") == principal]
    equal(len(found), 1, "role assignments")
    true(found[0]["id"].lower().startswith(s.account.lower()), found[0]["id"])


def update(s):
    s.az("webapp", "update", *IN_SITE, "--https-only", "true")
    equal(s.tenant.resource(s.site)["properties"]["httpsOnly"], True)


def restart(s):
    s.az("webapp", "restart", *IN_SITE)


def delete(s):
    s.az("webapp", "delete", "-g", GROUP, "-n", "app-with-role")
    equal(s.tenant.resource(f"{s.web}/sites/app-with-role"), None)


CHECKS = [show, show_absent, list_sites, settings_list, settings_set, settings_set_sticky, settings_delete, identity_show,
          slot_create, slot_list, slot_settings, slot_identity, slot_swap, slot_delete, config_show, config_set,
          hostname_list, list_runtimes, plan_create, plan_show, create, create_with_role, update, restart, delete]
