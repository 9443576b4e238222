"""Reading as a job: one version at a time is claimed, read in a confined child, put down.

The rows are the truth. A version is `received` until a job claims it, `reading` while
the claim is fresh, then `ready` or `failed`. What a lost queue or a killed worker left
behind is found by the sweep and queued again; after three attempts that ended with a
dead worker the version is failed with a sentence.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.exc import OperationalError

from collateral.adaptations.jobs_prints import index_version
from collateral.assets.intake import judge_with, read_with
from collateral.assets.models import AssetVersion, ReadingState
from collateral.assets.turns import few_wait
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from collateral.observing import events
from collateral.observing.gauges import gauge
from collateral.queue import after_commit, every, job, of_many, queue, second, send, when_lost
from collateral.reading import door
from collateral.reading.confined.client import shared
from collateral.reading.later_pages import LATER, known_of, left_for_later, others_wait
from collateral.reading.progress import Progress
from collateral.reading.results import ALL, DEFAULT
from collateral.reading.sentences import DEADLY, OURS
from collateral.reading.sniff import identify
from collateral.storage import StoreAway, storage

log = logging.getLogger(__name__)

ATTEMPTS = 3
LEASE = timedelta(seconds=DEFAULT.wall_seconds + 120)
"""A claim that has not moved for so long belongs to a worker that died."""
OVERDUE = timedelta(minutes=1)
BATCH = 64


@job
def read_version(version_id: int) -> None:
    """Read one version, if it still waits to be read. Commits after each step.

    While others wait who have as few, a long file is read as far as its first page; the rest
    comes after them.
    """
    _read(version_id, few_wait)


@of_many
def read_one_of_many(version_id: int) -> None:
    """The same for a version of somebody who sent many: all others go before its rest."""
    _read(version_id, others_wait)


def _read(version_id: int, others_first: Callable[[], bool]) -> None:
    version = db.session.get(AssetVersion, version_id)
    known = known_of(version) if version is not None and left_for_later(version) else None
    if not _claim(version_id):
        return
    began, outcome, extension = time.monotonic(), "failed", "-"
    folder = Path(tempfile.mkdtemp(dir=_workshop()))
    try:
        version = db.session.get_one(AssetVersion, version_id)
        sha256, filename = version.sha256, version.filename
        # What was read before keeps its pictures until all are drawn anew.
        brief = known is None and version.read_at is None and others_first()
        db.session.rollback()  # nothing stays open while the file is read
        progress = Progress(version_id, known)
        with storage().local(sha256) as path:
            kind = identify(path, filename)
            extension = kind.extension
            reading = door.read(
                path,
                kind,
                folder,
                want=LATER if known else ALL,
                progress=progress.note,
                brief=brief,
                known=known,
            )
            if kind.family == "other" and reading.error:
                # A kind that nobody reads is no failure: it is found by its name and kept.
                reading = replace(reading, error=None, preview_missing=reading.error)
            if reading.rest:
                progress.leave_the_rest(reading)
                outcome = "begun"
            else:
                progress.finish(reading)
                outcome = reading.outcome
    except (OperationalError, StoreAway) as error:
        # The database was busy for too long, or one of them away: that says nothing of the file.
        db.session.rollback()
        outcome = "interrupted"
        log.warning("reading_interrupted", extra={"version": version_id}, exc_info=True)
        _put_off(version_id, counts=not isinstance(error, StoreAway))
    except Exception as error:
        db.session.rollback()
        log.exception("reading_failed", extra={"version": version_id})
        _fail(version_id, error.sentence if isinstance(error, CollateralError) else OURS)
        if current_app.testing and not isinstance(error, CollateralError | OSError):
            raise
    else:
        send(read_the_rest if outcome == "begun" else index_version, version_id)
    finally:
        events.file_read(extension, outcome, time.monotonic() - began)
        shutil.rmtree(folder, ignore_errors=True)


@job
def get_ready() -> None:
    """Start the readers, which takes longer than most files, before there is a file."""
    shared().begin()


@second
def read_the_rest(version_id: int) -> None:
    """Read what was left of a version, when nobody waits for the words of another."""
    read_version(version_id)


def _claim(version_id: int) -> bool:
    """Take the version, so that no other worker does; False when another has."""
    claimed = db.session.execute(
        update(AssetVersion)
        .where(AssetVersion.id == version_id, AssetVersion.state == ReadingState.RECEIVED)
        .values(
            state=ReadingState.READING,
            attempts=AssetVersion.attempts + 1,
            read_started_at=now(),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return cast("CursorResult[Any]", claimed).rowcount == 1


def _put_off(version_id: int, *, counts: bool) -> None:
    """Have the version read again: where this try `counts` at once, and as often as one whose
    worker died, no more; else by the sweep, until it is read."""
    version = db.session.get_one(AssetVersion, version_id)
    if not counts:
        version.attempts, version.read_started_at = version.attempts - 1, None  # from the beginning
    elif version.attempts >= ATTEMPTS:
        _fail(version_id, OURS)
        return
    else:
        after_commit(read_version, version_id)
    version.state = ReadingState.RECEIVED
    db.session.commit()  # where even this fails, the sweep finds the version in time


def _fail(version_id: int, sentence: str) -> None:
    version = db.session.get(AssetVersion, version_id)
    if version is not None:
        version.state = ReadingState.FAILED
        version.error = sentence
        version.read_at = now()
        db.session.commit()


@every(minutes=1)
def sweep() -> None:
    """Queue what is overdue and what a dead worker left; clear its workshop."""
    give_back(now())
    room = BATCH - queue().waiting()
    if room > 0:
        for version in overdue(now(), room):
            # What only waits longer than others must not go before what comes now.
            send(read_the_rest if left_for_later(version) else read_one_of_many, version.id)
    _tidy_workshop()


def give_back(moment: datetime) -> int:
    """Make `received` again, or `failed`, what a dead worker was reading; how many. Commits."""
    dead = moment - LEASE
    since = queue().alone_since
    if since is not None and since > dead:
        # This worker is the only one and began after these: whoever read them is gone.
        dead = since
    stuck = list(
        db.session.scalars(
            select(AssetVersion).where(
                AssetVersion.state == ReadingState.READING,
                or_(AssetVersion.read_started_at.is_(None), AssetVersion.read_started_at < dead),
            )
        )
    )
    for version in stuck:
        if _let_go(version, moment):
            after_commit(read_version, version.id)
    db.session.commit()
    return len(stuck)


@when_lost(read_the_rest)
@when_lost(read_one_of_many)
@when_lost(read_version)
def let_go(version_id: int) -> None:
    """Make `received` again, or `failed`, what a worker that is known to be dead was reading."""
    version = db.session.get(AssetVersion, version_id)
    if version is not None and version.state is ReadingState.READING:
        _let_go(version, now())
    db.session.commit()


def _let_go(version: AssetVersion, moment: datetime) -> bool:
    """Whether it may be read again."""
    log.warning("reading_given_back", extra={"version": version.id, "n": version.attempts})
    if version.attempts < ATTEMPTS:
        version.state = ReadingState.RECEIVED
        return True
    version.state = ReadingState.FAILED
    version.error = DEADLY % {"times": ATTEMPTS}
    version.read_at = moment
    return False


def overdue(moment: datetime, limit: int) -> list[AssetVersion]:
    """The oldest versions that have waited for longer than a queue takes."""
    return list(
        db.session.scalars(
            select(AssetVersion)
            .where(
                AssetVersion.state == ReadingState.RECEIVED,
                AssetVersion.created_at < moment - OVERDUE,
            )
            .order_by(AssetVersion.id)
            .limit(limit)
        )
    )


@gauge("versions_unread", "Versions whose files wait to be read, or are being read.")
def unread() -> float:
    waiting = select(func.count()).where(
        AssetVersion.state.in_((ReadingState.RECEIVED, ReadingState.READING))
    )
    return db.session.scalar(waiting) or 0


@gauge("versions_unread_oldest_seconds", "Since when the oldest of them waits.")
def longest_unread() -> float:
    oldest = db.session.scalar(
        select(func.min(AssetVersion.created_at)).where(
            AssetVersion.state.in_((ReadingState.RECEIVED, ReadingState.READING))
        )
    )
    return (now() - oldest).total_seconds() if oldest else 0.0


def _workshop() -> Path:
    """Where previews lie until they are kept."""
    folder = cast(Path, current_app.extensions["settings"].home) / "reading"
    folder.mkdir(exist_ok=True)
    return folder


def _tidy_workshop() -> None:
    horizon = time.time() - 3600
    since = queue().alone_since
    if since is not None:
        horizon = max(horizon, since.timestamp())
    for folder in _workshop().iterdir():
        with suppress(OSError):
            if folder.stat().st_mtime < horizon:
                shutil.rmtree(folder, ignore_errors=True)


judge_with(identify)
read_with(read_version, of_many=read_one_of_many, get_ready=get_ready)
