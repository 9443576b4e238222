"""A version is read by one worker, and given back when that one dies."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from collateral.assets.models import ReadingState
from collateral.clock import later, now
from collateral.queue import queue
from collateral.reading import jobs
from tests.assets.files import make_deck
from tests.reading.received import again, receive


def test_what_a_lost_queue_lost_is_read_after_all(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = receive(make_deck("One\nword"))
    assert again(version).state is ReadingState.RECEIVED
    monkeypatch.undo()
    jobs.sweep()
    assert again(version).state is ReadingState.RECEIVED  # the queue has its minute
    with later(timedelta(minutes=2)):
        jobs.sweep()
    assert again(version).state is ReadingState.READY


def test_two_workers_read_a_version_once(app: Flask, no_queue: None) -> None:
    version = receive(make_deck("One\nword"))
    won: list[bool] = []

    def claim() -> None:
        with app.app_context():
            won.append(jobs._claim(version.id))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]
    assert again(version).attempts == 1


def test_a_dead_workers_version_is_given_back_and_read(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = receive(make_deck("One\nword"))
    assert jobs._claim(version.id)
    jobs.sweep()
    assert again(version).state is ReadingState.READING  # it may still be at it
    monkeypatch.undo()
    with later(jobs.LEASE + timedelta(seconds=1)):
        jobs.sweep()
    version = again(version)
    assert (version.state, version.attempts) == (ReadingState.READY, 2)


def test_the_only_worker_takes_back_at_once_what_was_left_before_it(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = receive(make_deck("One\nword"))
    assert jobs._claim(version.id)
    monkeypatch.undo()
    queue().alone_since = now()
    jobs.sweep()
    assert again(version).state is ReadingState.READY


def test_a_file_that_kills_its_workers_is_failed_in_the_end(app: Flask, no_queue: None) -> None:
    version = receive(make_deck("One\nword"))
    for _attempt in range(jobs.ATTEMPTS):
        assert jobs._claim(version.id)
        with later(jobs.LEASE + timedelta(seconds=1)):
            jobs.give_back(now())
    version = again(version)
    assert version.state is ReadingState.FAILED
    assert "3 times" in (version.error or "")


def test_what_a_worker_known_to_be_dead_was_reading_may_be_read_again_at_once(
    app: Flask, no_queue: None
) -> None:
    version = receive(make_deck("One\nword"))
    states = []
    for _attempt in range(jobs.ATTEMPTS):
        assert jobs._claim(version.id)
        jobs.let_go(version.id)
        states.append(again(version).state)
    assert states == [ReadingState.RECEIVED, ReadingState.RECEIVED, ReadingState.FAILED]
    jobs.let_go(version.id)
    jobs.let_go(version.id + 1)  # deleted since
    assert again(version).state is ReadingState.FAILED
