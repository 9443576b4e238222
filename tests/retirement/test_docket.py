"""The docket judges from sums and uses, is worked by its readers, and keeps its promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status
from collateral.clock import later, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.retirement import board, deciding, docket, policing
from collateral.retirement.board_rows import BoardRequest, Show
from collateral.retirement.models import (
    Choice,
    DocketItem,
    DocketRun,
    Season,
    Standing,
    Stopped,
)
from collateral.retirement.rules import Terms
from collateral.usage.counting import zone
from collateral.usage.models import Evidence, Use
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import set_of
from tests.factories import make_asset, make_person
from tests.retirement.stock import ASSETS, DEALS, LIVE
from tests.support import counted_queries


def worked_out() -> DocketRun:
    run = docket.work_out(now())
    db.session.commit()
    return run


def item(asset_id: int) -> DocketItem:
    found = db.session.get(DocketItem, asset_id)
    assert found is not None
    return found


def test_the_ignored_are_proposed_with_where_they_stopped(library: list[int]) -> None:
    run = worked_out()
    assert (run.judged, run.proposes) == (ASSETS, True)
    listed = set(
        db.session.scalars(
            select(DocketItem.asset_id).where(DocketItem.standing == Standing.PROPOSED)
        )
    )
    dead = set(library[LIVE:])
    assert len(listed & dead) >= 70
    assert len(listed - dead) <= 0.05 * len(listed)
    assert item(library[LIVE]).stopped is Stopped.NEVER_SHOWN
    assert item(library[-1]).stopped is Stopped.NOT_OPENED
    assert item(library[-1]).deals == DEALS - count_without_use()


def count_without_use() -> int:
    with_use = db.session.scalar(select(func.count(Use.deal_id.distinct()))) or 0
    return DEALS - with_use


def test_a_library_that_is_never_used_says_nothing_of_single_assets(
    marketer: Person, app: Flask
) -> None:
    for n in range(5):
        make_asset(f"Deck {n}", owner=marketer, published_at=now() - timedelta(days=400))
    run = worked_out()
    assert (run.judged, run.readable, run.proposes) == (5, False, False)
    assert db.session.scalar(select(func.count()).select_from(DocketItem)) == 0


def test_it_takes_a_fixed_number_of_statements(app: Flask, library: list[int]) -> None:
    with counted_queries(app) as seen:
        worked_out()
    assert len(seen) < 40


def test_a_small_library_asks_its_owners(app: Flask, library: list[int]) -> None:
    for asset_id in library[: LIVE // 2]:
        db.session.get_one(Asset, asset_id).status = Status.DRAFT
    db.session.get_one(Asset, library[LIVE]).status = Status.DRAFT
    db.session.commit()
    assert not worked_out().proposes
    standings = set(db.session.scalars(select(DocketItem.standing)))
    assert Standing.PROPOSED not in standings
    assert Standing.ASKED in standings


def test_within_its_grace_an_asset_is_left_alone(library: list[int], marketer: Person) -> None:
    policing.set_policy("deck", None, Terms(grace_days=800), by=marketer, at=now())
    db.session.commit()
    assert worked_out().judged == 0
    policing.set_policy("deck", None, Terms(floor_deals=DEALS + 1), by=marketer, at=now())
    assert worked_out().judged == ASSETS
    assert not db.session.scalar(
        select(func.count()).where(DocketItem.standing == Standing.PROPOSED)
    )


def test_out_of_season_deals_are_not_held_against_it(library: list[int]) -> None:
    asset_id = library[-1]
    month = (counting_day(now(), zone()) - timedelta(days=300)).month
    db.session.add(Season(asset_id=asset_id, months=[month]))
    db.session.commit()
    worked_out()
    assert item(asset_id).deals == 0
    assert item(asset_id).standing is Standing.UNDECIDED


@pytest.mark.parametrize(("floor", "more"), [(0, 10), (40, 50), (200, None)])
def test_what_is_new_is_left_in_peace_and_says_what_it_takes(
    library: list[int], marketer: Person, floor: int, more: int | None
) -> None:
    """Five deals came by in the hundred days that it is out; a policy may ask for more."""
    policing.set_policy("deck", None, Terms(floor_deals=floor), by=marketer, at=now())
    db.session.get_one(Asset, library[-1]).published_at = now() - timedelta(days=100)
    past = counting_day(now(), zone()) - timedelta(days=120)
    for deal in db.session.scalars(select(Deal).order_by(Deal.id)).all()[:-7]:
        deal.closed_on, deal.outcome = past, Outcome.LOST
    db.session.commit()
    worked_out()
    left = item(library[-1])
    assert (left.deals, left.standing, left.more_deals) == (5, Standing.UNDECIDED, more)
    assert left.more_months is None or left.more_months < 24


def test_what_was_kept_comes_back_with_new_evidence_alone(
    library: list[int], marketer: Person
) -> None:
    worked_out()
    asset = db.session.get_one(Asset, library[-1])
    kept = deciding.decide(asset, Choice.KEEP, by=marketer, at=now(), reason="For the fair")
    db.session.commit()
    reader = BoardRequest(limit=500)
    worked_out()
    assert asset.id not in [row.asset.id for row in board.board(marketer, reader).rows]
    new_deals(90)
    with later(timedelta(days=60)):
        worked_out()
    db.session.refresh(kept)
    assert kept.ended_why == "new_evidence"
    assert asset.id in [row.asset.id for row in board.board(marketer, reader).rows]


def new_deals(count: int) -> None:
    """Deals opened in a month from now, each with a use of a live asset."""
    rep = db.session.scalars(select(Person).where(Person.name == "Daniel Kerr")).one()
    opened = counting_day(now(), zone()) + timedelta(days=30)
    live = db.session.scalars(select(Use.asset_id).limit(1)).one()
    for n in range(count):
        deal = Deal(
            external_id=f"n{n}", name=f"New {n}", owner_id=rep.id, product="line", opened_on=opened
        )
        db.session.add(deal)
        db.session.flush()
        db.session.add(
            Use(
                asset_id=live,
                deal_id=deal.id,
                person_id=rep.id,
                team_set_id=set_of(rep),
                at=now(),
                day=opened,
                evidence=Evidence.DECLARED,
            )
        )
    db.session.commit()


def test_filters_narrow_what_is_counted(library: list[int], marketer: Person) -> None:
    worked_out()
    stranger = make_person(Role.MARKETER)
    assert board.board(marketer, BoardRequest(owner_id=stranger.id)).open == 0
    assert board.board(marketer, BoardRequest(type="video")).open == 0
    whole = board.board(marketer, BoardRequest(type="deck", product="line"))
    assert whole.open == sum(tile.count for tile in whole.tiles[1:]) > 60
    stopped = board.board(marketer, BoardRequest(stopped=Stopped.NEVER_SHOWN))
    assert {row.item.stopped for row in stopped.rows} == {Stopped.NEVER_SHOWN}
    assert board.board(marketer, BoardRequest(show=Show.DECIDED)).total == 0
