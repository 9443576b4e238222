"""Any stream of events, in any order, is counted as the literal walk and the recount count it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collateral.db import db
from collateral.usage import counting, operations, recounting, rules
from collateral.usage.models import Event, EventKind, LeftOut
from tests.factories import add_version, make_asset, make_person, make_team
from tests.usage.support import (
    BROWSER,
    forget_everything,
    monthly,
    months_of,
    stored_sums,
)

VIEWED, DOWNLOADED = EventKind.VIEWED, EventKind.DOWNLOADED


@dataclass(frozen=True)
class Step:
    """One event of a made-up stream."""

    second: int
    kind: EventKind
    person: int
    version: int
    session: str | None
    robot: bool


steps = st.builds(
    Step,
    # Around midnight, dense enough for chains, and with the very seconds at the border.
    second=st.one_of(
        st.integers(-120, 120), st.sampled_from([0, 29, 30, 31, 35, 60, 61, -30, -31, 4000])
    ),
    kind=st.sampled_from(
        [
            EventKind.VIEWED,
            EventKind.VIEWED,
            EventKind.DOWNLOADED,
            EventKind.SHOWN,
            EventKind.SHARED,
        ]
    ),
    person=st.integers(0, 1),
    version=st.integers(0, 2),
    session=st.sampled_from(["a", "b", None]),
    robot=st.sampled_from([False, False, False, True]),
)


@pytest.mark.either
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stream=st.lists(steps, min_size=1, max_size=14), data=st.data())
def test_streams_in_any_order_equal_the_literal_walk_and_the_recount(
    app: Flask, stream: list[Step], data: st.DataObject
) -> None:
    people, versions = _cast()
    forget_everything()
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    arrivals = data.draw(st.permutations(stream))
    for step in arrivals:
        operations.record(
            step.kind,
            version=versions[step.version],
            person=people[step.person],
            session_key=step.session,
            user_agent="Googlebot/2.1" if step.robot else BROWSER,
            at=midnight + timedelta(seconds=step.second),
        )
        db.session.commit()
    dropped = data.draw(st.integers(0, 2))
    events = db.session.scalars(select(Event).order_by(Event.id)).all()
    for event in [e for e in events if e.left_out is None][:dropped]:
        operations.leave_out(event, LeftOut.WITHDRAWN, by=None)
        db.session.commit()

    db.session.expire_all()
    events = db.session.scalars(select(Event)).all()
    kept, sums = rules.walk(counting.click(event) for event in events)
    assert {event.id for event in events if event.kept} == kept
    assert stored_sums() == sums
    assert monthly() == months_of(sums)

    corrected = [step for step in recounting.recount() if step.corrected]
    assert corrected == []
    db.session.commit()
    db.session.expire_all()
    assert stored_sums() == sums
    assert monthly() == months_of(sums)


def _cast() -> tuple[list, list]:
    from collateral.accounts.models import Person
    from collateral.assets.models import AssetVersion

    people = db.session.scalars(
        select(Person).where(Person.name.like("Clicker%")).order_by(Person.id)
    ).all()
    if not people:
        team = make_team()
        people = [make_person(name="Clicker 1", teams=[team]), make_person(name="Clicker 2")]
        one = make_asset("One")
        add_version(one)
        make_asset("Two")
        db.session.commit()
    versions = db.session.scalars(select(AssetVersion).order_by(AssetVersion.id)).all()
    return list(people), list(versions)
