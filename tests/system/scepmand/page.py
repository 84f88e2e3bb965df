"""The page for people of a daemon that runs, in a headless Chromium: complete, blocked, and with a refused configuration."""

import os
import socketserver
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "page"))

import look  # noqa: E402
from browser import CHROMIUM, Browser  # noqa: E402
from daemon import Daemon  # noqa: E402
from running import Running, until  # noqa: E402
from tenant import Tenant, equal, true  # noqa: E402

HEADLINE = "document.querySelector('h1').textContent"
TEXT = "document.body.innerText"


class Door(socketserver.ThreadingTCPServer):
    """A port of loopback before a daemon's unix socket: a browser cannot ask there."""
    daemon_threads = True

    def __init__(self, path):
        self.path = path
        super().__init__(("127.0.0.1", 0), Passage)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class Passage(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as inside:
            inside.connect(self.server.path)
            back = threading.Thread(target=self.carry, args=(inside, self.request), daemon=True)
            back.start()
            self.carry(self.request, inside)
            back.join()

    @staticmethod
    def carry(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side has gone


def is_seen(browser, daemon):
    tenant = daemon.tenant
    rule = {"method": "GET", "path": "*/providers/Microsoft.Web/sites/app-scepman-contoso*", "status": 403, "body": {
        "error": {"code": "AuthorizationFailed", "message": "<b>The client</b> does not have authorization."}}}
    with Running(daemon, "page") as running, Door(running.socket_path) as door:
        running.ready()
        running.await_passes(1)
        look.look(browser, door.url, "real-complete")
        equal(browser.evaluate(HEADLINE), "✓\u00a0The installation is complete")
        true("healed" in browser.evaluate(TEXT), "what was written is in the history")
        look.listen(browser, door.url)
        look.tab_through(browser, door.url)

        tenant.control("POST", "faults", rule)
        try:
            running.one_more_pass()
        finally:
            tenant.control("DELETE", "faults")
        look.look(browser, door.url, "real-blocked")
        equal(browser.evaluate(HEADLINE), "✕\u00a0The installation is blocked")
        text = browser.evaluate(TEXT)
        true("InsufficientPrivileges" in text and "<b>The client</b> does not have" in text and "What to do" in text, text)

        good = running.read_config()
        running.write_config(good.replace("tenants:", "tenants:\n  - nonsense: 1"))
        until(lambda: (running.status()["daemon"]["last_reload"] or {}).get("accepted") is False, "the file is refused")
        look.look(browser, door.url, "real-refused")
        text = browser.evaluate(TEXT)
        true("A changed configuration was refused" in text and "nonsense" in text, text)
        running.stop()
        door.shutdown()


def run(counter, daemon_binary, sim_binary):
    if not CHROMIUM:
        counter.skip("the page", "chromium is not installed: apt-get install --no-install-recommends chromium")
        return
    with Tenant(sim_binary, "--scenario", "fresh") as tenant, Browser() as browser:
        counter.check("the page of a daemon that runs", lambda: is_seen(browser, Daemon(daemon_binary, tenant)))
