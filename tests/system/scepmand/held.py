"""restore-1x and release beside a daemon that runs: it goes by the hold, before a pass and within one."""

import signal

from clocks import HOUR_S, TimedTenant
from case import settings_writes
from daemon import Daemon
from running import Running, until
from tenant import equal, true
from upgrade import CONSENT, CREATE, credential, edit_settings, is_1x, is_switched, settings

UPGRADING = ((CREATE[0], CREATE[1] + CONSENT),)
INSTANCE = ("-i", "app-scepman-contoso")


def await_in_sync(running):
    until(lambda: running.tenant()["last_pass"] and running.tenant()["last_pass"]["result"] == "in-sync", "it is in sync")


def reasons(tenant):
    return {c["reason"] for c in tenant["instances"][0]["conditions"]}


def restored_between_passes(daemon):
    """A slot that restore-1x put back while the daemon runs stays as it is, pass for pass, until it is released"""
    tenant = daemon.tenant
    old = credential(tenant)
    with Running(daemon, "between", replacements=UPGRADING) as running:
        running.ready()
        await_in_sync(running)
        is_switched(tenant, old)
        daemon.expect(0, "restore-1x", running.config, *INSTANCE)
        tenant.control("DELETE", "journal")
        for _ in range(2):
            held = running.one_more_pass()
            true("HeldByOperator" in reasons(held), held["instances"][0])
            equal(settings_writes(tenant.control("GET", "journal")), [], "what is written to a slot on hold")
        is_1x(tenant, old)
        text = daemon.expect(0, "status", running.config)
        true("HeldByOperator" in text and "scepmand release" in text, text)
        daemon.expect(0, "release", running.config, *INSTANCE)
        running.one_more_pass()
        await_in_sync(running)
        is_switched(tenant, old)
        equal(settings_writes(tenant.control("GET", "journal"))[0], "app-scepman-contoso", "what is written when it is released")
        running.stop()


def held_within_a_pass(daemon):
    """A hold that is put in the middle of a pass counts for its writes; release ends it"""
    tenant = daemon.tenant
    with Running(daemon, "within", replacements=UPGRADING) as running:
        running.ready()
        await_in_sync(running)
        edit_settings(tenant, {"AppConfig:DirectCSRValidation:Enabled": "false"})
        before = settings(tenant)
        # The pass waits for the one answer until an hour of the tenant is over; restore-1x gets as far as its hold.
        tenant.control("POST", "faults", [
            {"method": "GET", "path": "*/sites/app-scepman-contoso/slots", "nth": 1, "delay_ms": HOUR_S * 1000},
            {"method": "PUT", "path": "*/config/appsettings", "status": 403, "body": {
                "error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}}}])
        passes = running.tenant()["passes"]
        running.signal(signal.SIGUSR1)
        until(lambda: tenant.control("GET", "faults")["value"][0]["acted"], "the pass that is about to write")
        daemon.expect(3, "restore-1x", running.config, *INSTANCE)
        equal(running.tenant()["state"], "running", "the pass is still under way")
        tenant.control("DELETE", "faults")
        tenant.control("DELETE", "journal")
        tenant.clock.wait(HOUR_S)
        held = running.await_passes(passes + 1)
        true("WriteHeldBack" in reasons(held), held["instances"][0])
        equal(settings_writes(tenant.control("GET", "journal")), [], "what the pass wrote")
        equal(settings(tenant), before, "the settings")
        daemon.expect(0, "release", running.config, *INSTANCE)
        running.one_more_pass()
        await_in_sync(running)
        equal(settings(tenant)["AppConfig:DirectCSRValidation:Enabled"], "true")
        running.stop()


def run(counter, daemon_binary, sim_binary):
    for check in (restored_between_passes, held_within_a_pass):
        with TimedTenant(sim_binary, "upgrade-1x") as tenant:
            counter.check(check.__doc__, lambda: check(Daemon(daemon_binary, tenant)))
