"""The end of what was noted of messages: only those of the last minutes are taken at all."""

from __future__ import annotations

from datetime import timedelta

from collateral.clock import now
from collateral.connect import operations
from collateral.db import db
from collateral.queue import every

KEPT = timedelta(days=30)


@every(minutes=60)
def sweep() -> None:
    """Remove what is a month old; a message is refused after minutes."""
    operations.forget(now() - KEPT)
    db.session.commit()
