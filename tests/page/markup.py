#!/usr/bin/env python3
"""The page of sample documents as markup: well-formed, escaped, with the words of its state. Usage: markup.py PATH-OF-PAGE-OF"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import samples

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))

from tenant import Counter, equal, true  # noqa: E402

HTML = "{http://www.w3.org/1999/xhtml}"
HEADLINES = {
    "all_well": "✓ All 3 installations are complete",
    "one_well": "✓ The installation is complete",
    "blocked_and_drift": "✕ 1 of 3 installations is blocked, 1 not complete",
    "credential_fails": "✕ 1 of 2 installations is blocked",
    "before_the_first_pass": "? The installation has not been looked at yet",
    "very_long": "✕ The installation is blocked",
    "stale": "! The installation is complete as of the last check",
    "deferred": "! 1 of 2 installations is not complete",
    "nothing": "? No installation is configured",
}


def words(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


class Page:
    def __init__(self, program, document):
        result = subprocess.run([program], input=json.dumps(document).encode(), capture_output=True, check=False)
        equal(result.returncode, 0, result.stderr.decode())
        self.text = result.stdout.decode()
        self.root = ElementTree.fromstring(self.text.split("\n", 1)[1])

    def all(self, *names):
        return [e for e in self.root.iter() if e.tag in [HTML + n for n in names]]

    def says(self, *sentences):
        text = words(self.root.find(HTML + "body"))
        for sentence in sentences:
            true(sentence in text, f"{sentence!r} is not in {text}")


def headline(page, expected):
    equal([words(h) for h in page.all("h1")], [expected])
    true(words(page.all("title")[0]).startswith(expected), "title")


def structure(page):
    equal(page.root.get("lang"), "en")
    equal(len(page.all("main")), 1, "main")
    levels = [int(h.tag[-1]) for h in page.all("h1", "h2", "h3", "h4")]
    for before, after in zip(levels, levels[1:]):
        true(after <= before + 1, f"headings go from {before} to {after}")
    ids = [e.get("id") for e in page.root.iter() if e.get("id")]
    equal(len(ids), len(set(ids)), "ids")
    for element in page.root.iter():
        target = element.get("aria-labelledby") or (element.get("href") or "").startswith("#") and element.get("href")[1:]
        true(not target or target in ids, f"{target} is not there")
        true(element.tag[len(HTML):] not in ("script", "img", "iframe", "form", "object", "embed"), element.tag)
        true(not [a for a in element.attrib if a.startswith("on") or a in ("style", "src")], element.attrib)
    for table in page.all("table"):
        true(words(table.find(HTML + "caption")), "a table without a caption")
        for cell in table.iter(HTML + "th"):
            true(cell.get("scope") in ("row", "col"), "a heading without scope")


def nothing_from_elsewhere(page):
    for link in page.all("a", "link"):
        true(link.get("href").startswith(("#", "data:")) or link.get("href") in ("./", "status", "metrics"), link.get("href"))
    true("url(" not in page.text and "@import" not in page.text, "the style loads something")
    equal([m for m in page.all("meta") if m.get("http-equiv")], [], "it loads itself again")


def what_to_do(page):
    page.says("Blocked since 2026-03-04 01:12:45 UTC (2 hours)", "What to do: Give the daemon's identity the right",
              "A changed configuration was refused", 'did you mean "instances"?', "1 change", "2 grants withheld",
              "its command follows once", "No space left on device", "24 earlier events", "Written in the last pass: 1 change")
    commands = [words(p) for p in page.all("pre")]
    true(any(c.startswith("az rest --method POST --url 'https://graph") and c.endswith("'") for c in commands), commands)
    true(any(c.startswith("az role assignment create --role") for c in commands), commands)
    true("scepmand validate -c /etc/scepmand/scepmand.yaml" in commands, commands)
    times = [e.get("datetime") for t in page.all("table") if t.get("class") == "events" for e in t.iter(HTML + "time")]
    equal(times, sorted(times, reverse=True), "the newest first")


def hostile_text_is_text(page):
    true("alert(1)" in words(page.root), "it is shown")
    true("\u202e" not in page.text and "\u0001" not in page.text, "what hides or turns text around")
    equal(page.text.count("<style"), 1)
    true("<script" not in page.text and "<img" not in page.text, "markup")


def run(counter, program):
    for name in samples.ALL:
        def is_well_formed():
            page = Page(program, samples.document(name))
            structure(page)
            nothing_from_elsewhere(page)
            if name in HEADLINES:
                headline(page, HEADLINES[name])
        counter.check(f"{name}: markup", is_well_formed)
    counter.check("what is blocked, and what to do", lambda: what_to_do(Page(program, samples.document("blocked_and_drift"))))
    counter.check("hostile text is text", lambda: hostile_text_is_text(Page(program, samples.document("hostile"))))
    counter.check("a credential that fails", lambda: Page(program, samples.document("credential_fails")).says(
        "in the last 5 passes", "AADSTS7000222", "Renew the credential", "This may be out of date"))
    counter.check("out of date", lambda: Page(program, samples.document("stale")).says("This may be out of date"))
    counter.check("what the next pass goes on with", lambda: Page(program, samples.document("deferred")).says(
        "What to know", "max_writes_per_pass is used up", "1 earlier eventEarlier events, newest first"))
    counter.check("nothing can be written", lambda: Page(program, samples.document("no_state_directory")).says(
        "Nothing can be written", "Permission denied", "install -d -m 0700 -o 998"))
    counter.check("before the first pass", lambda: Page(program, samples.document("before_the_first_pass")).says(
        "The first check is not over yet", "A check is running now", "No pass has ended yet"))
    counter.check("half a document", lambda: Page(program, {"tenants": [{"instances": [{}]}]}))


if __name__ == "__main__":
    COUNTER = Counter("page markup")
    run(COUNTER, sys.argv[1])
    COUNTER.finish()
