"""The drift history: a thousand events in its file and for those who ask, a hundred in what is shown, over restarts, damage and a disk that takes nothing."""

import json
import os

from daemon import Daemon
from running import Running
from tenant import Tenant, equal, true

ROLE = "dc5007c0-2d7d-4c42-879c-2dab87571379"  # an app role of Microsoft Intune that SCEPman needs
KEPT, SHOWN = 1000, 100


def old_event(number):
    return {"time": f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z", "event": "drift-found",
            "instance": "elsewhere", "kind": "app-settings", "target": f"app-{number}", "message": f"event number {number}."}


def line(event):
    return json.dumps(event) + "\n"


def history_file(running):
    return os.path.join(running.state_directory, "drift", "Contoso.jsonl")


def in_file(running):
    """Every line is an event, and the last one is whole."""
    with open(history_file(running)) as file:
        text = file.read()
    true(text.endswith("\n"), text[-200:])
    return [json.loads(event) for event in text.splitlines()]


def take_role(tenant):
    state = tenant.state()
    roles = state["directory"]["appRoleAssignments"]
    roles.remove(next(r for r in roles if r["appRoleId"] == ROLE))
    tenant.control("PUT", "state", state)


def heal_one(running):
    """One thing drifts and is healed, with whatever hangs on it; the events of that."""
    before = running.tenant()["events"]
    take_role(running.daemon.tenant)
    new = [event for event in running.one_more_pass()["events"] if event not in before]
    true(new and {event["event"] for event in new} == {"drift-found", "drift-healed"}, new)
    return new


def begin_with(running, *texts):
    os.makedirs(os.path.dirname(history_file(running)))
    with open(history_file(running), "w") as file:
        file.writelines(texts)
    return running


def a_thousand_survive_restarts(daemon):
    old = [old_event(n) for n in range(KEPT)]
    with begin_with(Running(daemon, "thousand"), *map(line, old)) as running:
        running.ready()
        equal(running.await_passes(1)["events"], old[-SHOWN:], "after a restart")
        new = heal_one(running)
        expected = (old + new)[-SHOWN:]
        equal(running.tenant()["events"], expected, "after two more")
        shown = json.loads(daemon.expect(0, "status", running.config, "-o", "json"))["tenants"][0]["events"]
        equal(shown, expected, "what scepmand status -o json has")
        page = running.get("/")[1]
        true(expected[0]["target"] in page, "the oldest that is shown")
        true(f"app-{KEPT - SHOWN + len(new) - 1}" not in page, "one that is not")
        whole = json.loads(daemon.expect(0, "status", running.config, "-v", "-o", "json"))["tenants"][0]["events"]
        equal(whole, (old + new)[-KEPT:], "what scepmand status -v has")
        text = daemon.expect(0, "status", running.config, "-v")
        equal(len([line for line in text.splitlines() if " drift-" in line]), KEPT, "lines of scepmand status -v")
        running.stop()
    equal(in_file(running)[-KEPT:], (old + new)[-KEPT:], "the file")
    # So many that it is written anew: of those that memory does not hold none is lost.
    with open(history_file(running), "w") as file:
        file.writelines(map(line, (old + old)[:2 * KEPT - 1]))
    with running.again():
        running.ready()
        running.await_passes(1)
        new = heal_one(running)
        running.stop()
    equal(in_file(running), (old[:-1] + new)[-KEPT:], "the file that was written anew")
    with running.again():
        running.ready()
        equal(running.await_passes(1)["events"], (old[:-1] + new)[-SHOWN:], "after another restart")
        running.stop()


def damage_costs_no_other_event(daemon):
    old = [old_event(n) for n in range(300)]
    with begin_with(Running(daemon, "damage"), *map(line, old[:50]), "\0" * 5000, line(old[50]), line(old[51])[:40] + "\n",
                    '["no event"]\n', *map(line, old[51:]), line(old[0])[:60]) as running:
        running.ready()
        equal(running.await_passes(1)["events"], old[-SHOWN:], "what is shown")
        new = heal_one(running)
        running.stop()
    equal(in_file(running), old + new, "the file")


def a_disk_that_takes_nothing_costs_no_event(daemon):
    """It is said once, passes go on and heal, and what happened meanwhile is written when the disk takes it, without more news."""
    old = [old_event(n) for n in range(300)]
    with begin_with(Running(daemon, "nothing"), *map(line, old)) as running:
        folder = os.path.dirname(history_file(running))
        running.ready()
        running.await_passes(1)
        os.rename(folder, folder + ".away")
        with open(folder, "w"):
            pass
        new = heal_one(running) + heal_one(running)
        equal(running.one_more_pass()["last_pass"]["result"], "in-sync")
        tenant = running.tenant()
        status, output, error = daemon.run("status", running.config, "-v")
        equal((status, "cannot be read" in error, "the end of the history only" in error), (0, True, True), error)
        true(new[-1]["target"] in output, output)
        true(history_file(running) in tenant["problem"] and "Not a directory" in tenant["problem"], tenant["problem"])
        equal(tenant["events"], (old + new)[-SHOWN:], "what is shown")
        said = [e for e in running.log("state-directory") if "drift history" in e["message"]]
        equal(len(said), 1, f"how often it is said: {said}")
        os.remove(folder)
        os.rename(folder + ".away", folder)
        running.one_more_pass()
        equal(running.one_more_pass()["problem"], None, "the problem")
        running.stop()
    equal(in_file(running), old + new, "the file")


def run(counter, daemon_binary, sim_binary):
    with Tenant(sim_binary, "--scenario", "fresh") as tenant:
        daemon = Daemon(daemon_binary, tenant)
        daemon.expect(0, "apply", None, "--quiet")
        for function in (a_thousand_survive_restarts, damage_costs_no_other_event, a_disk_that_takes_nothing_costs_no_event):
            counter.check(f"drift history: {function.__name__.replace('_', ' ')}", lambda function=function: function(daemon))
