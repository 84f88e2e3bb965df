"""The main job on what the vendor's template deploys: planned, applied, and left alone."""

import urllib.request

from daemon import Daemon, mutating
from tenant import Tenant, equal, true

HOSTS = ("app-scepman-contoso", "app-scepman-contoso-cm")
# A hundred passes where the case demands it, some where only the operating system or the way of access to the vault differs.
PASSES = {"fresh": 100, "slots": 100, "linux": 10, "key-vault-policies": 10}


def probe(tenant, host):
    """The status of a web app's own health check; its host exists in the simulated tenant only."""
    request = urllib.request.Request(f"{tenant.url}/probe", headers={"Host": f"{host}.azurewebsites.net"})
    try:
        with tenant.opener.open(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def settings_writes(journal):
    return [line["url"] for line in journal
            if line["method"] == "PUT" and "/config/appsettings?" in line["url"].lower()]


def complete(tenant, daemon, config=None):
    tenant.control("DELETE", "journal")
    before = tenant.state()
    plan = daemon.plan(2, config)
    equal(mutating(tenant.control("GET", "journal")), [], "what a plan has sent")
    equal(tenant.state(), before, "the tenant after a plan")
    true(plan["summary"]["add"] > 0 and plan["summary"]["blocked"] == 0, plan["summary"])
    sites = [r for r in before["resources"] if r["id"].lower().endswith("/config/appsettings")]
    equal(plan["summary"]["restarts"], len(sites), "restarts in the plan")

    tenant.control("DELETE", "counters")
    tenant.control("DELETE", "journal")
    output = daemon.expect(0, "apply", config)
    true("Applied: " in output, output)
    writes = settings_writes(tenant.control("GET", "journal"))
    equal(len(writes), len(sites), "settings writes")
    equal(len(set(writes)), len(sites), "sites written")
    equal(sorted(tenant.control("GET", "counters")["restarts"].values()), [1] * len(sites), "restarts")
    for host in HOSTS:
        equal(probe(tenant, host), 200, f"health of {host}")
    equal(daemon.expect(0, "plan", config).splitlines()[-1], "In sync.")


def nothing_more(tenant, daemon, passes):
    tenant.control("DELETE", "counters")
    before = tenant.state()
    for _ in range(passes):
        daemon.expect(0, "apply", None, "--quiet")
    counters = tenant.control("GET", "counters")
    equal(counters["writes"], 0, f"writes of {passes} passes")
    equal(counters["restarts"], {}, "restarts")
    equal(tenant.state(), before, "the tenant")


def foreign_settings_are_kept(before, after):
    """Every setting that is not ours is as it was, and no other resource that was there has changed."""
    ours = ("applicationid", "url", "enabled", "managedidentityenabledonunixtime", "managedidentitypermissionlevel",
            "managedidentityenabledforwebsitehostname", "tablestorageendpoint", "datacollectionendpointuri", "ruleid",
            "workspaceid", "sharedkey", "scepmanapiscope")
    resources = {resource["id"].lower(): resource for resource in after["resources"]}
    for resource in before["resources"]:
        if not resource["id"].lower().endswith("/config/appsettings"):
            continue
        now = resources[resource["id"].lower()]["properties"]
        for name, value in resource["properties"].items():
            last = name.replace("__", ":").split(":")[-1].lower()
            if last not in ours or "BaseUrl" in name:
                equal(now.get(name), value, f"setting {name} of {resource['id']}")


def run(counter, daemon_binary, sim_binary):
    for scenario, passes in PASSES.items():
        with Tenant(sim_binary, "--scenario", scenario) as tenant:
            daemon = Daemon(daemon_binary, tenant)
            before = tenant.state()
            counter.check(f"{scenario}: plan, apply, in sync, healthy", lambda: complete(tenant, daemon))
            counter.check(f"{scenario}: foreign settings are as they were",
                          lambda: foreign_settings_are_kept(before, tenant.state()))
            counter.check(f"{scenario}: case_039, {passes} more passes write nothing", lambda: nothing_more(tenant, daemon, passes))
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        config = daemon.configure((r"(?s)cloud:.*?(\n    credential:)", rf"cloud: {{name: AzureCloud, ca_file: {tenant.ca_file}}}\1"))
        environment = {"HTTPS_PROXY": tenant.proxy_url, "NO_PROXY": ""}
        counter.check("the public cloud's own names, through a proxy",
                      lambda: (daemon.expect(0, "apply", config, environment=environment),
                               equal(daemon.expect(0, "plan", config, environment=environment).splitlines()[-1], "In sync.")))
