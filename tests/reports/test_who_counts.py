"""What each person may count: her teams' doings, and nothing that does not exist for her."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets.models import Status
from collateral.db import db
from collateral.reports import assets as assets_report
from collateral.reports import ignored, overview
from collateral.reports.asking import ReportRequest
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_person, make_team
from tests.reports.year import NOW, PAGES, YEAR, deal, unpacked, use
from tests.support import Visitor, held_clock
from tests.usage.support import happen

_held_clock = held_clock(NOW)


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
