"""Suggestions that come late, not at all, or after the keys that are meant for them."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

Held = list[Route]


def offer(route: Route, *titles: str) -> None:
    """Answer with assets of these titles."""
    items = [{"title": title, "url": f"/assets/{title}"} for title in titles]
    route.fulfill(json={"groups": [{"label": "Assets", "items": items}]})


def hold(page: Page) -> Held:
    """Keep back whatever is asked for suggestions."""
    held: Held = []
    page.route("**/search/suggest**", lambda route: held.append(route))
    return held


def asked(page: Page, held: Held, words: str) -> Route:
    """The request that is held for those words."""
    for _ in range(500):
        for route in held:
            if route.request.url.endswith(f"?q={words}"):
                return route
        page.wait_for_timeout(20)
    raise AssertionError([route.request.url for route in held])


def test_suggestions_show_what_is_typed_now_and_lose_no_key(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("rep@example.com")
    held = hold(page)
    field = page.get_by_role("combobox", name=re.compile("Search assets"))
    options = page.get_by_role("option")

    # An answer to what was typed before comes after another was asked for: nothing of it shows.
    field.press_sequentially("pu")
    first = asked(page, held, "pu")
    field.press_sequentially("mp")
    second = asked(page, held, "pump")
    offer(first, "old")
    # Keys that come before the answer count once it is there.
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(options).to_have_count(0)
    offer(second, "pump-one", "pump-two", "pump-three")
    expect(options).to_have_count(3)
    expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("pump-two"))

    # What was chosen stays chosen where it is offered again.
    field.press_sequentially("s")
    offer(asked(page, held, "pumps"), "pump-two", "pump-one")
    expect(options).to_have_count(2)
    expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("pump-two"))

    # Who presses Escape wants none, whenever the answer comes.
    field.press_sequentially("x")
    late = asked(page, held, "pumpsx")
    field.press("Escape")
    offer(late, "late")
    expect(options).to_have_count(0)
    expect(field).to_have_value("pumpsx")

    # What cannot be answered is said, and Enter searches all the same.
    field.press_sequentially("y")
    asked(page, held, "pumpsxy").fulfill(body="no answer")
    expect(page.locator(".typeahead")).to_contain_text("No suggestions just now")
    expect(options).to_have_count(0)
    page.unroute("**/search/suggest**")
    field.press("Enter")
    page.wait_for_url(re.compile(r"/library\?q=pumpsxy"))
