"""Whether the rows, the kept files and the index agree, and making them agree again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from collateral.assets import blobs
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState
from collateral.assets.operations import read_again
from collateral.assets.revisions import touch
from collateral.clock import now
from collateral.db import db
from collateral.storage import name_of, storage

BATCH = 500
EVERY = 50
"""Rows after which it is told how far a check is."""
PATIENCE = timedelta(minutes=10)
"""How long a version may wait or be read."""

Repair = Callable[[], None]


@dataclass(frozen=True)
class Finding:
    """One disagreement. `repair` mends it, None where only a person or a backup can."""

    kind: str
    about: str
    sentence: str
    repair: Repair | None = field(default=None, compare=False, repr=False)


@dataclass
class Seen:
    """What a check has looked at so far."""

    rows: int = 0
    """Of versions and of pages."""
    originals: int = 0
    originals_bytes: int = 0
    previews: int = 0
    previews_bytes: int = 0
    tell: Callable[[int], None] = field(default=lambda _rows: None, repr=False)
    """Called with `rows` now and then; may commit."""
    _known: set[int] = field(default_factory=set, repr=False)

    def file(self, kind: str, sha256: str, size: int) -> None:
        """Count a file once, however many rows name it."""
        # Fifteen digits tell a billion files apart and take a third of the room of the name.
        key = int(sha256[:15], 16)
        if key in self._known:
            return
        self._known.add(key)
        if kind == "original":
            self.originals, self.originals_bytes = self.originals + 1, self.originals_bytes + size
        else:
            self.previews, self.previews_bytes = self.previews + 1, self.previews_bytes + size

    def row(self) -> None:
        self.rows += 1
        if self.rows % EVERY == 0:
            self.tell(self.rows)


def rows_to_look_at() -> int:
    """How many a check goes through: versions and pages."""
    count = select(func.count(AssetVersion.id)).scalar_subquery()
    return int(db.session.scalar(select(count + func.count(Page.id))) or 0)


def findings(
    *, deep: bool = False, patience: float = 5.0, seen: Seen | None = None
) -> Iterator[Finding]:
    """Everything that does not agree; `deep` reads every original and compares its hash.
    `patience` is in seconds: how long the index may take to catch up.

    Reads in batches. Rows that are looked at are let go again.
    """
    seen = seen or Seen()
    yield from _files(deep, seen)
    yield from _previews(seen)
    yield from _stuck()
    yield from _versions()
    yield from _behind(patience)
    yield from _orphans()


def _files(deep: bool, seen: Seen) -> Iterator[Finding]:
    """Every version's file is there, whole."""
    query = select(AssetVersion.id, AssetVersion.sha256, AssetVersion.bytes)
    for version_id, sha256, size in _in_batches(query, AssetVersion.id):
        about = f"version {version_id}"
        kept = storage().size(sha256)
        seen.row()
        if kept is not None:
            seen.file("original", sha256, kept)
        if kept is None:
            yield Finding("file_missing", about, f"The file {sha256} is not in the store.")
        elif kept != size:
            yield Finding(
                "file_damaged", about, f"The file {sha256} has {kept} bytes instead of {size}."
            )
        elif deep and _name_by_content(sha256) != sha256:
            yield Finding("file_damaged", about, f"The file {sha256} has other content now.")


def _name_by_content(sha256: str) -> str:
    with storage().open(sha256) as file:
        return name_of(file)


def _previews(seen: Seen) -> Iterator[Finding]:
    """Every preview that a page names is there; a version is read again where not."""
    lacking: dict[int, int] = {}
    query = select(Page.id, Page.version_id, Page.preview_320, Page.preview_1280)
    for _id, version_id, small, large in _in_batches(query, Page.id):
        seen.row()
        sizes = {name: storage().size(name) for name in (small, large) if name}
        for name, size in sizes.items():
            if size is not None:
                seen.file("preview", name, size)
        if None in sizes.values():
            lacking[version_id] = lacking.get(version_id, 0) + 1
    for version_id, count in lacking.items():
        yield Finding(
            "preview_missing",
            f"version {version_id}",
            f"{count} previews are not in the store.",
            _reading_again(version_id),
        )


def _stuck() -> Iterator[Finding]:
    """No version waits for longer than a worker takes."""
    horizon = now() - PATIENCE
    since = func.coalesce(AssetVersion.read_started_at, AssetVersion.created_at)
    rows = db.session.execute(
        select(AssetVersion.id, AssetVersion.state).where(
            AssetVersion.state.in_([ReadingState.RECEIVED, ReadingState.READING]), since < horizon
        )
    )
    for version_id, state in rows.all():
        yield Finding(
            "version_stuck",
            f"version {version_id}",
            f"It has been {state.value} for more than {PATIENCE.seconds // 60} minutes.",
            _reading_again(version_id),
        )


def _versions() -> Iterator[Finding]:
    """Every asset has a current version, and it is one of its own."""
    rows = db.session.scalars(
        select(Asset.id)
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .where((AssetVersion.id.is_(None)) | (AssetVersion.asset_id != Asset.id))
        .order_by(Asset.id)
    )
    for asset_id in rows.all():
        yield Finding(
            "no_current_version",
            f"asset {asset_id}",
            "Its current version is missing, or another asset's.",
            _choosing_newest(asset_id),
        )


def _behind(patience: float) -> Iterator[Finding]:
    """Search knows every asset as it is now; what changed a moment ago is given some seconds."""
    query = select(Asset.id, Asset.revision, Asset.indexed_revision).where(
        Asset.indexed_revision < Asset.revision
    )
    end = time.monotonic() + patience
    rows = db.session.execute(query).all()
    while rows and time.monotonic() < end:
        db.session.rollback()
        time.sleep(0.25)
        rows = db.session.execute(query).all()
    for asset_id, revision, indexed in rows:
        yield Finding(
            "not_searchable",
            f"asset {asset_id}",
            f"Search knows it at revision {indexed}, it is at {revision}.",
            _indexing_again(asset_id),
        )


def _orphans() -> Iterator[Finding]:
    """No file lies in the store that no row names."""
    for sha256 in blobs.orphans():
        yield Finding("orphan_file", f"file {sha256}", "No row names it.", _deleting(sha256))


def _reading_again(version_id: int) -> Repair:
    def repair() -> None:
        read_again(db.session.get_one(AssetVersion, version_id))

    return repair


def _choosing_newest(asset_id: int) -> Repair:
    def repair() -> None:
        newest = (
            select(AssetVersion.id)
            .where(AssetVersion.asset_id == asset_id)
            .order_by(AssetVersion.number.desc())
            .limit(1)
            .scalar_subquery()
        )
        db.session.execute(
            update(Asset).where(Asset.id == asset_id).values(current_version_id=newest)
        )
        touch(db.session(), [asset_id])

    return repair


def _indexing_again(asset_id: int) -> Repair:
    return lambda: touch(db.session(), [asset_id])


def _deleting(sha256: str) -> Repair:
    def repair() -> None:
        if not blobs.named([sha256]):
            storage().delete(sha256)

    return repair


def _in_batches(query: Any, key: Any) -> Iterator[Any]:
    """The rows by their key, some hundreds at a time; nothing stays open between."""
    last = 0
    while True:
        rows = db.session.execute(query.where(key > last).order_by(key).limit(BATCH)).all()
        db.session.rollback()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]
