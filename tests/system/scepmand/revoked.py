"""Credentials that are good no more: one sentence each, with what to do; and what is put right is found without a restart."""

import time

from case import run_cases, says
from running import Running, until
from tenant import equal, true

CLIENT = "c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c"


def principal(state):
    return next(p for p in state["directory"]["servicePrincipals"] if p["appId"] == CLIENT)


def refused(case, status, *words):
    """A plan ends with STATUS, and says each of WORDS, once for all that was asked."""
    output = case.expect(status, "plan")
    says(output, "CredentialRejected", *words)
    return output


def secret_removed(case):
    case.change(lambda state: state.update(credentials=[]))
    refused(case, 1, "AADSTS7000215", CLIENT, "is wrong", f"az ad app credential reset --id {CLIENT} --append")


def secret_expired(case):
    case.change(lambda state: state["credentials"][0].update(endDateTime="2020-01-01T00:00:00Z"))
    refused(case, 1, "AADSTS7000222", "expired", f"az ad app credential reset --id {CLIENT} --append")


def principal_disabled(case):
    case.change(lambda state: principal(state).update(accountEnabled=False))
    refused(case, 1, "AADSTS7000112", "is disabled", f"az ad sp update --id {CLIENT} --set accountEnabled=true")


def application_deleted(case):
    def delete(state):
        for kind in ("applications", "servicePrincipals"):
            state["directory"][kind] = [o for o in state["directory"][kind] if o["appId"] != CLIENT]
    case.change(delete)
    refused(case, 1, "AADSTS700016", f"there is no application {CLIENT}", "credential.client_id")


def conditional_access(case):
    case.fault(method="POST", path="*/oauth2/v2.0/token", status=400, body={
        "error": "invalid_grant", "error_codes": [53003],
        "error_description": "AADSTS53003: Access has been blocked by Conditional Access policies."})
    refused(case, 1, "AADSTS53003", "Conditional Access blocks application", "trusted locations")


def tokens_that_a_service_refuses(case):
    """What Resource Manager and Graph say of a token that is new: every refusal says what to do, and no request is sent a third time."""
    for service, code, message, remedy in (
            ("arm", "InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer.", "correct tenant_id"),
            ("arm", "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than now.", "timedatectl"),
            ("graph", "InvalidAuthenticationToken", "Access token validation failure. Invalid issuer.", "correct tenant_id"),
            ("graph", "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.", "another service than this one"),
            ("graph", "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", "timedatectl"),
            ("graph", "InvalidAuthenticationToken", "Access token is not yet valid.", "timedatectl")):
        case.mend()
        case.forget()
        case.fault(service=service, status=401, body={"error": {"code": code, "message": message}})
        status, output, error = case.run("plan")
        true(status in (1, 2, 3), f"exit status {status}\n{output}\n{error}")
        refusals = [line for line in output.splitlines() if "CredentialRejected" in line]
        true(refusals, output)
        for line in refusals:
            says(line, code, message, remedy)
        urls = [line["url"] for line in case.journal() if line["status"] == 401]
        true(urls, "nothing was refused")
        # Batches have one address, whatever they ask.
        urls = [url for url in urls if not url.endswith("$batch")]
        equal({url for url in urls if urls.count(url) > 2}, set(), f"asked more than once more: {message}")
        logins = [line for line in case.journal() if line["url"].endswith("/token")]
        equal(len(logins), 3, f"one for each service, and one more for {service}: {message}")


def tokens_that_are_none(case):
    """A token becomes part of a header line: with a blank or a line end in it nothing is sent."""
    for token in ("a b", "a\r\nX-Other: b", "\u00e4", "a\tb", ""):
        case.mend()
        case.forget()
        case.fault(method="POST", path="*/oauth2/v2.0/token", status=200,
                   body={"token_type": "Bearer", "expires_in": 3600, "access_token": token})
        status, output, error = case.run("plan")
        equal(status, 1, f"exit status\n{output}\n{error}")
        says(output, "has blanks or control characters" if token else "token")
        equal([line["url"] for line in case.journal() if not line["url"].endswith("/token")], [], f"sent with {token!r}")


def sessions_revoked(case):
    """Sessions that are revoked while it runs: a new token is asked for with the claims, and nobody notices."""
    with Running(case, "sessions") as running:
        running.ready()
        running.await_passes(1)
        case.forget()
        # Tokens tell the second that they were issued in; those of the seconds before this one are worth nothing.
        # Of one clock: gmtime() alone asks a coarser one, which is still in the second before for some milliseconds.
        next_second = int(time.time()) + 1
        until(lambda: time.time() >= next_second, "the next second")
        revoked = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(next_second))
        case.edit(principal(case.tenant.state())["id"], merge={"tokensRevokedAt": revoked})
        equal(running.one_more_pass()["instances"][0]["in_sync"], True)
        running.stop()
    journal = case.journal()
    true([line for line in journal if line["status"] == 401], "nothing was refused")
    logins = [line["body"] for line in journal if line["url"].endswith("/token")]
    equal(len(logins), 2, "one for Resource Manager and one for Graph")
    true(all("nbf" in login for login in logins), f"what the challenge demands is not in {logins}")


def sessions_revoked_for_ever(case):
    """Where a new token does not help either, it is asked for once, and then that is the answer."""
    case.change(lambda state: principal(state).update(tokensRevokedAt="2999-01-01T00:00:00Z"))
    case.forget()
    refused(case, 1, "401", "revoked", "sign-ins")
    challenged = [line for line in case.journal() if line["status"] == 401]
    true(challenged, "nothing was refused")
    urls = [line["url"] for line in challenged]
    equal({url for url in urls if urls.count(url) > 2}, set(), "asked more than once more")


def disabled_while_it_runs(case):
    """The daemon has a good token when its principal is disabled: it is told, says so, and goes on when it is enabled again."""
    with Running(case, "disabled") as running:
        running.ready()
        first = running.await_passes(1)
        equal(first["instances"][0]["in_sync"], True)
        case.edit(principal(case.tenant.state())["id"], merge={"accountEnabled": False})
        blocked = running.one_more_pass()
        found = [c["message"] for c in blocked["instances"][0]["conditions"] if c["reason"] == "CredentialRejected"]
        equal(len(found), 1, f"conditions {found}")
        says(found[0], "AADSTS7000112", f"az ad sp update --id {CLIENT} --set accountEnabled=true")
        case.edit(principal(case.tenant.state())["id"], merge={"accountEnabled": True})
        until(lambda: running.one_more_pass()["instances"][0]["in_sync"], "in sync again")
        running.stop()


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (secret_removed, secret_expired, principal_disabled, application_deleted, conditional_access,
                  tokens_that_a_service_refuses, tokens_that_are_none, sessions_revoked_for_ever),
        "completed": (sessions_revoked, disabled_while_it_runs)})
