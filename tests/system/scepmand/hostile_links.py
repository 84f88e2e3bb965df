"""Answers that lead elsewhere: links, redirects and operations of other hosts, however they are spelled. Somebody listens there."""

import json
import socket
import threading

from case import run_cases
from daemon import mutating
from tenant import equal, true

# {p}: the port of whoever listens; {own}: that of the tenant, which is localhost, too.
FOREIGN = (
    "https://127.0.0.1:{p}/x", "https://localhost:{p}/x", "HTTPS://LOCALHOST:{p}/x", "https://localhost.:{own}/x", "https://localhost.:{p}/x",
    "https://localhost:{own}@127.0.0.1:{p}/x", "https://localhost:{own}@127.0.0.1:{p}", "https://user:word@localhost:{own}/x",
    "https://127.0.0.1:{p}\\@localhost:{own}/x", "https://localhost:{own}\\@127.0.0.1:{p}/x", "https:\\\\127.0.0.1:{p}\\x",
    "//127.0.0.1:{p}/x", "///127.0.0.1:{p}/x", "/\\127.0.0.1:{p}/x", "\\\\127.0.0.1:{p}\\x", "https:127.0.0.1:{p}/x", "https:/127.0.0.1:{p}/x",
    "https:///127.0.0.1:{p}/x", "http://localhost:{own}/x", "http://127.0.0.1:{p}/x", "ftp://127.0.0.1:{p}/x", "gopher://127.0.0.1:{p}/_x",
    "file:///etc/passwd", "javascript:alert(1)", "https://localhost:{own}.evil.example/x", "https://evil.localhost:{own}/x",
    "https://xlocalhost:{own}/x", "https://localhost:{own}0/x", "https://localhost/x", "https://localhost:/x", "https://localhost:0{own}/x",
    "https://localhost%3a{p}/x", "https://localhost:{own}%40127.0.0.1:{p}/x", "https://%31%32%37.0.0.1:{p}/x", "https://[::1]:{p}/x",
    "https://[::ffff:127.0.0.1]:{p}/x", "https://[::1%25lo]:{p}/x", "https://[localhost]:{own}/x", "https://2130706433:{p}/x",
    "https://0x7f000001:{p}/x", "https://127.1:{p}/x", "https://ｌocalhost:{own}/x", "https://localhost。:{p}/x", "https://lоcalhost:{own}/x",
    ":{p}/x", "@127.0.0.1:{p}/x", ".evil.example/x", "x", " https://127.0.0.1:{p}/x", "https://127.0.0.1:{p}/" + "a" * 40000,
    "https://localhost:{own}/" + "a" * 40000)
# What no header can hold.
FOREIGN_IN_BODIES = (
    "https://127.0.0.1:{p}/x\r\nAuthorization: none", "https://localhost:{own}\r\nHost: 127.0.0.1:{p}\r\n\r\n/x", "https://localhost:{own}/x\r\nA: b",
    "https://localhost:{own}/x\nA: b", "https://localhost:{own}\t@127.0.0.1:{p}/x", "/x\r\n\r\nGET http://127.0.0.1:{p}/ HTTP/1.1\r\n")
ROLES = "*/providers/Microsoft.Authorization/roleAssignments"


class Listener:
    """Counts who connects, over IPv4 and IPv6, and keeps what is sent first."""

    def __init__(self):
        self.heard = []
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.sockets[0].getsockname()[1]
        try:
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        except OSError:  # a machine without IPv6
            pass
        for listening in self.sockets:
            threading.Thread(target=self.accept, args=(listening,), daemon=True).start()

    def accept(self, listening):
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            client.settimeout(5)
            try:
                self.heard.append(client.recv(4096))
            except OSError:
                self.heard.append(b"")
            client.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for listening in self.sockets:
            listening.close()


def spelled(templates, case, listener):
    own = case.tenant.url.rsplit(":", 1)[1].rstrip("/")
    return [template.replace("{p}", str(listener.port)).replace("{own}", own) for template in templates]


def acted(case, count):
    rules = case.tenant.control("GET", "faults")["value"]
    equal([bool(rule["acted"]) for rule in rules], [True] * count, "rules that acted")


def nothing_foreign(case):
    """No request in the journal has a path or a header that a link smuggled in."""
    for line in case.journal():
        true(not line["url"].endswith("/x") and "a" * 100 not in line["url"] and "A" not in line["headers"], line)


def listener_hears(case):
    """The listener can be heard: who is told to go there by the configuration does."""
    with Listener() as listener:
        config = case.configure((r"authority: .*", f"authority: https://localhost:{listener.port}"))
        case.run("plan", config)
        true(listener.heard, "nobody came")


def links_of_lists(case):
    """nextLink of Resource Manager and @odata.nextLink of Graph: the list is not known, and nothing is made of it."""
    with Listener() as listener:
        for link in spelled(FOREIGN + FOREIGN_IN_BODIES, case, listener):
            case.mend()
            case.forget()
            case.fault(service="arm", method="GET", path=ROLES, status=200, body={"value": [], "nextLink": link})
            case.fault(service="graph", method="GET", path="*/appRoleAssignments", status=200, body={"value": [], "@odata.nextLink": link})
            plan = case.plan(3)
            acted(case, 2)
            equal(listener.heard, [], f"who came because of {link[:200]!r}")
            conditions = [c for c in plan["tenants"][0]["instances"][0]["conditions"] if "names another place" in c["message"]]
            for name in ("nextLink", "@odata.nextLink"):
                found = [c for c in conditions if f"in its {name} (" in c["message"]]
                true(found, f"{name} {link[:200]!r}: {plan['tenants'][0]['instances'][0]['conditions']}")
                true(all("\n" not in c["message"] and len(c["message"]) < 1000 and "configured hosts only" in c["message"] for c in found), found)
            equal(plan["tenants"][0]["instances"][0]["actions"], [], f"what would be done on the strength of {link[:200]!r}")
            nothing_foreign(case)


def nothing_is_written_on_a_foreign_link(case):
    """The same with apply: what hangs on the list is left alone."""
    with Listener() as listener:
        for link in spelled(FOREIGN[:3], case, listener):
            case.mend()
            case.forget()
            case.fault(service="arm", method="GET", path=ROLES, status=200, body={"value": [], "nextLink": link})
            status, output = case.one_pass()
            true("names another place in its nextLink" in output, output)
            equal(mutating(case.journal()), [], "writes")
            equal(listener.heard, [], "who came")


def operations_elsewhere(case):
    """Azure-AsyncOperation and Location of a write: what became of it is not known, and the next pass looks."""
    with Listener() as listener:
        for link in spelled(FOREIGN, case, listener):
            if len(link) > 8000:
                continue
            case.mend()
            case.forget()
            for number, header in enumerate(("Azure-AsyncOperation", "Location"), 1):
                case.fault(service="arm", method="PUT", path=ROLES + "/*", nth=number, status=202, headers={header: link})
            status, output = case.one_pass()
            acted(case, 2)
            equal(listener.heard, [], f"who came because of {link!r}")
            equal(status, 3, output)
            for header in ("Azure-AsyncOperation", "Location"):
                true(f"names another place in its {header} (" in output, f"{header} {link!r}: {output}")
            nothing_foreign(case)


def redirects(case):
    """301, 302, 303, 307 and 308 of Resource Manager, of Graph, of the token endpoint and of a site; none is followed."""
    with Listener() as listener:
        here, there = case.tenant.url, f"https://localhost:{listener.port}"
        for status in (300, 301, 302, 303, 307, 308):
            for target in (f"{there}/x", f"{here}/x"):
                for rule in ({"service": "arm", "method": "GET", "path": "*/sites/app-scepman-contoso"},
                             {"service": "graph", "method": "GET", "path": "/v1.0/servicePrincipals*"}, {"service": "login", "method": "POST"}):
                    case.mend()
                    case.forget()
                    case.fault(**rule, status=status, headers={"Location": target, "Refresh": f"0; url={target}",
                                                               "Content-Location": target, "Link": f"<{target}>; rel=next"})
                    code, output, error = case.run("plan")
                    what = f"{status} of {rule} to {target}"
                    acted(case, 1)
                    equal(listener.heard, [], f"who came because of {what}")
                    nothing_foreign(case)
                    true(code in (1, 2, 3), what + output)
                    true("redirects are not followed" in output, what + output)


def redirected_writes(case):
    """A write that is redirected is not sent again, not even to the same host; what became of it the next pass looks for."""
    with Listener() as listener:
        for status in (301, 307, 308):
            case.mend()
            case.forget()
            case.fault(method="PUT", path="*/config/appsettings", status=status, headers={"Location": f"https://localhost:{listener.port}/x"})
            _, output = case.one_pass()
            true("redirects are not followed" in output, output)
            equal(listener.heard, [], "who came")
            written = [line["url"] for line in case.journal("PUT", "/config/appsettings?")]
            true(written and len(set(written)) == len(written), f"each is sent once: {written}")
            nothing_foreign(case)


def token_endpoint_talks_nonsense(case):
    """HTML, too deep, and tokens that would break out of their header: one sentence, no request to anything else."""
    deep = "[" * 5000 + "]" * 5000
    answers = (("<html>Please log in</html>", "not valid JSON"), (deep, "nested too deeply"), ('{"a":' * 100 + "1" + "}" * 100, "nested too deeply"),
               ({}, "no access_token"), ({"access_token": ""}, "no access_token"), ({"access_token": 5}, "no access_token"),
               ({"access_token": "a\r\nHost: evil"}, "control characters"), ({"access_token": "a b"}, "control characters"),
               ({"access_token": "é"}, "control characters"))
    for body, sentence in answers:
        case.mend()
        case.forget()
        case.fault(service="login", method="POST", status=200, body=body)
        status, output, error = case.run("plan")
        equal(status, 1, f"{str(body)[:60]}: {output} {error}")
        true(sentence in output, f"{str(body)[:60]}: {output}")
        equal(output.count(sentence), 1, f"it is said once: {output}")
        equal([line["url"] for line in case.journal() if "/oauth2/" not in line["url"]], [], "what was sent without a token")


def skip_tokens(case):
    """What Resource Graph gives for the next page goes into a body and nowhere else."""
    with Listener() as listener:
        config = case.configure((r" *subscription_id: .*\n", ""), (r" *resource_group: .*\n", ""))
        for token in ("https://localhost:%d/x" % listener.port, "a\r\nHost: evil", '"},"subscriptions":["', "x" * 100000, "?a=b#c", "../../x"):
            case.mend()
            case.forget()
            case.fault(path="*/Microsoft.ResourceGraph/resources", nth=1, status=200, body={
                "totalRecords": 1, "count": 0, "data": [], "resultTruncated": "false", "$skipToken": token})
            case.run("plan", config)
            if not case.tenant.control("GET", "faults")["value"][0]["acted"]:
                raise AssertionError("Resource Graph was not asked")
            equal(listener.heard, [], "who came")
            asked = [line for line in case.journal("POST", "ResourceGraph/resources") if "skipToken" in json.dumps(line["body"])]
            true(asked, "the next page was asked for")
            body = asked[0]["body"] if isinstance(asked[0]["body"], dict) else json.loads(asked[0]["body"])
            equal(body["options"]["$skipToken"], token, "the token")
            nothing_foreign(case)


def run(counter, daemon_binary, sim_binary):
    run_cases(counter, daemon_binary, sim_binary, {
        "fresh": (listener_hears, operations_elsewhere, redirects, redirected_writes, token_endpoint_talks_nonsense, skip_tokens),
        "completed": (links_of_lists, nothing_is_written_on_a_foreign_link)})
