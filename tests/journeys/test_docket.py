"""A marketer works the docket: a dry run, five retired, one mended, one kept, one put back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from collateral.accounts import operations
from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.retirement import docket
from tests.accounts import arranged
from tests.accounts.routes import address_of
from tests.journeys.conftest import PASSWORD, Site, running
from tests.journeys.looking import assert_accessible, assert_fits
from tests.journeys.pictures import shoot
from tests.retirement.stock import stock

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A library of its own: a year of made-up use would fill the other journeys' reports."""
    with running(tmp_path_factory.mktemp("docket")) as site:
        yield site


@pytest.fixture(scope="module")
def ignored(site: Site) -> Site:
    """A year of counts, put straight into the library, and the docket worked out from it."""
    with site.inside():
        people = {person.email: person for person in db.session.scalars(select(Person))}
        stock(people["marketer@example.com"], people["rep@example.com"])
        docket.work_out(now())
    return site


def choose(page: Page, titles: list[str], button: str) -> None:
    for title in titles:
        page.get_by_role("checkbox", name=f"Select {title}", exact=True).check()
    page.locator("[data-bulk-bar]").get_by_role("button", name=button).click()
    page.wait_for_url("**/docket/decide**")


def test_a_marketer_works_the_docket(ignored: Site, sign_in: SignIn) -> None:
    page = sign_in("marketer@example.com")
    page.goto("/docket")
    expect(page.get_by_text("look ignored")).to_be_visible()
    assert_accessible(page)
    shoot(page, "docket")
    listed = page.locator("#docket tbody th .table__main").all_inner_texts()
    assert len(listed) >= 7

    choose(page, listed[:5], "Try retiring")
    expect(page.get_by_text("Dry run, nothing changed yet")).to_be_visible()
    expect(page.get_by_text("Owners are warned", exact=True)).to_be_visible()
    assert_accessible(page)
    shoot(page, "docket-dry-run")
    page.get_by_label("Today").check()
    page.get_by_label("Reason").fill("Nobody has used them in a year.")
    page.get_by_role("button", name="Retire 5 assets").click()
    expect(page.get_by_role("status").filter(has_text="Retiring 5 assets")).to_be_visible()

    choose(page, [listed[5]], "Mend")
    page.get_by_role("button", name="Have 1 asset mended").click()
    expect(page.get_by_role("status").filter(has_text="1 asset to mend")).to_be_visible()

    choose(page, [listed[6]], "Keep")
    page.get_by_label("Reason").fill("For the fair in spring.")
    page.get_by_role("button", name="Keep 1 asset").click()
    expect(page.get_by_role("status").filter(has_text="Kept 1 asset")).to_be_visible()

    page.goto("/docket/retired")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(5)
    assert_accessible(page)
    page.get_by_role("row", name=re.compile(f"^{re.escape(listed[0])} ")).get_by_role(
        "button", name="Restore"
    ).click()
    expect(page.get_by_role("status").filter(has_text="is back as it was")).to_be_visible()
    page.goto("/docket/retired")
    expect(rows).to_have_count(4)

    page.goto("/docket?show=decided")
    mended = page.get_by_role("row", name=re.compile(re.escape(listed[5])))
    expect(mended).to_contain_text("Mend")
    mended.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Took back 1 decision")).to_be_visible()
    page.goto("/docket/policies")
    assert_accessible(page)
    page.goto("/docket/method")
    assert_accessible(page)


# What a page asks for beside its address.
ASKED = {
    "assets.describe_page": "?asset={asset_id}",
    "reports.explain": "?asset={asset_id}",
    "retirement.decide_page": "?asset={asset_id}&choice=retire",
    "search.choose_collection": "?asset={asset_id}&back=/library",
    "search.new_collection": "?query=q%3Ddeck",
    "sharing.choose_pack": "?asset={asset_id}",
    "sharing.new": "?asset={asset_id}",
}
# Pages that are looked at elsewhere; those with a token are told of by mail or a link.
ELSEWHERE = {
    "accounts.begin_single_sign_on": "test_single_sign_on.py",
    "accounts.setup": "is of a library that nobody has set up",
    "accounts.single_sign_on_answer": "test_single_sign_on.py",
    "connect.connection": "needs a CRM",
    "connect.fields": "needs a CRM",
    "demo.sample": "test_first_minutes.py",
    "offline": "test_upload.py",
    "sharing.pack_file": "is waited for",
    "accounts.styleguide": "test_looks.py, in English alone",
}
# What axe looks at above or in test_looks.py.
EXAMINED = {
    "accounts.profile",
    "assets.detail",
    "assets.describe_page",
    "assets.edit",
    "assets.page",
    "deals.detail",
    "deals.index",
    "home.index",
    "reports.assets_page",
    "reports.definitions",
    "reports.ignored_page",
    "reports.overview_page",
    "reports.search_page",
    "requests.board",
    "requests.detail",
    "requests.index",
    "requests.new",
    "retirement.docket",
    "retirement.method",
    "retirement.policies",
    "retirement.retired",
    "search.choose_collection",
    "search.collection",
    "search.collections_page",
    "search.library",
    "search.new_collection",
}
PARTS = re.compile(
    r"[.](csv|xlsx|webp|css|js)$|/(file|media|suggest|words|state|replacements|sources|readers)$"
    r"|^/(api|static|healthz|readyz|metrics)|^/search|^/inbox/<|<token>"
)


def pages_of(site: Site, person: Person) -> dict[str, str]:
    """The address of every page, with something of hers in it, and its endpoint."""
    known: dict[str, Any] = {"kind": "salesforce", "metric": "views"}
    for name, arrange in arranged.KINDS.items():
        if name != "notice":  # made for its address alone: it tells nothing
            known |= arrange(person, "own")
    known |= {name: make() for name, make in arranged.SOME.items() if name not in known}
    known["name"] = "overview"
    deal = db.session.get_one(Deal, known["deal_id"])  # what was used in it can be confirmed
    deal.outcome, deal.closed_on = Outcome.WON, now().date()
    gone = db.session.get_one(Asset, arranged.asset(person, "retired")["asset_id"])
    gone.retired_at = now() - timedelta(days=400)  # long enough for its files to be deleted
    special = {
        "/explain/report/<metric>": {"metric": "hours"},
        "/assets/<int:asset_id>/erase": {"asset_id": gone.id},
    }
    found = {}
    for rule in site.app.url_map.iter_rules():
        shown = "GET" in (rule.methods or ()) and not PARTS.search(rule.rule)
        if not shown or rule.endpoint in ELSEWHERE:
            continue
        asked = ASKED.get(rule.endpoint, "").format(**known)
        values = {**known, **special.get(rule.rule, {})}
        found[address_of(site.app, rule, **values) + asked] = rule.endpoint
    return found


def test_every_page_has_room_for_german_on_a_phone(ignored: Site, sign_in: SignIn) -> None:
    """At 360 px and at 200 %, with nothing grave for axe; contrast is the style guide's."""
    with ignored.inside():
        person = operations.add_person(
            "all@example.com", "Anna Weiß-Übermütig", list(Role), by=None, password=PASSWORD
        )
        person.locale = "de"
        db.session.commit()
        pages = pages_of(ignored, person)
    assert len(pages) > 60, pages
    page = sign_in("all@example.com")
    wrong = []
    for address, endpoint in pages.items():
        answer = page.goto(address)
        assert answer is not None
        try:
            assert answer.status == 200, f"it answers {answer.status}"
            expect(page.locator("html")).to_have_attribute("lang", "de")
            assert page.locator("h1").count() == 1, "it has not one h1"
            assert_fits(page, "it")
            if endpoint not in EXAMINED:
                assert_accessible(page, contrast=False)
        except AssertionError as error:
            wrong.append(f"{address}: {error}")
    assert wrong == []
