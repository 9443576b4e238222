"""Whose files are read first: those of somebody with few go before the many of another.

Both look at the newest versions alone, by their numbers, so that they cost the same however many
wait.
"""

from __future__ import annotations

from sqlalchemy import ScalarSelect, Select, func, select

from collateral.assets.models import AssetVersion, ReadingState
from collateral.db import db

NEWEST = 64
"""How many of the newest versions are looked at."""
FEW = 4
"""So many that wait of one person are no reason to let others go first."""


def one_of_many(version: AssetVersion) -> bool:
    """Whether it is one of more than a few that wait of the same person."""
    hers = _waiting(version.id).where(AssetVersion.created_by_id == version.created_by_id)
    return db.session.scalars(hers).one() > FEW


def few_wait() -> bool:
    """Whether somebody waits for a few files, and not for many."""
    newest = select(func.max(AssetVersion.id)).scalar_subquery()
    people = _waiting(newest).group_by(AssetVersion.created_by_id).having(func.count() <= FEW)
    return db.session.scalar(people.limit(1)) is not None


def _waiting(last: int | ScalarSelect[int]) -> Select[int]:
    """How many of the versions up to this one nobody has begun to read."""
    return select(func.count()).where(
        AssetVersion.id > last - NEWEST,
        AssetVersion.id <= last,
        AssetVersion.state == ReadingState.RECEIVED,
        AssetVersion.read_started_at.is_(None),
    )
