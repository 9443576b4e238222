"""Deals from CRMs, by hand and every quarter of an hour; the end of what was noted of messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain

from flask import current_app
from sqlalchemy import delete, select, update

from collateral.clock import now
from collateral.connect import fetching, operations, settling, writing
from collateral.connect.calling import Caller
from collateral.connect.models import Connection, SyncRow, SyncRun
from collateral.crew import only_one
from collateral.db import db, is_sqlite
from collateral.deals.jobs import zone
from collateral.errors import CollateralError, Conflict
from collateral.queue import every, job, send, when_lost
from collateral.words import N_, Sentence, to_text

KEPT = timedelta(days=30)
KEPT_RUNS = timedelta(days=90)
SILENT = timedelta(seconds=10)
"""A dead worker has been silent for longer; a living one notes each step."""

_OURS = Sentence(N_("Something here failed; it stands in the log. What came before is kept."))


@every(minutes=60)
def sweep() -> None:
    """Remove what is a month old; a message is refused after minutes."""
    operations.forget(now() - KEPT)
    old = select(SyncRun.id).where(SyncRun.started_at < now() - KEPT_RUNS)
    db.session.execute(delete(SyncRow).where(SyncRow.run_id.in_(old)))
    db.session.execute(delete(SyncRun).where(SyncRun.started_at < now() - KEPT_RUNS))
    db.session.commit()


@every(minutes=15)
def sync_all() -> None:
    """Fetch from each CRM that is switched on."""
    for connection_id in db.session.scalars(select(Connection.id).where(Connection.active)).all():
        send(sync, connection_id)


@job
def sync(connection_id: int) -> None:
    """Fetch what changed. Two at a time are one."""
    carry_out(connection_id)


@job
def sync_whole(connection_id: int) -> None:
    """Read all deals again."""
    carry_out(connection_id, whole=True)


@when_lost(sync)
@when_lost(sync_whole)
def let_go(connection_id: int) -> None:
    """Free the connection that a worker held which is known to be dead."""
    db.session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.claimed_at < now() - SILENT)
        .values(claimed_at=None)
    )
    db.session.commit()


@job
def look(connection_id: int) -> None:
    """Ask the CRM for its fields, its stages and a few deals, for the page of fields."""
    connection = db.session.get(Connection, connection_id)
    if connection is None:
        return
    settings = current_app.extensions["settings"]
    try:
        source, _call = settling.source_of(
            connection, installation=settings.secret_key, zone=zone(), sleep=time.sleep
        )
        sample = source.sample()
    except CollateralError as error:
        settling.keep_failed_sample(connection, error.as_text, at=now())
    else:
        settling.keep_sample(connection, sample, at=now())
    db.session.commit()


def carry_out(
    connection_id: int,
    *,
    whole: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[SyncRun], None] | None = None,
) -> SyncRun | None:
    """One run, committed step by step; None where another is under way.

    Args:
        sleep: waits so many seconds.
        tell: hears after each step how far it is.
    """
    with _alone(connection_id) as alone:
        if alone is False:
            return None
        return _carry_out(connection_id, whole, sleep, tell, alone=alone is True)


@contextmanager
def _alone(connection_id: int) -> Iterator[bool | None]:
    """Whether no other run of this connection is under way; None where it cannot be known.

    With SQLite all is on one machine, and its lock goes with its process, however that ends.
    """
    if not is_sqlite():
        yield None
        return
    with only_one(current_app.extensions["settings"].home / f"crm-{connection_id}.lock") as alone:
        yield alone


def _carry_out(
    connection_id: int,
    whole: bool,
    sleep: Callable[[float], None],
    tell: Callable[[SyncRun], None] | None,
    *,
    alone: bool,
) -> SyncRun | None:
    connection = db.session.get_one(Connection, connection_id)
    settings = current_app.extensions["settings"]
    started = now()
    try:
        run = settling.begin(connection, whole=whole, at=started, alone=alone)
    except Conflict:
        db.session.rollback()
        return None
    db.session.commit()
    run_id = run.id
    error: str | None = None
    call = None
    try:
        source, call = settling.source_of(
            connection, installation=settings.secret_key, zone=zone(), sleep=sleep
        )
        for _step in chain(
            fetching.steps(connection, run, source, at=started, zone=zone()),
            writing.steps(connection, run, source, at=started, base_url=settings.base_url),
        ):
            connection.claimed_at = now()
            run.calls, run.waits, run.waited = call.calls, call.waits, call.waited
            db.session.commit()
            if tell is not None:
                tell(run)
    except CollateralError as failure:
        db.session.rollback()
        error = failure.as_text
    except Exception:
        db.session.rollback()
        _end(run_id, to_text(_OURS), call)
        raise
    return _end(run_id, error, call)


def _end(run_id: int, error: str | None, call: Caller | None) -> SyncRun:
    run = db.session.get_one(SyncRun, run_id)
    if call is not None:
        run.calls, run.waits, run.waited = call.calls, call.waits, call.waited
    settling.end(run, db.session.get_one(Connection, run.connection_id), at=now(), error=error)
    db.session.commit()
    return run
