#!/usr/bin/env python3
"""The page of sample documents in a headless Chromium. Usage: in_browser.py PATH-OF-PAGE-OF"""

import http.server
import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

import look  # noqa: E402
import samples  # noqa: E402
from browser import CHROMIUM, Browser  # noqa: E402
from tenant import Counter, equal  # noqa: E402


class Server(http.server.ThreadingHTTPServer):
    """Answers /NAME with the page of that sample. The policy is the endpoint's but for its images: none are needed."""

    def __init__(self, program):
        self.pages = {name: subprocess.run([program], input=json.dumps(make()).encode(), capture_output=True, check=True).stdout
                      for name, make in samples.ALL.items()}
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, name):
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.server.pages.get(self.path[1:])
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *_):
        pass


def hostile_text_does_nothing(browser, server):
    browser.open(server.url("hostile"), 1000, "light")
    equal(browser.evaluate("document.querySelectorAll('script, img, [onerror]').length"), 0)
    equal(browser.evaluate("document.querySelectorAll('style').length"), 1)


def main():
    counter = Counter("page in a browser")
    if not CHROMIUM:
        counter.skip("the page", "chromium is not installed: apt-get install --no-install-recommends chromium")
        counter.finish()
    server = Server(sys.argv[1])
    with Browser() as browser:
        for name in samples.ALL:
            counter.check(f"{name}: looks", lambda: look.look(browser, server.url(name), name))
            counter.check(f"{name}: on paper", lambda: look.print_it(browser, server.url(name), name))
        for name in ("all_well", "blocked_and_drift"):
            counter.check(f"{name}: is heard", lambda: look.listen(browser, server.url(name)))
            counter.check(f"{name}: keys", lambda: look.tab_through(browser, server.url(name)))
        counter.check("hostile text does nothing", lambda: hostile_text_does_nothing(browser, server))
    server.shutdown()
    counter.finish()


if __name__ == "__main__":
    main()
