"""What the configuration may ask for beyond the ordinary: reports instead of grants, creation, users and clients."""

import json
import os
import shutil
import subprocess
import sys

from completion import HOSTS, probe
from daemon import Daemon
from tenant import Tenant, equal, true

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "az"))
from session import Session  # noqa: E402

REPORT = "    entra_grants: report\n    azure_roles: report\n"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"


def sign_in(tenant):
    """The real Azure CLI in a registered cloud, as an administrator would use it."""
    s = Session(tenant, "administrator", {})
    url = tenant.url
    s.az("cloud", "register", "-n", "simcloud", "--cloud-config", s.file("cloud.json", {
        "endpoints": {"resourceManager": url, "management": url, "activeDirectory": url + "/adfs",
                      "activeDirectoryResourceId": url, "activeDirectoryGraphResourceId": url,
                      "microsoftGraphResourceId": url},
        "suffixes": {"storageEndpoint": "core.localhost", "keyvaultDns": ".vault.localhost"}}))
    s.az("cloud", "set", "-n", "simcloud")
    s.az("login", "--service-principal", "-u", tenant.client_id, "-p", tenant.client_secret, "--tenant", tenant.tenant_id)
    return s


def withheld(daemon):
    """Without Global Administrator: everything else is done, the commands are printed, and running them brings about the rest."""
    tenant = daemon.tenant
    config = daemon.configure(tenant=REPORT)
    output = daemon.expect(3, "apply", config)
    true("withheld" in output, output)
    graph = tenant.directory_objects("servicePrincipals", appId=GRAPH_APP)[0]["id"]
    own = {r["identity"]["principalId"] for r in tenant.state()["resources"]
           if r["type"].lower() == "microsoft.web/sites"}
    equal([a for a in tenant.state()["directory"]["appRoleAssignments"]
           if a["principalId"] in own and a["resourceId"] == graph], [], "roles of Microsoft Graph")
    script = daemon.expect(3, "grants", config)
    listed = json.loads(daemon.expect(3, "grants", config, "--json"))
    equal(script.count("\naz rest "), len(listed), "commands")
    true(len(listed) >= 10 and all(item["command"] for item in listed), listed)
    return config, script


def withheld_and_run(daemon):
    config, script = withheld(daemon)
    s = sign_in(daemon.tenant)
    result = subprocess.run(["sh", "-c", script], env=s.environment, capture_output=True, text=True, timeout=300)
    equal(result.returncode, 0, result.stdout + result.stderr)
    daemon.expect(0, "apply", config)
    for host in HOSTS:
        equal(probe(daemon.tenant, host), 200, host)
    equal(daemon.expect(0, "grants", config), "# nothing is withheld\n")


def azure_cli_credential(daemon):
    s = sign_in(daemon.tenant)
    config = daemon.configure((r"(?s)credential:\n.*?(\n    instances:)", r"credential: {type: azure_cli}\1"))
    daemon.expect(0, "apply", config, environment={"AZURE_CONFIG_DIR": s.directory, "REQUESTS_CA_BUNDLE": daemon.tenant.ca_file})


def edit(tenant, function):
    state = tenant.state()
    function(state)
    tenant.control("PUT", "state", state)


def without(*ends):
    """Removes resources whose id ends, or goes on, so."""
    def function(state):
        state["resources"] = [r for r in state["resources"]
                              if not any(part.lower() in r["id"].lower() for part in ends)]
    return function


def case_079_certificate_master_is_created(daemon):
    tenant = daemon.tenant
    edit(tenant, without("/sites/app-scepman-contoso-cm"))
    output = daemon.expect(3, "apply")
    true("CertificateMasterMissing" in output, output)
    equal([r["name"] for r in tenant.state()["resources"] if r["type"].lower() == "microsoft.web/sites"], [HOSTS[0]], "sites without consent")
    config = daemon.configure((r"app_service: \"app-scepman-contoso-cm\"", r"app_service: app-scepman-contoso-cm\n          create: true"))
    plan = daemon.plan(2, config)
    actions = plan["tenants"][0]["instances"][0]["actions"]
    true(any(a["kind"] == "site" and a["action"] == "create" for a in actions), actions)
    daemon.expect(0, "apply", config)
    site, = (r for r in tenant.state()["resources"] if r["name"] == HOSTS[1])
    scepman, = (r for r in tenant.state()["resources"] if r["name"] == HOSTS[0])
    for name in ("serverFarmId", "reserved", "virtualNetworkSubnetId"):
        equal(site["properties"].get(name), scepman["properties"].get(name), f"{name}, as SCEPman's")
    equal(site["properties"]["httpsOnly"], True)
    web = tenant.resource(f"{site['id']}/config/web")["properties"]
    equal([web[name] for name in ("alwaysOn", "ftpsState", "use32BitWorkerProcess")], [True, "Disabled", False])
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")
    for host in HOSTS:
        equal(probe(tenant, host), 200, host)


def users_and_clients(daemon):
    tenant = daemon.tenant
    group = tenant.directory_objects("groups", displayName="PKI Admins")[0]
    client = tenant.directory_objects("servicePrincipals", appId=tenant.client_id)[0]
    config = daemon.configure(
        (r"(        certificate_master:\n)", r'\1          role_assignments: [{role: Admin.Full, group: "PKI Admins"}]\n'),
        instance=f"        api_clients: [{{service_principal: {client['id']}, role: CSR.Request.Db}}]\n")
    daemon.expect(0, "apply", config)
    assignments = tenant.state()["directory"]["appRoleAssignments"]
    equal(len([a for a in assignments if a["principalId"] == group["id"]]), 1)
    api = tenant.directory_objects("servicePrincipals", displayName="SCEPman-api")[0]
    equal(len([a for a in assignments if a["principalId"] == client["id"] and a["resourceId"] == api["id"]]), 1)
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")
    config = daemon.configure(
        (r"(        certificate_master:\n)", r'\1          role_assignments: [{role: Admin.Full, group: "Nobody"}]\n'))
    output = daemon.expect(3, "apply", config)
    true("PrincipalNotFound" in output and "Nobody" in output, output)


def nothing_to_grant(daemon):
    """Drift that the daemon may mend itself is no grant."""
    equal(daemon.expect(0, "grants"), "# nothing is withheld\n")


def hold(daemon):
    tenant = daemon.tenant
    before = tenant.state()
    output = daemon.expect(3, "apply", daemon.configure(instance="        hold: true\n"))
    true("HeldByOperator" in output, output)
    equal(tenant.state(), before)


def search(daemon):
    """Neither subscription nor resource group are configured."""
    config = daemon.configure((r"\n *subscription_id: .*", ""), (r"\n *resource_group: .*", ""))
    daemon.expect(0, "apply", config)
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")


def logging_is_not_managed(daemon):
    before = daemon.tenant.state()
    daemon.expect(0, "apply", daemon.configure(instance="        logging: {manage: false}\n"))
    after = daemon.tenant.state()
    equal([r["id"] for r in after["resources"] if "dataCollectionRules" in r["id"]], [])
    for resource in before["resources"]:
        for name in resource.get("properties", {}):
            if "SharedKey" in name:
                now = next(r for r in after["resources"] if r["id"] == resource["id"])
                true(name in now["properties"], "the shared key is kept")


def backups(daemon):
    """The settings as they were before each write, in files that only we can read."""
    daemon.expect(0, "apply")
    found = {}
    for folder, _, files in os.walk(daemon.tenant.directory):
        for name in files:
            path = os.path.join(folder, name)
            if "backups" in path:
                equal(os.stat(path).st_mode & 0o777, 0o600, path)
                with open(path) as file:
                    found[name.split("-20")[0]] = json.load(file)["properties"]
    equal(sorted(found), sorted(HOSTS), "backups")
    true("AppConfig:LicenseKey" in found[HOSTS[0]], "the settings are in it")


def no_backup_no_write(daemon):
    """Where the settings cannot be saved they are not written, but everything else is; where no trail can be kept, nothing is."""
    tenant = daemon.tenant
    config = daemon.configure((r"state_directory: .*", "state_directory: /dev/null/nowhere"))
    output = daemon.expect(3, "apply", config)
    true("WriteHeldBack" in output and "daemon.state_directory" in output, output)
    equal(tenant.control("GET", "counters")["writes"], 0, "writes without a trail")
    folder = os.path.join(tenant.directory, "no-backups")
    os.mkdir(folder, 0o700)
    with open(os.path.join(folder, "backups"), "w"):
        config = daemon.configure((r"state_directory: .*", f"state_directory: {folder}"))
    output = daemon.expect(3, "apply", config)
    true("WriteHeldBack" in output and "daemon.state_directory" in output, output)
    equal(tenant.control("GET", "counters")["restarts"], {}, "restarts")
    true(tenant.directory_objects("applications", displayName="SCEPman-api"), "the rest is done")
    daemon.expect(0, "apply")


def run(counter, daemon_binary, sim_binary):
    real_az = (withheld_and_run, azure_cli_credential)
    for check in (withheld, withheld_and_run, azure_cli_credential, case_079_certificate_master_is_created, users_and_clients,
                  nothing_to_grant, hold, search, logging_is_not_managed, backups, no_backup_no_write):
        if check in real_az and not shutil.which("az"):
            counter.skip(check.__name__, "azure-cli is not installed")
            continue
        with Tenant(sim_binary, "--scenario", "fresh") as tenant:
            counter.check(check.__name__, lambda: check(Daemon(daemon_binary, tenant)))
