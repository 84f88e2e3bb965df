"""scepmand run and time: systemd's watchdog, hours that pass, a wall clock that jumps, and what waits for its time."""

import datetime
import json
import signal
import tempfile
import time

from clockwork import Clockwork
from clones import LEVEL, CLONE, cloned
from clones import configuration as clone_configuration
from case import SCEPMAN, TIME, Case, settings_writes
from daemon import Daemon
from running import Running, until
from tenant import Tenant, equal, true

HOUR_S = 3600
ROLE = "dc5007c0-2d7d-4c42-879c-2dab87571379"  # an app role of Microsoft Intune that SCEPman needs
EVERY_QUARTER = ("daemon:\n", "daemon:\n  interval: 15m\n  jitter: 0%\n")


class TimedTenant(Tenant):
    """A tenant whose clock is ours, too: it goes with that of the daemons."""

    def __init__(self, sim, scenario):
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clockwork(self.folder.name)
        super().__init__(sim, "--scenario", scenario, environment=self.clock.environment)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        self.folder.cleanup()


class Timed(Running):
    """A daemon whose clocks are ours."""

    def __init__(self, daemon, name, **named):
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clockwork(self.folder.name)
        # As late as it is in the tenant.
        self.clock.wait(daemon.tenant.clock.waited_s())
        super().__init__(daemon, name, clockwork=self.clock, **named)

    def __exit__(self, *failure):
        super().__exit__(*failure)
        self.folder.cleanup()

    def wait(self, seconds):
        """So much time passes, for the daemon and for the tenant."""
        self.daemon.tenant.clock.wait(seconds)
        self.clock.wait(seconds)

    def until_next_pass_s(self):
        """Between passes: how long it is until the next."""
        status = self.status()
        return seconds(status["tenants"][0]["next_pass"]) - seconds(status["daemon"]["now"])


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def lose_a_role(tenant):
    """Somebody takes a role away; said as a function that tells whether it is back."""
    state = tenant.state()
    roles = state["directory"]["appRoleAssignments"]
    roles.remove(next(r for r in roles if r["appRoleId"] == ROLE))
    tenant.control("PUT", "state", state)
    return lambda: any(r["appRoleId"] == ROLE for r in tenant.state()["directory"]["appRoleAssignments"])


def watchdog_by_the_clock(daemon):
    """WATCHDOG=1 comes twice in the time that systemd gives, no more often; the configured time is what counts"""
    with Timed(daemon, "watchdog", watchdog_us=8 * HOUR_S * 1000000) as running:
        running.ready()
        running.await_passes(1)
        running.waiting_messages()
        equal(running.messages.count("WATCHDOG=1"), 1, "at the start")
        for _ in range(3):
            running.clock.wait(4 * HOUR_S)
            running.expect_message("WATCHDOG=1", between="STATUS=")
            running.status()  # the loop has turned once more
            equal(running.waiting_messages().count("WATCHDOG=1"), 0, "more than one")
        running.stop()


def watchdog_of_a_loop_that_hangs(daemon):
    """A loop that hangs says nothing, so systemd restarts us; when it goes on, WATCHDOG=1 comes again"""
    period_ms = 50
    with Timed(daemon, "hangs", watchdog_us=2 * period_ms * 1000) as running:
        running.ready()
        running.await_passes(1)
        running.expect_message("WATCHDOG=1")
        running.clock.hang()
        running.waiting_messages()
        # The time in which a loop that turns would have said it forty times.
        running.clock.await_turns(40 * period_ms // 5)
        running.clock.wait(HOUR_S)
        running.clock.await_turns(1)
        equal(running.waiting_messages(), [], "what a loop that hangs says")
        running.clock.go_on()
        for _ in range(3):
            running.expect_message("WATCHDOG=1")
        running.stop()


def healed_without_being_asked(daemon):
    """What another writer breaks is healed within one interval, and the audit trail names what was changed"""
    with Timed(daemon, "interval", replacements=(EVERY_QUARTER,)) as running:
        running.ready()
        running.await_passes(1)
        is_back = lose_a_role(daemon.tenant)
        running.wait(15 * 60)
        until(is_back, "it is back")
        running.await_passes(2)
        true(any("IdentityRiskyUser" in e["node"] for e in running.log("drift-found")), "the log does not say it")
        true("IdentityRiskyUser.Read.All" in daemon.expect(0, "audit", running.config, "show"), "the audit trail names it")
        running.stop()


def an_answer_that_does_not_come(daemon):
    """SIGTERM, and the answer to a write does not come: it is left after 10 s, and the next start looks at it again"""
    tenant = daemon.tenant
    with Timed(daemon, "stops", replacements=(EVERY_QUARTER,)) as running:
        running.ready()
        running.await_passes(1)
        is_back = lose_a_role(tenant)
        tenant.control("POST", "faults", {"method": "POST", "path": "*/appRoleAssign*", "delay_ms": HOUR_S * 1000})
        begun = len(running.log("write-begins"))
        running.signal(signal.SIGUSR1)
        running.await_log("write-begins", begun + 1)
        running.signal(signal.SIGTERM)
        running.expect_message("STOPPING=1")
        running.clock.wait(9)
        equal([e["message"] for e in running.log("stopping") if "has not come back" in e["message"]], [], "too early")
        running.clock.wait(2)
        equal(running.process.wait(), 0, "exit status")
        true(any("has not come back within 10 s" in e["message"] for e in running.log("stopping")), "it is not said")
        daemon.expect(0, "audit", running.config, "verify")
        tenant.control("DELETE", "faults")
        daemon.expect(0, "apply", running.config, "--quiet")
        true(is_back(), "what was left is not looked at again")


def the_wall_clock_jumps(daemon):
    """Somebody puts the clock forward and back by hours: no pass is missed or brought forward, no token or wait is mistaken"""
    tenant = daemon.tenant
    with Timed(daemon, "jumps", replacements=(EVERY_QUARTER,)) as running:
        running.ready()
        passes = running.await_passes(1)["passes"]
        since = running.tenant()["instances"][0]["in_sync_since"]
        tenant.control("DELETE", "journal")
        for hours in (10, -10, 0):
            running.clock.set_wall(hours * HOUR_S)
            status = running.status()["tenants"][0]
            equal((status["passes"], status["state"]), (passes, "waiting"), f"passes after a jump to {hours} h")
            wait_s = running.until_next_pass_s()
            true(0 < wait_s <= 15 * 60, f"the next pass after a jump to {hours} h: {wait_s} s")
            is_back = lose_a_role(tenant)
            running.wait(15 * 60)
            passes = running.await_passes(passes + 1)["passes"]
            true(is_back(), f"what somebody broke is healed after a jump to {hours} h")
            equal(running.get("/readyz")[0], 200, f"readyz after a jump to {hours} h")
        after = running.tenant()
        equal(after["instances"][0]["in_sync_since"], since, "since when it is in sync")
        found = [seconds(e["time"]) for e in after["events"]
                 if e["event"] == "drift-found" and "IdentityRiskyUser" in e["target"]][-3:]
        true(found[0] > found[2] > found[1], f"the history is in the order in which things happened: {found}")
        running.stop()
        daemon.expect(0, "audit", running.config, "verify")
        with running.again():
            running.ready()
            equal(running.tenant()["events"], after["events"], "the drift history after a restart")
            running.stop()


def tokens_end_with_time(daemon):
    """A token is renewed before it ends, wherever the wall clock stands; the tenant never sees one that has ended"""
    tenant = daemon.tenant
    with Timed(daemon, "tokens", replacements=(EVERY_QUARTER,)) as running:
        running.ready()
        running.await_passes(1)
        tenant.control("DELETE", "journal")
        running.clock.set_wall(10 * HOUR_S)
        running.one_more_pass()
        equal([line["url"] for line in tenant.control("GET", "journal") if "/token" in line["url"]], [], "needless tokens")
        running.clock.set_wall(-10 * HOUR_S)
        running.wait(26 * HOUR_S)  # this tenant gives tokens for a day
        running.await_passes(3)
        running.one_more_pass()
        journal = tenant.control("GET", "journal")
        true([line for line in journal if "/token" in line["url"]], "no token was renewed")
        equal([line["url"] for line in journal if line["status"] == 401], [], "requests with a token that has ended")
        running.stop()


def waits_are_not_lengthened(daemon):
    """What a service asks us to wait for is not more because the clock was put back meanwhile"""
    tenant = daemon.tenant
    with Timed(daemon, "waits", replacements=(EVERY_QUARTER,)) as running:
        running.ready()
        passes = running.await_passes(1)["passes"]
        tenant.control("POST", "faults", {"method": "GET", "path": "*/sites/app-scepman-contoso/slots", "nth": 1, "status": 429,
                                          "headers": {"Retry-After": "20"}, "body": {"error": {"code": "TooManyRequests"}}})
        running.signal(signal.SIGUSR1)
        until(lambda: any(line["status"] == 429 for line in tenant.control("GET", "journal")), "it is throttled")
        tenant.control("DELETE", "faults")
        running.clock.set_wall(-10 * HOUR_S)
        running.wait(30)
        after = running.await_passes(passes + 1)
        equal(after["last_pass"]["result"], "in-sync")
        running.stop()


def failed_login_and_jump(daemon):
    """A login that failed is tried again with the next pass, although the clock was put back by hours"""
    tenant = daemon.tenant
    tenant.control("POST", "faults", {"method": "POST", "path": "*/oauth2/v2.0/token", "status": 400, "body": {
        "error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}})
    try:
        with Timed(daemon, "login", replacements=(EVERY_QUARTER,)) as running:
            running.ready()
            equal(running.await_passes(1)["last_pass"]["result"], "failed")
            tenant.control("DELETE", "faults")
            running.clock.set_wall(-10 * HOUR_S)
            running.wait(60)
            until(lambda: running.tenant()["last_pass"]["result"] == "in-sync", "it logs in")
            running.stop()
    finally:
        tenant.control("DELETE", "faults")


def certificates_and_the_clock(daemon):
    """With a clock that is days off no certificate is valid: it is said what to look at, and mended by itself"""
    for days, words in ((-3, "is not valid yet"), (800, "has expired")):
        running = Timed(daemon, f"certificates{days}", replacements=(EVERY_QUARTER,))
        running.clock.set_wall(days * 24 * HOUR_S)
        with running:
            running.ready()
            failed = running.await_passes(1)
            equal(failed["last_pass"]["result"], "failed")
            said = json.dumps(failed["instances"][0]["conditions"])
            true(words in said and "clock" in said, said)
            running.clock.set_wall(0)
            running.wait(60)
            until(lambda: running.tenant()["last_pass"]["result"] == "in-sync", "it works with the right time")
            running.stop()


def the_time_that_is_written(daemon):
    """ManagedIdentityEnabledOnUnixTime is the cloud's time, not that of a machine whose clock is wrong"""
    tenant = daemon.tenant
    running = Timed(daemon, "written", replacements=(EVERY_QUARTER,))
    running.clock.set_wall(10 * HOUR_S)
    with running:
        running.ready()
        running.await_passes(1)
        written = int(tenant.resource(f"{SCEPMAN}/config/appsettings")["properties"][TIME])
        true(abs(written - time.time()) < 5 * HOUR_S, f"{written} was written at {time.time()}")
        running.stop()


def few_writes_a_pass(daemon):
    """What max_writes_per_pass leaves for the next pass is gone on with after 2 s, 4 s and so on, until it is done"""
    tenant = daemon.tenant
    tenant.control("DELETE", "journal")
    limits = (r"daemon:\n", "daemon:\n  interval: 15m\n  jitter: 0%\n  limits: {max_writes_per_pass: 4}\n")
    with Timed(daemon, "few", replacements=(limits,)) as running:
        running.ready()
        for number in range(1, 20):
            after = running.await_passes(number)
            wait_s = running.until_next_pass_s()
            true(after["last_pass"]["writes"] <= 4, after["last_pass"])
            if after["last_pass"]["result"] == "in-sync":
                break
            true(any(c["reason"] == "WriteDeferred" for c in after["instances"][0]["conditions"]), after["instances"][0])
            equal(after["last_pass"]["writes"], 4, f"writes of pass {number}")
            true(wait_s <= 2 ** number, f"the pass after {number}: in {wait_s} s")
            running.wait(wait_s + 0.5)
        equal(after["last_pass"]["result"], "in-sync")
        true(4 <= number <= 8, f"{number} passes")
        true(wait_s > 10 * 60, f"then it is the interval: {wait_s} s")
        equal(sorted(settings_writes(tenant.control("GET", "journal"))), ["app-scepman-contoso", "app-scepman-contoso-cm"])
        running.stop()


def clones_under_run(case):
    """The clone waits for restart_space after the restart of the first, and is written when it is over"""
    cloned(case)
    case.expect(0, "apply", clone_configuration(case))
    for site in (SCEPMAN, CLONE):
        case.set(site, **{LEVEL: "0"})
    case.forget()
    with open(clone_configuration(case, "1h")) as file:
        case.text = file.read()
    with Timed(case, "clones", replacements=((r"daemon:\n", "daemon:\n  interval: 3h\n  jitter: 0%\n"),)) as running:
        running.ready()
        after = running.await_passes(1)
        reasons = [c["reason"] for i in after["instances"] for c in i["conditions"]]
        true("WriteDeferred" in reasons, reasons)
        equal(len(settings_writes(case.journal())), 1, "settings writes in one window")
        wait_s = running.until_next_pass_s()
        true(45 * 60 < wait_s <= HOUR_S, f"the next pass: in {wait_s} s")
        running.one_more_pass()
        equal(len(settings_writes(case.journal())), 1, "settings writes of a pass within the window")
        running.wait(running.until_next_pass_s() + 1)
        until(lambda: all(i["in_sync"] for i in running.tenant()["instances"]), "the clone is written, too")
        equal(len(settings_writes(case.journal())), 2, "settings writes")
        running.stop()


def run(counter, daemon_binary, sim_binary):
    def checks(tenant, *functions):
        daemon = Daemon(daemon_binary, tenant)
        for function in functions:
            counter.check(function.__doc__ or function.__name__.replace("_", " "), lambda: function(daemon))

    with TimedTenant(sim_binary, "fresh") as tenant:
        checks(tenant, the_time_that_is_written, healed_without_being_asked, watchdog_by_the_clock,
               watchdog_of_a_loop_that_hangs, an_answer_that_does_not_come, the_wall_clock_jumps, tokens_end_with_time,
               waits_are_not_lengthened, failed_login_and_jump, certificates_and_the_clock)
    with TimedTenant(sim_binary, "completed") as tenant:
        counter.check(clones_under_run.__doc__, lambda: clones_under_run(Case(daemon_binary, tenant, "completed")))
    with TimedTenant(sim_binary, "fresh") as tenant:
        checks(tenant, few_writes_a_pass)
