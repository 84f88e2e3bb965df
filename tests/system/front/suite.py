#!/usr/bin/env python3
"""What only the program tenant-sim does, and not its core: options, files, TLS, connections, the proxy, its end.
Usage: suite.py PATH-OF-TENANT-SIM PATH-OF-SCEPMAND"""

import concurrent.futures
import http.client
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from tenant import Counter, Tenant, equal, true  # noqa: E402

BINARY, SCEPMAND = sys.argv[1:3]
SITE = "/sites/app-scepman-contoso"


def connect(t):
    return http.client.HTTPSConnection("localhost", urllib.parse.urlsplit(t.url).port, context=t.tls, timeout=30)


def ask(connection, method, target, body=None, headers=None):
    connection.request(method, target, body, headers or {})
    answer = connection.getresponse()
    return answer, answer.read()


def token(t, connection, audience=None):
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": t.client_id,
                                   "client_secret": t.client_secret, "scope": (audience or t.url) + "/.default"})
    _, body = ask(connection, "POST", f"/{t.tenant_id}/oauth2/v2.0/token", form,
                  {"Content-Type": "application/x-www-form-urlencoded"})
    return {"Authorization": "Bearer " + json.loads(body)["access_token"]}


def group(t):
    return f"/subscriptions/{t.subscription_ids[0]}/resourceGroups/rg-scepman?api-version=2021-04-01"


def refused_start(*options, status, says):
    result = subprocess.run([BINARY, *options], capture_output=True, text=True, timeout=60)
    equal(result.returncode, status, result.stderr)
    true(says in result.stderr, f"{says!r} is not in {result.stderr!r}")


def options_are_checked(_):
    refused_start("--nonsense", status=64, says="nonsense")
    refused_start("--throttle", "sometimes", status=64, says="--throttle: sometimes is not a value for it")
    refused_start("--latency-ms", "-1", status=64, says="--latency-ms")
    refused_start("--seed", "x", status=64, says="--seed")
    refused_start("extra", status=64, says="unexpected argument extra")
    refused_start("--listen", "localhost", status=1, says="cannot listen on localhost")
    refused_start("--scenario", "nothing", status=1, says="there is no scenario")
    for option, says in (("--help", "--ready-file"), ("--version", "tenant-sim ")):
        shown = subprocess.run([BINARY, option], capture_output=True, text=True, check=True).stdout
        true(says in shown, shown)


def a_wrong_state_file_is_refused(t):
    path = os.path.join(t.directory, "wrong.json")
    state = t.state()
    state["resources"][3]["id"] = 7
    for content, says in (("{", "no JSON"), (json.dumps(state), "resources[3].id")):
        with open(path, "w") as file:
            file.write(content)
        refused_start("--scenario", path, status=1, says=says)


def a_state_file_is_a_scenario(t):
    path = os.path.join(t.directory, "state.json")
    with open(path, "w") as file:
        json.dump(t.state(), file)
    with Tenant(BINARY, "--scenario", path) as other:
        equal(other.state(), t.state())


def files_are_private(t):
    tls = os.path.dirname(t.ca_file)
    for name, mode in (("server.key", 0o600), ("client-secret", 0o600), ("ca.pem", 0o644), ("scepmand.yaml", 0o644)):
        equal(stat.S_IMODE(os.stat(os.path.join(tls, name)).st_mode), mode, name)
    equal(stat.S_IMODE(os.stat(os.path.join(t.directory, "ready.json")).st_mode), 0o600)
    with open(os.path.join(tls, "client-secret")) as file:
        equal(file.read(), t.client_secret)
    with open(t.config) as file:
        config = file.read()
    for part in (t.tenant_id, t.client_id, t.url, t.ca_file, "app-scepman-contoso", "app-scepman-contoso-cm"):
        true(part in config, f"{part} is not in the configuration")
    true(t.client_secret not in config, "the secret is not in the configuration")


def every_scenario_has_a_configuration(_):
    for name, installations in (("fresh", 1), ("linux", 1), ("key-vault-policies", 1), ("completed", 1), ("slots", 1),
                                ("two-installations", 2), ("upgrade-1x", 1), ("upgrade-1x-slots", 1), ("many:3", 3)):
        with Tenant(BINARY, "--scenario", name) as other:
            result = subprocess.run([SCEPMAND, "validate", "--config", other.config], capture_output=True, text=True)
            equal(result.returncode, 0, f"{name}: {result.stdout}{result.stderr}")
            true(f"{installations} installation" in result.stdout, result.stdout)


def certificates_fit_all_names(t):
    port = urllib.parse.urlsplit(t.url).port
    for name in ("localhost", "127.0.0.1", "login.microsoftonline.com", "management.azure.com", "graph.microsoft.com",
                 "app-scepman-contoso.azurewebsites.net"):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            with t.tls.wrap_socket(plain, server_hostname=name) as secured:
                true(secured.version() in ("TLSv1.2", "TLSv1.3"), secured.version())
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            t.tls.wrap_socket(plain, server_hostname="example.com")
    except ssl.SSLCertVerificationError:
        return
    raise AssertionError("the certificate is good for example.com")


def connections_are_kept(t):
    connection = connect(t)
    headers = token(t, connection)
    socket_before = connection.sock
    for _ in range(20):
        answer, body = ask(connection, "GET", group(t), headers=headers)
        equal((answer.status, json.loads(body)["name"]), (200, "rg-scepman"))
    true(connection.sock is socket_before, "one connection for all")


def lengths_are_right(t):
    connection = connect(t)
    headers = token(t, connection)
    answer, body = ask(connection, "HEAD", group(t), headers=headers)
    equal((answer.status, body), (204, b""))
    answer, body = ask(connection, "GET", group(t), headers=headers)
    equal(int(answer.headers["Content-Length"]), len(body))
    answer, body = ask(connection, "DELETE", "/_sim/counters")
    equal((answer.status, body, answer.headers["Content-Length"]), (204, b"", None))
    answer, _ = ask(connection, "PATCH", group(t), b'{"tags":{"a":"b"}}', {**headers, "Content-Type": "application/json"})
    equal(answer.status, 200)


def large_bodies(t):
    connection = connect(t)
    answer, _ = ask(connection, "POST", "/_sim/edit", b" " * (16 * 1024 * 1024 - 1))
    equal(answer.status, 400)
    connection = connect(t)
    answer, body = ask(connection, "POST", "/_sim/edit", b" " * (16 * 1024 * 1024 + 1))
    equal((answer.status, json.loads(body)["error"]["code"]), (413, "RequestContentTooLarge"))


def the_target_arrives_as_it_was_sent(t):
    connection = connect(t)
    ask(connection, "GET", "/subscriptions?api-version=2022-12-01&x=%2F%27+%C3%A4")
    line = t.control("GET", "journal")[-1]
    true(line["url"].endswith("/subscriptions?api-version=2022-12-01&x=%2F%27+%C3%A4"), line["url"])


def connections_break_as_rules_say(t):
    headers = token(t, connect(t))
    t.control("POST", "faults", [{"path": "*/rg-scepman", "nth": 1, "drop": True},
                                 {"path": "*/rg-scepman", "nth": 2, "damage": "truncate"}])
    try:
        ask(connect(t), "GET", group(t), headers=headers)
        raise AssertionError("an answer came")
    except http.client.RemoteDisconnected:
        pass
    try:
        ask(connect(t), "GET", group(t), headers=headers)
        raise AssertionError("a whole answer came")
    except http.client.IncompleteRead as error:
        true(error.partial and error.expected, "half came")
    answer, _ = ask(connect(t), "GET", group(t), headers=headers)
    equal(answer.status, 200)
    t.control("DELETE", "faults")


def what_is_held_back_blocks_nobody(_):
    """Fifty answers are held back for ten minutes; others come meanwhile; and at the end nobody is left waiting."""
    def wait(other, headers):
        try:
            return ask(connect(other), "GET", group(other), headers=headers)[0].status
        except (http.client.HTTPException, OSError):
            return "ended"

    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        with Tenant(BINARY) as other:
            headers = token(other, connect(other))
            other.control("POST", "faults", {"path": "*/rg-scepman", "delay_ms": 600000})
            slow = [pool.submit(wait, other, headers) for _ in range(50)]
            while other.control("GET", "faults")["value"][0]["acted"] < 50:
                time.sleep(0.01)
            equal([future.done() for future in slow], [False] * 50)
            equal(ask(connect(other), "GET", "/subscriptions?api-version=2022-12-01", headers=headers)[0].status, 200)
        for future in slow:
            true(future.result() in (200, "ended"), future.result())


def proxy_answer(t, head):
    port = urllib.parse.urlsplit(t.proxy_url).port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(head.encode() + b"\r\n\r\n")
        return client.recv(200).split(b"\r\n")[0].decode()


def the_proxy_lets_nobody_out(t):
    own = urllib.parse.urlsplit(t.url).port
    for target, status in (("management.azure.com:443", 200), ("GRAPH.microsoft.com:443", 200),
                           ("app-scepman-contoso.azurewebsites.net:443", 200), (f"localhost:{own}", 200),
                           ("management.azure.com:80", 403), ("example.com:443", 403), ("localhost:22", 403),
                           ("evilmanagement.azure.com:443", 403), ("management.azure.com", 400)):
        line = proxy_answer(t, f"CONNECT {target} HTTP/1.1\r\nHost: {target}")
        equal(line.split()[1], str(status), f"{target}: {line}")
    equal(proxy_answer(t, "GET http://localhost/ HTTP/1.1").split()[1], "405")
    equal(proxy_answer(t, "nonsense").split()[1], "400")


def the_proxy_carries_requests(t):
    connection = http.client.HTTPSConnection("127.0.0.1", urllib.parse.urlsplit(t.proxy_url).port, context=t.tls,
                                             timeout=30)
    connection.set_tunnel("management.azure.com", 443)
    headers = token(t, connect(t), "https://management.azure.com")
    answer, body = ask(connection, "GET", group(t), headers=headers)
    equal((answer.status, json.loads(body)["name"]), (200, "rg-scepman"))
    equal(urllib.parse.urlsplit(t.control("GET", "journal")[-1]["url"]).hostname, "management.azure.com")


def the_proxy_finds_every_address(_):
    for listen in ("[::1]:0", "[::]:0", "0.0.0.0:0", "127.0.0.2:0"):
        with tempfile.TemporaryDirectory() as directory:
            ready = os.path.join(directory, "ready.json")
            process = subprocess.Popen([BINARY, "--listen", listen, "--proxy", "127.0.0.1:0", "--ready-file", ready])
            while not os.path.exists(ready) and process.poll() is None:
                time.sleep(0.02)
            with open(ready) as file:
                proxy = urllib.parse.urlsplit(json.load(file)["proxy_url"])
            with socket.create_connection((proxy.hostname, proxy.port), timeout=30) as client:
                client.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
                line = client.recv(4096).decode().split("\r\n")[0]
            process.terminate()
            equal((listen, line.split()[1], process.wait()), (listen, "200", 0))


def metadata_speaks_plainly(t):
    connection = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(t.metadata_url).port, timeout=30)
    target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
    answer, body = ask(connection, "GET", target, headers={"Metadata": "true"})
    equal(answer.status, 200, body)
    true(json.loads(body)["access_token"], "a token")
    equal(ask(connection, "GET", target)[0].status, 400)
    equal(ask(connection, "GET", "/_sim/state")[0].status, 404)
    equal(ask(connection, "GET", group(t))[0].status, 404)


def latency_is_for_the_cloud_only(_):
    with Tenant(BINARY, "--latency-ms", "300") as slow:
        connection = connect(slow)
        start = time.monotonic()
        token(slow, connection)
        true(time.monotonic() - start >= 0.3, "the answer was held back")
        equal([line["response_ms"] for line in slow.control("GET", "journal")], [300])


def the_journal_file_is_the_journal(t):
    path = os.path.join(t.directory, "journal.jsonl")
    with Tenant(BINARY, "--journal", path, "--seed", "5") as other:
        token(other, connect(other))
        lines = other.control("GET", "journal")
        with open(path) as file:
            equal([json.loads(line) for line in file], lines)
        equal((lines[0]["n"], lines[0]["method"], lines[0]["status"]), (1, "POST", 200))
        true(other.client_secret not in json.dumps(lines), "the secret is masked")


def the_same_seed_makes_the_same_ids(_):
    made = []
    for seed in ("7", "7", "8"):
        with Tenant(BINARY, "--seed", seed) as other:
            connection = connect(other)
            headers = {**token(other, connection), "Content-Type": "application/json"}
            _, body = ask(connection, "POST", "/v1.0/applications", b'{"displayName":"x"}', headers)
            made.append(json.loads(body)["appId"])
    true(made[0] == made[1] != made[2], made)


def it_ends_while_answers_are_held_back(_):
    """Ending is asked for while a client waits: it is told at once, or sees the connection end."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        with Tenant(BINARY, "--latency-ms", "60000") as other:
            connection = connect(other)
            connection.request("GET", "/subscriptions?api-version=2022-12-01")
            while not other.control("GET", "journal"):
                time.sleep(0.01)
            other.process.send_signal(sign)
            equal(other.process.wait(timeout=20), 0)
            connection.close()


def a_temporary_directory_is_removed(_):
    with tempfile.TemporaryDirectory() as base:
        ready = os.path.join(base, "ready.json")
        process = subprocess.Popen([BINARY, "--ready-file", ready], env={**os.environ, "TMPDIR": base},
                                   stderr=subprocess.DEVNULL)
        while not os.path.exists(ready):
            time.sleep(0.01)
        equal(len([name for name in os.listdir(base) if name.startswith("tenant-sim-")]), 1)
        process.terminate()
        equal(process.wait(), 0)
        equal(os.listdir(base), ["ready.json"])


CHECKS = [options_are_checked, a_wrong_state_file_is_refused, a_state_file_is_a_scenario, files_are_private, every_scenario_has_a_configuration,
          certificates_fit_all_names, connections_are_kept, lengths_are_right, large_bodies,
          the_target_arrives_as_it_was_sent, connections_break_as_rules_say, what_is_held_back_blocks_nobody,
          the_proxy_lets_nobody_out, the_proxy_carries_requests, the_proxy_finds_every_address, metadata_speaks_plainly, latency_is_for_the_cloud_only,
          the_journal_file_is_the_journal, the_same_seed_makes_the_same_ids, it_ends_while_answers_are_held_back,
          a_temporary_directory_is_removed]


def main():
    counter = Counter("front")
    with Tenant(BINARY) as tenant:
        for check in CHECKS:
            counter.check(check.__name__, lambda: check(tenant))
    counter.finish()


if __name__ == "__main__":
    main()
