"""On a slow line: what is done before the page's scripts are there, and before an answer is."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Site


def test_what_is_done_before_the_scripts_came_is_done_once_they_are(
    stocked: Site, sign_in: Callable[..., Page]
) -> None:
    page = sign_in("rep@example.com")
    held: list[Route] = []
    page.route("**/js/app.js?*", lambda route: held.append(route), times=1)

    page.goto("/deals", wait_until="commit")
    page.get_by_label("Outcome", exact=True).select_option("won")
    assert "outcome=won" not in page.url
    for route in held:
        route.continue_()
    page.wait_for_url("**outcome=won**")

    # The way back shows what its address says.
    page.go_back()
    expect(page.get_by_label("Outcome", exact=True)).not_to_have_value("won")


def test_an_answer_that_comes_late_opens_no_list_again(
    stocked: Site, sign_in: Callable[..., Page]
) -> None:
    page = sign_in("rep@example.com")
    page.goto("/requests/new")
    deal = page.get_by_role("combobox", name="Deal that waits for it")
    options = page.get_by_role("option")
    deal.fill("Rolling")
    expect(options.first).to_be_visible()

    held: list[Route] = []
    page.route("**/suggest?q=Rolling+m*", lambda route: held.append(route))
    page.route("**/suggest?q=Rolling%20m*", lambda route: held.append(route))
    with page.expect_request(re.compile("q=Rolling.+m$")):
        deal.press_sequentially(" m")
    page.get_by_role("option", name=re.compile("Rolling mill 4")).click()
    expect(options).to_have_count(0)
    late = {"title": "Late", "value": "0"}
    with page.expect_response(re.compile("q=Rolling.+m$")):
        held[0].fulfill(json={"groups": [{"items": [late]}]})
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(options).to_have_count(0)
    expect(deal).to_have_value(re.compile("Rolling mill 4"))
