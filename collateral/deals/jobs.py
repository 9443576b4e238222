"""Imports that are too large for a request."""

from __future__ import annotations

import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, or_, select, update

from collateral import underway
from collateral.clock import now
from collateral.db import db
from collateral.deals import operations
from collateral.deals.models import ImportRun, ImportState
from collateral.errors import CollateralError
from collateral.queue import every, job, queue, send, when_lost
from collateral.storage import StoreAway

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=15)
REQUEST = timedelta(minutes=1)
"""A file that is read in within a request takes less."""
ABANDONED = timedelta(days=7)


@job
def carry_out(run_id: int) -> None:
    """Read a waiting file into deals, all of it or nothing. Safe to run twice."""
    started = now()
    claimed = db.session.execute(
        update(ImportRun)
        .where(ImportRun.id == run_id, ImportRun.state == ImportState.WAITING, _unclaimed())
        .values(started_at=started)
        .returning(ImportRun.id)
    ).first()
    db.session.commit()
    if claimed is None:
        return
    run = db.session.get_one(ImportRun, run_id)
    what = progress_of(run_id)
    try:
        operations.carry_out(
            run, at=started, zone=zone(), progress=lambda *parts: underway.tell(what, *parts)
        )
    except StoreAway:
        # That says nothing of the file; the sweep comes back to it.
        db.session.rollback()
        log.warning("import_interrupted", extra={"run": run_id}, exc_info=True)
        let_go(run_id)
        return
    except CollateralError as error:
        db.session.rollback()
        run = db.session.get_one(ImportRun, run_id)
        with force_locale(run.by.locale if run.by else "en"):
            operations.fail(run, error.sentence, at=now())
    finally:
        underway.over(what)
    run = db.session.get_one(ImportRun, run_id)
    if run.state is ImportState.DONE and not run.dry_run:
        operations.discard_file(run)
    db.session.commit()


@when_lost(carry_out)
def let_go(run_id: int) -> None:
    """Free the import of a worker that is known to be dead; it had kept nothing of it."""
    db.session.execute(
        update(ImportRun)
        .where(ImportRun.id == run_id, ImportRun.state == ImportState.WAITING)
        .values(started_at=None)
    )
    db.session.commit()


@every(minutes=5)
def sweep() -> None:
    """Send again the imports whose job was lost."""
    waiting = db.session.scalars(
        select(ImportRun.id).where(
            ImportRun.state == ImportState.WAITING,
            ImportRun.created_at < now() - timedelta(minutes=2),
            _unclaimed(),
        )
    ).all()
    for run_id in waiting:
        send(carry_out, run_id)


@every(minutes=60)
def forget_files() -> None:
    """Let go of files whose columns nobody settled, or that were tried and not read in."""
    for run in db.session.scalars(
        select(ImportRun).where(
            ImportRun.sha256.is_not(None),
            ImportRun.state != ImportState.WAITING,
            ImportRun.created_at < now() - ABANDONED,
        )
    ):
        operations.discard_file(run)
    db.session.commit()


def _unclaimed() -> ColumnElement[bool]:
    dead = now() - LONGEST
    since = queue().alone_since
    if since is not None:
        # This worker is the only one: what was claimed before it began was a dead one's, but for
        # a small file that a request is just reading in.
        dead = max(dead, min(since, now() - REQUEST))
    return or_(ImportRun.started_at.is_(None), ImportRun.started_at < dead)


def progress_of(run_id: int) -> str:
    """Under what name is told how far an import is."""
    return f"import:{run_id}"


def zone() -> ZoneInfo:
    """The installation's time zone, for times in a file that name none."""
    return ZoneInfo(current_app.extensions["settings"].time_zone)
