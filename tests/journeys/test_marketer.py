"""What a marketer comes for: put many in order at once, answer what sales asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from collateral.clock import now
from tests.journeys.conftest import Site
from tests.journeys.looking import examine, settle

SignIn = Callable[..., Page]


def test_a_request_is_taken_on_and_answered(stocked: Site, sign_in: SignIn) -> None:
    rep = sign_in("rep@example.com")
    rep.goto("/requests/new")
    rep.get_by_label("What is missing").fill("What changed in one page")
    rep.get_by_role("button", name="Ask for it").click()
    expect(rep.get_by_role("heading", name="What changed in one page")).to_be_visible()
    page = sign_in("marketer@example.com")
    page.goto(rep.url)
    page.get_by_label("By when").fill((now().date() + timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Take on").click()
    expect(page.locator("main")).to_contain_text("Ines Duarte makes it by")
    examine(page, "request-steps")
    page.goto("/requests")
    page.get_by_role("link", name="Production board").click()
    page.get_by_role("link", name="Mine", exact=True).click()
    examine(page, "requests-board")
    page.get_by_role("button", name="Done: Brief of What changed in one page").click()
    expect(page.get_by_role("listitem", name="Draft")).to_contain_text("What changed in one page")
    assert page.url.endswith("/requests/board?mine=1")
    page.goto(rep.url)
    page.get_by_role("combobox", name="The asset that answers it").fill("changed in the")
    page.get_by_role("option", name=re.compile("What changed in the plant")).click()
    page.get_by_role("button", name="This is it").click()
    expect(page.locator("main")).to_contain_text("It is there.")
    rep.reload()
    rep.get_by_role("link", name="What changed in the plant").click()
    rep.wait_for_url(re.compile(r"/assets/\d+"))
    page.get_by_role("button", name="Open it again").click()
    page.get_by_label("Why there will be none").fill("There is one already.")
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("main")).to_contain_text("There is one already.")


def test_an_asset_is_rated_and_flagged_and_the_flag_is_resolved(
    stocked: Site, sign_in: SignIn
) -> None:
    rep = sign_in("rep@example.com")
    rep.goto("/library?q=bearing")
    rep.locator("a.card__link").first.click()
    rep.get_by_role("link", name="Feedback").click()
    expect(rep.get_by_role("heading", name="Nobody has rated it yet")).to_be_visible()
    rep.get_by_role("radio", name="1 star").focus()
    for _star in range(3):
        rep.keyboard.press("ArrowRight")
    expect(rep.get_by_role("radio", name="4 stars")).to_be_checked()
    rep.get_by_label("In a sentence").fill("Opens every first call.")
    rep.get_by_role("button", name="Rate it").click()
    expect(rep.get_by_role("img", name="4 of 5 stars").first).to_be_visible()
    expect(rep.locator("#more")).to_contain_text("Opens every first call.")
    rep.get_by_label("It is out of date").check()
    rep.get_by_label("Where, and what it should say").fill("Page 3 has last year's prices.")
    rep.get_by_role("button", name="Flag it").click()
    expect(rep.get_by_role("heading", name="You flagged it")).to_be_visible()
    examine(rep, "asset-feedback")

    page = sign_in("marketer@example.com")
    page.goto("/inbox")
    page.get_by_role("link", name="Flagged").click()
    expect(page.locator("main")).to_contain_text("Page 3 has last year's prices.")
    examine(page, "feedback-flagged")
    page.get_by_label("A note to who flagged it").fill("They are this year's.")
    page.get_by_role("button", name="Not so").click()
    expect(page.get_by_role("heading", name="Nothing is flagged")).to_be_visible()
    rep.goto("/inbox")
    expect(rep.locator("main")).to_contain_text("is not so. They are this year's.")


def test_several_are_described_at_once_from_the_library(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("marketer@example.com")
    page.goto("/library?stage=proposal")
    settle(page)
    boxes = page.locator("input[name=asset]")
    for n in range(boxes.count()):
        boxes.nth(n).check(force=True)
    chosen = boxes.count()
    page.get_by_role("button", name="Describe").click()
    page.wait_for_url("**/assets/describe?**")
    expect(page.locator("main")).to_contain_text("Night shift without a stop")
    assert page.locator("input[name=asset]").count() >= chosen
    examine(page, "describe-many")
