"""The index follows the rows: after each commit that touched an asset, and once a minute.

An asset whose `indexed_revision` is behind its `revision` is to be indexed again. Who
finds the one writer busy may go: the writer looks again when it is done.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, func, select, update

from collateral.assets.models import Asset
from collateral.assets.revisions import subscribe
from collateral.clock import now
from collateral.db import db
from collateral.observing.gauges import gauge
from collateral.queue import every, first, job, queue
from collateral.search import documents
from collateral.search.engine import engine
from collateral.search.engines.protocol import Changes, EngineUnavailable
from collateral.search.pace import Pace

log = logging.getLogger(__name__)
_pace = Pace()

BATCH = 64
QUIET_HOUR = 2
LEAST_AGE = timedelta(minutes=10)
"""A new index that cannot be read either is not made again at once."""


@subscribe
@first
def index_pending() -> None:
    """Put into the index whatever changed, and take out what is gone, until nothing is left;
    a moment later where very much comes in."""
    asked = queue()
    if not _pace.puts_off(asked.waiting, lambda: asked.send(_INDEX_PENDING, ())):
        _put_in()


_INDEX_PENDING = f"{index_pending.__module__}.{index_pending.__name__}"


def _put_in() -> None:
    if not engine().healthy():
        rebuild()
        if not engine().healthy():
            return  # another process is making the index just now
    # Whoever finds the writer busy goes: so we look again after every write.
    while batch := _behind() or sorted(engine().scattered()):
        found = documents.load(batch)
        db.session.rollback()  # nothing is held while the index is written
        gone = set(batch) - {document.id for document in found}
        if not engine().write(found, gone):
            return
        _mark({document.id: document.revision for document in found})
        _pace.wrote()
    _agree()


@gauge("index_behind_assets", "Assets whose last change search does not find yet.")
def behind_assets() -> float:
    behind = select(func.count()).where(Asset.indexed_revision < Asset.revision)
    return db.session.scalar(behind) or 0


@gauge("index_behind_revisions", "Changes of assets that search does not find yet.")
def behind_revisions() -> float:
    behind = select(func.sum(Asset.revision - Asset.indexed_revision)).where(
        Asset.indexed_revision < Asset.revision
    )
    return float(db.session.scalar(behind) or 0)


def _behind() -> list[int]:
    return list(
        db.session.scalars(
            select(Asset.id)
            .where(Asset.indexed_revision < Asset.revision)
            .order_by(Asset.id.desc())
            .limit(BATCH)
        )
    )


def _mark(put: dict[int, int]) -> None:
    """Note which revision of each asset is in the index, and commit."""
    table = cast(Table, Asset.__table__)
    if put:
        db.session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("one"), table.c.indexed_revision < bindparam("put"))
            .values(indexed_revision=bindparam("put")),
            [{"one": asset_id, "put": revision} for asset_id, revision in put.items()],
        )
    db.session.commit()


def _agree() -> None:
    """Rows that were deleted leave no revision behind; their number tells."""
    if db.session.scalar(select(func.count(Asset.id))) == engine().count():
        return
    indexed = engine().ids()
    rows = set(db.session.scalars(select(Asset.id)))
    if indexed - rows:
        engine().write((), indexed - rows)
    if rows - indexed:
        db.session.execute(
            update(Asset)
            .where(Asset.id.in_(sorted(rows - indexed)[:BATCH]))
            .values(indexed_revision=0)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()


def _catch_up() -> None:
    """Put in what a program of another version indexed: it noted so, and it is in its own index."""
    held = engine().own_revisions()
    if held is None:
        return
    rows = db.session.execute(select(Asset.id, Asset.revision))
    missed = [row.id for row in rows if held.get(row.id, -1) < row.revision]
    for at in range(0, len(missed), BATCH):
        found = documents.load(missed[at : at + BATCH])
        db.session.rollback()  # nothing is held while the index is written
        if not engine().write(found, ()):
            return


@every(minutes=1)
def sweep() -> None:
    """Find what was lost, mend what is broken, merge what has become many."""
    _put_in()
    if engine().healthy():  # else another process is making the first one just now
        engine().tidy()
        _catch_up()
        _put_in()


@every(minutes=60)
def freshen() -> None:
    """At night, make an index that many changes have worn anew."""
    if now().hour == QUIET_HOUR and engine().worn():
        rebuild()


@job
def heal(generation: str) -> None:
    """Make the index anew, if it is still the one that could not be read."""
    try:
        if engine().generation() != generation or engine().age() < LEAST_AGE:
            return
    except EngineUnavailable:
        pass
    rebuild()


def rebuild() -> None:
    """Make a new index from the rows beside the live one, switch, and note what it holds."""
    taken: dict[int, int] = {}

    def late() -> Changes:
        db.session.rollback()
        rows = {
            row.id: row.revision for row in db.session.execute(select(Asset.id, Asset.revision))
        }
        changed = [one for one, revision in rows.items() if taken.get(one) != revision]
        fresh = [
            document
            for at in range(0, len(changed), BATCH)
            for document in documents.load(changed[at : at + BATCH])
        ]
        gone = taken.keys() - rows.keys()
        taken.update({document.id: document.revision for document in fresh})
        return Changes(fresh, gone)

    def every_document() -> documents.Documents:
        for document in documents.every():
            taken[document.id] = document.revision
            yield document

    log.info("rebuild_started")
    if not engine().rebuild(every_document(), late):
        return
    db.session.rollback()
    behind = db.session.scalars(select(Asset.id).where(Asset.indexed_revision < Asset.revision))
    _mark({asset_id: taken[asset_id] for asset_id in behind if asset_id in taken})
    log.info("rebuild_finished", extra={"documents": len(taken)})
