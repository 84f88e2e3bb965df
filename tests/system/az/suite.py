#!/usr/bin/env python3
"""Drives the simulated tenant with the real Azure CLI (Debian's azure-cli 2.45): once in a registered cloud, once with the
settings of the public cloud through the CONNECT proxy. Usage: suite.py PATH-OF-TENANT-SIM"""

import concurrent.futures
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import directory  # noqa: E402
import more  # noqa: E402
import resources  # noqa: E402
import web  # noqa: E402
from session import SITE, Session  # noqa: E402
from tenant import Counter, Tenant, equal, true  # noqa: E402


def log_in(s):
    accounts = s.az("login", "--service-principal", "-u", s.tenant.client_id, "-p", s.tenant.client_secret, "--tenant",
                    s.tenant.tenant_id)
    equal([account["id"] for account in accounts], s.tenant.subscription_ids)


def log_in_wrongly(s):
    s.refused("AADSTS7000215", "login", "--service-principal", "-u", s.tenant.client_id, "-p", "wrong", "--tenant",
              s.tenant.tenant_id)


def registered(s):
    """An authority that ends in /adfs: this version looks up all others at login.microsoftonline.com (wire.md 0.2)."""
    url = s.tenant.url
    s.az("cloud", "register", "-n", "simcloud", "--cloud-config", s.file("cloud.json", {
        "endpoints": {"resourceManager": url + "/", "management": url, "activeDirectory": url + "/adfs",
                      "activeDirectoryResourceId": url, "activeDirectoryGraphResourceId": url,
                      "microsoftGraphResourceId": url},
        "suffixes": {"storageEndpoint": "core.localhost", "keyvaultDns": ".vault.localhost"}}))
    s.az("cloud", "set", "-n", "simcloud")


def metadata(s):
    """A cloud that is registered by its address alone describes itself."""
    s.az("cloud", "register", "-n", "described", "--endpoint-resource-manager", s.tenant.url)
    shown = s.az("cloud", "show", "-n", "described")
    true(shown["endpoints"]["activeDirectory"], "an authority was found")


def account_show(s):
    equal(s.az("account", "show")["tenantId"], s.tenant.tenant_id)


def access_token(s):
    token = s.az("account", "get-access-token")
    equal((token["tokenType"], token["subscription"]), ("Bearer", s.subscription))


def stock_settings(s):
    before = s.settings()
    s.az("webapp", "config", "appsettings", "set", "-g", "rg-scepman", "-n", SITE, "--settings", "VIA_PROXY=1")
    equal(s.settings(), {**before, "VIA_PROXY": "1"})


def stock_list(s):
    true(s.az("ad", "sp", "list", "--filter", "appId eq '00000003-0000-0000-c000-000000000000'"), "Graph's principal")


def stock_rest(s):
    listed = s.az("rest", "--uri", "https://graph.microsoft.com/v1.0/organization")
    equal(listed["value"][0]["id"], s.tenant.tenant_id)


def no_unknown_route(tenant):
    unknown = [f"{line['method']} {line['url']}" for line in tenant.control("GET", "journal") if line.get("unknown_route")]
    equal(unknown, [], "requests that nothing simulates")


def run(counter, s, checks):
    for check in checks:
        module = check.__module__.replace("__main__", "suite")
        counter.check(f"{module}.{check.__name__} ({os.path.basename(s.directory)})", lambda: check(s))


def main():
    counter = Counter("az")
    if not shutil.which("az"):
        counter.skip("az", "it is not installed: apt-get install --no-install-recommends azure-cli")
        counter.finish()
    with Tenant(sys.argv[1], "--scenario", "fresh") as tenant:
        # az takes most of a second for each command, so two of them work at the same time, on things apart.
        first, second = (Session(tenant, name, {}) for name in ("first", "second"))
        first.graph = second.graph = tenant.url
        with concurrent.futures.ThreadPoolExecutor(2) as lanes:
            both = [lanes.submit(run, counter, first, [registered, metadata, log_in_wrongly, log_in, *web.CHECKS]),
                    lanes.submit(run, counter, second, [registered, log_in, account_show, access_token, *resources.CHECKS])]
            concurrent.futures.wait(both)
            both = [lanes.submit(run, counter, first, more.CHECKS), lanes.submit(run, counter, second, directory.CHECKS)]
        s = Session(tenant, "stock", {"HTTPS_PROXY": tenant.proxy_url})
        s.graph = "https://graph.microsoft.com"
        run(counter, s, [log_in, account_show, stock_settings, stock_list, stock_rest])
        counter.check("every request has a route", lambda: no_unknown_route(tenant))
    counter.finish()


if __name__ == "__main__":
    main()
