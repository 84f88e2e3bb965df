"""What the checks do on the virtual machine: they ask systemd, the journal and the daemon, and show what they were told."""

import contextlib
import json
import os
import subprocess
import time
import urllib.request

from tenant import Tenant, equal, true

CONFIG = "/etc/scepmand/scepmand.yaml"
SECRET = "/etc/credstore/scepmand.client-secret"
STATE = "/var/lib/private/scepmand"
UNITS = "/etc/systemd/system"
DOCUMENTS = "/usr/local/share/doc/scepmand"
PATIENCE_S = 300  # how long something may take before it counts as not happening; never how long it must take


def show(text):
    """Of what is long, the beginning and the end."""
    lines = text.rstrip("\n").splitlines()
    if len(lines) > 40:
        lines[20:-20] = ["..."]
    for line in lines:
        print("      " + line, flush=True)


def run(*command, status=0, environment=None):
    """What COMMAND prints, on both ways; its exit status must be STATUS (None: whatever it is)."""
    print("    $ " + " ".join(command), flush=True)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S,
                            env=dict(os.environ, **(environment or {})))
    show(result.stdout)
    if status is not None:
        equal(result.returncode, status, f"exit status of {' '.join(command)}")
    return result.stdout


def until(condition, what):
    """The first true value of CONDITION()."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"it did not happen: {what}")


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", opener=lambda p, flags: os.open(p, flags, mode)) as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def checks(counter, machine, functions):
    """Each is titled by its name, which stands above what it saw."""
    for function in functions:
        print(f"  {function.__name__}", flush=True)
        counter.check(function.__name__, lambda: function(machine))


# ---- systemd ----

def properties(*names, unit="scepmand.service"):
    """As `systemctl show` tells them."""
    output = subprocess.run(["systemctl", "show", unit, "--property", ",".join(names)], capture_output=True, text=True,
                            check=True).stdout
    return dict(line.split("=", 1) for line in output.splitlines())


def expect(unit="scepmand.service", **wanted):
    """The unit has these properties; they are shown."""
    found = properties(*wanted, unit=unit)
    show(f"{unit}: " + " ".join(f"{k}={v}" for k, v in sorted(found.items())))
    equal(found, {name: str(value) for name, value in wanted.items()}, unit)


def main_pid(unit="scepmand.service"):
    return int(properties("MainPID", unit=unit)["MainPID"])


def start(unit="scepmand.service", status=0):
    """As often as the checks like: who starts it by hand so often forgets the limit first, as systemctl advises."""
    subprocess.run(["systemctl", "reset-failed", unit], capture_output=True)
    return run("systemctl", "start", unit, status=status)


def stop():
    run("systemctl", "stop", "scepmand.service")


@contextlib.contextmanager
def drop_in(text, unit="scepmand.service"):
    """For the length of a block; it takes effect for what is started in it."""
    path = f"{UNITS}/{unit}.d/checks.conf"
    write(path, text)
    run("systemctl", "daemon-reload")
    try:
        yield
    finally:
        os.remove(path)
        run("systemctl", "daemon-reload")


class Journal:
    """What has come to the journal of a unit since this was made."""

    def __init__(self, unit="scepmand.service"):
        self.unit = unit
        self.cursor = self.ask("--lines=0", "--show-cursor").splitlines()[-1].removeprefix("-- cursor: ")

    def ask(self, *options):
        subprocess.run(["journalctl", "--sync"], check=True)
        return subprocess.run(["journalctl", *options], capture_output=True, text=True, check=True).stdout

    def entries(self, **fields):
        """All, or those with FIELDS."""
        lines = self.ask("--unit", self.unit, f"--after-cursor={self.cursor}", "--output=json").splitlines()
        found = [json.loads(line) for line in lines]
        return [e for e in found if all(e.get(name) == value for name, value in fields.items())]

    def texts(self):
        return [entry["MESSAGE"] for entry in self.entries()]

    def await_text(self, *words):
        """The first message with all WORDS."""
        try:
            message = until(lambda: next((t for t in self.texts() if all(word in t for word in words)), None),
                            f"{words} in the journal of {self.unit}")
        except AssertionError:
            show("\n".join(self.texts()))
            raise
        show(f"journal: {message}")
        return message


def process_status(pid):
    """/proc/PID/status."""
    return {k: v.strip() for k, v in (line.split(":", 1) for line in read(f"/proc/{pid}/status").splitlines())}


def daemon_uid():
    """The user of today; /proc/PID is root's, since the daemon is not to be dumped."""
    return int(process_status(main_pid())["Uid"].split()[0])


# ---- the tenant and the daemon ----

class Machine:
    """The simulated tenant, and scepmand as README has it installed."""

    def __init__(self, scenario, *options):
        self.tenant = Tenant("/usr/local/bin/tenant-sim", "--scenario", scenario, "--listen", "127.0.0.1:8443",
                             "--metadata", "127.0.0.1:40342", *options)  # where the agent of Azure Arc listens

    def configure(self, *replacements):
        """README's way: the configuration and the tenant's certificate in /etc/scepmand, the secret in /etc/credstore."""
        text = read(self.tenant.config)
        tls = os.path.dirname(self.tenant.ca_file)
        for old, new in ((f'  state_directory: "{tls}/scepmand-state"\n', ""),
                         (self.tenant.ca_file, "/etc/scepmand/ca.pem"),
                         (f'"{tls}/client-secret"', "${CREDENTIALS_DIRECTORY}/client-secret"), *replacements):
            true(old in text, f"the configuration has no {old}")
            text = text.replace(old, new)
        write("/etc/scepmand/ca.pem", read(self.tenant.ca_file))
        write(SECRET, self.tenant.client_secret + "\n", 0o600)
        write(CONFIG, text)

    def counters(self):
        return self.tenant.control("GET", "counters")

    def writes(self):
        return self.counters()["writes"]

    def status(self):
        with urllib.request.urlopen("http://127.0.0.1:9464/status", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def first(self):
        """What the daemon knows of its only tenant; None while it does not answer."""
        try:
            return self.status()["tenants"][0]
        except OSError:
            return None

    def await_state(self, what, condition):
        return until(lambda: (lambda t: t and condition(t) and t)(self.first()), what)

    def await_passes(self, count):
        return self.await_state(f"{count} passes", lambda t: t["passes"] >= count and t["state"] == "waiting")

    def trigger(self):
        """As README says."""
        run("systemctl", "kill", "--kill-whom=main", "--signal=USR1", "scepmand")

    def one_more_pass(self):
        before = self.first()["passes"]
        self.trigger()
        return self.await_passes(before + 1)

    def await_in_sync(self):
        return self.await_state("it is in sync", lambda t: t["passes"] and t["state"] == "waiting" and
                                t["instances"][0]["in_sync"])

    def take_away_a_role(self):
        """Drift: somebody takes one of Intune's roles from SCEPman."""
        state = self.tenant.state()
        roles = state["directory"]["appRoleAssignments"]
        roles.remove(next(r for r in roles if r["appRoleId"] == "dc5007c0-2d7d-4c42-879c-2dab87571379"))
        self.tenant.control("PUT", "state", state)

    def begin_again(self, scenario):
        self.tenant.control("POST", "scenario", {"name": scenario})
        for name in ("faults", "journal", "counters"):
            self.tenant.control("DELETE", name)
