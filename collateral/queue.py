"""Work that happens after a change: jobs by name, sent after the commit.

The truth is in the rows (a version that is still `received`, an asset whose
`indexed_revision` is behind): a job takes ids, may run twice, and a sweep queues
again what a lost queue lost. Huey carries the messages; the features register
plain functions:

    @job
    def read_version(version_id: int) -> None: ...

    after_commit(read_version, version.id)

    @every(minutes=1)
    def sweep() -> None: ...
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from collateral.crew import Held
from collateral.db import db
from collateral.later import LaterProgram, tables_are_later
from collateral.logs import request_id
from collateral.messages import make_huey
from collateral.observing import events

log = logging.getLogger(__name__)

Job = Callable[..., None]
F = TypeVar("F", bound=Job)

_JOBS: dict[str, Job] = {}
PERIODIC: dict[str, int] = {}
"""The minutes between two times of each job that runs by the clock."""
_PRIORITY: dict[str, int] = {}
PRIORITIES = _FIRST, _USUAL, _OF_MANY, _SECOND, _LAST = 1, 0, -1, -2, -3
"""Of messages, the highest first."""
_LET_GO: dict[str, Job] = {}
_PENDING = "jobs_after_commit"
_JOBS_RUN_AT_ONCE = threading.local()
DEATHS = 3
"""A job that so many workers died with is not tried again by itself."""
AGAIN = 5.0
"""Seconds until a job that only a later program can do is offered again at first."""
PATIENCE = 3600.0
"""Seconds after which nobody waits for a later program any more."""


def job(function: F) -> F:
    """Register a function of a feature's `jobs.py` under its dotted name."""
    _JOBS[_name(function)] = function
    return function


def background(function: F) -> F:
    """Register a job that waits until no other job does: nobody looks at its screen for it."""
    _PRIORITY[_name(function)] = _LAST
    return job(function)


def second(function: F) -> F:
    """Register a job that finishes what another began, when no other has anything to begin."""
    _PRIORITY[_name(function)] = _SECOND
    return job(function)


def of_many(function: F) -> F:
    """Register a job for one of many things of one person: it lets those of others go first."""
    _PRIORITY[_name(function)] = _OF_MANY
    return job(function)


def first(function: F) -> F:
    """Register a short job that goes before all others: what they did is not seen before it."""
    _PRIORITY[_name(function)] = _FIRST
    return job(function)


def every(*, minutes: int) -> Callable[[Job], Job]:
    """Register a job without arguments that runs once every so many minutes."""

    def register(function: Job) -> Job:
        PERIODIC[_name(function)] = minutes
        return job(function)

    return register


def when_lost(function: Job) -> Callable[[F], F]:
    """Register what lets go of the claim of a worker that died in the middle of `function`.

    It is called with the ids of the lost job, before that is run again; it may run twice.
    """

    def register(let_go: F) -> F:
        _LET_GO[_name(function)] = let_go
        return let_go

    return register


def _name(function: Job) -> str:
    return f"{function.__module__}.{function.__name__}"


def after_commit(function: Job, *args: int | str) -> None:
    """Send the job when the session's transaction has been committed, once for each set of ids."""
    pending = cast(
        dict[tuple[str, tuple[int | str, ...]], None], db.session.info.setdefault(_PENDING, {})
    )
    pending[_name(function), args] = None


def send(function: Job, *args: int | str) -> None:
    """Send the job now. For commands and sweeps, which have nothing to commit."""
    queue().send(_name(function), args)


@dataclass
class Queue:
    """One application's queue: Huey over SQLite or Redis, or none at all in tests."""

    app: Flask
    url: str
    huey: Any = field(init=False)
    run_task: Any = field(init=False)
    alone_since: datetime | None = field(default=None, init=False)
    """Since when this process is known to be the only worker; None where it cannot be known."""
    in_hand: Callable[[Held], AbstractContextManager[None]] = field(init=False)
    """What a worker notes of each message while it is busy with it."""
    _began: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.huey = make_huey(self.url)
        self.run_task = self.huey.task(name="run_job")(self.run)
        self.in_hand = lambda _held: nullcontext()

    def send(self, name: str, args: tuple[int | str, ...]) -> None:
        if self.url == "immediate:":
            self.run(name, list(args), request_id.get())
            return
        try:
            self.run_task(name, list(args), request_id.get(), time.time(), priority=priority(name))
        except Exception:
            # The rows say what is still to be done; the sweep will find it.
            log.exception("queue_unavailable", extra={"job": name})

    def send_again(self, held: Held) -> None:
        """What a dead worker held, before all that waits."""
        self.run_task(held.job, held.args, held.request, 0.0, held.deaths, priority=_FIRST)

    def by_clock(self, name: str) -> Any:
        """The message of a job that is due by the clock; what is due each hour waits for others."""
        urgency = _LAST if PERIODIC[name] >= 60 else priority(name)
        return self.run_task.s(name, [], "-", 0.0, priority=urgency)

    def run(
        self,
        name: str,
        args: list[int | str],
        request: str = "-",
        sent: float = 0.0,
        deaths: int = 0,
    ) -> None:
        """Do the job of a message, which was sent at that moment (0: nobody knows) and which so
        many workers died with."""
        if not args and sent and self._seen_since(name, sent):
            return
        token = request_id.set(request)
        try:
            # A context of its own is a session of its own, here as in the worker.
            with self.in_hand(Held(name, args, request, deaths)), self.app.app_context():
                if deaths and name in _LET_GO:
                    _LET_GO[name](*args)
                if deaths >= DEATHS:
                    log.error("job_given_up", extra={"job": name, "ids": args})
                elif not _carried_out(name, args, sent):
                    self._leave(name, args, request, sent, deaths)
        finally:
            request_id.reset(token)

    def _leave(
        self, name: str, args: list[int | str], request: str, sent: float, deaths: int
    ) -> None:
        """Offer a job that this program is too old for again, to whoever takes it then.

        Only where workers of two versions share the queue. What runs by the clock comes again.
        """
        since = sent or time.time()
        waited = time.time() - since
        if not self.shared or waited > PATIENCE:
            log.error("unknown_job", extra={"job": name, "ids": args})
        elif name not in PERIODIC:
            message = (name, args, request, since, deaths)
            delay = max(AGAIN, waited / 2)
            self.run_task.schedule(message, delay=delay, priority=priority(name))

    def _seen_since(self, name: str, sent: float) -> bool:
        """Whether this job, which finds by itself what is to be done, began after it was sent.

        Then it has seen what this message was sent for: of many changes in a row the index is
        written once. Only where all share one clock.
        """
        if self.shared:
            return False
        seen = self._began.get(name, 0.0) > sent
        if not seen:
            self._began[name] = time.time()
        return seen

    @property
    def shared(self) -> bool:
        """Whether workers of several machines, and so of several versions, take from it."""
        return self.url.startswith(("redis:", "rediss:"))

    def waiting(self) -> int:
        """How many messages wait."""
        return 0 if self.url == "immediate:" else int(self.huey.pending_count())


def priority(name: str) -> int:
    """Of its messages: the highest first."""
    return _PRIORITY.get(name, _USUAL)


def _carried_out(name: str, args: list[int | str], sent: float) -> bool:
    """Do it and count it; what it fails at is logged. False where it is for a later program."""
    function = _JOBS.get(name)
    if function is None:
        log.warning("job_of_a_later_program", extra={"job": name, "ids": args})
        return False
    log.debug("job_started", extra={"job": name, "ids": args})
    began = time.time()
    try:
        function(*args)
    except Exception as error:
        db.session.rollback()
        if isinstance(error, LaterProgram) or tables_are_later():
            log.warning("job_of_a_later_program", extra={"job": name, "ids": args}, exc_info=True)
            return False
        log.exception("job_failed", extra={"job": name, "ids": args})
        _count(name, began, sent, failed=True)
        if current_app.testing:
            raise
    else:
        _count(name, began, sent, failed=False)
    return True


def _count(name: str, began: float, sent: float, *, failed: bool) -> None:
    ended = time.time()
    events.job_ended(name, ended - began, failed=failed, behind=ended - sent if sent else None)


def init_app(app: Flask, url: str) -> None:
    app.extensions["queue"] = Queue(app, url)


def queue() -> Queue:
    """The running application's queue."""
    return cast(Queue, current_app.extensions["queue"])


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return  # what a savepoint holds may still be taken back with all around it
    pending = session.info.pop(_PENDING, None)
    if pending and has_app_context():
        if queue().url == "immediate:":
            session.info.setdefault("jobs_at_end", {}).update(pending)
            return
        for name, args in pending:
            queue().send(name, args)


@event.listens_for(Session, "after_transaction_end")
def _run_at_once(session: Session, transaction: Any) -> None:
    """In tests jobs run in the committing thread, as soon as the transaction is really over."""
    if transaction.parent is not None or getattr(_JOBS_RUN_AT_ONCE, "busy", False):
        return
    _JOBS_RUN_AT_ONCE.busy = True
    try:
        while waiting := session.info.pop("jobs_at_end", None):
            for name, args in waiting:
                queue().send(name, args)
    finally:
        _JOBS_RUN_AT_ONCE.busy = False


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)
