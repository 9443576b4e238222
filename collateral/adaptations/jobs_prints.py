"""The index of prints follows reading: after each version, and by a sweep for what was lost."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from collateral.adaptations import indexing, origins
from collateral.adaptations.models_prints import PrintFile
from collateral.assets.models import AssetVersion, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.later import LaterProgram
from collateral.queue import background, every, queue, send

BATCH = 64
RECENT = 1000


@background
def index_version(version_id: int) -> None:
    """Put a version that has been read into the index of prints, unless it is there. Commits.

    The sweep may have sent it again while it waited.

    Raises:
        LaterProgram: it is there by a later recipe, which this program must not take the place of.
    """
    if not _missing(version_id):
        return
    try:
        lineage = indexing.index_version(version_id, at=now())
        if lineage is not None:
            origins.note_origin(version_id, lineage)
        db.session.commit()
    except IntegrityError:
        # Another worker put it in, or it was deleted, at this very moment; the sweep looks again.
        db.session.rollback()


def _missing(version_id: int) -> bool:
    """Whether it is not in the index, or was read anew since, or made by an older recipe."""
    found = db.session.execute(
        select(PrintFile.recipe, PrintFile.indexed_at, AssetVersion.read_at)
        .join(AssetVersion, AssetVersion.id == PrintFile.version_id)
        .where(PrintFile.version_id == version_id)
    ).one_or_none()
    if found is None:
        return True
    recipe, indexed_at, read_at = found
    if recipe > indexing.RECIPE:
        raise LaterProgram("These prints were made by a later recipe than ours.")
    return bool(recipe < indexing.RECIPE or (read_at is not None and indexed_at < read_at))


@every(minutes=1)
def sweep_prints() -> None:
    """Queue the newest versions that were read and are not in the index."""
    newest = db.session.scalar(select(func.max(AssetVersion.id))) or 0
    _queue(newest - RECENT)


@every(minutes=60)
def sweep_all_prints() -> None:
    """Queue whatever is not in the index, or there by an older recipe, whenever it was read."""
    _queue(0)


def _queue(beyond: int) -> None:
    room = BATCH - queue().waiting()
    if room > 0:
        for version_id in behind(beyond, room):
            send(index_version, version_id)


def behind(beyond: int, limit: int) -> list[int]:
    """Versions with a higher number that are ready, have their file, and are not indexed as they
    would be today."""
    return list(
        db.session.scalars(
            select(AssetVersion.id)
            .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
            .where(
                AssetVersion.id > beyond,
                AssetVersion.state == ReadingState.READY,
                AssetVersion.sha256 != "",
                or_(PrintFile.id.is_(None), PrintFile.recipe < indexing.RECIPE),
            )
            .order_by(AssetVersion.id)
            .limit(limit)
        )
    )
