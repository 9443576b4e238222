"""By keyboard alone, and told what changes by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PASSWORD, PERSON, Site, watch
from tests.journeys.looking import settle
from tests.journeys.stock import EXACT

SignIn = Callable[..., Page]


def focused(page: Page) -> str:
    """What has the focus, by its name or text."""
    text: str = page.evaluate(
        """() => {
          const one = document.activeElement;
          if (one === document.body) return "";
          return one.getAttribute("aria-label") || one.labels?.[0]?.textContent.trim()
            || one.textContent.trim() || one.name || one.tagName;
        }"""
    )
    return text


def tab_to(page: Page, name: str | re.Pattern[str], most: int = 60) -> None:
    """Press Tab until that has the focus; the focus is to be seen on each stop of the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(name, focused(page)):
            ring = page.evaluate(
                """() => {
                  const one = document.activeElement;
                  const box = one.closest(".find__box, .input-box") ?? one;
                  return [getComputedStyle(one), getComputedStyle(one, "::after"),
                    getComputedStyle(box)].some((style) => style.outlineStyle !== "none");
                }"""
            )
            assert ring, f"nobody sees that {name} has the focus"
            return
    raise AssertionError(f"{most} tabs do not lead to {name}; the last is {focused(page)}")


def test_a_rep_works_by_keyboard_alone(stocked: Site, browser: Browser, faults: list[str]) -> None:
    context = browser.new_context(base_url=stocked.url, user_agent=PERSON, locale="en-GB")
    page = watch(context.new_page(), faults)
    page.goto("/sign-in")
    assert focused(page) == "E-mail"
    page.keyboard.type("rep@example.com")
    tab_to(page, "^Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    settle(page)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    page.keyboard.press("/")
    page.keyboard.type("The sound of")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.locator("[aria-live]").filter(has_text="suggestion").first).to_be_attached()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+A")
    page.keyboard.type(EXACT)
    page.keyboard.press("Enter")
    page.wait_for_url("**/library?**")
    settle(page)
    tab_to(page, "^The sound of a pump$")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/pages/7"))
    settle(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("/pages/8"))
    expect(page.locator("[data-viewer-place]")).to_contain_text("Page 8")
    assert page.locator("[data-viewer-place]").get_attribute("aria-live") == "polite"

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("u")
    assert re.search("Use in", focused(page))
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text="Used in")
    expect(said.first).to_be_visible()
    tab_to(page, "^Undo$", most=120)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{stocked.url}/")
    context.close()


def test_filters_keep_the_focus_and_say_how_many_are_left(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    page.goto("/library")
    settle(page)
    tab_to(page, "^Evaluation")
    page.keyboard.press("Space")
    page.wait_for_url("**stage=evaluation**")
    expect(page.locator("[data-fragment=facets]")).not_to_have_attribute("aria-busy", "true")
    page.locator("a.chip").first.wait_for()
    assert re.search("^Evaluation", focused(page))
    expect(
        page.locator("[aria-live]").filter(has_text=re.compile(r"\d+ asset")).first
    ).to_be_attached()


def test_a_collection_is_ordered_by_keyboard(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("marketer@example.com")
    page.goto("/collections")
    page.get_by_role("link", name="For the first call").first.click()
    links = page.locator(".cards--ordered a.card__link")
    expect(links.nth(1)).to_be_visible()
    before = [text.strip() for text in links.all_inner_texts()]
    settle(page)
    tab_to(page, "^Move down", most=80)
    page.keyboard.press("Enter")
    expect(links.first).to_have_text(before[1])
    tab_to(page, "^Move down", most=80)
    page.keyboard.press("Enter")
    expect(links.first).to_have_text(before[0])
