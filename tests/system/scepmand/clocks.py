"""scepmand run and time: systemd's watchdog, hours that pass, a wall clock that jumps, and what waits for its time."""

import os

from clockwork import Clockwork
from completion import settings_writes
from daemon import Daemon, mutating
from running import Running, until
from tenant import Tenant, equal, true

SITE = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman/providers/Microsoft.Web/sites/" \
       "app-scepman-contoso"
HOUR_S = 3600


class Timed(Running):
    """A daemon whose clocks are ours."""

    def __init__(self, daemon, name, **named):
        directory = os.path.join(daemon.tenant.directory, f"{name}-clockwork")
        os.mkdir(directory)
        self.clock = Clockwork(directory)
        super().__init__(daemon, name, clockwork=self.clock, **named)


def watchdog_by_the_clock(daemon):
    """WATCHDOG=1 comes twice in the time that systemd gives, no more often; the configured time is what counts."""
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
    """A loop that hangs says nothing, so systemd restarts us; when it goes on, WATCHDOG=1 comes again."""
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


def run(counter, daemon_binary, sim_binary):
    def checks(tenant, *functions):
        daemon = Daemon(daemon_binary, tenant)
        for function in functions:
            counter.check(function.__doc__ or function.__name__.replace("_", " "), lambda: function(daemon))

    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        checks(tenant, watchdog_by_the_clock, watchdog_of_a_loop_that_hangs)
