"""Credential type default: the first credential that is there is used, in the order of the SDKs, and when none is, each says why."""

import os
import pty
import subprocess

from case import run_cases, says
from identities import CREDENTIAL, IDENTITY, give_identities
from isolation import silent_listener
from proofs import write
from tenant import equal, true


def default(case, **members):
    lines = "".join(f"      {name}: {value}\n" for name, value in {"type": "default", **members}.items())
    return case.configure((CREDENTIAL, "    credential:\n" + lines))


def environment(case, secret=None):
    return {"AZURE_TENANT_ID": case.tenant.tenant_id, "AZURE_CLIENT_ID": case.tenant.client_id,
            "AZURE_CLIENT_SECRET": secret or case.tenant.client_secret}


def metadata(case):
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": case.tenant.metadata_url}


def logins(case):
    return [line for line in case.journal(part="/token") if line["method"] == "POST"]


def identity_requests(case):
    return case.journal(part="/metadata/identity")


def in_sync(case, variables, **members):
    case.forget()
    equal(case.expect(0, "plan", default(case, **members), environment=variables).splitlines()[-1], "In sync.")


def refused(case, variables, *words):
    case.forget()
    status, output, error = case.run("plan", default(case), environment=variables)
    equal(status, 1, output + error)
    says(output, "CredentialRejected", *words)
    equal(output.count(words[0]), 1, "how often it is said")
    return output


def the_environment_comes_first(case):
    in_sync(case, {**environment(case), **metadata(case)})
    equal((len(logins(case)), len(identity_requests(case))), (2, 0))


def the_machine_comes_last(case):
    in_sync(case, metadata(case))
    equal(logins(case), [])
    # The search asked for one token; then it was found, and the other came from there at once.
    equal(len(identity_requests(case)), 2)


def what_is_refused_ends_the_search(case):
    """Somebody else's rights are not taken because one's own were refused."""
    refused(case, {**environment(case, "canary"), **metadata(case)}, "AADSTS7000215",
            "this credential is the first of type default that is there: environment")
    equal(identity_requests(case), [])
    variables = environment(case)
    del variables["AZURE_CLIENT_SECRET"]
    path = write(os.path.join(case.tenant.directory, f"federated-{case.count}"), "no token\n")
    output = refused(case, {**variables, "AZURE_FEDERATED_TOKEN_FILE": path, **metadata(case)},
                     "this credential is the first of type default that is there: workload_identity", path)
    true("canary" not in output, output)
    equal(identity_requests(case), [])


def what_is_of_another_tenant_ends_the_search(case):
    variables = {**environment(case), "AZURE_TENANT_ID": "00000000-1111-4222-8333-444455556666", **metadata(case)}
    refused(case, variables, "AZURE_TENANT_ID in the environment is 00000000", "that is there: environment")
    equal(case.journal(part="/token"), [])


def the_variable_chooses(case):
    in_sync(case, {**environment(case, "canary"), **metadata(case), "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential"})
    in_sync(case, {**environment(case), "AZURE_TOKEN_CREDENTIALS": " prod "})
    refused(case, {**metadata(case), "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}, "(1) environment: the environment lacks")
    equal(case.journal(), [])
    refused(case, {**metadata(case), "AZURE_TOKEN_CREDENTIALS": "ManagedIdentity"}, "\"ManagedIdentity\", which nothing is called",
            "EnvironmentCredential, WorkloadIdentityCredential")
    refused(case, {"AZURE_TOKEN_CREDENTIALS": "VisualStudioCodeCredential"}, "a credential that only the Azure SDKs have")


def one_of_the_machines_identities(case):
    """AZURE_CLIENT_ID, or the configuration, says which of several."""
    identity = give_identities(case)["client_id"]
    in_sync(case, {**metadata(case), "AZURE_CLIENT_ID": identity})
    true(all(f"client_id={identity}" in line["url"] for line in identity_requests(case)), "which was asked for")
    in_sync(case, metadata(case), client_id=identity)
    in_sync(case, {**metadata(case), "AZURE_CLIENT_ID": "99999999-9999-4999-8999-999999999999"}, client_id=identity)
    true(IDENTITY in str(case.tenant.state()["credentials"]), "the simulator has it")


def none_is_there(case):
    """A metadata service that takes connections and says nothing is none: it is waited for one second."""
    with silent_listener() as listener:
        nowhere = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:%u" % listener.getsockname()[1]}
        output = refused(case, nowhere, "none of these credentials is there: (1) environment: the environment lacks",
                         "(2) workload_identity: the environment lacks AZURE_CLIENT_ID", "(3) managed_identity: ", "AZURE_CLIENT_SECRET",
                         "credential.type is meant")
    true("azure_cli" not in output, "az is asked though nobody is there")
    equal(case.journal(), [])


def az_is_for_people(case):
    """With a terminal for standard error the Azure CLI is asked, too."""
    tools = os.path.join(case.tenant.directory, f"tools-{case.count}")
    os.mkdir(tools)
    write(os.path.join(tools, "az"), "#!/bin/sh\necho \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n", 0o755)
    with silent_listener() as listener:
        variables = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}",
                         AZURE_POD_IDENTITY_AUTHORITY_HOST="http://127.0.0.1:%u" % listener.getsockname()[1])
        leader, follower = pty.openpty()
        with os.fdopen(leader), os.fdopen(follower):
            result = subprocess.run([case.binary, "plan", "-c", default(case)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=follower, env=variables, text=True, timeout=300)
    equal(result.returncode, 1, result.stdout)
    says(result.stdout, "(4) azure_cli: nobody is logged in with the Azure CLI")


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {"completed": (
        the_environment_comes_first, the_machine_comes_last, what_is_refused_ends_the_search,
        what_is_of_another_tenant_ends_the_search, the_variable_chooses, one_of_the_machines_identities, none_is_there,
        az_is_for_people)})
