"""The way of one file: uploaded, found, used, counted, retired, restored.

Homes, search, the page of an asset and reports are photographed by test_looks.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looking import assert_accessible
from tests.journeys.material import RARE, make_deals, make_deck, make_image, make_pdf
from tests.journeys.pictures import shoot

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def library(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A deck with a rare word on its seventh slide, its successor, and the rep's deals."""
    folder = tmp_path_factory.mktemp("material")
    make_deck(folder / "What a stop costs.pptx", "What a stop costs", rare_on=7)
    make_deck(folder / "What a stop costs next year.pptx", "What a stop costs next year")
    site.command("ingest", str(folder), "--publish", "--owner", "marketer@example.com")
    deals = make_deals(folder / "deals.csv", "rep@example.com")
    site.command("deals", "import", str(deals))
    return site


def search(page: Page, words: str) -> None:
    page.get_by_role("combobox", name=re.compile("Search assets")).fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/library?**")


def test_a_rep_finds_a_slide_by_its_word_and_uses_it_in_a_deal(
    library: Site, sign_in: SignIn
) -> None:
    page = sign_in("rep@example.com")
    search(page, RARE)
    card = page.locator("article.card").first
    expect(card).to_contain_text("Page 7 of 9")
    expect(card.locator("mark").first).to_contain_text(RARE)
    card.get_by_role("link", name="What a stop costs").click()
    page.wait_for_url(re.compile(r"/assets/\d+/pages/7"))
    expect(page.locator("main")).to_contain_text("part 7")
    page.get_by_role("button", name="Use in Brauwerk Lindau").click()
    expect(page.get_by_role("status").filter(has_text="Used in")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename == "What a stop costs.pptx"


def test_the_manager_sees_the_use_in_the_report(library: Site, sign_in: SignIn) -> None:
    page = sign_in("manager@example.com")
    page.goto("/reports/assets")
    row = page.get_by_role("row", name=re.compile(r"What a stop costs(?! next)"))
    expect(row).to_be_visible()
    cells = row.get_by_role("cell").all_inner_texts()
    assert "1" in cells, cells


def test_a_marketer_uploads_ten_files_and_sees_them_become_searchable(
    library: Site, sign_in: SignIn, tmp_path: Path
) -> None:
    files = [make_deck(tmp_path / f"Night shift {n}.pptx", f"Night shift {n}") for n in range(4)]
    files += [make_pdf(tmp_path / f"Plant report {n}.pdf", f"Plant report {n}") for n in range(4)]
    files += [make_image(tmp_path / f"Hall {n}.png", 40 * n) for n in range(2)]
    library.add_person("ten@example.com", "marketer")
    page = sign_in("ten@example.com")
    page.goto("/upload")
    page.locator("input[type=file]").first.set_input_files(files)
    rows = page.locator("[data-upload-row]").filter(has_text=re.compile("Night|Plant|Hall"))
    expect(rows).to_have_count(10, timeout=60_000)
    expect(page.locator("[data-upload-busy]")).to_have_count(0, timeout=120_000)
    assert_accessible(page)
    shoot(page, "upload")
    page.reload()
    page.get_by_role("button", name=re.compile("Publish 10 drafts")).click()
    page.wait_for_load_state()
    for _ in range(20):
        page.goto("/library?q=%22night+shift%22")
        found = page.locator("article.card", has_text=re.compile(r"Night shift \d"))
        if found.count() == 4:
            break
        page.wait_for_timeout(500)
    expect(found).to_have_count(4)


def test_a_retired_asset_leads_to_its_replacement_and_comes_back(
    library: Site, sign_in: SignIn
) -> None:
    page = sign_in("marketer@example.com")
    search(page, RARE)
    page.locator("article.card a.card__link").first.click()
    page.wait_for_url(re.compile(r"/assets/\d+"))
    address = re.sub(r"/pages/\d+.*|\?.*", "", page.url)
    page.goto(f"{address}/retire")
    assert_accessible(page)
    shoot(page, "retire")
    page.get_by_role("combobox", name="What to use instead").fill("What a stop costs next")
    page.get_by_role("option", name=re.compile("next year")).first.click()
    page.get_by_label(re.compile("Reason|Why")).fill("The figures are those of last year.")
    page.get_by_role("button", name=re.compile("Retire")).click()
    page.wait_for_load_state()

    rep = sign_in("rep@example.com")
    search(rep, RARE)
    path = address.removeprefix(library.url)
    expect(rep.locator(f"article.card a[href^='{path}']")).to_have_count(0)
    rep.goto(address)
    expect(rep.locator("main")).to_contain_text("Retired on")
    expect(rep.get_by_role("link", name="What a stop costs next year")).to_be_visible()

    page.goto(address)
    page.get_by_role("button", name="Restore").click()
    page.wait_for_load_state()
    for _ in range(20):
        search(rep, RARE)
        if rep.locator("article.card").count():
            break
        rep.wait_for_timeout(300)
    expect(rep.locator("article.card").first).to_contain_text("Page 7 of 9")
