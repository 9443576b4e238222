"""The docket judges from sums and uses, is worked by its readers, and keeps its promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.assets.models import Asset, AssetVersion, Page, Status
from collateral.clock import later, now
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.errors import Invalid, WrongState
from collateral.notify.models import Notice
from collateral.retirement import board, deciding, docket, erasing, jobs, policing
from collateral.retirement.board_rows import BoardRequest, Show
from collateral.retirement.models import (
    Choice,
    Decision,
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
from tests.retirement.stock import ASSETS, DEALS, LIVE, stock
from tests.support import counted_queries


@pytest.fixture
def marketer(app: Flask) -> Person:
    return make_person(Role.MARKETER, name="Ines Duarte")


@pytest.fixture
def library(app: Flask, marketer: Person) -> list[int]:
    return stock(marketer, make_person(Role.REP, name="Daniel Kerr"))


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


def test_retiring_waits_four_weeks_and_warns_its_owner_twice(
    library: list[int], marketer: Person
) -> None:
    asset = db.session.get_one(Asset, library[-1])
    decider = make_person(Role.MARKETER)
    decision = deciding.decide(asset, Choice.RETIRE, by=decider, at=now(), reason="Ignored")
    db.session.commit()
    assert told(marketer, "asset_going") == 1
    for days, status, warnings in ((13, "published", 1), (14, "published", 2), (28, "retired", 2)):
        with later(timedelta(days=days)):
            jobs.due()
            jobs.due()
        db.session.refresh(asset)
        assert (asset.status.value, told(marketer, "asset_going")) == (status, warnings), days
    deciding.undo(decision, by=marketer, at=now())
    db.session.commit()
    assert asset.status is Status.PUBLISHED
    assert decision.ended_why == "undone"


def told(person: Person, kind: str) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(Notice.person_id == person.id, Notice.kind == kind)
        )
        or 0
    )


def test_a_decision_taken_back_before_its_day_retires_nothing(
    library: list[int], marketer: Person
) -> None:
    asset = db.session.get_one(Asset, library[-1])
    decision = deciding.decide(asset, Choice.RETIRE, by=marketer, at=now(), reason="Ignored")
    deciding.undo(decision, by=marketer, at=now())
    db.session.commit()
    with later(timedelta(days=40)):
        assert deciding.carry_out_due(now()) == 0
    assert asset.status is Status.PUBLISHED
    with pytest.raises(WrongState):
        deciding.undo(decision, by=marketer, at=now())


def test_a_later_decision_takes_the_place_of_the_one_before(
    library: list[int], marketer: Person
) -> None:
    asset = db.session.get_one(Asset, library[-1])
    deciding.decide(asset, Choice.RETIRE, by=marketer, at=now(), reason="Ignored")
    deciding.decide(asset, Choice.MEND, by=marketer, at=now())
    db.session.commit()
    holding = deciding.standing_decision(asset.id)
    assert holding is not None
    assert holding.choice is Choice.MEND
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 2


def test_keeping_says_why(library: list[int], marketer: Person) -> None:
    asset = db.session.get_one(Asset, library[-1])
    with pytest.raises(Invalid):
        deciding.decide(asset, Choice.KEEP, by=marketer, at=now(), reason=" ")


def test_reviews_are_set_and_reminded_of_once_each(library: list[int], marketer: Person) -> None:
    terms = Terms(review_months=12, review_required=True)
    policing.set_policy("deck", None, terms, by=marketer, at=now())
    assert policing.set_review_dates(now()) == ASSETS
    assert policing.set_review_dates(now()) == 0
    asset = db.session.get_one(Asset, library[0])
    db.session.execute(
        Asset.__table__.update().where(Asset.id != asset.id).values(review_on=None)  # type: ignore[attr-defined]
    )
    asset.expires_on = counting_day(now(), zone()) + timedelta(days=28)
    db.session.commit()
    assert asset.review_on == asset.expires_on
    for days, count in ((0, 1), (1, 1), (14, 2), (28, 3), (29, 3)):
        with later(timedelta(days=days)):
            policing.remind(now())
            policing.remind(now())
        assert (told(marketer, "review_due"), told(marketer, "asset_expires")) == (count, count)
    policing.reviewed(asset, by=marketer, at=now())
    assert asset.review_on is not None
    assert asset.review_on > counting_day(now(), zone()) + timedelta(days=360)


def test_files_are_deleted_by_an_admin_after_the_holding_time_alone(app: Flask) -> None:
    admin, asset = make_person(Role.ADMIN), make_asset("The old deck", pages=["One", "Two"])
    with pytest.raises(WrongState):
        erasing.plan(asset, at=now())
    deciding.decide(asset, Choice.RETIRE, by=admin, at=now(), reason="Old", at_once=True)
    with pytest.raises(WrongState):
        erasing.erase(asset, by=admin, at=now(), reason="Rights", title=asset.title)
    with later(timedelta(days=181)):
        for reason, title in (("", asset.title), ("Rights lapsed", "the old one")):
            with pytest.raises(Invalid):
                erasing.erase(asset, by=admin, at=now(), reason=reason, title=title)
        erasing.erase(asset, by=admin, at=now(), reason="Rights lapsed", title=asset.title)
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Page)) == 0
        assert db.session.scalars(select(AssetVersion.bytes)).all() == [0]
        with pytest.raises(WrongState):
            deciding.operations.restore(asset, by=admin, at=now())
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.action == "asset.files_deleted"


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
