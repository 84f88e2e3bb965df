"""What the edge cases have in common: one simulated tenant for all of a scenario, begun anew for each case."""

import re
import signal
import subprocess

from daemon import Daemon
from tenant import Tenant, equal, true

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman"
SITES = f"{GROUP}/providers/Microsoft.Web/sites"
SCEPMAN = f"{SITES}/app-scepman-contoso"
MASTER = f"{SITES}/app-scepman-contoso-cm"
GRAPH = "00000003-0000-0000-c000-000000000000"
TIME = "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime"
LEVEL = "AppConfig:AuthConfig:ManagedIdentityPermissionLevel"
REPORT = "    entra_grants: report\n    azure_roles: report\n"


class Case(Daemon):
    """scepmand for one case: with a state directory of its own, before a tenant that is as its scenario begins."""

    count_of_cases = 0

    def __init__(self, binary, tenant, scenario):
        super().__init__(binary, tenant)
        Case.count_of_cases += 1
        self.text = re.sub(r"scepmand-state", f"scepmand-state-{Case.count_of_cases}", self.text)
        self.default = self.configure()
        for name in ("faults", "writers"):
            tenant.control("DELETE", name)
        tenant.control("POST", "scenario", {"name": scenario})
        self.forget()

    def run(self, command, config=None, *options, **named):
        return super().run(command, config or self.default, *options, **named)

    def one_pass(self, until="looking again"):
        """`apply`, told to end when it would wait before its next pass: (exit status, standard output)."""
        process = subprocess.Popen([self.binary, "apply", "-c", self.default], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        for line in process.stderr:
            if until in line:
                process.send_signal(signal.SIGTERM)
                break
        output, _ = process.communicate(timeout=300)
        return process.returncode, output

    def forget(self):
        for name in ("journal", "counters"):
            self.tenant.control("DELETE", name)

    def journal(self, method="", part=""):
        """Requests in their order, those of batches among them; METHOD and a PART of the URL without regard to case."""
        return [line for line in self.tenant.control("GET", "journal")
                if line["method"].startswith(method) and part.lower() in line["url"].lower()]

    def edit(self, id, **change):
        """One change by somebody else: merge=, put= or remove=."""
        self.tenant.control("POST", "edit", {"id": id, **change})

    def change(self, function):
        """FUNCTION may change the whole tenant."""
        state = self.tenant.state()
        function(state)
        self.tenant.control("PUT", "state", state)

    def fault(self, **rule):
        self.tenant.control("POST", "faults", rule)

    def mend(self):
        self.tenant.control("DELETE", "faults")

    def settings(self, site=SCEPMAN):
        return self.tenant.resource(f"{site}/config/appsettings")["properties"]

    def set(self, site=SCEPMAN, **settings):
        """Settings by name, None for none."""
        self.edit(f"{site}/config/appsettings", merge={"properties": settings})

    def principal(self, site=SCEPMAN):
        return self.tenant.resource(site)["identity"]["principalId"]

    def roles(self, site=SCEPMAN):
        """App roles that the identity of a site has: (principal that has them to give, role)."""
        return sorted((a["resourceId"], a["appRoleId"]) for a in self.tenant.state()["directory"]["appRoleAssignments"]
                      if a["principalId"] == self.principal(site))

    def in_sync(self, config=None):
        equal(self.expect(0, "plan", config).splitlines()[-1], "In sync.")


def settings_writes(journal, site=""):
    """The sites whose settings were written, in that order."""
    found = [re.search(r"/sites/(.*)/config/appsettings\?", line["url"], re.IGNORECASE) for line in journal
             if line["method"] == "PUT" and "/config/appsettings?" in line["url"].lower()]
    return [match[1] for match in found if match[1].startswith(site)]


def says(output, *words):
    """Every one of WORDS; where one is missing, what is said of trouble tells most."""
    for word in words:
        trouble = [line for line in output.splitlines() if re.match(" *[!?]", line)]
        true(word in output, f"{word!r} is not in: {chr(10).join(trouble) or output}")


def run_cases(counter, daemon_binary, sim_binary, scenarios, *options):
    """SCENARIOS: name -> functions that take a Case and are titled by their names."""
    for scenario, functions in scenarios.items():
        with Tenant(sim_binary, "--scenario", scenario, *options) as tenant:
            for function in functions:
                counter.check(function.__name__, lambda: function(Case(daemon_binary, tenant, scenario)))
