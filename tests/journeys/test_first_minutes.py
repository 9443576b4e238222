"""The first minutes of a library: from the printed address to the first file, with the sample
library put in and taken out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PASSWORD, PERSON, Site, make_site, watch
from tests.journeys.looking import assert_accessible
from tests.journeys.material import make_pdf
from tests.journeys.pictures import shoot


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Site]:
    """A library that nobody has set up yet."""
    site = make_site(tmp_path / "home")
    site.environ["SAMPLE_ASSETS"] = "6"
    site.start()
    yield site
    site.stop()


def set_up(page: Page, site: Site) -> None:
    """The printed address makes the first admin."""
    printed = site.said()
    address = re.search(r"http\S+/setup/\S+", printed)
    assert address, printed
    page.goto(address[0])
    assert_accessible(page)
    shoot(page, "set-up")
    page.get_by_label("Your name").fill("Karim Aziz")
    page.get_by_label("E-mail").fill("karim@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url(f"{site.url}/")


def test_from_empty_to_the_sample_and_back(
    untouched: Site, browser: Browser, faults: list[str], tmp_path: Path
) -> None:
    context = browser.new_context(base_url=untouched.url, user_agent=PERSON, locale="en-GB")
    page = watch(context.new_page(), faults)
    set_up(page, untouched)
    steps = page.get_by_role("region", name="First steps")
    expect(steps).to_contain_text("1 of 4 done")  # the usual words, ticked on the set-up page
    assert_accessible(page)
    shoot(page, "first-steps")

    steps.get_by_role("link", name="Add the sample library").click()
    page.get_by_role("button", name="Add the sample library").click()
    shoot(page, "sample-coming")
    expect(page.get_by_role("heading", name="The sample is here")).to_be_visible(timeout=90_000)
    assert_accessible(page)
    page.goto("/library")
    assert page.locator("article.card").count() > 1
    page.goto("/sample")
    page.get_by_role("button", name="Remove the sample").click()
    expect(page.get_by_role("heading", name="The sample is not here")).to_be_visible(timeout=30_000)
    page.goto("/library")
    expect(page.locator("article.card")).to_have_count(0)
    shoot(page, "library-empty")

    page.goto("/")
    page.locator(".first input[type=file]").set_input_files(
        make_pdf(tmp_path / "First of all.pdf", "First of all")
    )
    page.wait_for_url("**/upload**")
    expect(page.locator("[data-upload-row]")).to_have_count(1)
    page.goto("/")
    expect(steps).to_contain_text("2 of 4 done")
    page.goto("/library")
    expect(page.locator("article.card")).to_have_count(1)
    shoot(page, "library-of-one")
    context.close()
