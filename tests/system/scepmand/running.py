"""scepmand run as a service manager sees it: a process with a notify socket, a log and a status document."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import time

PATIENCE_S = 120  # how long something may take before it counts as not happening; never how long it must take


def until(condition, what):
    """The first true value of CONDITION()."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"it did not happen: {what}")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Running:
    """A daemon that runs for the length of a block, with a configuration of its own."""

    def __init__(self, daemon, name, replacements=(), watchdog_us=None, log="{level: debug, format: json}",
                 clockwork=None, options=()):
        self.daemon = daemon
        self.options = options
        self.directory = os.path.join(daemon.tenant.directory, name)
        os.mkdir(self.directory)
        self.socket_path = os.path.join(self.directory, "http.sock")
        self.state_directory = os.path.join(self.directory, "state")
        written = daemon.configure(("daemon:\n", f"daemon:\n  listen: unix:{self.socket_path}\n  log: {log}\n"),
                                   ("state_directory: .*", f"state_directory: {self.state_directory}"), *replacements)
        self.config = os.path.join(self.directory, "scepmand.yaml")
        os.rename(written, self.config)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(os.path.join(self.directory, "notify"))
        self.messages = []
        self.environment = dict(os.environ, NOTIFY_SOCKET=os.path.join(self.directory, "notify"))
        if watchdog_us:
            self.environment["WATCHDOG_USEC"] = str(watchdog_us)
        if clockwork:
            self.environment.update(clockwork.environment)
        self.log_path = os.path.join(self.directory, "log")

    def __enter__(self):
        with open(self.log_path, "w") as file:
            self.process = subprocess.Popen([self.daemon.binary, "run", "-c", self.config, *self.options], stderr=file,
                                            env=self.environment)
        return self

    def __exit__(self, *failure):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if failure[0]:
            with open(self.log_path) as file:
                print(file.read()[-6000:])

    def again(self):
        """To be used as a block: the same daemon, started once more after it has ended."""
        self.waiting_messages()
        self.messages = []
        return self

    def ready(self):
        self.expect_message("READY=1")
        return self

    # ---- systemd ----

    def next_message(self):
        if not select.select([self.notify], [], [], PATIENCE_S)[0]:
            raise AssertionError(f"no message; so far: {self.messages}")
        self.messages.append(self.notify.recv(4096).decode())
        return self.messages[-1]

    def waiting_messages(self):
        """Those that have come and were not read; it waits for none."""
        count = len(self.messages)
        while select.select([self.notify], [], [], 0)[0]:
            self.next_message()
        return self.messages[count:]

    def notify_is_ready(self):
        return bool(select.select([self.notify], [], [], 0)[0])

    def expect_message(self, beginning, between=("STATUS=", "WATCHDOG=1")):
        """The next message but those that may come at any time."""
        while True:
            message = self.next_message()
            if message.startswith(beginning):
                return message
            if not message.startswith(between):
                raise AssertionError(f"{message!r} instead of {beginning!r}; so far: {self.messages}")

    # ---- what it says ----

    def log(self, event=None):
        with open(self.log_path) as file:
            lines = file.read().splitlines()
        entries = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [e for e in entries if event in (None, e["event"])]

    def await_log(self, event, count=1):
        """The last of COUNT entries, when there are as many."""
        return until(lambda: self.process.poll() is None and len(self.log(event)) >= count and self.log(event)[count - 1],
                     f"{count} times {event} in the log")

    def get(self, path):
        connection = UnixConnection(self.socket_path)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def status(self):
        code, body = self.get("/status")
        if code != 200:
            raise AssertionError(f"/status: {code} {body}")
        return json.loads(body)

    def tenant(self):
        return self.status()["tenants"][0]

    def await_passes(self, count):
        return until(lambda: (lambda t: t["passes"] >= count and t["state"] == "waiting" and t)(self.tenant()),
                     f"{count} passes")

    # ---- what is done to it ----

    def signal(self, number):
        self.process.send_signal(number)

    def one_more_pass(self):
        """A pass that begins after this call has been made; the tenant as it is afterwards."""
        passes = self.tenant()["passes"]
        self.signal(signal.SIGUSR1)
        return self.await_passes(passes + 1)

    def stop(self):
        self.signal(signal.SIGTERM)
        status = self.process.wait(timeout=PATIENCE_S)
        if status != 0:
            raise AssertionError(f"exit status {status}")

    def read_config(self):
        with open(self.config) as file:
            return file.read()

    def write_config(self, text):
        with open(self.config, "w") as file:
            file.write(text)
