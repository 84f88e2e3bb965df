"""Azure Arc: its agent wants the content of a file that lies where only root can put it, so this part has a /var/opt of its own."""

import os
import subprocess
import sys

from case import run_cases, says
from identities import PATH, give_identities, in_sync, refused, signed_in_with
from tenant import equal, true

TOKENS = "/var/opt/azcmagent/tokens"
MARK = "SCEPMAND_TEST_HAS_ITS_OWN_VAR_OPT"


def arc(case):
    return {"IDENTITY_ENDPOINT": case.tenant.metadata_url + PATH, "IMDS_ENDPOINT": case.tenant.metadata_url}


def asked(case):
    """Requests for a token, each with whether it came with a proof."""
    return ["Authorization" in line["headers"] for line in case.journal(part=PATH)]


def the_machine_has_one_identity(case):
    in_sync(case, signed_in_with(case), arc(case))
    equal(sorted(asked(case)), [False, False, True, True], "for each audience a challenge and an answer")


def one_of_several_is_chosen(case):
    for name, value in give_identities(case).items():
        in_sync(case, signed_in_with(case, **{name: value}), arc(case))
    status, output, _ = case.run("plan", signed_in_with(case), environment=arc(case))
    true(status != 0 and "AuthorizationFailed" in output, f"the machine's own may do nothing: {output}")


def an_agent_that_knows_one_identity(case):
    """It gives the machine's own, whoever is wanted."""
    for name, value in give_identities(case, arcIsOld=True).items():
        refused(case, signed_in_with(case, **{name: value}), arc(case), "Update the agent")
    equal(case.journal(part="/subscriptions"), [], "the token goes nowhere")


def a_file_that_is_none_of_ours(case):
    config = signed_in_with(case)
    with open("/var/opt/server.key", "w") as file:
        file.write("canary")
    os.symlink("/var/opt/server.key", f"{TOKENS}/link.key")
    os.mkfifo(f"{TOKENS}/pipe.key")
    with open(f"{TOKENS}/large.key", "w") as file:
        file.write("canary" * 1000)
    for challenge, words in (
            ("Basic realm=/etc/shadow", "must lie in"), ("Basic realm=/var/opt/server.key", "must lie in"),
            (f"Basic realm={TOKENS}/../../server.key", "must lie directly in"), (f"Basic realm={TOKENS}//a.key", "must lie directly"),
            (f"Basic realm={TOKENS}/%2e%2e%2fserver.key", "must lie directly in"), (f"Basic realm={TOKENS}/a.txt", "end in .key"),
            (f"Bearer realm={TOKENS}/a.key", "as Basic realm=FILE"), (f'Basic realm="{TOKENS}/a.key', "as Basic realm=FILE"),
            (f"Basic realm={TOKENS}/link.key", "is a link"), (f"Basic realm={TOKENS}/pipe.key", "is no file"),
            (f"Basic realm={TOKENS}/large.key", "more than 4096 bytes"), (f"Basic realm={TOKENS}/gone.key", "is not there"),
            (None, "no WWW-Authenticate")):
        case.mend()
        case.forget()
        case.fault(path=f"*{PATH}", status=401, headers={"WWW-Authenticate": challenge} if challenge else {}, body={"error": "x"})
        status, output, error = case.run("plan", config, environment=arc(case))
        equal(status, 1, challenge)
        says(output, words)
        true("canary" not in output + error, challenge)
        equal(asked(case), [False, False], challenge)


def somebody_in_the_place_of_the_agent(case):
    config = signed_in_with(case)
    case.fault(path=f"*{PATH}", status=200, body={"access_token": "canary", "expires_in": "3599"})
    refused(case, config, arc(case), "without asking who we are")
    case.mend()
    case.fault(path=f"*{PATH}", status=401, headers={"WWW-Authenticate": f"Basic realm={TOKENS}/own.key"}, body={"error": "x"})
    with open(f"{TOKENS}/own.key", "w") as file:
        file.write("secret-canary\n")
    refused(case, config, arc(case), "refuses the content of the very file", "azcmagent show")
    equal(case.journal(part="/subscriptions"), [])


def a_busy_agent_is_asked_again(case):
    """From the beginning, since each challenge has a key of its own."""
    case.fault(path=f"*{PATH}", nth=3, status=503)
    in_sync(case, signed_in_with(case), arc(case))
    true(len(asked(case)) in (5, 6), asked(case))


def the_agent_is_found_by_its_file(case):
    """Without any variable: at its own address, which nobody has here."""
    os.makedirs("/opt/azcmagent/bin")
    open("/opt/azcmagent/bin/himds", "w").close()
    refused(case, signed_in_with(case), {}, "the agent of Azure Arc (127.0.0.1:40342) does not answer")
    os.remove("/opt/azcmagent/bin/himds")


def with_folders_of_our_own():
    """This suite again, where /var/opt and /opt are empty and ours; its exit status, or None: that is not allowed here."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    script = f"mount -t tmpfs none /var/opt && mount -t tmpfs none /opt && mkdir -p {TOKENS} && "
    if subprocess.run([*unshare, "sh", "-c", script + "true"], stderr=subprocess.DEVNULL).returncode:
        return None
    return subprocess.run([*unshare, "sh", "-c", script + 'exec "$@"', "sh", sys.executable, *sys.argv],
                          env=dict(os.environ, **{MARK: "1"})).returncode


def run(counter, daemon_binary, sim_binary):
    if MARK not in os.environ:
        status = with_folders_of_our_own()
        if status is not None:
            sys.exit(status)
        print("SKIPPED: no mount namespace can be made here")
        return
    run_cases(counter, daemon_binary, sim_binary, {"completed": [
        the_machine_has_one_identity, one_of_several_is_chosen, an_agent_that_knows_one_identity, a_file_that_is_none_of_ours,
        somebody_in_the_place_of_the_agent, a_busy_agent_is_asked_again, the_agent_is_found_by_its_file]})
