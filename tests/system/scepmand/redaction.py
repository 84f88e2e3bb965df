"""Everything that the program prints, sends, serves and keeps, with canaries in the place of all secrets. What came out is gathered
first and looked through at the end, so that one leak does not hide another."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import threading
from urllib.parse import quote

from canaries import Canaries, plant_client_secret, plant_settings
from case import MASTER, SCEPMAN, LEVEL, run_cases, settings_writes
from proofs import Certificate, Cluster, logins, register, sign_in_as, write
from running import Running
from tenant import equal, true

AUTH = "AppConfig:AuthConfig:"
UPGRADE = (r"        certificate_master: none\n",
           "        storage_account: {name: stscepmannew, create: true}\n"
           "        certificate_master: {app_service: app-scepman-contoso-cm, create: true}\n"
           "        upgrade_from_1x: true\n")


class Outputs:
    """What a daemon and its commands have said: pairs of a name and the text."""

    def __init__(self, case, config):
        self.case, self.config, self.pairs = case, config, []

    def command(self, name, *options, environment=None, expected=(0, 1, 2, 3)):
        status, output, error = self.case.run(name, self.config, *options, environment=environment)
        what = " ".join((name, *options))
        true(status in expected, f"{what}: exit status {status}\n{output}\n{error}")
        self.pairs += [(f"standard output of {what}", output), (f"standard error of {what}", error)]
        return output + error

    def one_pass(self):
        """`apply`, told to end when it would wait before its next pass."""
        process = subprocess.Popen([self.case.binary, "apply", "-v", "-c", self.config], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        for line in process.stderr:
            self.pairs.append(("standard error of apply -v", line))
            if "looking again" in line:
                process.send_signal(signal.SIGTERM)
        self.pairs.append(("standard output of apply -v", process.communicate()[0]))

    def commands(self):
        for line in ("validate", "validate -v", "plan", "plan -v", "plan -o json", "plan --color always", "grants", "grants -o json",
                     "apply -v", "apply -o json", "doctor", "doctor -o json"):
            self.command(*line.split())
        self.after_writes()

    def after_writes(self):
        for line in ("audit show", "audit show -o json", "audit verify", "audit verify -o json"):
            self.command(*line.split())

    def daemon(self, running):
        for path in ("/", "/status", "/metrics", "/healthz", "/readyz", "/nothing"):
            self.pairs.append((path, running.get(path)[1]))
        for line in ("status", "status -v", "status -o json"):
            status, output, error = self.case.run(*line.split()[:1], running.config, *line.split()[1:])
            true(status in (0, 3), f"{line}: {status} {error}")
            self.pairs.append((f"scepmand {line}", output + error))
        for name in ("cmdline", "environ", "comm"):
            with open(f"/proc/{running.process.pid}/{name}", "rb") as file:
                self.pairs.append((f"/proc/PID/{name}", file.read()))

    def ended(self, running):
        while running.notify_is_ready():
            running.next_message()
        self.pairs.append(("the notify socket", "\n".join(running.messages)))
        with open(running.log_path, "rb") as file:
            self.pairs.append(("the log", file.read()))

    def files(self, directory):
        """All files but the backups, which are there to hold the settings, for their owner's eyes only."""
        count = 0
        for folder, _, names in os.walk(directory):
            equal(os.stat(folder).st_mode & 0o077, 0, f"the mode of {folder}")
            for name in names:
                path = os.path.join(folder, name)
                equal(os.stat(path).st_mode & 0o777, 0o600, f"the mode of {path}")
                if f"{directory}/backups/" in path:
                    count += 1
                    continue
                with open(path, "rb") as file:
                    self.pairs.append((path, file.read()))
                self.pairs.append(("the name of a file", name))
        return count

    def look_through(self, canaries):
        true(len(self.pairs) > 10 and sum(len(data) for _, data in self.pairs) > 10000, "there is something to look through")
        canaries.nowhere_in(*self.pairs)


def state_directory(config):
    with open(config) as file:
        return re.search(r'state_directory: "?([^"\n]*)', file.read())[1]


def arrived(case, planted):
    """The canaries were in play: the tenant has them, and its settings were read and written with them by us."""
    for (site, name), value in planted.items():
        if not name.endswith("LoggingConfig:SharedKey"):
            true(value in case.settings(site).values(), f"{name} of {site}")
    true([line for line in case.journal("POST", "/oauth2/v2.0/token") if line["status"] == 200], "the secret was taken")
    true(len(settings_writes(case.journal())) >= 1, "settings were written")


def commands_tell_no_secret(case):
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries)
    config = case.configure(secret)
    outputs = Outputs(case, config)
    outputs.commands()
    arrived(case, planted)
    shown = dict(outputs.pairs)
    true("(sensitive" in shown["standard output of plan"], "the plan shows that a secret changes")
    true("(sensitive" in shown["standard output of audit show"], "the audit trail shows that a secret changed")
    true(outputs.files(state_directory(config)) >= 2, "backups")
    outputs.look_through(canaries)


def upgrade_and_way_back_tell_no_secret(case):
    """The key of 1.x is moved, and moved back."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries, sites=(SCEPMAN,))
    config = case.configure(secret, UPGRADE)
    outputs = Outputs(case, config)
    outputs.commands()
    key = planted[SCEPMAN, AUTH + "ApplicationKey"]
    equal(case.settings().get(f"BackUp:{AUTH}ApplicationKey"), key, "the backup of the key")
    arrived(case, planted)
    for line in ("restore-1x -i app-scepman-contoso --dry-run", "restore-1x -i app-scepman-contoso", "plan -v"):
        outputs.command(*line.split())
    equal(case.settings().get(AUTH + "ApplicationKey"), key, "the key, back in its place")
    outputs.command("release", "-i", "app-scepman-contoso")
    outputs.after_writes()
    outputs.files(state_directory(config))
    outputs.look_through(canaries)


def daemon_tells_no_secret(case, log, name, more=lambda: []):
    """MORE() is what it has said elsewhere, when it has ended."""
    canaries = Canaries()
    secret = plant_client_secret(case, canaries)
    planted = plant_settings(case, canaries)
    with Running(case, f"telling-{name}", replacements=(secret,), log=log, watchdog_us=1000000) as running:
        outputs = Outputs(case, running.config)
        running.ready()
        running.await_passes(1)
        outputs.daemon(running)
        case.set(**{LEVEL: "1", "AppConfig:LoggingConfig:SharedKey": canaries.plant("a new key")})
        running.one_more_pass()
        arrived(case, planted)
        outputs.daemon(running)
        good = running.read_config()
        running.write_config(good.replace("tenants:", "tenants:\n  - client_secret: " + canaries.plant("inline", "{}")))
        running.signal(signal.SIGHUP)
        running.expect_message("RELOADING=1")
        running.expect_message("READY=1")
        outputs.pairs.append(("the page with a refused configuration", running.get("/")[1] + running.get("/status")[1]))
        running.write_config(good)
        outputs.daemon(running)
        running.stop()
        outputs.ended(running)
        outputs.pairs += more()
        outputs.files(running.state_directory)
        outputs.look_through(canaries)


def daemon_tells_no_secret_in_json(case):
    daemon_tells_no_secret(case, "{level: debug, format: json}", "json")


def daemon_tells_no_secret_in_text(case):
    daemon_tells_no_secret(case, "{level: debug, format: text}", "text")


def can_have_its_own_journal():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def daemon_tells_no_secret_in_the_journal(case):
    """The journal's socket is one of ours, in a mount namespace that only the daemon sees."""
    folder = os.path.join(case.tenant.directory, "journal")
    os.mkdir(folder)
    wrapper = write(os.path.join(folder, "scepmand"), "#!/bin/sh\nexec unshare --mount sh -c 'mkdir -p /run/systemd/journal && "
                    f"mount --bind \"$0\" /run/systemd/journal && exec \"$@\"' {folder} {case.binary} \"$@\"\n", 0o700)
    entries, plain = [], case.binary
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(os.path.join(folder, "socket"))
        journal.settimeout(0.2)
        is_over = threading.Event()

        def listen():
            while not is_over.is_set():
                try:
                    entries.append(journal.recv(1 << 20))
                except TimeoutError:
                    pass
        reader = threading.Thread(target=listen)
        reader.start()

        def journal_entries():
            is_over.set()
            reader.join()
            true(len([e for e in entries if b"\nTENANT=" in b"\n" + e]) > 20, f"{len(entries)} entries with their fields")
            return [("the journal", entry) for entry in entries]
        case.binary = wrapper
        try:
            daemon_tells_no_secret(case, "{level: debug, format: journal}", "journal", journal_entries)
        finally:
            case.binary = plain
            is_over.set()
            reader.join()


# ---- the cloud quotes what it was sent ----

def quotations(texts):
    """The ways in which a service may quote TEXTS in a refusal."""
    text = "; ".join(texts)
    yield {"error": {"code": "BadRequest", "message": f"The request was: {text}"}}
    yield {"error": {"code": "Bad" + texts[0], "message": "no"}}
    yield {"error": {"code": "BadRequest", "details": [{"code": "x", "message": text}]}}
    yield {"Code": "BadRequest", "Message": json.dumps(texts)}
    yield {"error": {"code": "BadRequest", "message": "x" * 980 + texts[0]}}  # is cut inside of it
    yield f"<html>{text}</html>"


def what_is_quoted_stays_secret(case, rule, texts, canaries, config, headers=None):
    outputs = Outputs(case, config)
    for number, body in enumerate(quotations(texts)):
        case.mend()
        case.set(**{LEVEL: None})
        case.fault(**rule, body=body, headers=headers or {})
        outputs.one_pass()
        if rule["method"] != "PUT":
            outputs.command("plan", "-v")
            outputs.command("plan", "-o", "json")
        true(case.tenant.control("GET", "faults")["value"][0]["acted"], "nothing was quoted")
        if number == 0:
            with Running(case, f"quoted-{case.count_of_cases}-{rule['status']}", replacements=(
                    ("client_secret_file: .*", re.search("client_secret_file: .*", open(config).read())[0]),)) as running:
                running.ready()
                running.await_passes(1)
                outputs.daemon(running)
                running.stop()
                outputs.ended(running)
                outputs.files(running.state_directory)
    if os.path.exists(f"{state_directory(config)}/audit.jsonl"):
        outputs.after_writes()
    outputs.files(state_directory(config))
    outputs.look_through(canaries)


def settings_quoted_in_a_refusal(case):
    canaries = Canaries()
    config = case.configure(plant_client_secret(case, canaries))
    planted = plant_settings(case, canaries)
    own = [value for (site, name), value in planted.items() if site == SCEPMAN]
    for status in (400, 503):
        what_is_quoted_stays_secret(case, {"method": "PUT", "path": "*/sites/app-scepman-contoso/config/appsettings", "status": status},
                                    own, canaries, config)


def settings_quoted_by_name(case):
    """Before we have read them, so that only their names and their form tell that they are secrets."""
    canaries = Canaries()
    config = case.configure(plant_client_secret(case, canaries))
    texts = ["AccountKey=" + canaries.plant("account key", "{}==") + ";EndpointSuffix=x", "Password=" + canaries.plant("password", "{}"),
             json.dumps({"AppConfig:LicenseKey": canaries.plant("license")}), "https://x.blob.core.windows.net/a?sp=r&sig=" + canaries.plant("SAS", "{}%3D")]
    what_is_quoted_stays_secret(case, {"method": "POST", "path": "*/config/appsettings/list", "status": 400}, texts, canaries, config)
    what_is_quoted_stays_secret(case, {"method": "GET", "path": "*/sites/app-scepman-contoso", "status": 403}, texts, canaries, config)


def client_secret_quoted(case):
    canaries = Canaries()
    config = case.configure(plant_client_secret(case, canaries))
    with open(re.search('client_secret_file: "?([^"\n]*)', open(config).read())[1]) as file:
        secret = file.read().strip()
    rule = {"method": "POST", "path": "*/oauth2/v2.0/token", "status": 400}
    outputs = Outputs(case, config)
    for text in (secret, quote(secret, safe=""), f"client_secret={quote(secret)}&grant_type=x", json.dumps(secret)):
        for body in ({"error": "invalid_client", "error_description": f"AADSTS7000215: Invalid client secret: {text}\r\nTrace ID: x"},
                     {"error": "invalid_client", "error_description": f"AADSTS99: {text}\r\nTrace ID: x"},
                     {"error": text, "error_description": text}, {"error": {"code": text, "message": text}}, text):
            case.mend()
            case.fault(**rule, body=body, headers={"x-ms-request-id": secret})
            for line in ("plan -v", "plan -o json", "doctor"):
                outputs.command(*line.split(), expected=(1, 3))
    with Running(case, "secret-quoted", replacements=(("client_secret_file: .*", re.search("client_secret_file: .*", open(config).read())[0]),)) as running:
        running.ready()
        running.await_passes(1)
        outputs.daemon(running)
        running.stop()
        outputs.ended(running)
    outputs.look_through(canaries)


def tokens_quoted(case):
    """All tokens of the simulated tenant begin alike: with the header of a JWT, which has a canary's place here."""
    canaries = Canaries()
    config = case.configure(plant_client_secret(case, canaries))
    token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9." + canaries.plant("token", "{}") + "." + "x" * 40
    challenge = f'Bearer authorization_uri="https://localhost", error="invalid_token", error_description="{token}"'
    for status in (401, 403):
        what_is_quoted_stays_secret(case, {"method": "GET", "path": "*/sites/app-scepman-contoso*", "status": status},
                                    [f"Bearer {token}", token], canaries, config, {"WWW-Authenticate": challenge})


# ---- the proxy ----

class Proxy:
    """Answers CONNECT with 200 and a tunnel to where the simulated tenant's proxy leads, or with a refusal that quotes it."""

    def __init__(self, target, refusal=None):
        self.target, self.refusal, self.heads = target, refusal, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(4096)
            if not part:
                return
            head += part
        self.heads.append(head)
        if self.refusal:
            client.sendall(self.refusal + head)
            client.close()
            return
        server = socket.create_connection(self.target)
        server.sendall(head)
        threading.Thread(target=carry, args=(client, server), daemon=True).start()
        carry(server, client)


def carry(source, target):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def password_of_a_proxy(case):
    canaries = Canaries()
    password = canaries.plant("proxy password", "{}")
    public = (r"(?s)cloud:.*?(\n    credential:)", rf"cloud: {{name: AzureCloud, ca_file: {case.tenant.ca_file}}}\1")
    config = case.configure(plant_client_secret(case, canaries), public)
    target = ("127.0.0.1", int(case.tenant.proxy_url.rsplit(":", 1)[1].rstrip("/")))
    outputs = Outputs(case, config)
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    for refusal in (None, b"HTTP/1.1 407 no\r\nProxy-Authenticate: Basic realm=x\r\n\r\n", b"HTTP/1.1 502 no\r\n\r\n", b"nonsense\r\n\r\n"):
        proxy = Proxy(target, refusal)
        for name in ("HTTPS_PROXY", "https_proxy"):
            outputs.command("plan", "-v", environment={name: f"http://user:{password}@127.0.0.1:{proxy.port}", "NO_PROXY": ""})
        true(any(base64.b64encode(f"user:{password}".encode()) in head for head in proxy.heads), "the password arrived at the proxy")
        true(not any(b"Authorization: Bearer" in head for head in proxy.heads), "a token arrived at the proxy")
        proxy.socket.close()
    for address in (f"http://user:{password}@127.0.0.1:{port}", f"http://user:{password}@no.such.host.invalid:1",
                    f"ftp://user:{password}@127.0.0.1", f"http://user:{password}@", f"user:{password}@127.0.0.1:{port}",
                    f"http://user:p@{password}@127.0.0.1:{port}", f"http://user:/{password}@127.0.0.1:{port}"):
        for line in ("plan -v", "doctor"):
            outputs.command(*line.split(), environment={"HTTPS_PROXY": address, "NO_PROXY": ""}, expected=(1, 3))
    outputs.look_through(canaries)


# ---- other proofs of who we are ----

JWT = re.compile(rb"eyJ[\w-]{20,}\.")


def proofs_tell_nothing(case):
    """Passphrases, private keys, assertions and federated tokens, of each type of credential that has them."""
    canaries = Canaries()
    identity = ("client_id: " + case.tenant.client_id,)
    one, cluster = Certificate(case.tenant.directory, "canary"), Cluster(case)
    register(case, one)
    passphrase = canaries.plant("passphrase", "~{}=&+")
    secret = canaries.plant("secret of the environment", "~{}=&+")
    locked = "certificate_password_file: " + write(one.path("passphrase"), passphrase + "\n")
    variables = {"AZURE_TENANT_ID": case.tenant.tenant_id, "AZURE_CLIENT_ID": case.tenant.client_id}
    by_certificate = ("type: client_certificate", *identity, locked)
    ways = [
        ((*by_certificate, "certificate_file: " + one.locked_pem(passphrase)), {}, "client_assertion"),
        ((*by_certificate, "certificate_file: " + one.pkcs12(passphrase)), {}, "client_assertion"),
        (("type: workload_identity", *identity, "federated_token_file: " + cluster.file), {}, "client_assertion"),
        (("type: environment",), {**variables, "AZURE_CLIENT_CERTIFICATE_PATH": one.locked_pem(passphrase),
                                  "AZURE_CLIENT_CERTIFICATE_PASSWORD": passphrase}, "client_assertion"),
        (("type: environment",), {**variables, "AZURE_CLIENT_SECRET": secret}, "client_secret"),
    ]
    keys = [line for line in one.text(one.key).splitlines() if len(line) > 40 and "-" not in line]
    true(len(keys) > 10, "lines of the key to look for")
    outputs = Outputs(case, None)
    for lines, environment, proof in ways:
        outputs.config = sign_in_as(case, *lines)
        case.forget()
        for line in ("plan -v", "doctor", "doctor -o json", "validate -v"):
            outputs.command(*line.split(), environment=environment)
        true(any(f"{proof}=" in form for _, form in logins(case)), f"{lines}: the proof was sent")
    outputs.look_through(canaries)
    for where, data in outputs.pairs:
        data = data.encode() if isinstance(data, str) else data
        true(not JWT.search(data), f"a token or an assertion is in {where}")
        true(not any(line.encode() in data for line in keys), f"a piece of the key is in {where}")


# ---- what is started by us ----

def az_is_told_no_secret(case):
    """What az gets to see, as its arguments and in its environment, of everything that other ways to sign in would have used."""
    canaries = Canaries()
    folder = os.path.join(case.tenant.directory, "az-that-looks")
    os.mkdir(folder)
    write(os.path.join(folder, "az"), f"#!/bin/sh\ncat /proc/$$/cmdline >>{folder}/cmdline\ncat /proc/$$/environ >>{folder}/environ\n"
          "echo \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n", 0o700)
    secrets = {name: canaries.plant(name, "~{}=&+") for name in (
        "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_PASSWORD", "IDENTITY_HEADER", "MSI_SECRET", "SOME_API_KEY",
        "GITHUB_TOKEN", "SSH_PRIVATE", "LC_PASSPHRASE", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET_SECRET")}
    outputs = Outputs(case, sign_in_as(case, "type: azure_cli"))
    for line in ("plan -v", "doctor"):
        outputs.command(*line.split(), environment={**secrets, "PATH": f"{folder}:{os.environ['PATH']}"}, expected=(1, 3))
    for name, known in (("cmdline", b"get-access-token"), ("environ", f"PATH={folder}:".encode())):
        with open(os.path.join(folder, name), "rb") as file:
            outputs.pairs.append((f"/proc/PID/{name} of az", file.read()))
        true(known in outputs.pairs[-1][1], f"{name} is az's")
    canaries.nowhere_in(*outputs.pairs)


# ---- the configuration ----

def what_was_typed_is_not_repeated(case):
    """A secret in the configuration is refused, with what to write instead, and without saying it again."""
    canaries = Canaries()
    with open(case.default) as file:
        text = file.read()
    outputs = Outputs(case, None)
    credential = re.search(r"      type: client_secret\n", text)[0]
    for key, instead in (("client_secret", "client_secret_file"), ("password", "_file"), ("certificate_password", "certificate_password_file"),
                         ("secret", "_file")):
        for value in ("{}", "'{}'", "[{}]", "{{a: {}}}", "|\n        {}", "!!binary {}", "!{}", "&a {}", "*{}"):
            outputs.config = os.path.join(case.tenant.directory, "inline.yaml")
            with open(outputs.config, "w") as file:
                file.write(text.replace(credential, credential + f"      {key}: " + canaries.plant(f"{key} as {value}", value) + "\n"))
            for line in ("validate", "run"):
                said = outputs.command(line, expected=(78,))
            if value == "{}":
                true(f"{key}: secrets never stand in this file" in said and instead in said, said)
    for replacement in ((r"client_secret_file: .*", "client_secret_file: [{}]"), (r"client_id: .*", "client_id: {}"),
                        (r"authority: .*", "authority: https://user:{}@localhost"),
                        (r"resource_manager: .*", "resource_manager: https://localhost/?sig={}"), (r"graph: .*", "graph: {}"),
                        (r'app_service: "app-scepman-contoso-cm"', "app_service: app-cm\n          update_channel: https://a/b.zip?sig={}"),
                        (r'        app_service: "app-scepman-contoso"\n', '        app_service: "app-scepman-contoso"\n'
                         "        update_channel: https://a/b.zip?sig={}\n"),):
        label = f"in {replacement[0]}"
        value = canaries.plant(label, "{}")
        outputs.config = case.configure((replacement[0], replacement[1].replace("{}", value)))
        outputs.command("validate", expected=(78,))
    canaries.nowhere_in(*outputs.pairs)


def run(counter, daemon_binary, sim_binary):
    journal = [daemon_tells_no_secret_in_the_journal] if can_have_its_own_journal() else []
    if not journal:
        counter.skip(daemon_tells_no_secret_in_the_journal.__name__, "mount namespaces are not allowed here")
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (commands_tell_no_secret, daemon_tells_no_secret_in_json, daemon_tells_no_secret_in_text, *journal, settings_quoted_in_a_refusal,
                  settings_quoted_by_name, client_secret_quoted, tokens_quoted, password_of_a_proxy, proofs_tell_nothing,
                  az_is_told_no_secret,
                  what_was_typed_is_not_repeated),
        "upgrade-1x": (upgrade_and_way_back_tell_no_secret,)})
