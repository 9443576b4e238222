"""A link to a buyer: made by a rep, read on a phone, seen page by page, counted once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from collateral.assets.models import Asset, Term, Vocabulary
from collateral.clock import now
from collateral.db import db
from tests.journeys.conftest import Site, watch
from tests.journeys.looking import assert_accessible, found
from tests.journeys.material import make_deals, make_deck
from tests.journeys.pictures import shoot

SignIn = Callable[..., Page]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)


TITLE = "Payback in eleven months"


@pytest.fixture(scope="module")
def library(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A deck that is made for breweries at evaluation, and a rep with a call to one in an hour."""
    folder = tmp_path_factory.mktemp("shared")
    make_deck(folder / f"{TITLE}.pptx", TITLE, slides=6)
    site.command("ingest", str(folder), "--publish", "--owner", "marketer@example.com")
    call = now() + timedelta(hours=1)
    deals = make_deals(folder / "deals.csv", "rep@example.com", call=call)
    with site.inside():
        wanted = ((Vocabulary.STAGE, "evaluation"), (Vocabulary.INDUSTRY, "food-and-drink"))
        asset = db.session.scalars(select(Asset).where(Asset.title == TITLE)).one()
        for vocabulary, slug in wanted:
            term = db.session.scalar(
                select(Term).where(Term.vocabulary == vocabulary, Term.slug == slug)
            )
            label = slug.replace("-", " ").capitalize()
            asset.terms.append(term or Term(vocabulary=vocabulary, slug=slug, label=label))
    site.command("deals", "import", str(deals))
    return site


@pytest.fixture
def phone(browser: Browser, site: Site, faults: list[str]) -> Iterator[Page]:
    """A buyer's phone, on which nobody ever signed in."""
    context: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        base_url=site.url,
        locale="en-GB",
        user_agent=PHONE,
    )
    yield watch(context.new_page(), faults)
    context.close()


def begin_link(rep: Page, title: str, recipient: str) -> None:
    """Let the rep come from the asset to the form of a link for that recipient."""
    found(rep, title, title).first.locator("a.card__link").click()
    rep.get_by_role("link", name="Share", exact=True).click()
    expect(rep.get_by_role("heading", name="Share with a buyer")).to_be_visible()
    rep.get_by_label("For whom").fill(recipient)


def read_three_pages(phone: Page, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(phone.locator("[data-buyer-frame] img:not([hidden])")).to_be_visible()
    assert_accessible(phone)
    phone.wait_for_timeout(400)
    for number in (2, 3):
        phone.get_by_role("link", name="Next page").tap()
        expect(phone.locator("[data-buyer-place]")).to_have_text(f"{number} of 6")
        expect(phone.locator("[data-buyer-words]")).to_contain_text(f"Point {number} of")
        phone.wait_for_timeout(1200)


def deals_in_report(manager: Page) -> str:
    """In how many deals the report of assets says that the deck was used."""
    manager.goto(f"/reports/assets?q={TITLE.replace(' ', '+')}")
    table = manager.get_by_role("region", name="Assets", exact=True).last.locator("table")
    heads = [text.strip() for text in table.get_by_role("columnheader").all_inner_texts()]
    row = table.get_by_role("row", name=re.compile(TITLE))
    said = row.locator("th, td").all_inner_texts()
    deals = next(n for n, head in enumerate(heads) if head.startswith("Deals"))
    return said[deals].split()[-1]


def test_a_buyer_reads_three_pages_and_the_rep_sees_each(
    library: Site, sign_in: SignIn, phone: Page
) -> None:
    rep = sign_in("rep@example.com")
    call = rep.locator("section.call", has_text="Brauwerk Lindau")
    expect(call).to_contain_text("minutes")
    suggested = call.locator(".suggestion", has_text=TITLE)
    expect(suggested.locator(".suggestion__why")).to_contain_text("Made for deals like this")
    suggested.get_by_role("link", name=TITLE).click()
    rep.get_by_role("link", name="Share", exact=True).click()
    expect(rep.get_by_label("Downtime pilot")).to_be_checked()  # the deal with the next call
    rep.get_by_label("For whom").fill("Anna Kern, Brauwerk Lindau")
    assert_accessible(rep)
    shoot(rep, "share-new")
    rep.get_by_role("button", name="Make the link").click()
    address = rep.get_by_label("Address").input_value()
    assert re.fullmatch(rf"{library.url}/s/[\w-]{{43}}", address)
    assert_accessible(rep)
    shoot(rep, "share-made")
    rep.get_by_role("link", name="See its visits").click()
    expect(rep.locator("main")).to_contain_text("Nobody has read it yet")

    read_three_pages(phone, address)
    visits = rep.locator("[data-fragment=visits]")
    expect(visits.locator(".reads__pages > li")).to_have_count(3, timeout=90_000)
    expect(visits).to_contain_text("Phone")
    expect(visits).to_contain_text("3 of 6 pages")
    assert_accessible(rep)
    shoot(rep, "share-visits")
    shoot(phone, "buyer")

    rep.get_by_role("link", name="Each opening").click()
    expect(rep.get_by_role("table")).to_contain_text("iPhone")
    assert_accessible(rep)
    shoot(rep, "share-openings")

    rep.goto("/")
    expect(call.locator(".sent").first).to_contain_text("1 visit")
    expect(rep.locator("aside")).to_contain_text("Anna Kern")
    assert_accessible(rep)
    call.get_by_role("link", name="Brauwerk Lindau").click()
    expect(rep.locator("#uses")).to_contain_text("Observed")
    expect(rep.locator("#sent")).to_contain_text("Anna Kern")
    expect(rep.locator("#sent")).to_contain_text("3 of 6 pages")
    rep.get_by_text("Put a pack together").click()
    expect(rep.locator("#packs").get_by_label(TITLE)).to_be_checked()
    assert_accessible(rep)
    shoot(rep, "deal-with-visits")

    assert deals_in_report(sign_in("manager@example.com")) == "1"


def test_switched_off_means_off_while_it_is_open(
    library: Site, sign_in: SignIn, phone: Page, faults: list[str]
) -> None:
    rep = sign_in("rep@example.com")
    begin_link(rep, TITLE, "Vantor Steel")
    rep.get_by_role("button", name="Make the link").click()
    address = rep.get_by_label("Address").input_value()
    phone.goto(address)
    phone.get_by_role("link", name="Next page").tap()
    expect(phone.locator("[data-buyer-place]")).to_have_text("2 of 6")
    rep.get_by_role("link", name="See its visits").click()
    rep.get_by_role("link", name="Switch off").click()
    rep.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(rep.locator("main")).to_contain_text("Switched off")
    expect(phone.get_by_role("heading", name="This link does not work")).to_be_visible(
        timeout=90_000
    )
    # The browser notes each answer that is a 404, as these are meant to be.
    assert all("404" in fault for fault in faults)
    faults.clear()
