"""Past events from elsewhere, many at once, and the sums rebuilt from them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, func, select, update

from collateral import clock
from collateral.accounts.models import Role
from collateral.assets.models import Asset
from collateral.db import db
from collateral.deals import one_deal as deals
from collateral.errors import Invalid
from collateral.usage import bulk, commands, counting, moving_in, recounting, retention, rules
from collateral.usage.models import DailySum, Event, EventKind, Level, MonthlySum, Use
from tests.factories import make_asset, make_person, make_team
from tests.support import counted_queries
from tests.usage.support import BROWSER, happen, monthly, months_of, stored_sums, total

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line(asset: Asset, at: datetime, /, **more: Any) -> str:
    said = {"at": at.isoformat(), "kind": "viewed", "asset": asset.id, "person": "ana@example.com"}
    return json.dumps(said | more)


def bring(lines: list[str]) -> moving_in.EventImport:
    result = moving_in.import_events(lines, commit=db.session.commit)
    db.session.commit()
    return result


def test_past_events_are_counted_by_the_same_rules(app: Flask) -> None:
    make_person(email="ana@example.com", teams=[make_team()])
    asset = make_asset()
    lines = [
        line(asset, START, session="x"),
        line(asset, START + timedelta(seconds=20), session="x"),
        line(asset, START + timedelta(seconds=90), session="x", kind="downloaded"),
        line(asset, START + timedelta(hours=1), user_agent="Googlebot/2.1"),
    ]
    result = bring(list(reversed(lines)))
    assert (result.new, result.known, result.refused) == (4, 0, 0)
    counted = total(asset)
    assert (counted["views"], counted["unique_views"], counted["downloads"]) == (2, 1, 1)
    events = db.session.scalars(select(Event)).all()
    assert stored_sums() == rules.walk(counting.click(event) for event in events)[1]
    assert monthly() == months_of(stored_sums())


def test_the_same_lines_twice_change_nothing(app: Flask) -> None:
    make_person(email="ana@example.com")
    asset = make_asset()
    lines = [line(asset, START + timedelta(minutes=n), session="x") for n in range(5)]
    bring([*lines, lines[0]])
    before = stored_sums()
    again = bring(lines)
    spelled = json.loads(lines[1])
    spelled["at"] = "2026-03-02T10:01:00+01:00"
    other = bring([json.dumps(dict(reversed(spelled.items())))])
    assert (again.new, again.known, other.new, other.known) == (0, 5, 0, 1)
    assert stored_sums() == before
    assert db.session.scalar(select(func.count(Event.id))) == 5


def test_they_join_what_was_recorded_here(app: Flask) -> None:
    ana, asset = make_person(email="ana@example.com"), make_asset()
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    happen(EventKind.VIEWED, asset, ana, midnight - timedelta(seconds=5))
    db.session.commit()
    bring([line(asset, midnight + timedelta(seconds=10))])
    # The later one, on the next day, makes the earlier one its double click.
    days = {day: n for (level, _r, day, _s), n in stored_sums().items() if level.value == "asset"}
    assert days == {date(2026, 3, 3): {"views": 1, "unique_views": 1}}


def test_lines_that_cannot_be_taken_are_refused_one_by_one(app: Flask) -> None:
    make_person(email="ana@example.com")
    asset = make_asset()
    future = clock.now() + timedelta(days=2)
    lines = [
        line(asset, START),
        "nonsense",
        "[1]",
        line(asset, START, person="nobody@example.com"),
        line(asset, START, asset=999),
        line(asset, START, version=7),
        line(asset, START, kind="liked"),
        line(asset, START, deal="D-9"),
        line(asset, START, extra=1),
        line(asset, future),
        line(asset, START, asset=True),
        "{}",
        "",
    ]
    result = bring(lines)
    assert (result.new, result.refused) == (1, 11)
    assert [number for number, _why in result.reasons] == list(range(2, 13))
    with pytest.raises(Invalid, match="Line 1"):
        bring(["nonsense"])


def test_a_thousand_lines_cost_no_query_each(app: Flask) -> None:
    make_person(email="ana@example.com")
    asset = make_asset()
    lines = [line(asset, START + timedelta(seconds=40 * n), session="x") for n in range(900)]
    with counted_queries(app) as seen:
        assert bring(lines).new == 900
    assert len(seen) < 120
    assert total(asset)["views"] == 900


def test_bulk_events_and_uses_recount_to_what_was_put_in(app: Flask) -> None:
    ana, asset = make_person(teams=[make_team()]), make_asset()
    deal, _ = deals.upsert_deal("D-1", {"name": "D", "stage": "Discovery"}, at=START)
    assert asset.current_version_id is not None
    rows = [
        bulk.EventRow(
            at=START + timedelta(days=n % 40, minutes=n),
            kind=EventKind.VIEWED,
            asset_id=asset.id,
            version_id=asset.current_version_id,
            person_id=ana.id,
            session=f"b{n % 3}",
            user_agent=BROWSER,
        )
        for n in range(500)
    ]
    days = bulk.load_events(rows)
    use = bulk.UseRow(
        START, asset.id, deal.id, ana.id, "discovery", version_id=asset.current_version_id
    )
    days |= bulk.load_uses([use, use])
    for _step in recounting.recount(days):
        db.session.commit()
    assert total(asset)["views"] == 500
    assert total(asset)["uses"] == 1
    assert db.session.scalar(select(func.count(Use.id))) == 1
    events = db.session.scalars(select(Event)).all()
    walked = rules.walk(counting.click(event) for event in events)[1]
    for numbers in walked.values():
        numbers.pop("uses", None)
    stored = stored_sums()
    for numbers in stored.values():
        numbers.pop("uses", None)
    assert stored == walked


def test_recount_mends_sums_that_were_damaged(app: Flask) -> None:
    ana, asset = make_person(), make_asset()
    happen(EventKind.VIEWED, asset, ana, START)
    happen(EventKind.VIEWED, asset, ana, START + timedelta(seconds=5))
    db.session.commit()
    right = stored_sums()
    db.session.execute(update(DailySum).values(views=7))
    db.session.execute(update(Event).values(kept=True))
    db.session.commit()
    answer = CliRunner().invoke(commands.recount, ["--json"], obj=None)
    assert answer.exit_code == 0, answer.output
    assert "2026-03-02" in json.loads(answer.stdout)["corrected"]
    db.session.expire_all()
    assert stored_sums() == right


def test_recount_again_corrects_nothing_and_takes_away_what_nothing_stands_behind(
    app: Flask,
) -> None:
    ana, asset, other = make_person(), make_asset(), make_asset()
    happen(EventKind.VIEWED, asset, ana, START)
    db.session.commit()
    right, months = stored_sums(), monthly()
    for model in (DailySum, MonthlySum):
        db.session.execute(delete(model))
    assert [step.corrected for step in counted_again()] == [True, True]
    assert (stored_sums(), monthly()) == (right, months)
    assert [step.corrected for step in counted_again()] == [False, False]
    like = db.session.scalars(select(DailySum).limit(1)).one()
    db.session.add(
        DailySum(level=Level.ASSET, day=like.day, ref=other.id, team_set_id=like.team_set_id,
                 views=3)
    )  # fmt: skip
    db.session.commit()
    assert [step.corrected for step in counted_again()] == [True, False]
    assert (stored_sums(), monthly()) == (right, months)


def counted_again() -> list[recounting.Recounted]:
    steps = []
    for step in recounting.recount():
        db.session.commit()
        steps.append(step)
    db.session.expire_all()
    return steps


def test_dropped_events_leave_their_sums(app: Flask) -> None:
    admin, ana, asset = make_person(Role.ADMIN), make_person(email="ana@example.com"), make_asset()
    happen(EventKind.VIEWED, asset, ana, START)
    happen(EventKind.VIEWED, asset, ana, START + timedelta(days=60))
    db.session.commit()
    before = stored_sums()
    retention.announce(date(2026, 4, 1), by=admin)
    while retention.drop_oldest():
        db.session.commit()
    db.session.commit()
    for _step in recounting.recount():
        db.session.commit()
    db.session.expire_all()
    assert stored_sums() == before
    assert monthly() == months_of(before)
    assert db.session.scalar(select(func.count(Event.id))) == 1
    with pytest.raises(Invalid, match="no longer kept"):
        happen(EventKind.VIEWED, asset, ana, START)
    with pytest.raises(Invalid, match="no longer kept"):
        bring([line(asset, START)])


def test_the_command_says_what_was_refused(app: Flask, tmp_path: Path) -> None:
    make_person(email="ana@example.com")
    file = tmp_path / "events.jsonl"
    file.write_text(line(make_asset(), START) + "\nnonsense\n")
    answer = CliRunner().invoke(commands.events, ["import", str(file), "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"new": 1, "known": 0, "refused": 1}
    assert db.session.scalars(select(Event.left_out)).all() == [None]
