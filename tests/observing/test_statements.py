"""Statements that took long: what the log says of them, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from collateral.config import Settings
from collateral.db import db
from collateral.observing.statements import LONGEST, shape

# Long on any machine, and on both databases.
SLOW = """
with recursive n (x) as (select 1 union all select x + 1 from n where x < 100000)
select count(*) from n where cast(x as text) <> :word
"""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT  asset.id\nFROM asset", "SELECT asset.id FROM asset"),
        (
            "select * from person where email = 'ada@example.com'",
            "select * from person where email = ?",
        ),
        ("select 'it''s', 12.5, a1 from t limit 20", "select ?, ?, a1 from t limit ?"),
        ("… where id in (?, ?, ?) and b = ?", "… where id in (?, …) and b = ?"),
        ("… in (%s, %s) or (%(a)s)", "… in (%s, …) or (%(a)s)"),
        ("… in (%(id_1)s, %(id_2)s::INTEGER)", "… in (%(id_1)s, …)"),
        ("select 1", "select ?"),
    ],
)
def test_a_statement_is_told_by_its_shape(statement: str, said: str) -> None:
    assert shape(statement) == said


def test_no_line_is_beyond_measure() -> None:
    assert len(shape("select " + ", ".join(f"column_{n}" for n in range(2000)))) == LONGEST


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, slow_query_ms=1)


def test_a_slow_statement_is_logged_without_its_values(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    db.session.execute(text(SLOW), {"word": "a secret"}).all()
    slow = [record for record in caplog.records if record.message == "slow_query"]
    found = next(record for record in slow if "recursive n" in record.__dict__["statement"])
    assert found.__dict__["ms"] >= 1
    assert found.__dict__["database"] == "main"
    assert "secret" not in str(found.__dict__)


def test_a_statement_that_fails_leaves_no_clock_running(app: Flask) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="nowhere"):
            db.session.execute(text("select * from nowhere"))
        db.session.rollback()
    connection = db.session.connection()
    db.session.execute(text("select 1"))
    assert connection.info["statements_started"] == []
