"""Managed identities: a plan with each service that hands them out, what they refuse, and what must never leave this machine."""

import json
import socket
import threading

from case import SCEPMAN, run_cases, says
from proofs import NOWHERE, base64url
from tenant import equal, true

IDENTITY = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-ops/providers" \
           "/Microsoft.ManagedIdentity/userAssignedIdentities/id-scepmand"
CREDENTIAL = r"    credential:\n(?:      .*\n)+"
PATH = "/metadata/identity/oauth2/token"
TENANT = "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"


def signed_in_with(case, **members):
    """A configuration with type managed_identity."""
    lines = "".join(f"      {name}: {value}\n" for name, value in {"type": "managed_identity", **members}.items())
    return case.configure((CREDENTIAL, "    credential:\n" + lines))


def metadata(case):
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": case.tenant.metadata_url}


def app_service(case, header="secret-canary"):
    return {"IDENTITY_ENDPOINT": f"{case.tenant.metadata_url}/msi/token", "IDENTITY_HEADER": header}


def give_identities(case, **first):
    """The machine has two identities: its own may do nothing, the other is the application that may do everything."""
    def change(state):
        own = next(p for p in state["directory"]["servicePrincipals"] if p["id"] == case.principal(SCEPMAN))
        state["credentials"] = [
            {"appId": own["appId"], "identity": "system", "identityHeader": "secret-canary", **first},
            {"appId": case.tenant.client_id, "identity": "user", "resourceId": IDENTITY, "identityHeader": "secret-canary"}]
    case.change(change)
    return {"client_id": case.tenant.client_id,
            "object_id": case.tenant.directory_objects("servicePrincipals", appId=case.tenant.client_id)[0]["id"],
            "resource_id": IDENTITY}


def in_sync(case, config, environment):
    equal(case.expect(0, "plan", config, environment=environment).splitlines()[-1], "In sync.")


def refused(case, config, environment, *words):
    status, output, error = case.run("plan", config, environment=environment)
    equal(status, 1, output + error)
    says(output, *words)
    equal(output.count(words[0]), 1, "how often it is said")
    true("canary" not in output + error, output + error)
    return output


def the_machine_has_one_identity(case):
    config = signed_in_with(case)
    for environment in (metadata(case), app_service(case)):
        case.forget()
        in_sync(case, config, environment)
        equal(len(case.journal(part="/token")), 2, "one for each audience")
        equal(case.journal(part="/oauth2/v2.0/token"), [])


def one_of_several_is_chosen(case):
    for name, value in give_identities(case).items():
        config = signed_in_with(case, **{name: value})
        in_sync(case, config, metadata(case))
        in_sync(case, config, app_service(case))
    for environment in (metadata(case), app_service(case)):
        status, output, _ = case.run("plan", signed_in_with(case), environment=environment)
        equal(status, 3, "the machine's own may do nothing")
        says(output, "AuthorizationFailed", "--assignee-principal-type ServicePrincipal")


def a_right_that_it_lacks(case):
    """A managed identity has no app registration, so az ad app permission would be of no use."""
    config = signed_in_with(case)
    case.change(lambda state: state["directory"].update(appRoleAssignments=[]))
    _, output, _ = case.run("plan", config, environment=metadata(case))
    says(output, f"for the managed identity with client id {case.tenant.client_id}", "scepmand doctor")
    true("az ad app permission" not in output, output)


def an_identity_that_is_not_there(case):
    give_identities(case)
    nobody = "99999999-9999-4999-8999-999999999999"
    config = signed_in_with(case, client_id=nobody)
    refused(case, config, metadata(case), f"client id {nobody}", "az vm identity assign", "--identities")
    refused(case, config, app_service(case), f"client id {nobody}", "az webapp identity assign")
    case.change(lambda state: state["credentials"].pop(0))
    case.change(lambda state: state["credentials"].append({**state["credentials"][0], "appId": nobody}))
    refused(case, signed_in_with(case), metadata(case), "az vm identity assign")


def a_header_that_is_wrong(case):
    give_identities(case)
    refused(case, signed_in_with(case), app_service(case, "wrong-canary"), "refuses IDENTITY_HEADER")


def no_service_answers(case):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{s.getsockname()[1]}"
    refused(case, signed_in_with(case), {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://{host}"},
            f"({host}) does not answer", "another type of credential")
    equal(case.journal(), [], "nobody else is asked")


def what_is_not_supported(case):
    config = signed_in_with(case)
    refused(case, config, {**app_service(case), "IDENTITY_SERVER_THUMBPRINT": "AB"}, "Service Fabric")
    refused(case, config, {"MSI_ENDPOINT": "http://localhost:50342/oauth2/token"}, "MSI_ENDPOINT says that this is Azure Cloud Shell")
    equal(case.journal(), [])


def nothing_is_sent_to_another_machine(case):
    config = signed_in_with(case)
    for environment in ({"IDENTITY_ENDPOINT": "http://192.0.2.7/msi/token", "IDENTITY_HEADER": "secret-canary"},
                        {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://192.0.2.7"}):
        refused(case, config, environment, "192.0.2.7, another machine, by unencrypted http")


class Recorder:
    """A proxy that only remembers who came."""

    def __enter__(self):
        self.came = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.came.append(connection.recv(4096))

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()


def no_proxy_is_asked(case):
    config = signed_in_with(case)
    with Recorder() as proxy:
        names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        proxied = {**dict.fromkeys(names, proxy.url), "no_proxy": "localhost", "NO_PROXY": "localhost"}
        for environment in (metadata(case), app_service(case)):
            in_sync(case, config, {**environment, **proxied})
        equal(proxy.came, [])
        # It does record: without the exception for localhost the cloud itself is asked through it.
        del proxied["no_proxy"], proxied["NO_PROXY"]
        equal(case.run("plan", config, environment={**metadata(case), **proxied})[0], 1)
        true(proxy.came and all(b"CONNECT localhost" in request for request in proxy.came), proxy.came)


def it_is_asked_again(case):
    """The rules themselves are tested in virtual time; these are the ways through the program."""
    config = signed_in_with(case)
    for rule in ({"status": 404, "body": {"error": "not_found"}}, {"status": 500, "body": {}}, {"throttle": {"retry_after_s": 1}},
                 {"status": 410, "body": {"error": "gone"}}, {"nth": 2, "drop": True}):
        case.mend()
        case.forget()
        case.fault(path=f"*{PATH}", **{"times": 1, **rule})
        in_sync(case, config, metadata(case))
        equal(len(case.journal(part=PATH)), 3, rule)
    case.mend()
    case.fault(path="*/msi/token", times=1, status=503)
    in_sync(case, config, app_service(case))


def it_is_not_asked_again(case):
    config = signed_in_with(case)
    for status, words in ((400, "it answered 400, wrong"), (403, "it answered 403, wrong"), (302, "redirects are not followed")):
        case.mend()
        case.forget()
        case.fault(path=f"*{PATH}", status=status, headers={"Location": f"{case.tenant.url}/elsewhere"},
                   body={"error": "invalid_request", "error_description": "wrong"})
        exit_status, output, _ = case.run("plan", config, environment=metadata(case))
        equal(exit_status, 1)
        says(output, words)
        equal(len(case.journal(part=PATH)), 2, "one for each audience")
        equal(case.journal(part="elsewhere"), [])


def answers_that_are_none(case):
    config = signed_in_with(case)
    token = {"access_token": "canary", "expires_in": "86399"}
    for rule in ({"damage": "garbage"}, {"damage": "empty"}, {"status": 200, "body": {"access_token": "canary"}},
                 {"status": 200, "body": {**token, "resource": "https://vault.azure.net"}},
                 {"status": 200, "body": {**token, "padding": "x" * 1100000}}):
        case.mend()
        case.fault(path=f"*{PATH}", **rule)
        status, output, error = case.run("plan", config, environment=metadata(case))
        true(status == 1 and "canary" not in output + error, output + error)
        says(output, "the metadata service")


def claimed(**claims):
    """A token with these claims, which nobody signed; what its bearer is refused with does not depend on that."""
    parts = ({"alg": "RS256", "typ": "JWT"}, claims, "canary")
    return ".".join(base64url(json.dumps(part).encode()) for part in parts)


def tokens_that_are_not_used(case):
    """What is wrong with a token that the service hands out is said once, and the token goes nowhere."""
    config = signed_in_with(case)
    for token, more, words in (
            ("canary", {"expires_on": "1600000000"}, ("gave a token that has expired already", "timedatectl")),
            ("canary", {"expires_in": "0"}, ("gave a token that has expired already", "timedatectl")),
            (claimed(aud="https://vault.azure.net", tid=TENANT), {}, ("gave one for https://vault.azure.net, which is not used",)),
            (claimed(tid=NOWHERE), {}, (f"belongs to tenant {NOWHERE}", f"not in {TENANT}", "Correct tenant_id"))):
        case.mend()
        case.forget()
        body = {"access_token": token, "token_type": "Bearer", **(more or {"expires_in": "86399"})}
        case.fault(path=f"*{PATH}", status=200, body=body)
        status, output, error = case.run("plan", config, environment=metadata(case))
        equal(status, 1, output + error)
        says(output, "CredentialRejected", *words)
        true("canary" not in output + error and token not in output + error, output + error)
        equal([line["url"] for line in case.journal() if PATH not in line["url"]], [], f"the token goes nowhere: {words}")


def a_challenge_that_azure_cannot_meet(case):
    """Its tokens were revoked, and the platform gives them again."""
    config = signed_in_with(case)
    in_sync(case, config, metadata(case))

    def revoke(state):
        daemon = next(p for p in state["directory"]["servicePrincipals"] if p["appId"] == case.tenant.client_id)
        daemon["tokensRevokedAt"] = "2099-01-01T00:00:00Z"
    case.change(revoke)
    status, output, _ = case.run("plan", config, environment=metadata(case))
    equal(status, 1)
    says(output, "demands a new sign-in", "gives the old token again", "up to 24 hours")


def the_identity_of_another_tenant(case):
    config = signed_in_with(case)
    with open(config) as file:
        text = file.read()
    with open(config, "w") as file:
        file.write(text.replace(TENANT, TENANT.replace("8f2e", "9f2e")))
    refused(case, config, metadata(case), f"belongs to tenant {TENANT}", "Correct tenant_id")
    equal(case.journal(part="/subscriptions"), [], "the token goes nowhere")


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {"completed": [
        the_machine_has_one_identity, one_of_several_is_chosen, a_right_that_it_lacks, an_identity_that_is_not_there,
        a_header_that_is_wrong,
        no_service_answers, what_is_not_supported, nothing_is_sent_to_another_machine, no_proxy_is_asked, it_is_asked_again,
        it_is_not_asked_again, answers_that_are_none, tokens_that_are_not_used, a_challenge_that_azure_cannot_meet, the_identity_of_another_tenant]})
