"""Certificates, federated tokens and the SDKs' variables: each signs in, and each that does not says why in one sentence."""

import os
import shutil

from case import run_cases, says
from proofs import Certificate, Cluster, application_of, logins, openssl, register, sign_in_as, write
from tenant import equal, true

PASSPHRASE = "correct horse"


def certificate(case, name="good", **validity):
    directory = case.tenant.directory
    shutil.rmtree(os.path.join(directory, f"certificate-{name}"), ignore_errors=True)
    return Certificate(directory, name, **validity)


def by_certificate(case, file, *lines):
    return sign_in_as(case, "type: client_certificate", f"client_id: {case.tenant.client_id}", f"certificate_file: {file}",
                      *lines)


def works(case, config, environment=None):
    case.forget()
    equal(case.expect(0, "plan", config, environment=environment).splitlines()[-1], "In sync.")
    answers = logins(case)
    true(answers and all(status == 200 and f"client_id={case.tenant.client_id}" in form for status, form in answers), answers)
    return answers[0][1]


def fails(case, config, *words, environment=None, asks=True):
    """One clear sentence, with WORDS; nobody was asked in vain what this machine knows by itself."""
    case.forget()
    output = case.expect(1, "plan", config, environment=environment)
    says(output, "CredentialRejected", *words)
    equal(bool(logins(case)), asks, "the token endpoint was asked")
    true(PASSPHRASE not in output, output)


def a_certificate_in_each_kind_of_file(case):
    one = certificate(case)
    register(case, one)
    password = write(one.path("passphrase"), PASSPHRASE + "\n")
    lock = f"certificate_password_file: {password}"
    form = works(case, by_certificate(case, one.pem))
    says(form, "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
    true("client_secret" not in form, form)
    works(case, by_certificate(case, one.pem, "send_certificate_chain: true"))
    works(case, by_certificate(case, one.locked_pem(PASSPHRASE), lock))
    works(case, by_certificate(case, one.pkcs12(PASSPHRASE), lock))
    works(case, by_certificate(case, one.pkcs12("")))


def the_command_for_an_old_pkcs12_file_works(case):
    one = certificate(case)
    register(case, one)
    password = write(one.path("passphrase"), PASSPHRASE)
    old = one.pkcs12(PASSPHRASE, "-legacy")
    fails(case, by_certificate(case, old, f"certificate_password_file: {password}"), f"openssl pkcs12 -legacy -in '{old}' -out",
          asks=False)
    new = one.path("certificate.pem")
    openssl("pkcs12", "-legacy", "-in", old, "-out", new, "-passin", f"pass:{PASSPHRASE}", "-passout", f"pass:{PASSPHRASE}")
    os.chmod(new, 0o600)
    works(case, by_certificate(case, new, f"certificate_password_file: {password}"))


def a_certificate_that_is_not_registered(case):
    one = certificate(case)
    register(case, None)
    thumbprint = openssl("x509", "-in", one.public, "-noout", "-fingerprint", "-sha1").decode()
    thumbprint = thumbprint.strip().split("=")[1].replace(":", "")
    fails(case, by_certificate(case, one.pem), "AADSTS700027", thumbprint, "does not have the certificate",
          f"openssl x509 -in '{one.pem}' -out public.pem && az ad app credential reset --id {case.tenant.client_id} "
          "--cert @public.pem --append")
    # The first half of that command, for both kinds of file.
    for file in (one.pem, one.pkcs12("")):
        equal(openssl("x509", "-in", file, "-passin", "pass:").decode(), one.text(one.public))
    register(case, one, end="2021-01-01T00:00:00Z")
    fails(case, by_certificate(case, one.pem), "AADSTS700027", "expired at application", "--create-cert --append")


def a_certificate_out_of_its_time_is_not_sent(case):
    old = certificate(case, "old", end="20250101000000Z")
    register(case, old)
    fails(case, by_certificate(case, old.pem), old.pem, "expired at 2025-01-01T00:00:00.000Z", "az ad app credential reset",
          asks=False)
    new = certificate(case, "new", begin="20980101000000Z")
    register(case, new)
    fails(case, by_certificate(case, new.pem), new.pem, "not valid before 2098-01-01T00:00:00.000Z", "timedatectl", asks=False)


def a_certificate_file_that_will_not_do(case):
    one, other = certificate(case), certificate(case, "other")
    wrong = write(one.path("wrong"), "wrong")
    fails(case, by_certificate(case, one.locked_pem(PASSPHRASE), f"certificate_password_file: {wrong}"), "passphrase", wrong,
          asks=False)
    fails(case, by_certificate(case, one.locked_pem(PASSPHRASE)), "is encrypted", "credential.certificate_password_file",
          asks=False)
    os.chmod(one.public, 0o600)
    fails(case, by_certificate(case, one.public), "holds no private key", "cat KEY.pem >>", asks=False)
    fails(case, by_certificate(case, write(one.path("mixed"), one.text(one.key) + other.text(other.public))),
          "belongs to no certificate", asks=False)
    os.chmod(one.pem, 0o604)
    fails(case, by_certificate(case, one.pem), f"chmod o= '{one.pem}'", asks=False)
    fails(case, by_certificate(case, one.path("nothing")), "No such file", "credential.certificate_file", asks=False)


def an_application_that_is_not_there_any_more(case):
    one = certificate(case)
    register(case, one)
    config = by_certificate(case, one.pem)

    def disable(state):
        next(p for p in state["directory"]["servicePrincipals"]
             if p["appId"] == case.tenant.client_id)["accountEnabled"] = False
    case.change(disable)
    fails(case, config, "AADSTS7000112", "is disabled", "accountEnabled=true")

    def lose_principal(state):
        state["directory"]["servicePrincipals"] = [p for p in state["directory"]["servicePrincipals"]
                                                   if p["appId"] != case.tenant.client_id]
    case.change(lose_principal)
    fails(case, config, "AADSTS7000229", f"az ad sp create --id {case.tenant.client_id}")

    def lose_application(state):
        state["directory"]["applications"].remove(application_of(state, case.tenant))
    case.change(lose_application)
    fails(case, config, "AADSTS700016", "there is no application")


def by_federated_token(case, *lines):
    return sign_in_as(case, "type: workload_identity", *lines)


def a_federated_token(case):
    cluster = Cluster(case)
    config = by_federated_token(case, f"client_id: {case.tenant.client_id}", f"federated_token_file: {cluster.file}")
    variables = {"AZURE_CLIENT_ID": case.tenant.client_id, "AZURE_TENANT_ID": case.tenant.tenant_id,
                 "AZURE_FEDERATED_TOKEN_FILE": cluster.file, "AZURE_AUTHORITY_HOST": case.tenant.url + "/"}
    works(case, config)
    works(case, by_federated_token(case), variables)
    cluster.project(lifetime=-60)
    fails(case, config, cluster.file, "expired at", "kubectl describe pod", asks=False)
    cluster.project()
    works(case, config)
    write(cluster.file, "not a token")
    fails(case, config, cluster.file, "holds no token", "credential.federated_token_file", asks=False)
    os.remove(cluster.file)
    fails(case, by_federated_token(case), "No such file", "AZURE_FEDERATED_TOKEN_FILE", environment=variables, asks=False)


def a_federated_token_that_is_not_trusted(case):
    cluster = Cluster(case)
    config = by_federated_token(case, f"client_id: {case.tenant.client_id}", f"federated_token_file: {cluster.file}")
    listing = f"az ad app federated-credential list --id {case.tenant.client_id}"
    cluster.project(iss="https://other.example/")
    fails(case, config, "AADSTS700211", "issuer (\"https://other.example/\")", listing)
    cluster.project(sub="system:serviceaccount:pki:other")
    fails(case, config, "AADSTS700213", "subject (\"system:serviceaccount:pki:other\")", listing)
    cluster.project(aud=["https://kubernetes.default.svc"])
    fails(case, config, "AADSTS700212", "audience (\"https://kubernetes.default.svc\")", listing)
    cluster.project(nbf=4000000000, exp=4000003600)
    fails(case, config, "AADSTS700024", "not yet valid", "timedatectl")
    openssl("genrsa", "-out", cluster.key, "2048")
    cluster.project()
    fails(case, config, "AADSTS50013", "not one that its issuer signed")
    case.change(lambda state: application_of(state, case.tenant).pop("federatedIdentityCredentials"))
    fails(case, config, "AADSTS700211", listing)


def variables_of(case, **more):
    return {"AZURE_TENANT_ID": case.tenant.tenant_id, "AZURE_CLIENT_ID": case.tenant.client_id, **more}


def the_environment(case):
    one = certificate(case)
    register(case, one)
    config = sign_in_as(case, "type: environment")
    secret = variables_of(case, AZURE_CLIENT_SECRET=case.tenant.client_secret)
    says(works(case, config, secret), "client_secret=")
    says(works(case, config, {**secret, "AZURE_CLIENT_CERTIFICATE_PATH": one.pem}), "client_secret=")
    says(works(case, config, variables_of(case, AZURE_CLIENT_CERTIFICATE_PATH=one.pem)), "client_assertion=")
    works(case, config, variables_of(case, AZURE_CLIENT_CERTIFICATE_PATH=one.locked_pem(PASSPHRASE),
                                     AZURE_CLIENT_CERTIFICATE_PASSWORD=PASSPHRASE, AZURE_CLIENT_SEND_CERTIFICATE_CHAIN="True"))
    fails(case, config, "the passphrase", "AZURE_CLIENT_CERTIFICATE_PASSWORD", asks=False,
          environment=variables_of(case, AZURE_CLIENT_CERTIFICATE_PATH=one.locked_pem(PASSPHRASE),
                                   AZURE_CLIENT_CERTIFICATE_PASSWORD="wrong"))
    wrong = {**secret, "AZURE_CLIENT_SECRET": "canary-wrong-secret"}
    fails(case, config, "AADSTS7000215", "AZURE_CLIENT_SECRET", environment=wrong)


def an_environment_that_lacks_something(case):
    config = sign_in_as(case, "type: environment")
    fails(case, config, "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH", asks=False)
    fails(case, config, "the environment lacks AZURE_TENANT_ID", asks=False,
          environment={"AZURE_CLIENT_ID": case.tenant.client_id, "AZURE_CLIENT_SECRET": case.tenant.client_secret})
    fails(case, config, "AZURE_CLIENT_SECRET or", "AZURE_USERNAME and AZURE_PASSWORD are not used", asks=False,
          environment=variables_of(case, AZURE_USERNAME="anna", AZURE_PASSWORD="x"))
    fails(case, by_federated_token(case), "AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE", asks=False)


def an_environment_for_somebody_else(case):
    """A secret goes to the configured tenant and authority only, and to no other that a variable names."""
    config = sign_in_as(case, "type: environment")
    good = variables_of(case, AZURE_CLIENT_SECRET=case.tenant.client_secret)
    other = "00000000-1111-4222-8333-444455556666"
    fails(case, config, "AZURE_TENANT_ID", other, case.tenant.tenant_id, asks=False,
          environment={**good, "AZURE_TENANT_ID": other})
    works(case, config, {**good, "AZURE_TENANT_ID": other, "AZURE_ADDITIONALLY_ALLOWED_TENANTS": "a;" + case.tenant.tenant_id})
    works(case, config, {**good, "AZURE_TENANT_ID": "contoso.onmicrosoft.com"})
    fails(case, config, "AZURE_AUTHORITY_HOST", "https://evil.example", case.tenant.url, asks=False,
          environment={**good, "AZURE_AUTHORITY_HOST": "https://evil.example"})
    works(case, config, {**good, "AZURE_AUTHORITY_HOST": case.tenant.url + "/"})
    # In the search of type default, too, it is a mistake to be told, and no reason to become somebody else.
    fails(case, sign_in_as(case, "type: default"), "AZURE_TENANT_ID", other, "the first of type default that is there: environment",
          asks=False, environment={**good, "AZURE_TENANT_ID": other})


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {"completed": [
        a_certificate_in_each_kind_of_file, the_command_for_an_old_pkcs12_file_works, a_certificate_that_is_not_registered,
        a_certificate_out_of_its_time_is_not_sent, a_certificate_file_that_will_not_do,
        an_application_that_is_not_there_any_more, a_federated_token, a_federated_token_that_is_not_trusted, the_environment,
        an_environment_that_lacks_something, an_environment_for_somebody_else]})
