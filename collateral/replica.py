"""Reports from a copy of the database that PostgreSQL keeps (`DATABASE_READ_URL`).

What the copy tells is a little old, mostly by less than a second, and `as_of` says how old.
Who somebody is and what she may do is asked of the first database all the same, and so is what
she wrote for herself (`db.NEVER_OLD`). Where no copy is set, or it does not answer, all is read
from the first one.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from collateral.clock import now
from collateral.db import COPY, db

log = logging.getLogger(__name__)

SILENT = 30.0
"""Seconds for which a copy that did not answer is left alone."""
_SINCE = "copy_silent_since"


def read_from_copy() -> None:
    """From now until the session ends, rows that may be a little old come from the copy."""
    if COPY in db.engines and _answers():
        db.session.info[COPY] = True


def as_of() -> datetime:
    """Up to which moment this session is told everything."""
    if not db.session.info.get(COPY):
        return now()
    with db.engines[COPY].connect() as connection:
        replayed: datetime | None = connection.scalar(
            text("select pg_last_xact_replay_timestamp()")
        )
    return replayed or now()


def _answers() -> bool:
    silent_since: float | None = current_app.extensions.get(_SINCE)
    if silent_since is not None and time.monotonic() - silent_since < SILENT:
        return False
    try:
        with db.engines[COPY].connect() as connection:
            connection.execute(text("select 1"))
    except OperationalError:
        current_app.extensions[_SINCE] = time.monotonic()
        log.warning("copy_unreachable", extra={"seconds": SILENT})
        return False
    current_app.extensions.pop(_SINCE, None)
    return True
