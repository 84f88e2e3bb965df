"""Status documents (daemon/observe/status_json.h) in the states that the page must be right in."""

import copy
import datetime
import json
import random

NOW = datetime.datetime(2026, 3, 4, 3, 12, 45, tzinfo=datetime.timezone.utc)
HOSTILE = "</style></title><script>alert(1)</script>'\"&amp;<img src=x onerror=alert(1)> `x` \u202etxt.exe \u0001 ]]>"
LONG = "app-scepman-" + "averyveryverylongname" * 12


def ago(**amount):
    return (NOW - datetime.timedelta(**amount)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def a_pass(minutes, result="in-sync", duration_ms=4210, writes=0, blocked=0):
    return {"started": ago(minutes=minutes), "ended": ago(minutes=minutes, milliseconds=-duration_ms), "duration_ms": duration_ms,
            "result": result, "drift": writes, "writes": writes, "blocked": blocked}


def condition(kind, status="True", reason=None, message="everything could be read and decided", since=None):
    return {"type": kind, "status": status, "reason": reason or kind, "message": message, "since": since or ago(days=3),
            "generation": "9f1c2ab04d77", "node": None, "blocking": kind not in ("Ready", "InSync", "GrantPendingAdmin", "HeldByOperator")}


def installation(name, ready=True, in_sync=True, **members):
    return {"name": name, "in_sync": in_sync, "ready": ready, "known": True, "in_sync_since": ago(days=3),
            "ready_since": ago(hours=2), "actions": [], "withheld": [],
            "conditions": [condition("Ready", str(ready)), condition("InSync", str(in_sync))],
            "last_write": {"time": ago(days=3), "kind": "app-settings", "target": name, "result": "ok"}} | members


def action(applied, target="app-scepman", key="AppConfig:AuthConfig:ManagedIdentityPermissionLevel", before="1", after="2", **members):
    return {"action": "change", "kind": "app-settings", "target": target, "slot": None, "key": key, "before": before, "after": after,
            "sensitive": False, "pending": not applied, "restarts": ["site"], "reason": "it is not as the configuration says",
            "applied": applied, "node": "app-settings/" + target} | members


def event(what, hours, **members):
    return {"time": ago(hours=hours), "event": what, "instance": "app-scepman", "kind": "app-role-assignment",
            "target": "IdentityRiskyUser.Read.All", "node": "n", "message": "written"} | members


def tenant(name, *instances, history=None, **members):
    history = [a_pass(15 * i + 4, duration_ms=3900 + 137 * (i * 7 % 11)) for i in reversed(range(60))] if history is None else history
    return {"name": name, "tenant_id": "11111111-2222-4333-8444-555555555555", "mode": "apply", "state": "waiting",
            "passes": len(history), "last_pass": history[-1] if history else None, "next_pass": ago(minutes=-11),
            "consecutive_failures": 0, "problem": None, "instances": list(instances), "history": history, "events": []} | members


def status(*tenants, **daemon):
    return {"format_version": "1", "ready": True, "summary": {}, "tenants": list(tenants), "daemon": {
        "version": "0.1.0", "pid": 4711, "now": ago(), "started": ago(days=12), "config_file": "/etc/scepmand/scepmand.yaml",
        "generation": "9f1c2ab04d77", "configured": ago(days=3), "interval_s": 900, "last_reload": None, "state_directory": "/var/lib/scepmand", "state_problem": None,
        "loop_stall_max_ms": 7} | daemon}


def all_well():
    return status(tenant("contoso", installation("app-scepman"), installation("app-scepman-lab"),
                         events=[event("drift-found", 31, keys="AppConfig:CertMaster:URL"), event("drift-healed", 31)]),
                  tenant("fabrikam", installation("app-scepman-fabrikam")))


def one_well():
    return status(tenant("contoso", installation("app-scepman")))


DENIED = ("app-role-assignment IdentityRiskyUser.Read.All of app-scepman: Insufficient privileges to complete the operation. "
          "[Authorization_RequestDenied] request 5f0c0f5e-52cd-4a6a-9bd2-0d2b6c1f9c11. Give the right, or run: az rest --method POST "
          "--url 'https://graph.microsoft.com/v1.0/servicePrincipals/8a1b7c7e-0d5c-4d65-9a39-0f6c1f4a5b11/appRoleAssignments' --body "
          "'{\"principalId\":\"8a1b7c7e-0d5c-4d65-9a39-0f6c1f4a5b11\",\"appRoleId\":\"dc5007c0-2d7d-4c42-879c-2dab87571379\"}'")


def blocked_and_drift():
    blocked = installation("app-scepman", ready=False, in_sync=False, actions=[action(False), action(True, key="AppConfig:CertMaster:URL",
                           before=None, after="https://app-scepman-cm.azurewebsites.net")],
                           withheld=[{"kind": "role-assignment", "target": "Key Vault Crypto Officer at kv-scepman",
                                      "command": "az role assignment create --role 14b46e9e-c2b7-41b4-b07b-48a6ebf60603 --scope /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman/providers/Microsoft.KeyVault/vaults/kv-scepman",
                                      "request": {}}, {"kind": "app-role-assignment", "target": "User.Read", "command": None, "request": None}])
    blocked["conditions"] += [condition("InsufficientPrivileges", message=DENIED, since=ago(hours=2)),
                              condition("GrantPendingAdmin", message="2 grants are left to an administrator by the configuration; "
                                        "`scepmand grants` prints the commands")]
    held = installation("app-scepman-lab", in_sync=False, in_sync_since=ago(minutes=40), actions=[action(False, target="app-scepman-lab")])
    held["conditions"].append(condition("HeldByOperator", message="hold: true in the configuration: the installation is observed, nothing is written"))
    history = [a_pass(15 * i + 4, "blocked" if i < 8 else "drift" if i < 12 else "interrupted" if i == 30 else "in-sync",
                      4000 + 2900 * (i == 11) + 150 * (i % 5), writes=i == 11, blocked=i < 8) for i in reversed(range(96))]
    events = [event("drift-found", h, instance="app-scepman-lab", keys="AppConfig:AuthConfig:ApplicationId", message="somebody else changed it")
              if h % 2 else event("drift-healed", h) for h in range(40, 2, -1)]
    events.append(event("blocked", 2, kind="", target="", reason="InsufficientPrivileges", message=DENIED))
    return status(tenant("contoso", blocked, held, installation("app-scepman-test"), history=history, events=events,
                         problem="the drift history /var/lib/scepmand/drift/contoso.jsonl cannot be written: No space left on device; "
                                 "what is new is kept in memory only, and passes go on"),
                  last_reload={"time": ago(minutes=20), "accepted": False,
                               "problem": "/etc/scepmand/scepmand.yaml:12:5: unknown key \"instnaces\"; did you mean \"instances\"?\n"
                                          "/etc/scepmand/scepmand.yaml:14:9: mode: must be apply or plan"})


def hundred():
    names = random.Random(1)
    tenants = []
    for t in range(5):
        instances = []
        for i in range(20):
            state = names.random()
            made = installation(f"app-scepman-{t}{i:02d}", ready=state > .04, in_sync=state > .1, in_sync_since=ago(hours=names.randrange(900)))
            if state <= .04:
                made["conditions"].append(condition("KeyVaultNotResolvable", message="the key vault that the settings name is not there"))
            elif state <= .1:
                made["actions"] = [action(False, target=made["name"])]
            instances.append(made)
        tenants.append(tenant(f"tenant-{t}", *instances, history=[a_pass(9, "blocked", 21000 + 900 * t, blocked=1)]))
    return status(*tenants)


def credential_fails():
    broken = installation("app-scepman", ready=False, in_sync=False)
    broken["conditions"].append(condition("CredentialRejected", message="AADSTS7000222: The provided client secret keys are expired."))
    return status(tenant("contoso", broken, history=[a_pass(15 * i + 1, "failed", 320, blocked=1) for i in reversed(range(5))],
                         consecutive_failures=5), tenant("fabrikam", installation("app-scepman-fabrikam"))) | {"ready": False}


def before_the_first_pass():
    made = installation("app-scepman", ready=False, in_sync=False, known=False, conditions=[], last_write=None,
                        in_sync_since=None, ready_since=None)
    return status(tenant("contoso", made, history=[], state="running", next_pass=None)) | {"ready": False}


def hostile():
    document = json.loads(json.dumps(blocked_and_drift()))

    def poison(value, name=""):
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, name) for v in value]
        keep = ("time", "since", "started", "ended", "now", "configured", "next_pass", "in_sync_since", "ready_since", "type")
        return HOSTILE + value if isinstance(value, str) and name not in keep else value
    return poison(document)


def very_long():
    made = installation(LONG, ready=False, in_sync=False, actions=[action(False, target=LONG, key=LONG, before=LONG, after=LONG)])
    made["conditions"].append(condition("CloudRefused", message=f"app-settings {LONG}: " + "the cloud says a great deal about it. " * 60
                                        + f"Give the right, or run: az rest --url {LONG}{LONG}"))
    return status(tenant(LONG, made, history=[a_pass(4, "blocked", 734567, blocked=1)],
                         events=[event("drift-found", 1, instance=LONG, target=LONG, keys=LONG, message=LONG)]), config_file="/etc/" + LONG)


def stale():
    return one_well() | {"ready": False}


def deferred():
    made = installation("app-scepman", ready=False, in_sync=False, actions=[action(False)])
    made["conditions"].append(condition("WriteDeferred", message="daemon.limits.max_writes_per_pass is used up; the next pass goes on from here"))
    return status(tenant("contoso", made, installation("app-scepman-lab"), events=[event("drift-found", h) for h in range(16)]))


def no_state_directory():
    return status(tenant("contoso", installation("app-scepman")), state_problem=(
        "state_directory /var/lib/scepmand cannot be used: Permission denied; installations are observed, and nothing is written until "
        "it can be (no backup and no audit line, no write). Make it a folder of the daemon's user: install -d -m 0700 -o 998 "
        "/var/lib/scepmand"))


def nothing():
    return status()


ALL = {f.__name__: f for f in (all_well, one_well, blocked_and_drift, hundred, credential_fails, before_the_first_pass, hostile, very_long,
                               stale, no_state_directory, deferred, nothing)}


def document(name):
    return copy.deepcopy(ALL[name]())
