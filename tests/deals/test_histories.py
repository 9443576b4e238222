"""Stages that a CRM tells, against those that are known; and files that say a deal twice."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from collateral.deals import operations
from collateral.deals.commands import deals
from collateral.deals.rules import History, history_changes

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
MOVES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 9).map(lambda day: BEGAN + timedelta(day))),
    max_size=6,
    unique=True,
).map(lambda moves: tuple(sorted(moves, key=lambda move: move[1])))


@settings(max_examples=60, deadline=None)
@given(known=MOVES, told=MOVES, whole=st.booleans())
def test_what_the_crm_tells_takes_the_place_of_what_was_known_since(
    known: tuple[tuple[str, datetime], ...], told: tuple[tuple[str, datetime], ...], whole: bool
) -> None:
    rows = [(number, label, at) for number, (label, at) in enumerate(known)]
    added, undone = history_changes(rows, History(told, whole))
    after = {(label, at) for number, label, at in rows if number not in undone} | set(added)
    since = min((at for _, at in told), default=None)
    if since is None:
        assert after == set(known)
    else:
        before = set() if whole else {move for move in known if move[1] < since}
        assert after == set(told) | before
    again = [(number, label, at) for number, (label, at) in enumerate(sorted(after))]
    assert history_changes(again, History(told, whole)) == ([], [])


@pytest.mark.usefixtures("app")
def test_a_deal_that_stands_twice_is_refused_also_when_the_lines_lie_far_apart() -> None:
    lines = [f"{number},Deal {number},Discovery" for number in range(2500)]
    text = "\n".join(["id,name,stage", *lines, "7,Again,Discovery"])
    report = operations.import_deals(io.BytesIO(text.encode()), "d.csv", by=None, at=BEGAN)
    assert (report.new, report.refused) == (2500, 1)
    assert report.rows[-1].notes == ["The deal 7 stands on line 9 already."]


def test_the_command_shows_how_far_it_is(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    lines = [f"{number},Deal {number},Discovery" for number in range(5_000)]
    file.write_text("\n".join(["id,name,stage", *lines, "x,,Discovery"]))
    result = app.test_cli_runner().invoke(deals, ["import", str(file)])
    assert result.exit_code == 1
    assert "5000 lines" in result.stderr
    assert "line 5002: It has no name." in result.stderr
    assert "5000 are new, 0 changed, 0 unchanged, 1 refused." in result.stdout
