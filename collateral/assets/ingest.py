"""Taking many files in at once, and waiting until each has come to its end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets import operations
from collateral.assets.models import Asset, AssetVersion, ReadingState
from collateral.assets.operations import AlreadyHere, Description
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError

BATCH = 400


@dataclass
class Taken:
    """What became of one file. `end` is waiting, ready, no preview, failed, already here or
    refused; `sentence` says why."""

    path: Path
    end: str
    sentence: str = ""
    asset_id: int | None = None
    version_id: int | None = None
    pages: int | None = None
    bytes: int = 0

    @property
    def taken(self) -> bool:
        """Whether the library has the file now."""
        return self.asset_id is not None


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files named, and all that lie in the folders named, hidden ones left out."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path)))
        else:
            found[path] = None
    return list(found)


def _walk(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(base) / name


def take(path: Path, *, by: Person, publish: bool, limit: int) -> Taken:
    """Take one file in as an asset of its own. Commits."""
    try:
        received = operations.receive_path(path, limit=limit)
        asset = operations.create_asset(
            received, by=by, at=now(), description=Description(publish=publish)
        )
        db.session.commit()
        return Taken(
            path,
            "waiting",
            asset_id=asset.id,
            version_id=asset.current_version_id,
            bytes=received.stored.size,
        )
    except AlreadyHere as error:
        first = error.assets[0]
        taken = Taken(path, "already here", f"It is “{first.title}”.", asset_id=first.id)
        taken.bytes = error.stored.size
    except CollateralError as error:
        taken = Taken(path, "refused", error.sentence)
    except OSError as error:
        taken = Taken(path, "refused", f"The file cannot be opened: {error.strerror}.")
    db.session.rollback()
    return taken


def look(files: Sequence[Taken]) -> int:
    """Bring the ends of those that wait up to date; how many still wait."""
    waiting = {each.version_id: each for each in files if each.end == "waiting"}
    ids = [version_id for version_id in waiting if version_id is not None]
    for start in range(0, len(ids), BATCH):
        rows = db.session.execute(
            select(
                AssetVersion.id,
                AssetVersion.state,
                AssetVersion.error,
                AssetVersion.preview_missing,
                AssetVersion.page_count,
            ).where(AssetVersion.id.in_(ids[start : start + BATCH]))
        )
        for version_id, state, error, missing, pages in rows:
            each = waiting[version_id]
            each.pages = pages
            if state is ReadingState.FAILED:
                each.end, each.sentence = "failed", error or ""
            elif state is ReadingState.READY:
                each.end, each.sentence = ("no preview", missing) if missing else ("ready", "")
    db.session.rollback()
    return sum(each.end == "waiting" for each in files)


def unsearchable(files: Sequence[Taken]) -> int:
    """How many of them search does not know yet."""
    ids = [each.asset_id for each in files if each.version_id is not None]
    behind = 0
    for start in range(0, len(ids), BATCH):
        behind += len(
            db.session.scalars(
                select(Asset.id).where(
                    Asset.id.in_(ids[start : start + BATCH]),
                    Asset.indexed_revision < Asset.revision,
                )
            ).all()
        )
    db.session.rollback()
    return behind
