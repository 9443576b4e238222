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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.orm import Session

from collateral.clock import now
from collateral.crew import Crew, Held, only_one
from collateral.db import db
from collateral.logs import request_id
from collateral.messages import make_huey, times
from collateral.observing import events

log = logging.getLogger(__name__)

Job = Callable[..., None]
F = TypeVar("F", bound=Job)

_JOBS: dict[str, Job] = {}
_PERIODIC: dict[str, int] = {}
_BACKGROUND: set[str] = set()
_LET_GO: dict[str, Job] = {}
_PENDING = "jobs_after_commit"
_JOBS_RUN_AT_ONCE = threading.local()
DEATHS = 3
"""A job that so many workers died with is not tried again by itself."""


def job(function: F) -> F:
    """Register a function of a feature's `jobs.py` under its dotted name."""
    _JOBS[_name(function)] = function
    return function


def background(function: F) -> F:
    """Register a job that waits until no other job does: nobody looks at its screen for it."""
    _BACKGROUND.add(_name(function))
    return job(function)


def every(*, minutes: int) -> Callable[[Job], Job]:
    """Register a job without arguments that runs once every so many minutes."""

    def register(function: Job) -> Job:
        _PERIODIC[_name(function)] = minutes
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
    _crew: Crew | None = field(default=None, init=False)
    _began: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.huey = make_huey(self.url)
        self.run_task = self.huey.task(name="run_job")(self._run)

    def send(self, name: str, args: tuple[int | str, ...]) -> None:
        if self.url == "immediate:":
            self._run(name, list(args), request_id.get())
            return
        try:
            self.run_task(name, list(args), request_id.get(), time.time(), priority=_priority(name))
        except Exception:
            # The rows say what is still to be done; the sweep will find it.
            log.exception("queue_unavailable", extra={"job": name})

    def _run(
        self,
        name: str,
        args: list[int | str],
        request: str = "-",
        sent: float = 0.0,
        deaths: int = 0,
    ) -> None:
        if not args and sent and self._seen_since(name, sent):
            return
        token = request_id.set(request)
        try:
            # A context of its own is a session of its own, here as in the worker.
            with self._holding(Held(name, args, request, deaths)), self.app.app_context():
                if deaths and name in _LET_GO:
                    _LET_GO[name](*args)
                if deaths < DEATHS:
                    _run_registered(name, args, sent)
                else:
                    log.error("job_given_up", extra={"job": name, "ids": args})
        finally:
            request_id.reset(token)

    def _holding(self, held: Held) -> AbstractContextManager[None]:
        return self._crew.holding(held) if self._crew else nullcontext()

    def _take_over(self, held: Held) -> None:
        """Send what a dead worker held again, before all that waits."""
        self.run_task(held.job, held.args, held.request, 0.0, held.deaths, priority=1)

    def _seen_since(self, name: str, sent: float) -> bool:
        """Whether this job, which finds by itself what is to be done, began after it was sent.

        Then it has seen what this message was sent for: of many changes in a row the index is
        written once. Only where all share one clock.
        """
        if not self.url.startswith("sqlite:"):
            return False
        seen = self._began.get(name, 0.0) > sent
        if not seen:
            self._began[name] = time.time()
        return seen

    def waiting(self) -> int:
        """How many messages wait."""
        return 0 if self.url == "immediate:" else int(self.huey.pending_count())

    def consume(self, workers: int) -> None:
        """Work until told to stop (SIGTERM or SIGINT). Blocks."""
        with self._presence():
            self._consumer(workers).run()

    @contextmanager
    def helping(self, workers: int) -> Iterator[bool]:
        """Work beside the block where no worker runs; False, and nothing, where one does.

        With Redis workers run on machines of their own: there it always answers False.
        """
        if not self.url.startswith("sqlite:"):
            yield False
            return
        with self._presence() as alone:
            if not alone:
                yield False
                return
            consumer = self._consumer(workers)
            consumer.start()
            try:
                yield True
            finally:
                consumer.stop(graceful=True)

    @contextmanager
    def _presence(self) -> Iterator[bool]:
        """Be the embedded queue's only worker, or one of those that share Redis."""
        if not self.url.startswith("sqlite:"):
            self._crew = Crew(self.url)
            with self._crew.present(self._take_over):
                yield False
            return
        with only_one(Path(self.url.removeprefix("sqlite:") + ".worker")) as alone:
            self.alone_since = now() if alone else None
            try:
                yield alone
            finally:
                self.alone_since = None

    def _consumer(self, workers: int) -> Any:
        for name, minutes in _PERIODIC.items():

            def periodic(name: str = name) -> None:
                self._run(name, [])

            self.huey.periodic_task(
                times(minutes),
                name=f"every_{name.replace('.', '_')}",
                priority=-1 if minutes >= 60 else _priority(name),
            )(periodic)
        # What was due while no worker ran is not left until the next minute.
        for name, minutes in _PERIODIC.items():
            if minutes == 1:
                self.send(name, ())
        return self.huey.create_consumer(
            workers=workers,
            periodic=True,
            check_worker_health=True,
            initial_delay=0.05,
            backoff=1.1,
            max_delay=0.25,
        )


def _priority(name: str) -> int:
    return -1 if name in _BACKGROUND else 0


def _run_registered(name: str, args: list[int | str], sent: float) -> None:
    function = _JOBS.get(name)
    if function is None:
        log.error("unknown_job", extra={"job": name})
        return
    log.debug("job_started", extra={"job": name, "ids": args})
    began, failed = time.time(), True
    try:
        function(*args)
        failed = False
    except Exception:
        db.session.rollback()
        log.exception("job_failed", extra={"job": name, "ids": args})
        if current_app.testing:
            raise
    finally:
        ended = time.time()
        events.job_ended(name, ended - began, failed=failed, behind=ended - sent if sent else None)


def init_app(app: Flask, url: str) -> None:
    app.extensions["queue"] = Queue(app, url)


def queue() -> Queue:
    """The running application's queue."""
    return cast(Queue, current_app.extensions["queue"])


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    # Called once per outermost commit; nested ones have a parent.
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
