"""The scorecard of one asset, coverage and adoption through their pages and tables."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets.models import Vocabulary
from collateral.reports import adoption, asking, coverage, scorecard
from collateral.reports.ways import median_of
from collateral.usage.models import EventKind
from tests.factories import make_asset, make_person, make_team, make_term
from tests.reports.test_pages import NOW, YEAR, deal, use
from tests.support import Visitor, held_clock
from tests.usage.support import happen

_held_clock = held_clock(NOW)


def _deals(owner: Person, asset: Any) -> None:
    use(asset, deal("Won", owner, stage="Won", closed_on="2026-11-01"), owner, stage="proposal")
    use(asset, deal("Open", owner), owner, stage="evaluation")


def test_the_scorecard_says_where_the_asset_was_used(app: Flask, visitor: Visitor) -> None:
    make_term(Vocabulary.STAGE, "evaluation")
    team = make_team("North")
    ana, asset = make_person(teams=[team]), make_asset("The deck")
    happen(EventKind.VIEWED, asset, ana, NOW)
    _deals(ana, asset)
    manager = make_person(Role.MANAGER)
    found = scorecard.scorecard(manager, asset, YEAR)
    assert (found.deals, found.won, found.open, found.lost) == (2, 1, 1, 0)
    assert [(row.name, row.deals) for row in found.teams] == [("North", 2)]
    assert {row.name for row in found.stages} == {"proposal", "evaluation"}
    assert sum(count for _month, count in found.months) == 2
    assert [(row.number, row.views, row.deals) for row in found.versions] == [(1, 1, 2)]
    page = visitor.as_(manager).get(f"/reports/assets/{asset.id}")
    assert page.status_code == 200
    assert "Not enough deals yet" in page.text
    assert f"/explain/deals?asset={asset.id}" in page.text


def test_the_scorecard_of_what_one_may_not_see_does_not_exist(app: Flask, visitor: Visitor) -> None:
    hidden = make_asset("Hidden", teams=[make_team()])
    client = visitor.as_(make_person(teams=[make_team()]))
    assert client.get(f"/reports/assets/{hidden.id}").status_code == 404


def test_coverage_names_the_cells_with_open_deals_and_no_use(app: Flask) -> None:
    stage, product = (
        make_term(Vocabulary.STAGE, "evaluation"),
        make_term(Vocabulary.PRODUCT, "line"),
    )
    make_term(Vocabulary.PRODUCT, "edge")
    ana = make_person()
    asset = make_asset("The deck", terms=[stage, product])
    with_use, _ = deal("With", ana, product="line"), deal("Without", ana, product="edge")
    use(asset, with_use, ana)
    found = coverage.coverage(make_person(Role.MANAGER), YEAR)
    line, edge = found.cell("evaluation", "line"), found.cell("evaluation", "edge")
    assert (line.assets, line.uses, line.open_deals, line.gap) == (1, 1, 1, False)
    assert (edge.assets, edge.uses, edge.open_deals, edge.gap) == (0, 0, 1, True)
    assert [(gap.stage[1], gap.column[1]) for gap in found.gaps] == [("Evaluation", "Edge")]


def test_adoption_counts_people_by_team_and_a_rep_sees_herself_alone(app: Flask) -> None:
    north = make_team("North")
    ana, ben = make_person(teams=[north]), make_person(teams=[north])
    asset = make_asset()
    happen(EventKind.DOWNLOADED, asset, ana, NOW)
    happen(EventKind.VIEWED, asset, ben, NOW - timedelta(hours=1))
    happen(EventKind.VIEWED, asset, ben, NOW - timedelta(hours=1) + timedelta(seconds=10))
    use(asset, deal("D", ana), ana)
    found = adoption.adoption(make_person(Role.MANAGER), YEAR)
    (team,) = found.teams
    assert (team.views, team.downloads, team.uses, team.deals_with_use) == (2, 1, 1, 1)
    by_name = {row.name: (row.views, row.downloads, row.uses) for row in found.people}
    assert by_name == {ana.name: (1, 1, 1), ben.name: (1, 0, 0)}
    assert [row.name for row in adoption.adoption(ben, YEAR).people] == [ben.name]


@pytest.mark.parametrize(
    ("counts", "median"),
    [({}, None), ({5: 1}, 5), ({5: 1, 9: 1}, 5), ({5: 1, 9: 2}, 9), ({1: 3, 100: 1}, 1)],
)
def test_the_median_of_grouped_seconds(counts: dict[int, int], median: int | None) -> None:
    assert median_of(counts).seconds == median


def test_a_year_before_is_the_same_days(app: Flask) -> None:
    wanted = asking.read({"from": "2024-02-29", "to": "2024-03-10", "compare": "year"}, NOW.date())
    before = wanted.before.period
    assert (before.first.isoformat(), before.last.isoformat()) == ("2023-02-28", "2023-03-10")
    assert asking.read(wanted.address(), NOW.date()) == wanted


def test_nearly_nothing_before_is_nothing_to_compare_with(app: Flask, visitor: Visitor) -> None:
    ana, asset = make_person(), make_asset()
    for n in range(30):
        happen(EventKind.VIEWED, asset, ana, NOW - timedelta(minutes=n))
    happen(EventKind.VIEWED, asset, ana, datetime(2026, 10, 5, tzinfo=UTC))
    page = visitor.as_(make_person(Role.MANAGER)).get(
        "/reports/overview?from=2026-11-01&to=2026-11-20"
    )
    assert "nothing to compare with" in page.text
    assert "000 %" not in page.text


def test_t22_formulas_in_workbooks_are_words(app: Flask, visitor: Visitor) -> None:
    for start in ("=", "+", "@", "{="):
        make_asset(f"{start}HYPERLINK(1)")
    data = visitor.as_(make_person(Role.MANAGER)).get("/reports/assets.xlsx").data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        words = b"".join(book.read(name) for name in book.namelist())
    assert b"HYPERLINK" in words
    assert b"<f>" not in words
