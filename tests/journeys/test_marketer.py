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
