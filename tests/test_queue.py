"""What waits behind what, and what one run of a job does for many messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from collateral import queue as queues
from collateral.db import db
from collateral.queue import Queue, after_commit, background, first, job, second

DONE: list[str] = []


@job
def look_for_yourself() -> None:
    DONE.append("looked")


@job
def read_one(number: int) -> None:
    DONE.append(f"read {number}")


@background
def compare_one(number: int) -> None:
    DONE.append(f"compared {number}")


@second
def finish_one(number: int) -> None:
    DONE.append(f"finished {number}")


@first
def let_it_be_found() -> None:
    DONE.append("found")


@pytest.fixture
def embedded(bare_app: Flask, tmp_path: Path) -> Queue:
    DONE.clear()
    return Queue(bare_app, f"sqlite:{tmp_path / 'queue.sqlite'}")


def send(queue: Queue, function: queues.Job, *args: int) -> None:
    queue.send(f"{function.__module__}.{function.__name__}", args)


def work(queue: Queue) -> None:
    """Do what waits, as one worker."""
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)


def test_what_nobody_looks_at_waits_until_all_else_is_done(embedded: Queue) -> None:
    for number in (1, 2):
        send(embedded, compare_one, number)
        send(embedded, finish_one, number)
        send(embedded, read_one, number)
    work(embedded)
    words = ("read", "finished", "compared")
    assert [f"{word} {number}" for word in words for number in (1, 2)] == DONE


def test_what_makes_others_work_seen_goes_before_it(embedded: Queue) -> None:
    for number in (1, 2):
        send(embedded, read_one, number)
    send(embedded, let_it_be_found)
    work(embedded)
    assert DONE == ["found", "read 1", "read 2"]


def test_one_look_does_for_all_messages_that_were_sent_before_it(embedded: Queue) -> None:
    for _ in range(3):
        send(embedded, look_for_yourself)
    work(embedded)
    assert DONE == ["looked"]
    send(embedded, look_for_yourself)
    work(embedded)
    assert DONE == ["looked", "looked"]


def test_jobs_with_a_number_each_run(embedded: Queue) -> None:
    send(embedded, read_one, 1)
    send(embedded, read_one, 1)
    work(embedded)
    assert DONE == ["read 1", "read 1"]


def test_a_job_of_a_savepoint_waits_for_the_commit_around_it(app: Flask) -> None:
    DONE.clear()
    with db.session.begin_nested():
        after_commit(read_one, 1)
    db.session.rollback()
    assert DONE == []
    with db.session.begin_nested():
        after_commit(read_one, 2)
    db.session.commit()
    assert DONE == ["read 2"]
