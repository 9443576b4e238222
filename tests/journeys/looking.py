"""Looking at a page as everybody must be able to: wide and narrow, light and dark, enlarged."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.journeys.pictures import photograph, variants

# On every page that is visited, whatever it is visited for: an error here fails the journey.
WEIGHED = """
addEventListener("load", () => setTimeout(() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const bytes = (wanted) => files.filter(({ name }) => wanted.test(name))
    .reduce((sum, file) => sum + file.encodedBodySize, 0);
  const code = bytes(/[.](css|js)([?]|$)/);
  const whole = page.encodedBodySize + code + bytes(/[.](svg|woff2)([?]|$)/);
  if (code > 60000) console.error(`styles and scripts weigh ${code} bytes: ${location}`);
  if (whole > 150000) console.error(`the page weighs ${whole} bytes: ${location}`);
}, 200));
"""
NARROW = {"width": 360, "height": 740}
ENLARGED = {"width": 720, "height": 450}
"""What is left of 1440 by 900 at 200 %."""
CLOSELY = {("390", "dark"), ("1440", "light")}


def examine(page: Page, name: str, *, address: str | None = None, status: int = 200) -> None:
    """Photograph the page in four variants and hold it to what every page is held to.

    One h1, no scrolling sideways at 360 px and at 200 %, nothing grave for axe, in light and dark.

    Args:
        status: what it answers; a page that says what went wrong has no behaviours to wait for.
    """
    if address is not None:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address} answered {answer.status}"
    if status == 200:
        settle(page)
    assert page.locator("h1").count() == 1, f"{name} has {page.locator('h1').count()} h1"
    for width, theme in variants(page, CLOSELY):
        photograph(page, f"{name}-{width}-{theme}")
        if (width, theme) in CLOSELY:
            assert_accessible(page)
    assert_fits(page, name)


def assert_fits(page: Page, name: str) -> None:
    """Nothing sticks out at the side at 360 px and at 200 %; the culprits are named."""
    before = page.viewport_size
    for size in (NARROW, ENLARGED):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_within(page, name)
    if before:
        page.set_viewport_size(before)


def assert_within(page: Page, name: str) -> None:
    out = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          const scrolls = (element) => {
            for (let up = element.parentElement; up; up = up.parentElement)
              if (getComputedStyle(up).overflowX !== "visible") return true;
            return false;
          };
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > room + 1 && !scrolls(one))
            .map((one) => one.tagName + "." + one.className).slice(0, 4);
        }"""
    )
    width = page.evaluate("document.documentElement.clientWidth")
    assert out == [], f"{name} is wider than {width} px: {out}"


def found(page: Page, words: str, title: str = "") -> Locator:
    """The cards of a search for the words, with that title.

    Asked again until there is one: where another machine keeps the index a file may be read a
    moment before it is found.
    """
    cards = page.locator("article.card").filter(has_text=title)
    for _ in range(120):
        page.goto(f"/library?{urlencode({'q': words})}")
        if cards.count():
            return cards
        page.wait_for_timeout(250)
    raise AssertionError(f"a search for {words} does not find {title or 'anything'}")


def settle(page: Page) -> None:
    """Until the page's behaviours are bound."""
    page.locator("html[data-bound]").wait_for(state="attached")


FOCUSABLE = (
    "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea,"
    " summary, [tabindex='0']"
)
UNSEEN_FOCUS = """(focusable) => {
  const kinds = new Map();
  for (const one of document.querySelectorAll(focusable)) {
    const kind = [one.tagName, one.type ?? "", one.className].join(" ");
    if (!kinds.has(kind) && one.checkVisibility({ visibilityProperty: true }))
      kinds.set(kind, one);
  }
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ground = (one) => {
    for (let up = one; up; up = up.parentElement) {
      const color = getComputedStyle(up).backgroundColor;
      if (!color.startsWith("rgba(") || color.endsWith(", 1)")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const unseen = [];
  for (const [kind, one] of kinds) {
    one.focus();
    if (document.activeElement !== one) continue;
    document.getAnimations().forEach((each) => each.finish());
    const around = [one, one.closest(".find__box, .input-box, .filedrop"), one.nextElementSibling,
      one.labels?.[0], one.querySelector(".picture")].filter(Boolean);
    const ring = around.flatMap((each) => ["", "::before", "::after"]
      .map((part) => getComputedStyle(each, part || null)))
      .find((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    if (!ring) unseen.push(`${kind}: no ring`);
    else {
      const both = [light(ring.outlineColor), light(ground(one.parentElement))];
      const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      if (contrast < 3) unseen.push(`${kind}: ${contrast.toFixed(1)} to 1`);
    }
    one.blur();
  }
  return [kinds.size, unseen];
}"""


def assert_focus_is_seen(page: Page) -> None:
    """Whatever kind of thing has the focus has a ring of 2 px and 3:1, in both themes and where
    the system chooses the colours."""
    page.keyboard.press("Tab")  # rings are for those who work by keys
    for theme, forced in (("light", "none"), ("dark", "none"), ("light", "active")):
        page.emulate_media(color_scheme=theme, forced_colors=forced)  # type: ignore[arg-type]
        kinds, unseen = page.evaluate(UNSEEN_FOCUS, FOCUSABLE)
        assert unseen == [], f"{theme}, forced colours {forced}: {unseen}"
        assert kinds > 1
    page.emulate_media(color_scheme="light", forced_colors="none")


HIDDEN_FOCUS = """(focusable) => {
  const hidden = [];
  for (const one of document.querySelectorAll(focusable)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(".skip-link")) continue;
    one.focus();
    const box = one.getBoundingClientRect();
    if (document.activeElement !== one || box.width < 2 || box.right < 1) continue;
    const own = [one, ...one.labels ?? []];
    const seen = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]].some(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return top && (top.contains(one) || own.some((each) => each.contains(top)));
    });
    if (!seen) hidden.push(one.outerHTML.slice(0, 120));
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return hidden;
}"""


def assert_focus_is_uncovered(page: Page) -> None:
    """On a phone, no bar that stays covers what has the focus (WCAG 2.2, 2.4.11)."""
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(HIDDEN_FOCUS, FOCUSABLE) == []
    if before:
        page.set_viewport_size(before)


LATER_ROWS = "tbody tr:nth-child(n + 25)"
"""Of a long table; they are made as the ones before them."""


def assert_accessible(page: Page, *, contrast: bool = True) -> None:
    """Axe finds nothing serious or critical on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "resultTypes": ["violations"],
        # Targets of 24 px: WCAG 2.2 asks for them, axe only where it is told to.
        "rules": {"color-contrast": {"enabled": contrast}, "target-size": {"enabled": True}},
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # What it found in order is a long list that nobody reads.
    found = page.evaluate(
        "(asked) => axe.run(...asked).then(({ violations }) => violations)",
        [{"exclude": [[LATER_ROWS]]}, options],
    )
    grave = [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert grave == [], grave
