"""Beginning to load or remove the sample, and how far that is. Nothing here commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.assets.models import Asset
from collateral.db import db
from collateral.demo.models import Act, SampleRun
from collateral.errors import WrongState

PATIENCE = timedelta(minutes=5)
"""A run that has not moved for so long was interrupted."""


def present() -> bool:
    """Whether the sample, or a part of it, is in the library."""
    return db.session.scalar(select(Asset.id).where(Asset.sample).limit(1)) is not None


def latest() -> SampleRun | None:
    """The last run, under way or over."""
    return db.session.scalar(select(SampleRun).order_by(SampleRun.id.desc()).limit(1))


def under_way(run: SampleRun | None, at: datetime) -> bool:
    """Whether it still moves."""
    return run is not None and run.finished_at is None and at - run.moved_at < PATIENCE


def begin(act: Act, *, at: datetime) -> SampleRun:
    """A run that waits for its job.

    Raises:
        WrongState: one is under way; or the sample is there already, or is not.
    """
    if under_way(latest(), at):
        raise WrongState(_("The sample library is just being added or removed."))
    if act is Act.REMOVE and not present():
        raise WrongState(_("The sample library is not here."))
    run = SampleRun(act=act, created_at=at, moved_at=at)
    db.session.add(run)
    db.session.flush()  # the job needs its id
    return run
