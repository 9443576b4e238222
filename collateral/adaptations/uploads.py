"""A file that came in by the marketer's upload and looks like what the library has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation, VersionOrigin
from collateral.adaptations.models_prints import PrintFile
from collateral.adaptations.operations import hand_in
from collateral.assets import operations as assets
from collateral.assets.intake import Received
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.assets.queries import visible
from collateral.assets.receipts import KnownKind
from collateral.db import db
from collateral.errors import WrongState
from collateral.storage import StoredFile

COMPARING = timedelta(seconds=60)
"""How long after its reading a file is still thought to be under comparison."""


@dataclass(frozen=True)
class NearTo:
    """What an uploaded file looks like: so many pages of so many of an asset."""

    asset: Asset
    pages: int
    of_pages: int


def near(person: Person, version_ids: Collection[int]) -> dict[int, NearTo]:
    """By version what it looks like, of what the person may see and has not settled. One query."""
    rows = db.session.execute(
        select(VersionOrigin, Asset)
        .join(Asset, Asset.id == VersionOrigin.asset_id)
        .where(
            VersionOrigin.version_id.in_(version_ids),
            VersionOrigin.settled_at.is_(None),
            visible(person),
        )
    )
    return {row.version_id: NearTo(asset, row.pages, row.of_pages) for row, asset in rows}


def being_compared(version_ids: Collection[int], at: datetime) -> set[int]:
    """Those that were read just now and are not in the index of prints yet. One query."""
    return set(
        db.session.scalars(
            select(AssetVersion.id)
            .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
            .where(
                AssetVersion.id.in_(version_ids),
                AssetVersion.state == ReadingState.READY,
                AssetVersion.read_at > at - COMPARING,
                PrintFile.id.is_(None),
            )
        )
    )


def settle(version: AssetVersion, *, at: datetime) -> None:
    """It stays an asset of its own."""
    origin = db.session.get(VersionOrigin, version.id)
    if origin is not None:
        origin.settled_at = at


def as_version(version: AssetVersion, target: Asset, *, by: Person, at: datetime) -> AssetVersion:
    """Make the file a new version of the asset that it looks like; its own draft stays as it is.

    Raises:
        WrongState: it is no draft any more, or has other versions.
    """
    _only_draft(version)
    made = assets.add_version(target, _received(version), by=by, at=at)
    settle(version, at=at)
    return made


def as_adaptation(version: AssetVersion, target: Asset, *, by: Person, at: datetime) -> Adaptation:
    """Make the file an adaptation of the asset that it looks like; its own draft stays as it is.

    Raises:
        WrongState: it is no draft any more, or has other versions.
    """
    _only_draft(version)
    made = hand_in(_received(version), by=by, at=at, asset=target)
    settle(version, at=at)
    return made


def _only_draft(version: AssetVersion) -> None:
    if version.asset.status is not Status.DRAFT or version.number != 1:
        raise WrongState(_("It is more than an uploaded draft by now; change it on its own page."))


def _received(version: AssetVersion) -> Received:
    kind = KnownKind(version.media_type, version.family, "", version.label)
    return Received(StoredFile(version.sha256, version.bytes), kind, version.filename)
