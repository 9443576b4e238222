"""The reports through their pages: numbers that agree, and what each person may count."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from collateral import clock
from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status, Vocabulary
from collateral.db import db
from collateral.deals import one_deal as deals
from collateral.deals.models import Deal
from collateral.reports import assets as assets_report
from collateral.reports import ignored, overview
from collateral.reports.asking import ReportRequest
from collateral.usage import operations as usage
from collateral.usage.models import EventKind
from collateral.usage.periods import Period
from tests.factories import make_asset, make_person, make_team, make_term
from tests.support import Visitor, counted_queries
from tests.usage.support import BROWSER, happen, version_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEAR = ReportRequest(Period(date(2025, 12, 1), date(2026, 11, 20)))
PAGES = ("overview", "assets", "coverage", "adoption", "search", "ignored", "changes", "worth")


def deal(name: str, owner: Person, **given: str) -> Deal:
    made, _ = deals.upsert_deal(
        name, {"name": name, "stage": "Evaluation", "owner": owner.email} | given, at=NOW
    )
    db.session.commit()
    return made


def use(asset: Asset, in_deal: Deal, by: Person, at: datetime = NOW, **more: Any) -> None:
    with clock.hold(max(at, NOW)):
        usage.declare_use(asset, in_deal, by=by, at=at, **more)
    db.session.commit()


def unpacked(data: bytes) -> bytes:
    """The words of a workbook; anything else as it is."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"".join(book.read(name) for name in book.namelist())


@pytest.fixture(autouse=True)
def _held_clock(app: Flask) -> Any:
    with clock.hold(NOW):
        yield


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


def test_each_person_counts_what_her_teams_did(app: Flask) -> None:
    north, south = make_team("North"), make_team("South")
    ana, ben = make_person(teams=[north]), make_person(teams=[north, south])
    cleo, alone = make_person(teams=[south]), make_person()
    asset = make_asset("The deck")
    for minutes, somebody in enumerate((ana, ben, cleo, alone)):
        happen(
            EventKind.VIEWED, asset, somebody, NOW - timedelta(hours=minutes), session=f"s{minutes}"
        )
    use(asset, deal("Of Ana", ana), ana)
    use(asset, deal("Of Cleo", cleo), cleo)

    def numbers(reader: Person, team: int | None = None) -> tuple[int, int]:
        (row,) = assets_report.assets_report(reader, ReportRequest(YEAR.period, team_id=team)).rows
        return row.views, row.uses

    manager = make_person(Role.MANAGER)
    assert numbers(manager) == (4, 2)
    assert numbers(manager, north.id) == (2, 1)
    assert numbers(manager, south.id) == (2, 1)
    assert numbers(ana) == (2, 1)
    assert numbers(ben) == (3, 2)
    assert numbers(alone) == (1, 0)


def test_a_team_that_is_not_hers_does_not_exist_for_a_rep(app: Flask, visitor: Visitor) -> None:
    other = make_team()
    client = visitor.as_(make_person(teams=[make_team()]))
    for name in PAGES:
        assert client.get(f"/reports/{name}?team={other.id}").status_code == 404
        assert client.get(f"/reports/{name}.csv?team={other.id}").status_code == 404


def test_what_a_person_may_not_see_is_in_no_number(app: Flask, visitor: Visitor) -> None:
    team = make_team()
    rep = make_person(teams=[make_team()])
    hidden = make_asset("Hidden thing", teams=[team])
    draft = make_asset("Draft thing", status=Status.DRAFT)
    happen(EventKind.VIEWED, hidden, rep, NOW)
    happen(EventKind.VIEWED, draft, rep, NOW)
    db.session.commit()
    client = visitor.as_(rep)
    for name in PAGES:
        for address in (f"/reports/{name}", f"/reports/{name}.csv", f"/reports/{name}.xlsx"):
            data = unpacked(client.get(address).data)
            assert b"Hidden thing" not in data
            assert b"Draft thing" not in data
    assert overview.overview(rep, YEAR).looks.views == 0
    assert client.get(f"/explain/views?asset={hidden.id}").status_code == 404
    assert client.get(f"/explain/views.csv?asset={hidden.id}").status_code == 404


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


def test_overview_and_ignored_agree_for_each_reader(app: Flask) -> None:
    north, south = make_team("North"), make_team("South")
    ana, cleo = make_person(teams=[north]), make_person(teams=[south])
    assets = [make_asset(f"Asset {n}") for n in range(3)]
    for asset, cost in zip(assets, (100, 20, 3), strict=True):
        asset.cost_amount, asset.cost_currency = Decimal(cost), "EUR"
        asset.published_at = NOW - timedelta(days=400)
    db.session.commit()
    use(assets[0], deal("Of Ana", ana), ana)
    use(assets[1], deal("Of Cleo", cleo), cleo)
    # A use before the period is none within it.
    use(assets[2], deal("Long ago", ana), ana, at=NOW - timedelta(days=380))
    for reader, unused in ((make_person(Role.MANAGER), 3), (ana, 23), (cleo, 103)):
        figures = overview.overview(reader, YEAR).now
        report = ignored.ignored_report(reader, YEAR)
        funnel = report.funnel
        assert figures.cost_never_used == funnel.cost_unused == Decimal(unused)
        assert (figures.published, figures.used) == (funnel.published, funnel.used)
        listed = sum((row.cost or Decimal(0) for row in report.rows), Decimal(0))
        assert (
            listed
            == sum((row.cost or 0) for row in ignored.dearest(reader, YEAR, 9, "EUR"))
            == unused
        )


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
