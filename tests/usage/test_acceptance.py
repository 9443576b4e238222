"""COUNTER's acceptance test, through HTTP: 15 pairs inside 30 s and 15 outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from collateral import clock
from collateral.accounts.models import Role
from collateral.reports.asking import ReportRequest
from collateral.reports.assets import assets_report
from collateral.usage.periods import Period
from tests.factories import make_asset, make_person
from tests.support import Visitor
from tests.usage.support import BROWSER

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.either
@pytest.mark.parametrize("what", ["view", "download"])
def test_thirty_pairs_give_45_totals_and_30_uniques(
    app: Flask, visitor: Visitor, what: str
) -> None:
    assets = [make_asset(f"Asset {n}") for n in range(30)]
    manager = make_person(Role.MANAGER)
    with clock.hold(START):
        client = visitor.as_(make_person())
    client.environ_base["HTTP_USER_AGENT"] = BROWSER
    for place, asset in enumerate(assets):
        first = START + timedelta(seconds=40 * place)
        for moment in (first, first + timedelta(seconds=20 if place < 15 else 35)):
            address = f"/assets/{asset.id}" + ("/file" if what == "download" else "")
            with clock.hold(moment), client.get(address) as answer:
                assert answer.status_code == 200
    day = ReportRequest(Period(START.date(), START.date()))
    rows = assets_report(manager, day, limit=100).rows
    totals, uniques = f"{what}s", f"unique_{what}s"
    assert sum(getattr(row, totals) for row in rows) == 45
    assert sum(getattr(row, uniques) for row in rows) == 30
    if what == "download":
        # Each download is a view as well.
        assert sum(row.views for row in rows) == 45
        assert sum(row.unique_views for row in rows) == 30
    else:
        assert sum(row.downloads for row in rows) == 0


def test_previews_pages_and_ranges_are_not_views(app: Flask, visitor: Visitor) -> None:
    asset, manager = make_asset(pages=["One", "Two"]), make_person(Role.MANAGER)
    with clock.hold(START):
        client = visitor.as_(make_person())
        client.environ_base["HTTP_USER_AGENT"] = BROWSER
        client.get("/library")
        client.get("/search/suggest?q=dow")
        client.get(f"/assets/{asset.id}/versions/1/pages/1/preview-320.webp").close()
        client.get(
            f"/assets/{asset.id}/pages/2",
            headers={"Referer": f"http://localhost/assets/{asset.id}"},
        )
        client.get(f"/assets/{asset.id}/file", headers={"Range": "bytes=10-"}).close()
    (row,) = assets_report(manager, ReportRequest(Period(START.date(), START.date()))).rows
    assert (row.views, row.downloads) == (0, 0)
