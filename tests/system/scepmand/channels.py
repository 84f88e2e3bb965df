"""Packages and their runtime: channels asked for, packages of the other platform, dead addresses, .NET raised and never lowered."""

from case import MASTER, SCEPMAN, run_cases, says, settings_writes
from daemon import mutating
from tenant import equal, true

PACKAGE = "WEBSITE_RUN_FROM_PACKAGE"
MAIN = "https://raw.githubusercontent.com/scepman/install/master"
OTHER = "https://install.scepman.com"
DEFERRED = "https://raw.githubusercontent.com/scepman/install/deferred"
OWN = "https://artifacts.blob.core.windows.net/scepman/Artifacts.zip?sv=2024&sig=canary-of-a-signature"


def completed(case):
    case.expect(0, "apply")
    case.forget()


def stack(case, site=SCEPMAN, name="linuxFxVersion"):
    return case.tenant.resource(f"{site}/config/web")["properties"][name]


def restarts(case):
    return {site.split("/")[-1]: count for site, count in case.tenant.control("GET", "counters")["restarts"].items()}


def nothing_more(case, config=None):
    case.forget()
    case.expect(0, "apply", config)
    equal(mutating(case.tenant.control("GET", "journal")), [], "writes of the next pass")


def case_103_beta_on_linux(case):
    completed(case)
    case.set(Update_Channel="beta")
    case.expect(0, "apply")
    equal(case.settings()[PACKAGE], f"{MAIN}/dist/Artifacts-Linux-Beta.zip")
    true("Update_Channel" not in case.settings(), "the instruction is still there")
    equal(len(settings_writes(case.journal())), 1, "settings writes")
    equal(restarts(case), {"app-scepman-contoso": 1})
    nothing_more(case)


def case_104_deferred_none_and_unknown(case):
    completed(case)
    case.set(Update_Channel="deferred")
    case.set(MASTER, Update_Channel="none")
    case.expect(0, "apply")
    equal(case.settings()[PACKAGE], f"{DEFERRED}/dist/Artifacts-Linux.zip")
    equal(case.settings(MASTER)["Update_Channel"], "none")
    case.forget()
    case.set(Update_Channel="bogus")
    output = case.expect(0, "apply")  # nobody has to do anything for the rest to be complete
    says(output, "UpdateChannelUnknown", "bogus")
    equal(case.settings()["Update_Channel"], "bogus")
    equal(settings_writes(case.journal()), [], "settings writes")


def a_package_of_the_other_platform_is_replaced_on_the_same_host(case):
    completed(case)
    case.set(MASTER, **{PACKAGE: f"{OTHER}/dist-certmaster/CertMaster-Artifacts.zip"})
    case.expect(0, "apply")
    equal(case.settings(MASTER)[PACKAGE], f"{OTHER}/dist-certmaster/CertMaster-Artifacts-Linux.zip")
    equal(restarts(case), {"app-scepman-contoso-cm": 1})
    nothing_more(case)


def case_106_a_package_of_their_own(case):
    completed(case)
    case.set(**{PACKAGE: OWN, "Update_Channel": "prod"})
    case.edit(f"{SCEPMAN}/config/web", merge={"properties": {"linuxFxVersion": "DOTNETCORE|8.0"}})
    before = case.tenant.state()
    result = case.run("apply")
    says(result[1], "UpdateChannelNotApplied")
    true("canary" not in result[1] + result[2], "the signature of the address is shown")
    equal(case.tenant.state(), before, "the tenant")


def case_107_the_dead_address(case):
    completed(case)
    case.set(**{PACKAGE: "https://raw.githubusercontent.com/glueckkanja/gk-scepman/master/dist/Artifacts.zip"})
    before = case.settings()
    status, output, _ = case.run("apply")
    true(status in (0, 3), status)
    says(output, "ArtifactUrlDead")
    equal(case.settings(), before, "the settings")


def defect_B19_dotnet_is_raised_and_never_lowered(case):
    completed(case)
    case.edit(f"{SCEPMAN}/config/web", merge={"properties": {"linuxFxVersion": "DOTNETCORE|9.0"}})
    case.edit(f"{MASTER}/config/web", merge={"properties": {"linuxFxVersion": "DOTNETCORE|10.10"}})
    case.expect(0, "apply")
    equal((stack(case), stack(case, MASTER)), ("DOTNETCORE|10.0", "DOTNETCORE|10.10"))
    equal(restarts(case), {"app-scepman-contoso": 1})
    equal(settings_writes(case.journal()), [], "settings writes")
    nothing_more(case)


def a_channel_that_the_configuration_names(case):
    completed(case)
    config = case.configure(instance="        update_channel: deferred\n")
    plan = case.plan(2, config)
    keys = [a["key"] for a in plan["tenants"][0]["instances"][0]["actions"]]
    equal(keys, [PACKAGE] * 2)
    case.expect(0, "apply", config)
    equal(case.settings()[PACKAGE], f"{DEFERRED}/dist/Artifacts-Linux.zip")
    equal(case.settings(MASTER)[PACKAGE], f"{DEFERRED}/dist-certmaster/CertMaster-Artifacts-Linux.zip")
    nothing_more(case, config)


def case_109_dotnet_on_windows(case):
    """Only what is configured counts, not what is the newest that Azure lists."""
    completed(case)
    case.edit(f"{SCEPMAN}/config/web", merge={"properties": {"netFrameworkVersion": "v8.0"}})
    case.edit(f"{MASTER}/config/web", merge={"properties": {"netFrameworkVersion": "v11.0"}})
    case.expect(0, "apply")
    equal((stack(case, name="netFrameworkVersion"), stack(case, MASTER, "netFrameworkVersion")), ("v10.0", "v11.0"))
    config = case.configure(instance='        dotnet_version: "10.1"\n')
    case.expect(0, "apply", config)
    equal(stack(case, name="netFrameworkVersion"), "v10.1")
    nothing_more(case, config)


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "linux": [case_103_beta_on_linux, case_104_deferred_none_and_unknown,
                  a_package_of_the_other_platform_is_replaced_on_the_same_host, case_106_a_package_of_their_own,
                  case_107_the_dead_address, defect_B19_dotnet_is_raised_and_never_lowered,
                  a_channel_that_the_configuration_names],
        "fresh": [case_109_dotnet_on_windows],
    })
