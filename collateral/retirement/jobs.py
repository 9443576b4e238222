"""What retirement does by itself: the docket each day, and what a day brings due."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from collateral.clock import now
from collateral.db import db
from collateral.queue import every, job
from collateral.retirement import deciding, docket, policing
from collateral.retirement.models import DocketRun

FRESH = timedelta(hours=20)


@job
def work_out() -> None:
    """Work the docket out now."""
    docket.work_out(now())
    db.session.commit()


@every(minutes=60)
def due() -> None:
    """Retire what is due, warn and remind. All of it may run twice: what was told stays told."""
    at = now()
    deciding.carry_out_due(at)
    db.session.commit()
    policing.set_review_dates(at)
    policing.remind(at)
    db.session.commit()


@every(minutes=30)
def daily() -> None:
    """Once a day: the docket as it stands."""
    latest = db.session.scalar(select(func.max(DocketRun.at)))
    if latest is None or latest <= now() - FRESH:
        work_out()
