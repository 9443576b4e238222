"""A rep who never touches the mouse: from the sign-in page to a use in a deal."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.journeys.conftest import PASSWORD, PERSON, Site, watch
from tests.journeys.material import make_deals, make_deck


def tab_to(page: Page, name: str, *, most: int = 40) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const e = document.activeElement;
                 const label = e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent;
                 return label ?? e.textContent; }"""
        )
        if re.search(name, focused or ""):
            return
    raise AssertionError(f"no {name} within {most} tabs")


def find_by_typing(page: Page, words: str) -> None:
    """Type the words into search until they are offered: the index follows a moment later."""
    offered = page.get_by_role("option", name=re.compile(words, re.IGNORECASE)).first
    for _ in range(12):
        page.keyboard.press("/")
        page.keyboard.type(words)
        with suppress(PlaywrightTimeout):
            offered.wait_for(timeout=5_000)
            return
        page.keyboard.press("Escape")  # the list away, or the words
        page.evaluate("document.activeElement.blur()")
    expect(offered).to_be_visible()


def test_everything_a_rep_comes_for_is_reached_by_keys(
    site: Site, browser: Browser, faults: list[str], tmp_path: Path
) -> None:
    site.add_person("keys@example.com", "rep", name="Kaja Taste")
    deck = make_deck(tmp_path / "Keyboard lessons.pptx", "Keyboard lessons", slides=5)
    site.command("ingest", str(deck), "--publish", "--owner", "marketer@example.com")
    site.command("deals", "import", str(make_deals(tmp_path / "deals.csv", "keys@example.com")))
    context = browser.new_context(base_url=site.url, user_agent=PERSON, locale="en-GB")
    page = watch(context.new_page(), faults)
    page.goto("/sign-in")
    if page.evaluate("document.activeElement.name") != "email":
        tab_to(page, "E-mail")
    page.keyboard.type("keys@example.com")
    tab_to(page, "^Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)

    # "?" shows the keys, Escape takes them away, "/" searches.
    page.wait_for_load_state("networkidle")  # the keys are bound once the modules are there
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    find_by_typing(page, "keyboard lessons")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\d+"))

    # Paging, each page with its address; finding inside, from hit to hit.
    page.wait_for_load_state("networkidle")  # the keys are bound once the modules are there
    place = page.locator("[data-viewer-place]")
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text("Page 2")
    assert "/pages/2" in page.url
    page.keyboard.press("End")
    expect(place).to_contain_text("Page 2")  # End is the page's own unless the viewer has the focus
    tab_to(page, "Search in this deck")
    page.keyboard.type("part 4")
    page.keyboard.press("Enter")
    expect(page.locator(".viewer__hits")).to_contain_text("1 page")
    expect(place).to_contain_text("Page 4")
    expect(page.locator("[data-viewer-text] mark").first).to_be_visible()

    # Use in the likeliest deal.
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("u")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Used in")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the page came anew, and its keys with its modules
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{site.url}/")
    page.wait_for_load_state("networkidle")
    # The first Tab on a page leads past its frame.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    context.close()
