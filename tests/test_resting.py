"""When the embedded worker may go, and when it is wanted again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from collateral import resting
from collateral.crew import Held
from collateral.messages import make_huey
from collateral.queue import Queue, background, every, job
from collateral.resting import Alarm, Rest
from collateral.working import consumer

NINE = datetime(2026, 3, 2, 9, 0)


@job
def read_one(number: int) -> None: ...


@background
def compare_one(number: int) -> None: ...


@every(minutes=1)
def look_round() -> None: ...


def held(function: object) -> Held:
    return Held(f"{__name__}.{getattr(function, '__name__', '')}", [], "-")


@pytest.fixture
def embedded(bare_app: Flask, tmp_path: Path) -> Queue:
    return Queue(bare_app, f"sqlite:{tmp_path / 'queue.sqlite'}")


def test_it_goes_when_nothing_is_in_hand_and_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [1]
    rest = Rest(lambda: waiting[0])
    assert not rest.due()
    monkeypatch.setattr(resting, "LOOKS_ROUND", 0.0)
    assert not rest.due()
    waiting[0] = 0
    assert rest.due()
    with rest.busy_with(held(look_round)):
        assert not rest.due()
    assert rest.due()
    with rest.busy_with(held(compare_one)):
        pass
    assert rest.due()


def test_it_stays_for_a_while_after_what_somebody_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resting, "LOOKS_ROUND", 0.0)
    rest, hasty = Rest(lambda: 0), Rest(lambda: 0, lingers=0.0)
    for one in (rest, hasty):
        with one.busy_with(held(read_one)):
            pass
        with one.busy_with(held(look_round)):
            pass
    assert not rest.due()
    assert hasty.due()


def test_it_is_wanted_once_a_minute_and_for_every_message(embedded: Queue) -> None:
    clock = [60_000.0]
    alarm = Alarm(Path(embedded.url.removeprefix("sqlite:")), lambda: clock[0])
    assert [alarm() for _ in range(3)] == [True, False, False]
    for number in range(3):
        embedded.send(f"{__name__}.read_one", (number,))
        assert alarm()
        embedded.huey.dequeue()
        assert not alarm()
    embedded.huey.put("how far something is", [1, 2])
    assert not alarm()
    clock[0] += 60
    assert [alarm() for _ in range(3)] == [True, False, False]


def test_a_message_that_came_while_the_worker_went_is_not_left(embedded: Queue) -> None:
    alarm = Alarm(Path(embedded.url.removeprefix("sqlite:")), lambda: 0.0)
    assert alarm()
    embedded.send(f"{__name__}.read_one", (1,))
    embedded.huey.storage.close()
    assert alarm()


def test_workers_after_one_another_queue_what_a_minute_asks_for_once(
    bare_app: Flask, embedded: Queue
) -> None:
    name = f"{__name__}.look_round"
    found = []
    for number in range(6):
        one = Queue(bare_app, embedded.url)
        consumer(one, 1)
        due = one.huey.read_periodic(NINE.replace(minute=number // 2, second=10 * number))
        found.append(name in [task.args[0] for task in due])
        one.huey.storage.close()
    assert found == [True, False] * 3
    assert make_huey("immediate:").read_periodic(NINE) == []
