"""One signed-in Azure CLI with a configuration directory of its own."""

import json
import os
import subprocess

# The names of the scenario "fresh".
GROUP = "rg-scepman"
SITE = "app-scepman-contoso"
MASTER = "app-scepman-contoso-cm"
PLAN = "asp-scepman-contoso"
VAULT = "kv-scepman-contoso"
ACCOUNT = "stscepmancontoso"
WORKSPACE = "log-scepman-contoso"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"


class Session:
    def __init__(self, tenant, name, environment):
        self.tenant = tenant
        self.directory = os.path.join(tenant.directory, name)
        os.makedirs(self.directory)
        # The first command would otherwise ask the network for newer versions.
        with open(os.path.join(self.directory, "versionCheck.json"), "w") as file:
            json.dump({"versions": {"azure-cli": {"local": "2.45.0"}, "core": {"local": "2.45.0"},
                                    "telemetry": {"local": "1.0.8"}},
                       "update_time": "2036-01-01 00:00:00.000000"}, file)
        self.environment = dict(os.environ, AZURE_CONFIG_DIR=self.directory, AZURE_CORE_COLLECT_TELEMETRY="false",
                                AZURE_CORE_NO_COLOR="true", AZURE_CORE_SURVEY_MESSAGE="false",
                                REQUESTS_CA_BUNDLE=tenant.ca_file, SSL_CERT_FILE=tenant.ca_file)
        for variable in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
            self.environment.pop(variable, None)
        self.environment.update(environment)
        self.subscription = tenant.subscription_ids[0]
        self.scope = f"/subscriptions/{self.subscription}"
        self.group = f"{self.scope}/resourceGroups/{GROUP}"
        self.web = f"{self.group}/providers/Microsoft.Web"
        self.site = f"{self.web}/sites/{SITE}"
        self.vault = f"{self.group}/providers/Microsoft.KeyVault/vaults/{VAULT}"
        self.account = f"{self.group}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
        self.workspace = f"{self.group}/providers/Microsoft.OperationalInsights/workspaces/{WORKSPACE}"

    def run(self, *arguments):
        """(exit status, standard output, standard error) of az."""
        result = subprocess.run(["az", *arguments], env=self.environment, capture_output=True, text=True, timeout=120)
        return result.returncode, result.stdout, result.stderr

    def az(self, *arguments):
        """The JSON that az prints; None when it prints nothing. It must succeed."""
        status, output, error = self.run(*arguments, "--output", "json")
        if status != 0:
            raise AssertionError(f"az {' '.join(arguments)}: exit status {status}: {error[-1500:]}")
        return json.loads(output) if output.strip() else None

    def refused(self, wanted, *arguments):
        """az must fail, and say WANTED."""
        status, _, error = self.run(*arguments)
        if status == 0 or wanted not in error:
            raise AssertionError(f"az {' '.join(arguments)}: exit status {status}, {wanted} is not in: {error[-1500:]}")

    def file(self, name, content):
        """@PATH of a file with this JSON."""
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            json.dump(content, file)
        return "@" + path

    def settings(self, path=""):
        resource = self.tenant.resource(f"{self.site}{path}/config/appsettings")
        return resource["properties"] if resource else {}
