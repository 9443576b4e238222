"""Taking a decision back puts everything back as it was before it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, Status
from collateral.clock import later, now
from collateral.db import db
from collateral.retirement import deciding
from collateral.retirement.models import Choice, Decision, Season
from tests.factories import make_asset, make_person
from tests.support import Visitor

MARCH, AUTUMN = frozenset({3}), frozenset({9, 10})


@pytest.fixture
def marketer(app: Flask) -> Person:
    return make_person(Role.MARKETER)


def decide(
    asset: Asset,
    choice: Choice,
    by: Person,
    *,
    at_once: bool = False,
    months: frozenset[int] | None = None,
) -> Decision:
    made = deciding.decide(
        asset, choice, by=by, at=now(), reason="So", at_once=at_once, months=months
    )
    db.session.commit()
    return made


def state(asset: Asset) -> dict[str, object]:
    """Every column but for the two that tell search where it stands, the decision, the season."""
    db.session.expire_all()
    columns = {each.key for each in inspect(Asset).column_attrs} - {"revision", "indexed_revision"}
    standing = deciding.standing_decision(asset.id)
    return {
        **{name: getattr(asset, name) for name in columns},
        "decision": standing and (standing.id, standing.choice, standing.due_on),
        "season": db.session.scalar(select(Season.months).where(Season.asset_id == asset.id)),
    }


@pytest.mark.parametrize("way", ["docket", "asset"])
@pytest.mark.parametrize("before", [None, Choice.KEEP, Choice.MEND])
def test_retiring_and_putting_back_leaves_what_was_decided_before(
    visitor: Visitor, marketer: Person, before: Choice | None, way: str
) -> None:
    asset = make_asset()
    if before:
        decide(asset, before, marketer, months=MARCH if before is Choice.KEEP else None)
    was = state(asset)
    retired = decide(asset, Choice.RETIRE, marketer, at_once=True)
    assert asset.status is Status.RETIRED
    client = visitor.as_(marketer)
    if way == "docket":
        client.post("/docket/undo", data={"decision": str(retired.id)})
    else:
        client.post(f"/assets/{asset.id}/restore")
    assert state(asset) == was
    assert retired.ended_why == "undone"


@pytest.mark.parametrize("first", [None, MARCH])
@pytest.mark.parametrize("second", [None, AUTUMN])
def test_keeping_taken_back_leaves_the_season_that_was(
    marketer: Person, first: frozenset[int] | None, second: frozenset[int] | None
) -> None:
    asset = make_asset()
    decide(asset, Choice.KEEP, marketer, months=first)
    was = state(asset)
    again = decide(asset, Choice.KEEP, marketer, months=second)
    assert state(asset)["season"] == (sorted(second or first) if second or first else None)
    deciding.undo(again, by=marketer, at=now())
    db.session.commit()
    assert state(asset) == was


def test_a_retirement_that_was_called_off_is_not_set_going_by_undoing(marketer: Person) -> None:
    asset = make_asset()
    decide(asset, Choice.RETIRE, marketer)
    kept = decide(asset, Choice.KEEP, marketer)
    deciding.undo(kept, by=marketer, at=now())
    db.session.commit()
    assert state(asset)["decision"] is None
    with later(timedelta(days=40)):
        assert deciding.carry_out_due(now()) == 0
