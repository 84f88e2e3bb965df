"""Makes the daemon send what it can send, and gives the journals."""

from daemon import Daemon
from tenant import Tenant


def edit(tenant, change):
    state = tenant.state()
    change(state)
    tenant.control("PUT", "state", state)


def without(part):
    """Removes the resources whose id has this part."""
    def change(state):
        state["resources"] = [r for r in state["resources"] if part.lower() not in r["id"].lower()]
    return change


def ordinary(daemon):
    return None


def reports(daemon):
    return daemon.configure(tenant="    entra_grants: report\n    azure_roles: report\n")


def search(daemon):
    return daemon.configure((r"\n *subscription_id: .*", ""), (r"\n *resource_group: .*", ""))


def certificate_master_is_created(daemon):
    edit(daemon.tenant, without("/sites/app-scepman-contoso-cm"))
    return daemon.configure((r'app_service: "app-scepman-contoso-cm"',
                             "app_service: app-scepman-contoso-cm\n          create: true"))


def certificate_master_is_searched(daemon):
    return daemon.configure((r"        certificate_master:\n *app_service: .*\n", ""))


def storage_account_is_created(daemon):
    def change(state):
        without("/storageAccounts/")(state)
        for resource in state["resources"]:
            if resource["id"].lower().endswith("/config/appsettings"):
                for name in [n for n in resource["properties"] if n.endswith("TableStorageEndpoint")]:
                    del resource["properties"][name]
    edit(daemon.tenant, change)
    return daemon.configure(instance="        storage_account: {name: stgscepmancm, create: true}\n")


def users_and_clients(daemon):
    tenant = daemon.tenant
    client = tenant.directory_objects("servicePrincipals", appId=tenant.client_id)[0]["id"]
    user = tenant.directory_objects("users")[0]["userPrincipalName"]
    group = tenant.directory_objects("groups")[0]["displayName"]
    return daemon.configure(
        (r"(        certificate_master:\n)", r"\1          role_assignments:\n"
         rf'            - {{role: Admin.Full, group: "{group}"}}' "\n"
         rf'            - {{role: Request.Server, user: "{user}"}}' "\n"),
        instance=f"        api_clients: [{{service_principal: {client}, role: CSR.Request.Db}}]\n")


def pinned_applications(daemon):
    """Completed, then found by the application ids that the configuration pins."""
    daemon.expect(0, "apply")
    names = ((key, daemon.tenant.directory_objects("applications", displayName=name)[0])
             for key, name in (("scepman_api", "SCEPman-api"), ("certificate_master", "SCEPman-CertMaster")))
    lines = "".join(f"          {key}: {{display_name: {app['displayName']}, app_id: {app['appId']}}}\n" for key, app in names)
    return daemon.configure(instance="        app_registrations:\n" + lines)


def classic_table(daemon):
    """A table of the old kind, which the configuration consents to migrate."""
    def change(state):
        workspace = next(r for r in state["resources"] if r["type"].lower() == "microsoft.operationalinsights/workspaces")
        state["resources"].append({
            "id": workspace["id"] + "/tables/SCEPman_CL", "name": "SCEPman_CL",
            "type": "Microsoft.OperationalInsights/workspaces/tables",
            "properties": {"plan": "Analytics", "schema": {"name": "SCEPman_CL", "tableType": "CustomLog",
                                                           "tableSubType": "Classic", "columns": []}}})
    edit(daemon.tenant, change)
    return daemon.configure(instance="        logging: {migrate_table: true}\n")


def damaged(daemon):
    """Completed, then something of each kind that is mended and not made."""
    def change(state):
        directory = state["directory"]
        for app in directory["applications"]:
            if app["displayName"].startswith("SCEPman-"):
                app["appRoles"] = app["appRoles"][:1]
                app["web"]["redirectUris"] = []
                app["identifierUris"] = []
        for principal in directory["servicePrincipals"]:
            if principal["displayName"].startswith("SCEPman-"):
                principal["appRoleAssignmentRequired"] = False
        for grant in directory["oauth2PermissionGrants"]:
            grant["scope"] = "openid"
        for resource in state["resources"]:
            properties = resource.get("properties", {})
            if "/tables/" in resource["id"]:
                properties["schema"]["columns"] = properties["schema"]["columns"][:3]
            for name in [n for n in properties if "LoggingConfig" in n]:  # a rule that they name is not ours to change
                del properties[name]
            if "streamDeclarations" in properties:
                properties["dataFlows"] = []
                for stream in properties["streamDeclarations"].values():
                    stream["columns"] = stream["columns"][:3]
    edit(daemon.tenant, change)
    return None


def named_workspace(daemon):
    workspace = next(r["id"] for r in daemon.tenant.state()["resources"]
                     if r["type"].lower() == "microsoft.operationalinsights/workspaces")
    return daemon.configure(instance=f"        logging: {{workspace: {workspace}}}\n")


def older_runtime(daemon):
    def change(state):
        for resource in state["resources"]:
            if resource["id"].lower().endswith("/config/web"):
                resource["properties"]["netFrameworkVersion"] = "v8.0"
    edit(daemon.tenant, change)
    return None


def prestaged_roles(daemon):
    return daemon.configure(instance="        key_vault: {prestage_rbac: true}\n")


# (scenario of the simulated tenant, what the configuration says): all of them end in sync, but where grants are withheld.
RUNS = [
    ("fresh", ordinary), ("linux", ordinary), ("key-vault-policies", ordinary), ("completed", ordinary), ("slots", ordinary),
    ("two-installations", ordinary), ("many:5", ordinary), ("fresh", reports), ("fresh", search), ("slots", search),
    ("fresh", certificate_master_is_created), ("linux", certificate_master_is_created), ("fresh", certificate_master_is_searched),
    ("fresh", storage_account_is_created), ("fresh", users_and_clients), ("fresh", pinned_applications), ("fresh", classic_table),
    ("fresh", named_workspace), ("completed", damaged), ("completed", older_runtime), ("key-vault-policies", prestaged_roles),
]


def journals(daemon_binary, sim_binary):
    """(title, journal) of each run: plan, apply, and a pass when there is nothing more to do."""
    for scenario, configure in RUNS:
        title = f"{scenario}, {configure.__name__.replace('_', ' ')}"
        with Tenant(sim_binary, "--scenario", scenario) as tenant:
            daemon = Daemon(daemon_binary, tenant)
            config = configure(daemon)
            runs = [daemon.run(command, config) for command in ("plan", "apply", "apply")]
            statuses = [run[0] for run in runs]
            if statuses[1:] != ([3, 3] if configure is reports else [0, 0]):
                raise AssertionError(f"{title}: exit statuses {statuses}\n{runs[1][1]}\n{runs[1][2]}")
            yield f"{title} {statuses}", tenant.control("GET", "journal")
