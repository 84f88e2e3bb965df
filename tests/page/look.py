"""What is asked of the page in a browser, whatever it shows: fits, complains of nothing, can be read, heard and reached by keys."""

import os

from tenant import equal, true

WIDTHS = (400, 2000)
SCHEMES = ("light", "dark")

# Every text's contrast to the nearest ground that is painted behind it (WCAG 2: 4.5, or 3 for large text).
CONTRAST = r"""
(() => {
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                       return .2126 * r + .7152 * g + .0722 * b; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = []; let count = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility() || element.closest("title,.unseen,.skip")) continue;
    let ground = [0, 0, 0, 0];
    for (let e = element; e && ground[3] < 1; e = e.parentElement) ground = parse(getComputedStyle(e).backgroundColor);
    if (ground[3] < 1) { low.push("no ground: " + text.data); continue; }
    const style = getComputedStyle(element), a = light(parse(style.color)), b = light(ground);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    count++;
    if (ratio < 4.5) low.push(ratio.toFixed(2) + " " + text.data.slice(0, 40));
  }
  return {count, low, ground: getComputedStyle(document.body).backgroundColor};
})()"""

OVERFLOW = r"""
(() => {
  const root = document.documentElement, wide = [];
  for (const e of document.body.querySelectorAll("*"))
    if (e.checkVisibility() && !e.closest(".skip") && e.getBoundingClientRect().right > root.clientWidth + .5)
      wide.push(e.tagName + " " + e.className + " " + e.textContent.slice(0, 40));
  return {scroll: root.scrollWidth, client: root.clientWidth, wide: wide.slice(0, 5)};
})()"""

LINES = r"""
Math.max(0, ...[...document.querySelectorAll("p, li > p, figcaption")].filter(e => e.checkVisibility())
  .map(e => e.getBoundingClientRect().width / parseFloat(getComputedStyle(e).fontSize)))"""


# Words of states and headings that do not stand in one line.
BROKEN = r"""
[...document.querySelectorAll("td .mark, thead th, h1, h2, h3, h4, summary")].filter(e => e.checkVisibility()).flatMap(e => {
  const walker = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), broken = [];
  while (walker.nextNode())
    for (const word of walker.currentNode.data.matchAll(/\b[a-z]{2,20}\b/gi)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1) broken.push(word[0]);
    }
  return broken;
})"""

# What would be cut between two pages.
CUT = r"""
[...document.querySelectorAll("tr, pre, figure, .summary")].filter(e => e.checkVisibility() &&
  getComputedStyle(e).breakInside != "avoid").map(e => e.tagName)"""

# Borders and lanes of the chart have a ground of their own, and colours that are printed.
CHART = r"""
[...document.querySelectorAll(".chart, .lane")].filter(e => getComputedStyle(e).printColorAdjust != "exact").length"""

PAPER_PX = 680  # A4 without its margins


def open_all(browser):
    browser.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")


def look(browser, url, name):
    """All widths and schemes. SCEPMAND_SCREENSHOTS: a directory that keeps what was seen."""
    grounds = set()
    for width in WIDTHS:
        for scheme in SCHEMES:
            browser.open(url, width, scheme)
            if os.environ.get("SCEPMAND_SCREENSHOTS"):
                browser.screenshot(os.path.join(os.environ["SCEPMAND_SCREENSHOTS"], f"{name}-{width}-{scheme}.png"), width)
            open_all(browser)
            where = f"{name} at {width} px, {scheme}"
            size = browser.evaluate(OVERFLOW)
            true(size["client"] > width - 30, f"{where}: the window is {size['client']} wide")
            true(size["scroll"] <= size["client"] and not size["wide"], f"{where}: wider than the window: {size}")
            contrast = browser.evaluate(CONTRAST)
            true(contrast["count"] > 10, f"{where}: only {contrast['count']} texts")
            equal(contrast["low"], [], f"{where}: contrast")
            grounds.add(contrast["ground"])
            equal(browser.evaluate(BROKEN), [], f"{where}: broken words")
            true(browser.evaluate(LINES) < 48, f"{where}: lines are too long to read")
            equal(browser.complaints(), [], where)
            equal([r for r in browser.requests() if r != url and not r.startswith("data:")], [], f"{where}: requests")
    equal(len(grounds), 2, f"{name}: light and dark are alike")


def print_it(browser, url, name):
    """On paper, also for somebody who likes it dark: ink on white, nothing to click on, nothing cut."""
    browser.open(url, PAPER_PX, "dark", media="print")
    where = f"{name} on paper"
    contrast = browser.evaluate(CONTRAST)
    true(contrast["count"] > 10, f"{where}: only {contrast['count']} texts")
    equal((contrast["low"], contrast["ground"]), ([], "rgb(255, 255, 255)"), f"{where}: contrast, and the ground")
    size = browser.evaluate(OVERFLOW)
    true(size["scroll"] <= size["client"] and not size["wide"], f"{where}: wider than the paper: {size}")
    for what, expression in (("broken words", BROKEN), ("cut", CUT)):
        equal(browser.evaluate(expression), [], f"{where}: {what}")
    equal(browser.evaluate(CHART), 0, f"{where}: the chart's colours are left to the printer")
    equal(browser.evaluate("[...document.querySelectorAll('nav, .skip, .twin')].filter(e => e.checkVisibility()).length"), 0,
          f"{where}: what is of no use on paper")
    equal(browser.evaluate("[...document.querySelectorAll('a')].filter(e => e.checkVisibility() && "
                           "getComputedStyle(e).textDecorationLine != 'none').length"), 0, f"{where}: links look like links")
    pages = browser.pages()
    true(1 <= pages <= 60, f"{where}: {pages} pages")


def listen(browser, url):
    """What a screen reader is told has the headings and the names of the tables, and nothing without a name."""
    for width in WIDTHS:
        browser.open(url, width, "light")
        open_all(browser)
        told = browser.accessible()
        for role in ("main", "navigation", "heading", "link"):
            true([t for t in told if t[0] == role], f"no {role} among {sorted({t[0] for t in told})}")
        headings = browser.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(e => e.textContent.trim())")
        equal(len([t for t in told if t[0] == "heading"]), len(headings), "headings")
        tables = browser.evaluate("[...document.querySelectorAll('caption')].map(e => e.textContent.trim())")
        true(tables, "no table")
        equal(sorted(t[1] for t in told if t[0] == "table"), sorted(tables), "the tables' names")
        for role, selector in (("row", "tr"), ("rowheader", "tbody th"), ("columnheader", "thead th"), ("cell", "td")):
            equal(len([t for t in told if t[0] == role]), browser.evaluate(f"document.querySelectorAll('{selector}').length"),
                  f"{role}s at {width} px")
        equal([t for t in told if t[0] in ("link", "heading", "table", "figure", "region", "article", "DisclosureTriangle") and not t[1]],
              [], "nameless")


def tab_through(browser, url):
    """Tab reaches every link and summary in the order of the page, visibly; Enter opens what is folded."""
    browser.open(url, 1000, "light")
    browser.evaluate("for (const d of document.querySelectorAll('details')) d.open = false")
    expected = browser.evaluate("""(() => { window.all = [...document.querySelectorAll('a[href], summary')]
      .filter(e => e.checkVisibility()); return all.length; })()""")
    true(expected > 4, "there is hardly anything to reach")
    for number in range(expected):
        browser.press("Tab")
        at = browser.evaluate("""({at: all.indexOf(document.activeElement), outline: getComputedStyle(document.activeElement).outlineStyle,
          right: document.activeElement.getBoundingClientRect().right})""")
        equal((at["at"], at["outline"]), (number, "solid"), "what Tab reaches")
        true(at["right"] > 0, "what has the focus is not seen")
    equal(browser.evaluate("document.activeElement.tagName"), "SUMMARY")
    browser.press("Enter")
    true(browser.evaluate("document.activeElement.parentElement.open"), "Enter opens it")
