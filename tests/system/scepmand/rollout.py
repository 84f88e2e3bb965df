"""One site after the other, each asked for its health before and after its settings are written."""

import os
import re

from completion import settings_writes
from daemon import Daemon
from tenant import Tenant, equal, true

LEVEL = "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"


def probes(tenant):
    """The hosts that were asked, in order."""
    return [line["url"].split("/")[2].split(".")[0] for line in tenant.control("GET", "journal")
            if line["url"].split("?")[0].endswith("/probe")]


def settings(tenant, site):
    """The resource that holds the settings of this site."""
    return next(r for r in tenant.state()["resources"] if r["id"].endswith(f"/sites/{site}/config/appsettings"))


def disturb(tenant, *sites):
    """Somebody lowers the level in the settings of the sites: a drift that leaves them healthy."""
    for site in sites:
        tenant.control("POST", "edit", {"id": settings(tenant, site)["id"], "merge": {"properties": {LEVEL: "0"}}})
    tenant.control("DELETE", "journal")


def unhealthy_after(daemon):
    """domain.md 6, case 117."""
    tenant, sites = daemon.tenant, ("app-scepman-contoso-cm", "app-scepman-contoso")
    disturb(tenant, *sites)
    before = settings(tenant, sites[1])
    tenant.control("POST", "faults", {"service": "site", "path": "/probe", "nth": 2, "status": 503})
    status, output, error = daemon.run("apply", daemon.configure(("settle: 0s", "settle: 1s")))
    equal(status, 3, output + error)
    for words in ("ProbeUnhealthy", "app-scepman-contoso-cm was healthy before scepmand wrote to it", "answers 503",
                  "az rest --method PUT"):
        true(words in output, f"{words!r} is not in: {output}")
    true("waiting until the site is healthy again" in error, error)
    equal(probes(tenant), [sites[0]] * 2)
    equal(settings(tenant, sites[1]), before, "the next site is untouched")
    equal(settings(tenant, sites[0])["properties"][LEVEL], "2")
    tenant.control("DELETE", "faults")

    # Another process knows that it is ill, and leaves the next site alone, too.
    tenant.control("POST", "faults", {"service": "site", "path": "/probe", "status": 503})
    tenant.control("DELETE", "journal")
    output = daemon.expect(3, "apply")
    true("ProbeUnhealthy" in output, output)
    equal(probes(tenant).count(sites[0]), 1)
    equal(settings_writes(tenant.control("GET", "journal")), [])
    equal(settings(tenant, sites[1]), before, "the next site is still untouched")
    tenant.control("DELETE", "faults")
    tenant.control("DELETE", "journal")
    daemon.expect(0, "apply")
    equal(settings(tenant, sites[1])["properties"][LEVEL], "2", "after recovery the rollout goes on")
    equal(sorted(probes(tenant)), sorted([sites[0], sites[1], sites[1]]))
    equal(len(settings_writes(tenant.control("GET", "journal"))), 1)


def what_is_known_of_sites_is_unreadable(daemon):
    """Nobody can say whether one of them is ill: none is written, and everything else is looked at."""
    tenant = daemon.tenant
    disturb(tenant, "app-scepman-contoso")
    directory = re.search('state_directory: "(.*)"', daemon.text)[1]
    path = os.path.join(directory, f"sites-{tenant.tenant_id}.json")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text[:-20])
    output = daemon.expect(3, "apply")
    true("it is no list of sites" in output and path in output, output)
    equal(settings(tenant, "app-scepman-contoso")["properties"][LEVEL], "0")
    with open(path, "w") as file:
        file.write(text)
    daemon.expect(0, "apply")


def nobody_is_asked(daemon):
    """Neither in a plan nor where nothing is written."""
    tenant = daemon.tenant
    disturb(tenant, "app-scepman-contoso")
    daemon.expect(2, "plan")
    equal(probes(tenant), [])
    daemon.expect(0, "apply")
    equal(len(probes(tenant)), 2)
    asked = [line for line in tenant.control("GET", "journal") if line["url"].endswith("/probe")]
    true(not any(name.lower() == "authorization" for line in asked for name in line["headers"]), "no token goes to a site")
    tenant.control("DELETE", "journal")
    daemon.expect(0, "apply")
    equal(probes(tenant), [])


def out_of_reach(daemon):
    """A site behind a private endpoint answers 403 to the public: it is written, and not waited for."""
    tenant = daemon.tenant
    disturb(tenant, "app-scepman-contoso")
    tenant.control("POST", "faults", {"service": "site", "path": "/probe", "status": 403})
    daemon.expect(0, "apply")
    tenant.control("DELETE", "faults")
    equal(len(probes(tenant)), 1)
    equal(settings(tenant, "app-scepman-contoso")["properties"][LEVEL], "2")


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "completed") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        daemon.expect(0, "apply")
        for check in (unhealthy_after, what_is_known_of_sites_is_unreadable, nobody_is_asked, out_of_reach):
            counter.check(check.__name__, lambda: check(daemon))
