"""One file of settings, two programs: what Microsoft's @azure/identity signs in with, scepmand signs in with."""

import os
import shlex
import shutil
import subprocess
import sys

from case import Case
from proofs import Certificate, Cluster, logins, register, sign_in_as, write
from tenant import Tenant, equal, true

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "sim", "clients")
PASSPHRASE = "correct horse; battery"
TYPES = {"EnvironmentCredential": "environment", "WorkloadIdentityCredential": "workload_identity"}


def run_under(settings, *command, **environment):
    """COMMAND with the environment that the file SETTINGS sets, and nothing of ours that would disturb."""
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith("AZURE_") and not name.lower().endswith("_proxy")}
    return subprocess.run(["sh", "-c", 'set -a; . "$0"; set +a; exec "$@"', settings, *command], capture_output=True, text=True,
                          timeout=300, env={**clean, **environment})


def compare(case, name, credential, **variables):
    tenant = case.tenant
    variables = {"AZURE_TENANT_ID": tenant.tenant_id, "AZURE_CLIENT_ID": tenant.client_id,
                 "AZURE_AUTHORITY_HOST": tenant.url, **variables}
    settings = write(os.path.join(tenant.directory, f"{name}.env"),
                     "".join(f"{key}={shlex.quote(value)}\n" for key, value in variables.items()))
    case.forget()
    sdk = run_under(settings, "node", os.path.join(CLIENTS, "settings.js"), credential, f"{tenant.url}/.default",
                    NODE_EXTRA_CA_CERTS=tenant.ca_file)
    equal((sdk.returncode, sdk.stdout.strip()), (0, tenant.client_id), sdk.stderr)
    theirs = logins(case)
    case.forget()
    ours = run_under(settings, case.binary, "plan", "-c", sign_in_as(case, f"type: {TYPES[credential]}"))
    equal(ours.returncode, 0, ours.stdout + ours.stderr)
    equal(ours.stdout.splitlines()[-1], "In sync.")
    for answers in (theirs, logins(case)):
        true(answers and all(status == 200 and f"client_id={tenant.client_id}" in form for status, form in answers), answers)
    # Both proved it in the same way.
    kinds = [{proof for proof in ("client_secret=", "client_assertion=") if proof in form}
             for form in (theirs[0][1], logins(case)[0][1])]
    equal(kinds[0], kinds[1])


def a_secret(case):
    compare(case, "secret", "EnvironmentCredential", AZURE_CLIENT_SECRET=case.tenant.client_secret)


def with_certificate(case, name, make, **more):
    one = Certificate(case.tenant.directory, name)
    register(case, one)
    compare(case, name, "EnvironmentCredential", AZURE_CLIENT_CERTIFICATE_PATH=make(one), **more)


def a_certificate(case):
    with_certificate(case, "certificate", lambda one: one.pem)


def a_certificate_with_a_passphrase(case):
    with_certificate(case, "locked", lambda one: one.locked_pem(PASSPHRASE), AZURE_CLIENT_CERTIFICATE_PASSWORD=PASSPHRASE)


def a_certificate_with_its_chain(case):
    with_certificate(case, "chain", lambda one: one.pem, AZURE_CLIENT_SEND_CERTIFICATE_CHAIN="true")


def a_secret_before_a_certificate(case):
    one = Certificate(case.tenant.directory, "unknown")
    compare(case, "both", "EnvironmentCredential", AZURE_CLIENT_SECRET=case.tenant.client_secret,
            AZURE_CLIENT_CERTIFICATE_PATH=one.pem)


def a_workload_identity(case):
    compare(case, "workload", "WorkloadIdentityCredential", AZURE_FEDERATED_TOKEN_FILE=Cluster(case).file)


def run(counter, daemon_binary, sim_binary):
    if not shutil.which("node") or not os.path.exists(os.path.join(CLIENTS, "node_modules", "@azure", "identity")):
        print(f"the SDKs are not installed: npm ci --prefix {os.path.normpath(CLIENTS)}")
        sys.exit(77)
    with Tenant(sim_binary, "--scenario", "completed") as tenant:
        for function in (a_secret, a_certificate, a_certificate_with_a_passphrase, a_certificate_with_its_chain,
                         a_secret_before_a_certificate, a_workload_identity):
            counter.check(f"settings: {function.__name__}", lambda: function(Case(daemon_binary, tenant, "completed")))
