"""Threads of one process write to SQLite one after the other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from collateral import turns
from collateral.db import engine_options

ADD = sa.text("insert into noted (line) values ('seen')")
COUNT = sa.text("select count(*) from noted")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Of a file for which SQLite waits for nobody: who is not in turn fails at once."""
    options = engine_options("sqlite:")
    options["connect_args"]["timeout"] = 0
    made = sa.create_engine(f"sqlite:///{tmp_path / 'library.sqlite'}", **options)
    with made.begin() as connection:
        connection.execute(sa.text("create table noted (line text not null)"))
    yield made
    made.dispose()


def beside(does: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            does()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed


def add(engine: sa.Engine, times: int = 1) -> None:
    for _ in range(times):
        with engine.begin() as connection:
            connection.execute(ADD)
            connection.execute(ADD)


def test_of_many_threads_that_write_none_fails(engine: sa.Engine) -> None:
    threads = [beside(lambda: add(engine, 25)) for _ in range(8)]
    for thread, _failed in threads:
        thread.join()
    assert [failed for _thread, failed in threads] == [[]] * 8
    with engine.connect() as connection:
        assert connection.scalar(COUNT) == 2 * 8 * 25


def test_who_reads_waits_for_nobody(engine: sa.Engine) -> None:
    with engine.connect() as writer, engine.connect() as reader:
        writer.execute(ADD)
        assert reader.scalar(COUNT) == 0
        writer.commit()
        assert reader.scalar(COUNT) == 1


def test_a_turn_ends_with_the_transaction_however_that_ends(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("insert into noted (line) values (null)"))
    with engine.connect() as connection:
        connection.execute(ADD)
        connection.rollback()
        connection.execute(ADD)
    with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:
        connection.execute(sa.text("insert into nothing values (1)"))
    add(engine)
    with engine.connect() as connection:
        assert connection.scalar(COUNT) == 2


def test_a_connection_that_is_forgotten_keeps_no_turn(tmp_path: Path) -> None:
    file = str(tmp_path / "library.sqlite")
    forgotten = turns.Connection(file)
    forgotten.execute("create table noted (line text)")
    forgotten.cursor().execute("insert into noted values ('lost')")
    del forgotten
    gc.collect()
    other = turns.Connection(file, timeout=0)
    other.cursor().execute("insert into noted values ('kept')")
    other.commit()
    assert other.execute("select line from noted").fetchall() == [("kept",)]
    other.close()


def test_a_transaction_that_does_not_end_stops_nobody_for_ever(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with engine.connect() as endless:
        endless.execute(ADD)
        thread, failed = beside(lambda: add(engine))
        thread.join()
        assert "database is locked" in str(failed)
        endless.rollback()
    add(engine)
