"""Which assets search must look at again.

`after_flush` collects the touched assets, `before_commit` raises their `revision`,
and once the commit is done the jobs that subscribed are sent. Bulk statements
bypass the unit of work: they call `touch`. The rows stay the truth: an asset whose
`indexed_revision` is behind is found by the sweep, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import event, inspect, update
from sqlalchemy.orm import Session

from collateral.assets.models import Asset, AssetTag, AssetTeam, AssetTerm, AssetVersion, Page
from collateral.queue import Job, after_commit

_TOUCHED = "touched_assets"
_QUIET = {"revision", "indexed_revision"}
_jobs: list[Job] = []


def subscribe(job: Job) -> Job:
    """Send this job (without arguments) after each commit that touched an asset."""
    _jobs.append(job)
    return job


def touch(session: Session, asset_ids: Iterable[int]) -> None:
    """Say that these assets changed where the session could not see it."""
    _touched(session).update(asset_ids)


def _touched(session: Session) -> set[int]:
    return cast(set[int], session.info.setdefault(_TOUCHED, set()))


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: Any) -> None:
    touched = _touched(session)
    for row in session.new | session.dirty | session.deleted:
        came_or_went = row in session.new or row in session.deleted
        if isinstance(row, Asset):
            if came_or_went or _changed(row):
                touched.add(row.id)
        elif isinstance(row, AssetTag | AssetTerm | AssetTeam):
            touched.add(row.asset_id)
        elif isinstance(row, AssetVersion):
            # How far reading is, and pictures, are no matter of the index; pages are written
            # in bulk, and `text_at` says that they came.
            if came_or_went or _changed(row, {"filename", "asset_id", "text_at"}):
                touched.add(row.asset_id)
        elif (
            isinstance(row, Page)
            and row.version is not None
            and (came_or_went or _changed(row, {"title", "text", "notes", "number"}))
        ):
            touched.add(row.version.asset_id)


def _changed(row: Any, watched: Collection[str] | None = None) -> bool:
    """Whether one of the watched attributes is to be written; all but quiet ones for None."""
    state: Any = inspect(row)
    return any(
        attribute.history.has_changes()
        for attribute in state.attrs
        if (attribute.key in watched if watched is not None else attribute.key not in _QUIET)
    )


@event.listens_for(Session, "before_commit")
def _raise_revisions(session: Session) -> None:
    session.flush()
    touched = {asset_id for asset_id in _touched(session) if asset_id is not None}
    if not touched:
        return
    session.info[_TOUCHED] = set()
    session.execute(
        update(Asset)
        .where(Asset.id.in_(touched))
        .values(revision=Asset.revision + 1)
        .execution_options(synchronize_session=False)
    )
    for job in _jobs:
        after_commit(job)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
