"""The named clouds with their settings as they are, through the simulator's proxy: which host is asked, and which gets which token."""

import urllib.parse

from daemon import Daemon
from tenant import Tenant, equal, true

# Where one logs in, Resource Manager and Graph (domain.md 4.7).
CLOUDS = {
    "AzureCloud": ("login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"),
    "AzureUSGovernment": ("login.microsoftonline.us", "management.usgovcloudapi.net", "graph.microsoft.us"),
    "AzureUSGovernmentDoD": ("login.microsoftonline.us", "management.usgovcloudapi.net", "dod-graph.microsoft.us"),
    "AzureChinaCloud": ("login.partner.microsoftonline.cn", "management.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
}


def in_cloud(daemon, cloud):
    """The configuration with CLOUD, which is what stands behind "cloud:"."""
    return daemon.configure((r"\n    cloud:\n(      .*\n)+", f"\n    cloud: {cloud}\n"))


def plan(daemon, config, status):
    """(Standard output, journal) of a plan through the proxy."""
    daemon.tenant.control("DELETE", "journal")
    output = daemon.expect(status, "plan", config, environment={"HTTPS_PROXY": daemon.tenant.proxy_url})
    return output, daemon.tenant.control("GET", "journal")


def host(line):
    return urllib.parse.urlsplit(line["url"]).hostname


def scopes(journal):
    """(host, scope) of each login."""
    return {(host(line), urllib.parse.parse_qs(line["body"])["scope"][0]) for line in journal
            if line["url"].endswith("/oauth2/v2.0/token")}


def says(output, *words):
    for word in words:
        true(word in output, f"{word!r} is not in: {output}")


def named_cloud(daemon, name):
    login, manager, graph = CLOUDS[name]
    output, journal = plan(daemon, in_cloud(daemon, f"{{name: {name}, ca_file: {daemon.tenant.ca_file}}}"), 2)
    says(output, "to add")
    # The simulated services refuse whatever was not issued for the very host, in the very cloud.
    equal({host(line) for line in journal}, {login, manager, graph})
    equal(scopes(journal), {(login, f"https://{manager}/.default"), (login, f"https://{graph}/.default")})
    equal([line["url"] for line in journal if line["status"] == 401], [])


def halves_of_two_clouds(daemon):
    """Entra of the one cloud knows nothing of the other one's services: one sentence says so."""
    config = in_cloud(daemon, "{authority: https://login.microsoftonline.us, resource_manager: https://management.azure.com, "
                              f"graph: https://graph.microsoft.us, ca_file: {daemon.tenant.ca_file}}}")
    output, journal = plan(daemon, config, 3)
    says(output, "CredentialRejected", "AADSTS500011", "does not know the service https://management.azure.com", "URLs under cloud")
    true("management.azure.com" not in {host(line) for line in journal}, "asked without a token")


def audience_of_its_own(daemon):
    """A cloud of one's own may have a Resource Manager whose tokens are for another name than its URL."""
    cloud = "{authority: https://login.microsoftonline.com, resource_manager: https://management.azure.com, " \
            f"graph: https://graph.microsoft.com, ca_file: {daemon.tenant.ca_file}, resource_manager_audience: '%s'}}"
    classic = "https://management.core.windows.net/"
    _, journal = plan(daemon, in_cloud(daemon, cloud % classic), 2)
    equal(scopes(journal), {("login.microsoftonline.com", f"{classic}/.default"),
                            ("login.microsoftonline.com", "https://graph.microsoft.com/.default")})


def wrong_audience(daemon):
    """Entra issues what is asked for; it is the service that does not take it."""
    cloud = "{authority: https://login.microsoftonline.com, resource_manager: https://management.azure.com, " \
            f"graph: https://graph.microsoft.com, ca_file: {daemon.tenant.ca_file}, resource_manager_audience: 'https://vault.azure.net'}}"
    output, journal = plan(daemon, in_cloud(daemon, cloud), 3)
    says(output, "CredentialRejected", "InvalidAuthenticationTokenAudience", "https://vault.azure.net", "cloud.resource_manager_audience")
    urls = [line["url"] for line in journal if line["status"] == 401]
    equal({url: urls.count(url) for url in urls}, {url: 2 for url in urls}, "once more with a renewed token, and no third time")


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        for name in CLOUDS:
            counter.check(f"the cloud {name}", lambda: named_cloud(daemon, name))
        for check in (halves_of_two_clouds, audience_of_its_own, wrong_audience):
            counter.check(check.__name__, lambda: check(daemon))
