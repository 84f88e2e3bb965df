"""What proves to the simulated tenant who an application is: certificates and federated tokens, made with openssl."""

import base64
import json
import os
import subprocess
import time

ISSUER = "https://cluster.example/"
SUBJECT = "system:serviceaccount:pki:scepmand"
AUDIENCE = "api://AzureADTokenExchange"
NOWHERE = "0b8f2c1e-6c5d-4d0e-9b57-0d6e2b9c4a11"


def openssl(*arguments, given=None):
    result = subprocess.run(["openssl", *arguments], input=given, capture_output=True)
    if result.returncode:
        raise AssertionError(f"openssl {arguments[0]}: {result.stderr.decode()}")
    return result.stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def write(path, content, mode=0o600):
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    os.chmod(path, mode)
    return path


class Certificate:
    """A certificate and its key. FROM and UNTIL as in 20300101000000Z."""

    def __init__(self, directory, name, begin="20200101000000Z", end="20990101000000Z"):
        self.directory = os.path.join(directory, f"certificate-{name}")
        os.makedirs(self.directory)
        self.key, self.public = self.path("key.pem"), self.path("public.pem")
        openssl("genrsa", "-out", self.key, "2048")
        openssl("req", "-new", "-key", self.key, "-subj", f"/CN={name}", "-out", self.path("request.pem"))
        config = write(self.path("ca.cnf"), f"[ca]\ndefault_ca=c\n[c]\ndatabase={write(self.path('index'), '')}\n"
                       f"serial={write(self.path('serial'), '01')}\nnew_certs_dir={self.directory}\ndefault_md=sha256\n"
                       "policy=p\n[p]\ncommonName=supplied\n")
        openssl("ca", "-batch", "-selfsign", "-notext", "-config", config, "-keyfile", self.key, "-in",
                self.path("request.pem"), "-startdate", begin, "-enddate", end, "-out", self.public)
        self.pem = write(self.path("both.pem"), self.text(self.key) + self.text(self.public))

    def path(self, name):
        return os.path.join(self.directory, name)

    @staticmethod
    def text(path):
        with open(path) as file:
            return file.read()

    def locked_pem(self, passphrase):
        key = openssl("pkcs8", "-topk8", "-in", self.key, "-v2", "aes-256-cbc", "-passout", f"pass:{passphrase}")
        return write(self.path("locked.pem"), self.text(self.public).encode() + key)

    def pkcs12(self, passphrase, *more):
        content = openssl("pkcs12", "-export", "-inkey", self.key, "-in", self.public, "-passout", f"pass:{passphrase}", *more)
        return write(self.path("pair"), content)

    def der(self):
        return base64.b64encode(openssl("x509", "-in", self.public, "-outform", "DER")).decode()


def application_of(state, tenant):
    return next(a for a in state["directory"]["applications"] if a["appId"] == tenant.client_id)


def register(case, certificate, end="2099-01-01T00:00:00Z"):
    """Gives the daemon's application this certificate and no other; None: none."""
    def change(state):
        application_of(state, case.tenant)["keyCredentials"] = [{
            "keyId": NOWHERE, "type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate.der(),
            "startDateTime": "2020-01-01T00:00:00Z", "endDateTime": end}] if certificate else []
    case.change(change)


class Cluster:
    """An issuer of federated tokens that the daemon's application trusts."""

    def __init__(self, case):
        self.key = os.path.join(case.tenant.directory, "cluster.pem")
        self.file = os.path.join(case.tenant.directory, "federated-token")
        openssl("genrsa", "-out", self.key, "2048")
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        jwk = {"kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}

        def change(state):
            application_of(state, case.tenant)["federatedIdentityCredentials"] = [
                {"id": NOWHERE, "name": "cluster", "issuer": ISSUER, "subject": SUBJECT, "audiences": [AUDIENCE]}]
            state["credentials"].append({"appId": case.tenant.client_id, "issuer": ISSUER, "keys": [jwk]})
        case.change(change)
        self.project()

    def project(self, lifetime=3600, **claims):
        """Writes a new token into the file, as a cluster does: everybody on the node may read it."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE], "iat": now - 7200, "exp": now + lifetime, **claims}
        text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "1"}, claims))
        signature = openssl("dgst", "-sha256", "-sign", self.key, given=text.encode())
        return write(self.file, f"{text}.{base64url(signature)}\n", 0o644)


def sign_in_as(case, *lines):
    """A configuration whose credential these lines are."""
    block = "    credential:\n" + "".join(f"      {line}\n" for line in lines)
    return case.configure((r"    credential:\n(      .*\n)+", lambda _: block))


def logins(case):
    """What the token endpoint was asked: (status, form), in the order of the journal."""
    return [(line["status"], str(line["body"])) for line in case.journal("POST", "/oauth2/v2.0/token")]
