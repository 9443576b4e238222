"""Which kept files some row names. A file that none names may go, once it is old enough."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import select

from collateral.assets.models import AssetVersion, Page
from collateral.db import db
from collateral.storage import storage

AGE = 3600.0
"""Seconds for which a file without a row may still be about to get one."""
BATCH = 400

_COLUMNS: list[Any] = [AssetVersion.sha256, Page.preview_320, Page.preview_1280]


def refer(*columns: Any) -> None:
    """Say that these columns name kept files, too. For features that keep their own."""
    for column in columns:
        if not any(column is known for known in _COLUMNS):
            _COLUMNS.append(column)


def named(hashes: Iterable[str]) -> set[str]:
    """Those of the hashes that some row names; at most a few hundred at a time."""
    wanted = list(hashes)
    found: set[str] = set()
    for column in _COLUMNS:
        found.update(db.session.scalars(select(column).where(column.in_(wanted)).distinct()))
    return found


def orphans(older_than: float = AGE) -> Iterator[str]:
    """Kept files that no row names and that were put there more than so many seconds ago."""
    horizon = time.time() - older_than
    names = iter(storage().names())
    while batch := list(islice(names, BATCH)):
        known = named(batch)
        for sha256 in batch:
            if sha256 in known:
                continue
            kept_at = storage().kept_at(sha256)
            if kept_at is not None and kept_at < horizon:
                yield sha256


def remove_orphans(older_than: float = AGE) -> int:
    """Delete them; how many. Each is looked for once more right before it goes."""
    removed = 0
    for sha256 in list(orphans(older_than)):
        kept_at = storage().kept_at(sha256)
        fresh = kept_at is None or kept_at >= time.time() - older_than
        if not fresh and not named([sha256]):
            storage().delete(sha256)
            removed += 1
    return removed
