"""A second SCEPman app of the same CA: made by hand as the vendor describes, completed, kept in step, never restarted beside the first."""

import copy

from case import LEVEL, SCEPMAN, run_cases, says, settings_writes
from tenant import equal, true

CLONE = f"{SCEPMAN}-west"
NAME = "app-scepman-contoso-west"
IDENTITY = "c10e0000-0000-4000-8000-00000000a001"


def cloned(case):
    """The web app with the settings of the first, its triple among them, and an identity without any rights."""
    def change(state):
        for resource in [r for r in state["resources"] if r["id"] == SCEPMAN or r["id"].startswith(f"{SCEPMAN}/config/")]:
            clone = copy.deepcopy(resource)
            clone["id"] = resource["id"].replace(SCEPMAN, CLONE)
            clone["name"] = resource["name"].replace("app-scepman-contoso", NAME)
            if "identity" in clone:
                clone["identity"]["principalId"] = IDENTITY
            if "defaultHostName" in clone["properties"]:
                clone["properties"]["defaultHostName"] = f"{NAME}.azurewebsites.net"
            state["resources"].append(clone)
        principals = state["directory"]["servicePrincipals"]
        identity = copy.deepcopy(next(p for p in principals if p["displayName"] == "app-scepman-contoso"))
        app_id = IDENTITY.replace("a001", "a002")
        identity.update(id=IDENTITY, appId=app_id, displayName=NAME, appDisplayName=NAME, servicePrincipalNames=[app_id],
                        alternativeNames=["isExplicit=False", CLONE])
        principals.append(identity)
    case.change(change)
    case.forget()


def configuration(case, space="0s", shared='["AppConfig:IntuneValidation:", "AppConfig:LicenseKey"]'):
    return case.configure((r"timeout: 0s\}", f"timeout: 0s, restart_space: {space}}}"), instance=f"""\
      - name: west
        subscription_id: "11111111-2222-4333-8444-555555555555"
        resource_group: "rg-scepman"
        app_service: {NAME}
        clone_of: app-scepman-contoso
        certificate_master: none
        shared_settings: {shared}
""")


def case_083_defect_B01_a_clone_keeps_the_application_id(case):
    cloned(case)
    config = configuration(case)
    api = case.settings()["AppConfig:AuthConfig:ApplicationId"]
    before = case.settings()
    case.expect(0, "apply", config)
    clone = case.settings(CLONE)
    equal(clone["AppConfig:AuthConfig:ApplicationId"], api, "ApplicationId")
    true("BackUp:AppConfig:AuthConfig:ApplicationId" not in clone, "it was backed up as if it had changed")
    equal(clone["AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"], f"{NAME}.azurewebsites.net")
    equal(clone["AppConfig:AuthConfig:ManagedIdentityPermissionLevel"], "2")
    equal(case.roles(CLONE), case.roles(SCEPMAN), "the rights in the directory")
    equal(case.settings(), before, "the settings of the first")
    equal(len(settings_writes(case.journal())), 1, "settings writes")
    case.in_sync(config)


def shared_settings_follow_and_others_stay(case):
    cloned(case)
    config = configuration(case)
    case.expect(0, "apply", config)
    case.set(**{"AppConfig:IntuneValidation:ValidityPeriodDays": "200", "AppConfig:ValidityPeriodDays": "700",
                "AppConfig:LicenseKey": "canary-of-a-license"})
    case.set(CLONE, **{"AppConfig:IntuneValidation:Own": "stays"})
    before = case.settings(CLONE)
    case.forget()
    output = case.expect(0, "apply", config)
    true("canary" not in output, "the license key is shown")
    expected = dict(before, **{"AppConfig:IntuneValidation:ValidityPeriodDays": "200", "AppConfig:LicenseKey": "canary-of-a-license"})
    equal(case.settings(CLONE), expected, "the settings of the clone")
    equal(settings_writes(case.journal()), [NAME], "settings writes")
    case.in_sync(config)


def case_116_never_both_in_one_window(case):
    cloned(case)
    case.expect(0, "apply", configuration(case))
    for site in (SCEPMAN, CLONE):
        case.set(site, **{LEVEL: "0"})
    case.default = configuration(case, "1h")
    case.forget()
    _, output = case.one_pass()
    says(output, "WriteDeferred")
    first = settings_writes(case.journal())
    equal(len(first), 1, "settings writes in one window")
    equal({case.settings(site)[LEVEL] for site in (SCEPMAN, CLONE)}, {"0", "2"})
    # Another process knows of the restart, too.
    case.forget()
    _, output = case.one_pass()
    says(output, "WriteDeferred")
    equal(settings_writes(case.journal()), [], "settings writes within the window")
    case.expect(0, "apply", configuration(case))
    true(set(settings_writes(case.journal())).isdisjoint(first), "the same one was written again")
    equal({case.settings(site)[LEVEL] for site in (SCEPMAN, CLONE)}, {"2"})


def a_clone_alone(case):
    """With -i the first is looked at and not written."""
    cloned(case)
    config = configuration(case)
    case.set(**{LEVEL: "0"})
    before = case.settings()
    case.expect(0, "apply", config, "-i", "west")
    equal(case.settings(), before, "the settings of the first")
    equal(case.settings(CLONE)["AppConfig:AuthConfig:ApplicationId"], before["AppConfig:AuthConfig:ApplicationId"])
    equal(settings_writes(case.journal()), [NAME], "settings writes")


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "completed": [case_083_defect_B01_a_clone_keeps_the_application_id, shared_settings_follow_and_others_stay,
                      case_116_never_both_in_one_window, a_clone_alone],
    })
