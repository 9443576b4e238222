"""Without scripts the work gets done all the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.material import make_pdf
from tests.journeys.stock import EXACT

SignIn = Callable[..., Page]


def test_a_rep_signs_in_searches_filters_looks_downloads_and_uses(
    stocked: Site, sign_in: SignIn
) -> None:
    page = sign_in("rep@example.com", scripts=False)
    page.get_by_role("searchbox").fill(EXACT)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/library?q={EXACT}")
    card = page.locator("article.card").first
    expect(card).to_contain_text("Page 7 of 9")
    page.get_by_role("checkbox", name=re.compile("^Evaluation")).check()
    page.get_by_role("button", name="Show results").click()
    page.wait_for_url("**stage=evaluation**")
    page.locator("a.card__link").first.click()
    expect(page.locator(".viewer__page img")).to_have_attribute("alt", re.compile("Page 7"))
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url(re.compile(r"/pages/8"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == "The sound of a pump.pptx"
    page.get_by_role("radio", name=re.compile("Rolling mill 4")).first.check()
    page.get_by_role("button", name=re.compile("Use in")).first.click()
    expect(page.locator("body")).to_contain_text("Used in Vantor Steel")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_be_visible()


def test_a_rep_asks_for_what_is_missing(stocked: Site, sign_in: SignIn) -> None:
    page = sign_in("rep@example.com", scripts=False)
    page.goto("/library?q=qwyjibo")
    page.get_by_role("link", name="Request it").click()
    page.get_by_label("What is missing").fill("A qwyjibo for dairies")
    page.get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name="A qwyjibo for dairies")).to_be_visible()


def test_a_marketer_uploads_one_file(stocked: Site, sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("marketer@example.com", scripts=False)
    page.goto("/upload")
    file = make_pdf(tmp_path / "A sheet without scripts.pdf", "A sheet without scripts")
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Upload").first.click()
    expect(page.locator("main")).to_contain_text("A sheet without scripts")
