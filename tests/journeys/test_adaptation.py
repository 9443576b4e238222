"""The way of an adaptation: handed in, traced, reviewed, merged, declined; the heat map moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.adaptations import decks
from tests.journeys.conftest import Site
from tests.journeys.looking import assert_accessible, found
from tests.journeys.pictures import shoot

SignIn = Callable[..., Page]
MASTER = "What a standstill costs"


@pytest.fixture(scope="module")
def library(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The master, published, read and known page by page."""
    folder = tmp_path_factory.mktemp("masters")
    (folder / f"{MASTER}.pptx").write_bytes(decks.master())
    site.command("ingest", str(folder), "--publish", "--owner", "marketer@example.com")
    return site


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laptop")
    (folder / "final_v7_ACME.pptx").write_bytes(decks.adapted())
    second = decks.slides()
    second[4] = decks.Slide(
        "Your data stays in the dairy", second[4].text.replace("plant", "dairy")
    )
    (folder / "dairy.pptx").write_bytes(decks.deck(second))
    (folder / "broken.pptx").write_bytes(decks.adapted()[:9000])
    return folder


def hand_in(page: Page, path: Path) -> None:
    page.goto("/adaptations/new")
    with page.expect_navigation(url=re.compile(r"/adaptations/\d+$")):
        page.locator("input[type=file]").set_input_files(path)


def _address_of(page: Page) -> str:
    """Where the master's own page is."""
    found(page, MASTER, MASTER).first.get_by_role("link", name=MASTER).first.click()
    page.wait_for_url(re.compile(r"/assets/\d+"))
    return re.sub(r"[?#].*$", "", page.url)


def submit(page: Page, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_label("Not my industry").check()
    page.get_by_label("Hours").fill("2")
    page.get_by_label("Minutes").fill("10")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Submitted")).to_be_visible()


def review_and_merge(marketer: Page) -> None:
    """Two pages of the first, after a look at each and a question about one."""
    marketer.goto("/adaptations")
    shoot(marketer, "adaptations")
    marketer.get_by_role("link", name="Downtime for water utilities").click()
    source = marketer.locator(".page-head__facts")
    expect(source.get_by_role("link", name=MASTER)).to_be_visible()
    expect(source).to_contain_text("version 1")
    pair = marketer.locator("#page-2")
    expect(pair.locator("del").filter(has_text="14,200")).to_be_visible()
    expect(pair.locator("ins").filter(has_text="9,600")).to_be_visible()
    expect(pair.locator(".sheet__marks--now rect").first).to_be_attached(timeout=90_000)
    expect(marketer.locator("#dropped-4")).to_contain_text("was dropped")
    assert_accessible(marketer)
    expect(marketer.locator(".review__nav")).to_contain_text(re.compile(r"[1-4] of 4 seen"))
    shoot(marketer, "adaptation-review")
    pair.locator("summary", has_text="Comment").click()
    pair.get_by_label("Comment on this page").fill("Are these Severn Vale's own figures?")
    pair.get_by_role("button", name="Comment", exact=True).click()
    expect(marketer.locator("#page-2 .thread")).to_contain_text("Severn Vale")
    marketer.locator("#page-2").get_by_label("Merge this page").check()
    marketer.locator("#page-6").get_by_label("Merge this page").check()
    marketer.locator("summary", has_text="Merge pages").click()
    marketer.get_by_role("button", name="Merge into the next version").click()
    expect(marketer.get_by_text("Merged into version 2.")).to_be_visible(timeout=20_000)


def decline(marketer: Page) -> None:
    """The second, with a reason."""
    marketer.goto("/adaptations")
    marketer.get_by_role("link", name="Downtime for one dairy").click()
    marketer.locator(".page-head summary", has_text="Decline").click()
    marketer.get_by_label("Why", exact=True).fill("The master speaks of every plant on purpose.")
    marketer.locator(".decide").get_by_role("button", name="Decline").click()
    expect(marketer.get_by_text("Ines Duarte declined it.")).to_be_visible()


def read_what_became_of_both(rep: Page) -> None:
    """In the inbox and on their pages; the question gets its answer."""
    rep.goto("/inbox")
    expect(rep.locator("main")).to_contain_text("declined “Downtime for one dairy”")
    expect(rep.locator("main")).to_contain_text("merges pages of “Downtime for water utilities”")
    rep.goto("/adaptations")
    rep.get_by_role("link", name="Downtime for water utilities").click()
    said = rep.locator("#page-2 .thread").first
    said.get_by_label("Reply").fill("They are, and they may be shown.")
    said.get_by_role("button", name="Reply").click()
    expect(rep.locator("#page-2")).to_contain_text("may be shown")
    rep.get_by_role("link", name="See version 2").click()
    expect(rep.locator("main")).to_contain_text("Mara Brandt")
    merged = rep.get_by_role("img", name=re.compile("Pumping stations on the Severn"))
    expect(merged.or_(rep.get_by_text("Pumping stations on the Severn")).first).to_be_attached()
    rep.goto("/adaptations")
    rep.get_by_role("link", name="Downtime for one dairy").click()
    expect(rep.get_by_text("Ines Duarte declined it.")).to_be_visible()
    expect(rep.locator("main")).to_contain_text("The master speaks of every plant on purpose.")


def test_an_adaptation_goes_from_the_rep_into_the_next_version(
    library: Site, files: Path, sign_in: SignIn
) -> None:
    rep = sign_in("rep@example.com")
    marketer = sign_in("marketer@example.com")
    heat_map = f"{_address_of(marketer)}/changes?version=1"
    marketer.goto(heat_map)
    expect(marketer.get_by_text("Nobody has adapted it yet")).to_be_visible()

    hand_in(rep, files / "final_v7_ACME.pptx")
    expect(rep.get_by_text("Adapted from").first).to_be_visible(timeout=90_000)
    expect(rep.get_by_role("link", name=MASTER)).to_be_visible()
    expect(rep.locator(".source")).to_contain_text("5 of 6 pages")
    assert_accessible(rep)
    shoot(rep, "adaptation-confirm")
    submit(rep, "Downtime for water utilities")
    hand_in(rep, files / "dairy.pptx")
    expect(rep.get_by_role("link", name=MASTER)).to_be_visible(timeout=90_000)
    submit(rep, "Downtime for one dairy")

    review_and_merge(marketer)
    decline(marketer)
    read_what_became_of_both(rep)

    marketer.goto(heat_map)
    pages = marketer.locator(".heat-page")
    for number, words in ((1, "kept"), (2, "1 edited"), (4, "1 dropped"), (5, "1 edited")):
        expect(pages.nth(number - 1)).to_contain_text(words)
    assert_accessible(marketer)
    shoot(marketer, "heat-map")


def test_a_broken_file_ends_in_a_sentence_and_is_kept(
    library: Site, files: Path, sign_in: SignIn
) -> None:
    rep = sign_in("rep@example.com")
    hand_in(rep, files / "broken.pptx")
    expect(rep.get_by_text("could not be read")).to_be_visible(timeout=90_000)
    expect(rep.locator("main")).to_contain_text("damaged")
    with rep.expect_download() as download:
        rep.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == (files / "broken.pptx").read_bytes()


def test_any_file_is_told_whether_it_is_current(
    library: Site, files: Path, sign_in: SignIn
) -> None:
    rep = sign_in("rep@example.com")
    rep.goto("/")
    rep.get_by_role("link", name="Is this current?").first.click()
    rep.locator("input[type=file]").set_input_files(files / "dairy.pptx")
    expect(rep.get_by_text(f"Made from “{MASTER}”").first).to_be_visible(timeout=90_000)
    expect(rep.locator("main")).to_contain_text("out of date")
    assert_accessible(rep)
    shoot(rep, "current")
