"""The reports through their pages: numbers that agree, and what each person may count."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import Vocabulary
from collateral.db import db
from collateral.reports import assets as assets_report
from collateral.reports import ignored, overview
from collateral.reports.asking import ReportRequest
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from collateral.usage.periods import Period
from tests.factories import make_asset, make_person, make_team, make_term
from tests.reports.year import NOW, PAGES, YEAR, deal, use
from tests.support import Visitor, counted_queries, held_clock
from tests.usage.support import BROWSER, happen, version_of

_held_clock = held_clock(NOW)


def test_a_use_stands_in_the_report_with_its_deal_and_amounts(app: Flask) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    manager, ana = make_person(Role.MANAGER), make_person()
    asset = make_asset("The deck")
    won = deal("Won", ana, stage="Won", closed_on="2026-11-01", amount="1000", currency="EUR")
    open_ = deal("Open", ana, amount="500", currency="EUR")
    dollars = deal("Dollars", ana, amount="700", currency="USD")
    for one in (won, open_, dollars):
        use(asset, one, ana)
    use(asset, open_, ana, stage="proposal")
    happen(EventKind.DOWNLOADED, asset, ana, NOW)
    db.session.commit()
    (row,) = assets_report.assets_report(manager, YEAR).rows
    assert (row.uses, row.deals, row.won, row.open) == (4, 3, 1, 2)
    assert (row.won_amount, row.open_amount) == (Decimal(1000), Decimal(500))
    assert (row.views, row.downloads) == (1, 1)
    at_stage = ReportRequest(YEAR.period, stage="proposal")
    (row,) = assets_report.assets_report(manager, at_stage).rows
    assert (row.uses, row.deals, row.open_amount, row.won_amount) == (1, 1, Decimal(500), 0)


def test_the_period_takes_whole_months_and_days(app: Flask) -> None:
    manager, ana, asset = make_person(Role.MANAGER), make_person(), make_asset()
    for day in (
        date(2026, 1, 31),
        date(2026, 2, 1),
        date(2026, 3, 31),
        date(2026, 4, 1),
        date(2026, 4, 10),
    ):
        happen(EventKind.VIEWED, asset, ana, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    db.session.commit()
    for first, last, views in (
        (date(2026, 2, 1), date(2026, 3, 31), 2),
        (date(2026, 1, 31), date(2026, 4, 1), 4),
        (date(2026, 1, 1), date(2026, 4, 9), 4),
        (date(2026, 2, 2), date(2026, 3, 30), 0),
        (date(2026, 4, 1), date(2026, 4, 10), 2),
    ):
        (row,) = assets_report.assets_report(manager, ReportRequest(Period(first, last))).rows
        assert row.views == views, (first, last)


def test_the_overview_agrees_with_what_happened(app: Flask) -> None:
    team = make_team("North")
    ana, manager = make_person(teams=[team]), make_person(Role.MANAGER)
    used, ignored_one = make_asset("Used"), make_asset("Ignored")
    for asset, cost in ((used, 3000), (ignored_one, 1000)):
        asset.cost_amount, asset.cost_currency = Decimal(cost), "EUR"
        asset.published_at = NOW - timedelta(days=200)
    db.session.commit()
    opened = {"opened_on": "2026-06-10"}
    with_use, _without = deal("With", ana, **opened), deal("Without", ana, **opened)
    use(used, with_use, ana, at=datetime(2026, 8, 5, tzinfo=UTC))
    happen(EventKind.VIEWED, used, ana, datetime(2026, 8, 5, tzinfo=UTC))
    db.session.commit()
    found = overview.overview(manager, YEAR)
    assert (found.now.published, found.now.used) == (2, 1)
    assert (found.now.cost, found.now.cost_never_used) == (Decimal(4000), Decimal(1000))
    assert (found.now.deals, found.now.deals_with_use) == (2, 1)
    assert (found.looks.views, found.now.uses) == (1, 1)
    by_month = {
        row.month.month: (row.deals, row.deals_with_use, row.counts.views) for row in found.months
    }
    assert by_month[5] == (0, 0, 0)
    assert by_month[7] == (2, 0, 0)
    assert by_month[8] == (2, 1, 1)
    assert by_month[11] == (2, 1, 0)
    assert [(t.name, t.uses, t.deals, t.deals_with_use) for t in found.teams] == [
        ("North", 1, 2, 1)
    ]
    assert found.before.published == 0
    months = {row.month.month: row.standing for row in found.months}
    assert [(months[n].published, months[n].used) for n in (3, 5, 7, 8)] == [
        (0, 0), (2, 0), (2, 0), (2, 1),
    ]  # fmt: skip
    assert (months[8].cost, months[8].cost_unused) == (Decimal(4000), Decimal(1000))
    assert [(count.deals, count.with_use) for count in found.teams[0].months][-4:] == [
        (2, 1), (2, 1), (2, 1), (2, 1),
    ]  # fmt: skip


def test_ignored_says_where_each_asset_stopped(app: Flask) -> None:
    ana = make_person()
    assets = {name: make_asset(name) for name in ("unseen", "shown", "opened", "used")}
    for name in ("shown", "opened", "used"):
        usage.record_shown(
            [usage.Results([(assets[name].id, version_of(assets[name]).id)], NOW)],
            person=ana,
            session_key="s1",
            user_agent=BROWSER,
        )
    for name in ("opened", "used"):
        happen(EventKind.VIEWED, assets[name], ana, NOW)
    use(assets["used"], deal("D", ana), ana)
    found = ignored.ignored_report(make_person(Role.MARKETER), YEAR)
    funnel = found.funnel
    assert (funnel.published, funnel.shown, funnel.opened, funnel.used) == (4, 3, 2, 1)
    assert {row.title: row.reached.value for row in found.rows} == {
        "unseen": "never_shown",
        "shown": "shown_not_opened",
        "opened": "opened_not_used",
    }
    (row,) = ignored.ignored_report(
        make_person(Role.MARKETER), YEAR, reached=ignored.Reached.SHOWN
    ).rows
    assert row.title == "shown"


@pytest.mark.parametrize("name", PAGES)
def test_a_report_costs_the_same_queries_whatever_it_holds(
    app: Flask, visitor: Visitor, name: str
) -> None:
    manager, ana = make_person(Role.MANAGER), make_person(teams=[make_team()])
    client = visitor.as_(manager)
    use(make_asset(), deal("First", ana), ana)
    assert client.get(f"/reports/{name}").status_code == 200
    with counted_queries(app) as few:
        client.get(f"/reports/{name}")
    for n in range(6):
        asset = make_asset(f"Asset {n}")
        happen(EventKind.VIEWED, asset, ana, NOW - timedelta(days=n))
        use(asset, deal(f"Deal {n}", make_person(teams=[make_team()])), ana)
    with counted_queries(app) as many:
        client.get(f"/reports/{name}")
    assert len(many) == len(few)


def test_t22_formulas_in_exports_are_words(app: Flask, visitor: Visitor) -> None:
    ana = make_person(Role.MANAGER)
    for start in ("=", "+", "-", "@", "\t", "\r", " ="):
        make_asset(f"{start}HYPERLINK(1)")
    data = visitor.as_(ana).get("/reports/assets.csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    titles = [row[1] for row in rows[1:]]
    assert len(titles) == 7
    assert all(title.startswith("'") for title in titles)
    assert {title[1:] for title in titles} >= {"=HYPERLINK(1)", "@HYPERLINK(1)", "\tHYPERLINK(1)"}
    assert all(
        cell.startswith('"') for cell in data.decode("utf-8-sig").split("\r\n")[0].split(",")
    )


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=2026-02-30",
        "from=2026-05-01&to=2026-04-01",
        "from=0001-01-01",
        "team=x",
        "team=9" * 5,
    ],
)
def test_what_makes_no_sense_is_told(app: Flask, visitor: Visitor, query: str) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    assert client.get(f"/reports/assets?{query}").status_code in (400, 404)


def test_sorting_and_paging_take_anything(app: Flask, visitor: Visitor) -> None:
    client = visitor.as_(make_person(Role.MANAGER))
    make_asset()
    for query in (
        "sort=nonsense",
        "sort=title&down=0",
        "page=-1",
        "page=999999999",
        "product=%27",
        "period=x",
    ):
        assert client.get(f"/reports/assets?{query}").status_code == 200
