"""LoadCredential: the secret of README's place, none at all, an encrypted one; and Azure Arc's group."""

import grp
import os

from machine import CONFIG, SECRET, UNITS, DOCUMENTS, Journal, checks, drop_in, expect, main_pid, process_status, read, run, \
    show, start, stop, write
from tenant import equal, true

TOKENS = "/var/opt/azcmagent/tokens"


def signed_in(machine):
    """Requests for a token that were granted."""
    return [line for line in machine.tenant.control("GET", "journal")
            if "/oauth2/" in line["url"] and line["status"] == 200]


def the_secret_comes_from_the_credential_store(machine):
    found = os.stat(SECRET)
    equal((found.st_uid, found.st_mode & 0o777), (0, 0o600), "root's alone")
    true(signed_in(machine), "nobody has signed in")
    given = run("ls", "-ln", "/run/credentials/scepmand.service")
    true("client-secret" in given and "client-certificate" not in given, "what is there is passed on, and nothing else")


def a_new_secret_comes_with_a_restart(machine):
    """What systemd hands out it copies at the start."""
    machine.tenant.control("DELETE", "journal")
    write(SECRET, "wrong\n", 0o600)
    journal = Journal()
    run("systemctl", "restart", "scepmand")
    blocked = machine.await_state("it is blocked", lambda t: t["passes"] and t["state"] == "waiting")
    true(not blocked["instances"][0]["in_sync"], "in sync with a wrong secret")
    run("systemctl", "show", "scepmand", "--property=StatusText")
    journal.await_text("the original of /run/credentials/scepmand.service/client-secret in /etc/credstore")
    machine.configure()
    run("systemctl", "restart", "scepmand")
    machine.await_in_sync()


def without_any_credential_it_starts_and_says_what_lacks(machine):
    stop()
    os.remove(SECRET)
    journal = Journal()
    start()
    expect(ActiveState="active", SubState="running")
    machine.await_state("its first pass", lambda t: t["passes"] and t["state"] == "waiting")
    journal.await_text("/run/credentials/scepmand.service/client-secret")
    run("systemctl", "status", "scepmand")
    stop()
    machine.configure()


def an_encrypted_secret(machine):
    """As the unit's comment says."""
    stop()
    os.remove(SECRET)
    write("/root/secret", machine.tenant.client_secret + "\n", 0o600)
    os.makedirs("/etc/credstore.encrypted", mode=0o700, exist_ok=True)
    run("systemd-creds", "encrypt", "--name=client-secret", "/root/secret", "/etc/credstore.encrypted/scepmand.client-secret")
    os.remove("/root/secret")
    with drop_in("[Service]\nLoadCredentialEncrypted=client-secret:scepmand.client-secret\n"):
        start()
        machine.await_in_sync()
        stop()
    machine.configure()


def the_group_of_azure_arc(machine):
    """scepmand-arc.conf where README has it put, and an agent's proof that only its group may read."""
    stop()
    run("groupadd", "--system", "himds")
    group = grp.getgrnam("himds").gr_gid
    os.makedirs(TOKENS)
    os.chown(TOKENS, 0, group)
    os.chmod(TOKENS, 0o2750)
    write("/opt/azcmagent/bin/himds", "")
    arc = f"{UNITS}/scepmand.service.d/arc.conf"
    try:
        run("install", "-D", "-m", "644", f"{DOCUMENTS}/scepmand-arc.conf", arc)
        run("systemctl", "daemon-reload")
        true("arc.conf" in run("systemctl", "cat", "scepmand"), "systemctl cat shows it")
        machine.configure()
        text = read(CONFIG)
        begin, end = text.index("      type: client_secret"), text.index("    instances:")
        write(CONFIG, text[:begin] + "      type: managed_identity\n" + text[end:])
        machine.tenant.control("DELETE", "journal")
        start()
        groups = process_status(main_pid())["Groups"].split()
        show(f"groups: {groups}, himds: {group}")
        true(str(group) in groups, "the daemon is in the group")
        machine.await_in_sync()
        run("ls", "-lnR", TOKENS)
        asked = [line["url"] for line in machine.tenant.control("GET", "journal") if "/metadata/identity" in line["url"]]
        show("\n".join(asked))
        true(asked, "the agent was asked")
    finally:
        stop()
        os.remove(arc)
        os.remove("/opt/azcmagent/bin/himds")
        run("systemctl", "daemon-reload")
    machine.configure()
    start()
    machine.await_in_sync()


def run_all(counter, machine):
    checks(counter, machine, [
        the_secret_comes_from_the_credential_store, a_new_secret_comes_with_a_restart,
        without_any_credential_it_starts_and_says_what_lacks, an_encrypted_secret, the_group_of_azure_arc])
