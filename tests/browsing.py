"""The browser of the tests, and how long it may take on a machine busy with other things."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PATIENCE = 180_000  # milliseconds: only a state that never comes is waited for that long
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ],
}
#: Targets too small for a finger, high or wide; words inside a sentence are spared, as the
#: guidelines do, and what stands in a label, which is pressed as a whole. What is folded is opened.
SMALL = """
() => {
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  const found = [...document.querySelectorAll(
    'a[href], button, summary, input:not([type=hidden]), select, textarea, [role=option],'
    + 'main label:has(input)')]
    .filter(e => e.checkVisibility() && !e.closest('.plain-skip')
      && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline')
      && !(e.tagName === 'INPUT' && e.closest('label')))
    .map(e => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
    .filter(([, r]) => r.height > 0 && (r.height < 43.5 || r.width < 43.5))
    .map(([text, r]) => `${text} ${Math.round(r.width)} x ${Math.round(r.height)}`);
  return found;
}
"""
#: The width of what is shown at 320 px, in standard and in large type.
NARROW = """
() => ["", "is-large"].map(name => {
  const before = document.documentElement.className;
  document.documentElement.className = name;
  const width = document.documentElement.scrollWidth;
  document.documentElement.className = before;
  return width;
})
"""


def grave_faults(page: Page) -> list[str]:
    """What axe calls serious or critical, each with a place of it."""
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:120]}"
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
