"""Whose files are read first: a few of one person go before the many of another."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from collateral.accounts.models import Person, Role
from collateral.assets import operations
from collateral.assets.models import AssetVersion, ReadingState
from collateral.assets.turns import FEW, few_wait
from collateral.clock import later, now
from collateral.db import db
from collateral.queue import Queue
from collateral.reading import jobs
from tests.assets.files import make_deck
from tests.factories import make_person
from tests.reading.received import again

MANY = FEW + 6


@pytest.fixture
def embedded(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The library's queue, which nobody works at until the test does."""
    queue = Queue(app, f"sqlite:{tmp_path / 'queue.sqlite'}")
    monkeypatch.setitem(app.extensions, "queue", queue)
    return queue


def send(by: Person, *names: str, slides: int = 1) -> list[AssetVersion]:
    """Files that she uploads, one after the other."""
    found = []
    for name in names:
        deck = make_deck(*(f"{name} {number}\nwords" for number in range(slides)))
        received = operations.receive(io.BytesIO(deck), f"{name}.pptx")
        version = operations.create_asset(received, by=by, at=now()).current_version
        assert version is not None
        db.session.commit()
        found.append(version)
    return found


def read_next(queue: Queue) -> None:
    """Work as a worker does until a file has been read, as far as it is read at once."""
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)
        if ".reading." in task.args[0]:
            return


def states(versions: list[AssetVersion]) -> list[str]:
    return [again(version).state for version in versions]


def test_one_file_does_not_wait_behind_the_many_of_somebody_else(embedded: Queue) -> None:
    many = send(make_person(Role.MARKETER), *(f"many {number}" for number in range(MANY)))
    (one,) = send(make_person(Role.MARKETER), "one", slides=6)
    for _ in range(FEW + 1):
        read_next(embedded)
    assert states([one]) == [ReadingState.READY]  # all its pages, though others wait
    assert states(many).count(ReadingState.READY) == FEW


def test_what_the_sweep_finds_waiting_does_not_go_before_what_comes_then(embedded: Queue) -> None:
    many = send(make_person(Role.MARKETER), *(f"many {number}" for number in range(MANY)))
    embedded.huey.flush()  # and what waited is lost
    with later(jobs.OVERDUE + timedelta(seconds=1)):
        jobs.sweep()
    (one,) = send(make_person(Role.MARKETER), "one")
    read_next(embedded)
    assert states([one, *many]) == [ReadingState.READY, *[ReadingState.RECEIVED] * MANY]
    while embedded.waiting():
        read_next(embedded)
    assert states(many) == [ReadingState.READY] * MANY


def test_the_words_of_all_who_have_a_few_come_before_the_pages_of_any(embedded: Queue) -> None:
    first, second = (send(make_person(Role.MARKETER), name, slides=6) for name in ("a", "b"))
    assert few_wait()
    read_next(embedded)
    assert jobs.left_for_later(again(first[0]))
    while embedded.waiting():
        read_next(embedded)
    assert states([*first, *second]) == [ReadingState.READY] * 2


def test_who_sent_many_is_none_with_a_few(embedded: Queue) -> None:
    send(make_person(Role.MARKETER), *(f"many {number}" for number in range(MANY)))
    assert not few_wait()
