"""Tidying up behind the API."""

from __future__ import annotations

from collateral.api import idempotency
from collateral.db import db
from collateral.queue import every


@every(minutes=60)
def forget_old_keys() -> None:
    """Answers are kept for a week under their keys."""
    idempotency.forget_old()
    db.session.commit()
