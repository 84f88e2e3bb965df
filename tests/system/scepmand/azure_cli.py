"""Credential type azure_cli with Debian's az, against the simulated tenant."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "az"))

from daemon import Daemon  # noqa: E402
from session import Session  # noqa: E402
from tenant import Tenant, equal, true  # noqa: E402

TENANT_ID = "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
OTHER_ID = "00000000-1111-4222-8333-444455556666"


def config(daemon, *more):
    return daemon.configure((r"    credential:\n(      .*\n)+", "    credential: {type: azure_cli}\n"), *more)


def says(output, *words):
    for word in words:
        true(word in output, f"{word!r} is not in: {output}")


def registered(session):
    """An authority that ends in /adfs: this az looks up all others at login.microsoftonline.com."""
    url = session.tenant.url
    session.az("cloud", "register", "-n", "simcloud", "--cloud-config", session.file("cloud.json", {
        "endpoints": {"resourceManager": url + "/", "management": url, "activeDirectory": url + "/adfs",
                      "activeDirectoryResourceId": url, "activeDirectoryGraphResourceId": url,
                      "microsoftGraphResourceId": url},
        "suffixes": {"storageEndpoint": "core.localhost", "keyvaultDns": ".vault.localhost"}}))
    session.az("cloud", "set", "-n", "simcloud")


def log_in(session):
    session.az("login", "--service-principal", "-u", session.tenant.client_id, "-p", session.tenant.client_secret,
               "--tenant", session.tenant.tenant_id)


def nobody_is_logged_in(daemon, session):
    says(daemon.expect(1, "plan", config(daemon), environment=session.environment),
         "CredentialRejected", "nobody is logged in with the Azure CLI", f"az login --tenant {TENANT_ID}")


def default_asks_it_when_it_is_named(daemon, session):
    """Type default asks az when the variable says so, and says what else it looked at when it may not."""
    text = daemon.configure((r"    credential:\n(      .*\n)+", "    credential: {type: default}\n"))
    environment = dict(session.environment, AZURE_TOKEN_CREDENTIALS="AzureCliCredential")
    says(daemon.expect(1, "plan", text, environment=environment), "(1) azure_cli: nobody is logged in")
    says(daemon.expect(1, "plan", text, environment=dict(environment, AZURE_TOKEN_CREDENTIALS="AzurePowerShellCredential")),
         "AZURE_TOKEN_CREDENTIALS is AzurePowerShellCredential", "prod, dev")


def logged_in(daemon, session):
    """It completes the installation with az's token, and no login of its own."""
    log_in(session)
    daemon.tenant.control("DELETE", "journal")
    daemon.expect(0, "apply", config(daemon), environment=session.environment)
    journal = daemon.tenant.control("GET", "journal")
    logins = {line["user_agent"].split("/")[0] for line in journal if "/oauth2/" in line["url"]}
    true(not any("scepmand" in agent for agent in logins), logins)
    environment = dict(session.environment, AZURE_TOKEN_CREDENTIALS="dev")
    text = daemon.configure((r"    credential:\n(      .*\n)+", "    credential: {type: default}\n"))
    equal(daemon.expect(0, "plan", text, environment=environment).splitlines()[-1], "In sync.")


def of_another_tenant(daemon, session):
    """az gives a service principal's token whatever tenant it is asked for: it is looked at, and never used."""
    daemon.tenant.control("DELETE", "journal")
    output = daemon.expect(1, "plan", config(daemon, (r"tenant_id: .*", f"tenant_id: {OTHER_ID}")), environment=session.environment)
    says(output, "CredentialRejected", TENANT_ID, OTHER_ID, f"az login --tenant {OTHER_ID}")
    asked = [line["url"] for line in daemon.tenant.control("GET", "journal") if "/oauth2/" not in line["url"] and
             "openid" not in line["url"]]
    equal(asked, [], "a token of another tenant was sent")


def its_secret_is_removed(daemon, session):
    # az keeps its tokens, so it is asked anew in a directory where only the login is.
    os.unlink(os.path.join(session.directory, "msal_token_cache.json"))
    state = daemon.tenant.state()
    try:
        daemon.tenant.control("PUT", "state", dict(state, credentials=[]))
        says(daemon.expect(1, "plan", config(daemon), environment=session.environment), "CredentialRejected", "AADSTS7000215",
             "the service principal that is logged in with the Azure CLI is refused", "az login --service-principal")
    finally:
        daemon.tenant.control("PUT", "state", state)


def run(counter, daemon_binary, sim_binary):
    if not shutil.which("az"):
        print("az is not installed: apt-get install --no-install-recommends azure-cli")
        sys.exit(77)
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        session = Session(tenant, "az", {})
        registered(session)
        for check in (nobody_is_logged_in, default_asks_it_when_it_is_named, logged_in, of_another_tenant, its_secret_is_removed):
            counter.check(check.__doc__ or check.__name__, lambda: check(daemon, session))
