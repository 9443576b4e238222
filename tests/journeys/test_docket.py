"""A marketer works the docket: a dry run, five retired, one mended, one kept, one put back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from collateral import create_app
from collateral.accounts.models import Person
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.retirement import docket
from tests.journeys.conftest import Site, assert_accessible, running, shoot
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
    app = create_app(Settings.from_environ(site.environ))
    with app.app_context():
        people = {person.email: person for person in db.session.scalars(select(Person))}
        stock(people["marketer@example.com"], people["rep@example.com"])
        docket.work_out(now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
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
