"""What a rep comes for: the right page before a call, by few clicks; the rest of search."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looking import settle
from tests.journeys.stock import EXACT

SignIn = Callable[..., Page]


class Counted:
    """A page on which clicks and single keys are counted; typing words is not."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.steps += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def key(self, key: str) -> None:
        self.steps += 1
        self.page.keyboard.press(key)


def test_from_sign_in_to_the_right_page_in_three_clicks_or_keys(
    stocked: Site, sign_in: SignIn
) -> None:
    # E-mail, password and Enter are not counted.
    page = sign_in("rep@example.com", by_form=True)
    counted = Counted(page)
    settle(page)
    counted.key("/")
    page.keyboard.type(EXACT)
    counted.key("Enter")
    page.wait_for_url("**/library?**")
    counted.click("link", re.compile("The sound of a pump"))
    page.wait_for_url(re.compile(r"/assets/\d+/pages/7"))
    expect(page.locator("[data-viewer-place]")).to_contain_text("Page 7")
    assert counted.steps <= 3


def test_filters_answer_in_place_and_history_works(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    page.goto("/library")
    settle(page)
    page.evaluate("window.sameDocument = true")
    every = page.locator("article.card").count()
    evaluation = page.locator("#filters").get_by_role("checkbox", name=re.compile("Evaluation"))
    shown = re.search(
        r"\d+", page.locator(".facet__value", has_text="Evaluation").first.inner_text()
    )
    assert shown
    evaluation.check()
    page.wait_for_url("**stage=evaluation**")
    chip = page.get_by_role("link", name="Remove filter: Stage: Evaluation")
    expect(chip).to_be_visible()
    expect(page.locator("article.card")).to_have_count(int(shown[0]))
    expect(page.locator("[data-announce]").first).to_contain_text(f"{shown[0]} asset")
    page.go_back()
    expect(page.locator("article.card")).to_have_count(every)
    page.go_forward()
    expect(chip).to_be_visible()
    chip.click()
    expect(chip).to_have_count(0)
    page.get_by_role("link", name="List").first.click()
    expect(page.locator(".cards--list")).to_be_visible()
    assert "view=list" in page.url
    assert page.evaluate("window.sameDocument") is True
    page.reload()
    expect(page.locator(".cards--list")).to_be_visible()


def test_a_misspelt_search_is_put_right_saved_and_found_again(
    stocked: Site, sign_in: SignIn
) -> None:
    page = sign_in("rep@example.com")
    page.goto("/library?q=flutterbrokk")
    page.get_by_role("link", name=EXACT).click()
    page.wait_for_url(f"**/library?q={EXACT}")
    expect(page.locator("h2.library__title")).to_have_text(f"“{EXACT}”")
    expect(page.locator("article.card")).to_have_count(1)
    page.get_by_role("link", name="Save search").first.click()
    page.get_by_label("Title").fill("Pumps by ear")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/library?q={EXACT}")
    page.goto("/collections")
    page.get_by_role("link", name="Pumps by ear").click()
    page.wait_for_url(f"**/library?q={EXACT}")
    page.goto("/collections")
    tile = page.locator(".tile", has_text="Pumps by ear")
    tile.get_by_role("link", name="Pumps by ear").wait_for()
    tile.locator("summary").click()
    tile.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete saved search").click()
    expect(page.get_by_role("link", name="Pumps by ear")).to_have_count(0)


def test_what_is_missing_is_asked_for_and_waited_for(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com")
    page.goto("/library?q=zzyzx")
    page.get_by_role("link", name="Request it").click()
    expect(page.get_by_label("What is missing")).to_have_value("zzyzx")
    page.get_by_label("What is missing").fill("A zzyzx for foundries")
    deal = page.get_by_role("combobox", name="Deal that waits for it")
    deal.fill("Rolling")
    page.get_by_role("option", name=re.compile("Rolling mill 4")).first.click()
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name="A zzyzx for foundries")).to_be_visible()
    expect(page.get_by_role("link", name="Rolling mill 4")).to_be_visible()
    address = page.url
    manager = sign_in("manager@example.com")
    manager.goto(address)
    manager.get_by_role("button", name="Wait for it, too").click()
    expect(manager.get_by_role("heading", name="2 people wait")).to_be_visible()
    manager.get_by_role("button", name="Undo").click()
    expect(manager.get_by_role("heading", name="1 person waits")).to_be_visible()


@pytest.mark.parametrize("width", ["390", "1440"])
def test_several_assets_are_put_into_a_collection_and_ordered(
    stocked: Site, sign_in: SignIn, width: str
) -> None:
    page = sign_in("rep@example.com", width=width)
    page.goto("/library?stage=evaluation")
    settle(page)
    boxes = page.locator("input[name=asset]")
    titles = [
        page.locator("article.card a.card__link").nth(n).inner_text().strip() for n in range(2)
    ]
    for n in range(2):
        boxes.nth(n).check(force=True)
    expect(page.locator("[data-bulk-count]")).to_have_text("2 selected")
    page.get_by_role("button", name="Add to collection").click()
    page.get_by_label("New collection").fill(f"For Monday {width}")
    page.get_by_role("button", name="Create and add").click()
    page.get_by_role("link", name="Open", exact=True).click()
    links = page.locator(".cards--ordered a.card__link")
    expect(links).to_have_text(titles)
    page.get_by_role("button", name=f"Move up: {titles[1]}").click()
    expect(links).to_have_text(titles[::-1])
    page.get_by_role("button", name=f"Remove: {titles[0]}").click()
    expect(links).to_have_text([titles[1]])
    page.get_by_role("button", name="Undo").click()
    expect(links).to_have_text(titles[::-1])
