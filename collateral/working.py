"""A worker: takes messages from the queue and does what they say, until told to stop.

The embedded queue has one worker, which a lock of the system keeps alone; where Redis is shared
there are as many as one likes (crew.py). Beside the web of `collateral run` the embedded worker
ends itself when nothing is left to do (resting.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collateral.clock import now
from collateral.crew import Crew, only_one
from collateral.messages import times
from collateral.queue import PERIODIC, Queue
from collateral.resting import Rest


def work(queue: Queue, workers: int) -> None:
    """Do so many jobs at once until told to stop (SIGTERM or SIGINT). Blocks."""
    with _presence(queue):
        _look_round(queue)
        consumer(queue, workers).run()


def work_while_there_is_any(queue: Queue, workers: int, *, rested: bool) -> None:
    """The same until there is nothing to do. For a process whose parent has made sure that no
    other works for this embedded queue, and knows when it is wanted again.

    Args:
        rested: the one before it ended because there was nothing to do.
    """
    queue.alone_since = now()
    rest = Rest(queue.waiting)
    queue.in_hand = rest.busy_with
    if not rested:
        _look_round(queue)
    rest.begin()
    consumer(queue, workers).run()


@contextmanager
def helping(queue: Queue, workers: int) -> Iterator[bool]:
    """Work beside the block where no worker runs; False, and nothing, where one does.

    With Redis workers run on machines of their own: there it always answers False.
    """
    if queue.shared:
        yield False
        return
    with _presence(queue) as alone:
        if not alone:
            yield False
            return
        _look_round(queue)
        helper = consumer(queue, workers)
        helper.start()
        try:
            yield True
        finally:
            helper.stop(graceful=True)


@contextmanager
def the_only_worker(queue: Queue) -> Iterator[bool]:
    """Whether no other process is, or keeps, the worker of this embedded queue."""
    with only_one(Path(queue.url.removeprefix("sqlite:") + ".worker")) as alone:
        yield alone


@contextmanager
def _presence(queue: Queue) -> Iterator[bool]:
    """Be the embedded queue's only worker, or one of those that share Redis."""
    if queue.shared:
        crew = Crew(queue.url)
        queue.in_hand = crew.holding
        with crew.present(queue.send_again):
            yield False
        return
    with the_only_worker(queue) as alone:
        queue.alone_since = now() if alone else None
        try:
            yield alone
        finally:
            queue.alone_since = None


def consumer(queue: Queue, workers: int) -> Any:
    """Huey's, with the work that is due by the clock."""
    clock = {name: times(minutes) for name, minutes in PERIODIC.items()}
    queue.huey.go_by(clock, queue.by_clock)
    return queue.huey.create_consumer(
        workers=workers,
        periodic=True,
        check_worker_health=True,
        # A look at a queue without messages takes a twentieth of a millisecond.
        initial_delay=0.02,
        backoff=1.05,
        max_delay=0.06,
    )


def _look_round(queue: Queue) -> None:
    """What was due while no worker ran is not left until the next minute."""
    for name, minutes in PERIODIC.items():
        if minutes == 1:
            queue.send(name, ())
