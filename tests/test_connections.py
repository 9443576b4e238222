"""A connection that outlives its engine is as new to whoever takes it next."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.databases import SERVER

pytestmark = pytest.mark.skipif(not SERVER, reason="runs in the step with PostgreSQL")
LEFT = text(
    "select current_setting('work_mem'), current_setting('transaction_isolation'),"
    " to_regclass('pg_temp.scratch'), (select count(*) from pg_prepared_statements),"
    " (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())"
)


def process(connection: Connection) -> int:
    return int(connection.scalar(text("select pg_backend_pid()")) or 0)


def test_nothing_is_left_of_what_was_done_on_it(database_url: str) -> None:
    first = create_engine(database_url, isolation_level="SERIALIZABLE")
    with first.connect() as connection:
        connection.execute(text("set work_mem = '7MB'"))
        connection.execute(text("create temporary table scratch (number int)"))
        connection.execute(text("select pg_advisory_lock(7)"))
        for _ in range(8):  # the driver prepares it
            connection.execute(text("select 7"))
        connection.commit()
        before, took = connection.execute(LEFT).one(), process(connection)
    first.dispose()
    assert (before[0], before[1], before[4]) == ("7MB", "serializable", 1)
    assert before[2] is not None
    assert before[3] > 0
    second = create_engine(database_url)
    with second.connect() as connection:
        assert process(connection) == took
        assert tuple(connection.execute(LEFT).one()) == ("4MB", "read committed", None, 0, 0)
        for _ in range(8):
            connection.execute(text("select 7"))
    second.dispose()


def test_one_that_the_server_ended_is_not_taken(database_url: str) -> None:
    first, other = create_engine(database_url), create_engine(database_url)
    with first.connect() as connection, other.connect() as beside:
        took = process(connection)
        connection.close()
        first.dispose()
        beside.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": took})
        second = create_engine(database_url)
        with second.connect() as anew:
            assert process(anew) != took
        second.dispose()
    other.dispose()
