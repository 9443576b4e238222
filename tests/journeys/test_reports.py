"""The manager follows a number of last quarter's overview down to the events of one asset."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.clock import hold, now
from collateral.db import db
from collateral.reports.asking import preset_period
from collateral.usage.counting import zone
from collateral.usage.models import EventKind
from collateral.usage.rules import counting_day
from tests.factories import make_asset
from tests.journeys.conftest import Site
from tests.journeys.looking import assert_accessible, settle
from tests.journeys.pictures import shoot
from tests.usage.support import happen

SignIn = Callable[..., Page]
TITLE = "A brochure that nobody sends"


@pytest.fixture(scope="module")
def ignored(site: Site) -> Site:
    """A brochure that cost 4,000 €, looked at three times last quarter, once by a double click."""
    with site.inside():
        people = {person.email: person for person in db.session.scalars(select(Person))}
        period = preset_period("last-quarter", counting_day(now(), zone()))
        noon = now().replace(
            year=period.first.year, month=period.first.month, day=5, hour=12, minute=0
        )
        asset = make_asset(
            TITLE, owner=people["marketer@example.com"], published_at=noon - timedelta(days=300)
        )
        asset.cost_amount, asset.cost_currency = Decimal(4000), "EUR"
        with hold(noon + timedelta(hours=1)):
            for seconds in (0, 10, 600):
                at = noon + timedelta(seconds=seconds)
                happen(EventKind.VIEWED, asset, people["rep@example.com"], at)
    return site


def test_what_is_still_loading_can_be_read(site: Site, sign_in: SignIn) -> None:
    manager = sign_in("manager@example.com")

    def hold_panels(route: Route) -> None:
        if "x-fragment" not in route.request.headers:
            route.continue_()

    manager.route("**/reports/overview*", hold_panels)
    manager.goto("/reports/overview")
    settle(manager)
    expect(manager.get_by_text("Loading …").first).to_be_visible()
    assert_accessible(manager)
    # Without motion: a button's colours would be on their way from light to dark.
    manager.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert_accessible(manager)


def test_ignored_spend_of_last_quarter_down_to_events(ignored: Site, sign_in: SignIn) -> None:
    page = sign_in("manager@example.com")
    page.goto("/reports/overview")
    page.get_by_label("Period", exact=True).select_option("last-quarter")
    page.wait_for_url("**period=last-quarter**")
    spend = page.locator(".figure", has_text="Cost of assets without a use")
    expect(spend).to_contain_text("€")
    spend.get_by_role("link").click()
    page.wait_for_url("**/reports/ignored?**period=last-quarter**")
    page.get_by_role("link", name=re.compile("^Opened, not used")).click()
    row = page.get_by_role("row", name=re.compile(TITLE))
    expect(row).to_contain_text("€4,000")
    assert_accessible(page)
    row.get_by_title("Explain this number").click()
    page.wait_for_url("**/explain/views?**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Views: 2")
    expect(page.get_by_role("row", name=re.compile("Left out: double click")).first).to_be_visible()
    expect(page.locator("time")).to_have_count(3)
    assert_accessible(page)
    shoot(page, "report-explained")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert download.value.path().read_text(encoding="utf-8-sig").count("\n") == 4
