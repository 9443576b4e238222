"""What was decided holds when its day comes: warned of, taken back, deleted for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry, Person, Role
from collateral.assets.models import Asset, AssetVersion, Page, Status
from collateral.clock import later, now
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify.models import Notice
from collateral.retirement import deciding, erasing, jobs, policing
from collateral.retirement.models import (
    Choice,
    Decision,
)
from collateral.retirement.rules import Terms
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day
from tests.factories import make_asset, make_person
from tests.retirement.stock import ASSETS


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
