"""Values that must not be found anywhere: how they are planted in a tenant, and how they are looked for, however encoded."""

import base64
import hashlib
import os
import re

from case import MASTER, SCEPMAN

# Every setting of SCEPman's that tells a secret, and foreign ones of the same sort.
SECRET_SETTINGS = (
    "AppConfig:LicenseKey", "AppConfig:AuthConfig:ApplicationKey", "AppConfig:LoggingConfig:SharedKey",
    "AppConfig:StaticValidation:RequestPassword", "AppConfig:JamfValidation:RequestPassword", "AppConfig:JamfValidation:ClientSecret",
    "AppConfig:AzureStorage:ConnectionString", "SQLAZURECONNSTR_Inventory", "DBConnection", "SOMEBODY_ELSES_TOKEN")
MARK = "CNRY"


def core(name):
    """Letters and digits that are nowhere by chance, in two halves with a mark; the same in each run, so that a finding can be repeated."""
    text = base64.b32encode(hashlib.sha256(f"canary {name}".encode()).digest()).decode()
    return MARK + text[:9] + MARK + text[9:18]


def spellings(text):
    """How the bytes of TEXT may look elsewhere: as they are, in hexadecimal, and in Base64 wherever they begin."""
    yield "plain", text
    yield "plain, in lower case", text.lower()
    yield "hexadecimal", text.hex().encode()
    yield "hexadecimal", text.hex().upper().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text).rstrip(b"=")
        # The first and the last characters hold bits of the neighbours.
        begin = (0, 2, 3)[shift]
        yield "Base64", encoded[begin:len(encoded) - ((len(text) + shift) % 3 != 0)]


class Canaries:
    """Secrets by name. Each value holds a core of letters and digits, which percent- and JSON-encoding leave as it is, between
    characters that they do not."""

    def __init__(self):
        self.cores = {}
        self.marks = [needle for _, needle in spellings(MARK.encode())]

    def plant(self, name, form='~a"{}\\/+&é='):
        self.cores[name] = core(name)
        return form.format(self.cores[name])

    def found(self, data, where):
        """Sentences about what of the canaries is in DATA, were it only half of one."""
        result = []
        if not any(mark in data for mark in self.marks):
            return result
        for name, text in self.cores.items():
            half = len(text) // 2
            for part in (text[:half], text[half:]):
                for form, needle in spellings(part.encode()):
                    at = data.find(needle)
                    if at >= 0:
                        result.append(f"{name} ({form}) is in {where}: {data[max(0, at - 80):at + 80]!r}")
        return result

    def nowhere_in(self, *pairs):
        """PAIRS of a name and its bytes or text."""
        result = []
        for where, data in pairs:
            result += self.found(data.encode() if isinstance(data, str) else data, where)
        if result:
            raise AssertionError("\n  ".join([f"{len(result)} leaks", *result[:12]]))


def plant_settings(case, canaries, sites=(SCEPMAN, MASTER)):
    """Canaries in all secret settings of SITES: (site, setting) -> value."""
    planted = {}

    def change(state):
        for resource in state["resources"]:
            for site in sites:
                if resource["id"].lower() != f"{site}/config/appsettings".lower():
                    continue
                for name in SECRET_SETTINGS:
                    # A key on production would be the upgrade from 1.x; that has its own scenario.
                    if name.endswith("ApplicationKey") and name not in resource["properties"]:
                        continue
                    label = f"{name} of {site.split('/')[-1]}"
                    planted[site, name] = resource["properties"][name] = canaries.plant(label)
                planted[site, "WEBSITE_RUN_FROM_PACKAGE_FOREIGN"] = resource["properties"]["WEBSITE_RUN_FROM_PACKAGE_FOREIGN"] = (
                    canaries.plant(f"SAS of {site.split('/')[-1]}", "https://acme.blob.core.windows.net/x/y.zip?sv=2024&sig={}%2B"))
    case.change(change)
    return planted


def plant_client_secret(case, canaries):
    """The application's secret is a canary, in the tenant and in its file."""
    secret = canaries.plant("client secret", "~{}.+/=&q")

    def change(state):
        for credential in state["credentials"]:
            if "secret" in credential:
                credential["secret"] = secret
    case.change(change)
    path = os.path.join(case.tenant.directory, f"canary-secret-{case.count_of_cases}")
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(secret + "\n")
    return ("client_secret_file: .*", f"client_secret_file: {path}")


def memory_of(pid):
    """(what it is, its bytes) of all that a process has in memory and could have written to."""
    with open(f"/proc/{pid}/maps") as file:
        maps = file.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)", line)
            start, end, rights, what = int(match[1], 16), int(match[2], 16), match[3], match[4]
            # What a sanitizer keeps about our memory is as large as an address space.
            if "w" not in rights or end - start > 1 << 26:
                continue
            try:
                memory.seek(start)
                yield what or "memory of its own", read_all(memory, end - start)
            except OSError:
                continue


def read_all(memory, length):
    parts = []
    while length > 0:
        part = memory.read(min(length, 1 << 24))
        if not part:
            break
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def can_read_memory():
    with open("/proc/self/status") as file:
        effective = int(re.search(r"CapEff:\s*(\S+)", file.read())[1], 16)
    return bool(effective >> 19 & 1)  # CAP_SYS_PTRACE


def is_sanitized(binary):
    with open(binary, "rb") as file:
        return b"__asan_init" in file.read()
