"""Deleting for good: an admin's own act, some time after the retirement. Nothing commits.

What goes are the files, pages, texts and previews. Title, owner and counts stay, so that
reports of years past say what they said; the address says that it was deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.adaptations.erasing import erase_texts
from collateral.assets.models import Asset, AssetVersion, Page, Status
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.retirement.models import Erasure
from collateral.retirement.operations import reason_given
from collateral.retirement.rules import HOLDING_DAYS


@dataclass(frozen=True)
class ErasurePlan:
    """What would go."""

    versions: int
    bytes: int
    pages: int


def erased(asset_ids: Collection[int]) -> dict[int, Erasure]:
    """Those whose files were deleted."""
    rows = db.session.scalars(select(Erasure).where(Erasure.asset_id.in_(asset_ids)))
    return {row.asset_id: row for row in rows}


def may_be_erased(assets: Sequence[Asset], *, at: datetime) -> set[int]:
    """The ids of those that have been retired for long enough."""
    before = at - timedelta(days=HOLDING_DAYS)
    return {a.id for a in assets if a.retired_at is not None and a.retired_at <= before}


def plan(asset: Asset, *, at: datetime) -> ErasurePlan:
    """What deleting would remove.

    Raises:
        WrongState: it is not retired, not for long enough, or deleted already.
    """
    _check(asset, at)
    versions, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(AssetVersion.bytes), 0)).where(
            AssetVersion.asset_id == asset.id
        )
    ).one()
    pages = db.session.scalar(
        select(func.count())
        .select_from(Page)
        .join(AssetVersion, AssetVersion.id == Page.version_id)
        .where(AssetVersion.asset_id == asset.id)
    )
    return ErasurePlan(int(versions), int(size), pages or 0)


def erase(asset: Asset, *, by: Person, at: datetime, reason: str, title: str) -> Erasure:
    """Delete files, pages and texts of a retired asset, with an audit entry of its own. The
    files themselves go with the next sweep, where nothing else names them.

    Raises:
        WrongState: as `plan`.
        Invalid: no reason, or the title is not typed as it is.
    """
    found = plan(asset, at=at)
    reason = reason_given(reason)
    if title.strip() != asset.title:
        sentence = _("Type the title as it stands, so that it is this one and no other.")
        raise Invalid(sentence, fields={"title": sentence})
    audit.record(
        "asset.files_deleted",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        reason=reason,
        versions=found.versions,
        bytes=found.bytes,
        pages=found.pages,
        files=[version.sha256 for version in asset.versions],
    )
    _empty(asset)
    erasure = Erasure(
        asset_id=asset.id,
        at=at,
        by_id=by.id,
        reason=reason,
        files=found.versions,
        bytes=found.bytes,
    )
    db.session.add(erasure)
    return erasure


def _empty(asset: Asset) -> None:
    """Take pages, texts and the names of the files from every version; the versions stay."""
    versions = [version.id for version in asset.versions]
    erase_texts(versions)
    db.session.execute(delete(Page).where(Page.version_id.in_(versions)))
    for version in asset.versions:
        db.session.expire(version, ["pages"])
        version.sha256, version.bytes, version.page_count = "", 0, None
        version.notices, version.properties = [], {}
    asset.summary = ""


def _check(asset: Asset, at: datetime) -> None:
    if asset.status is not Status.RETIRED:
        raise WrongState(_("Only a retired asset's files can be deleted."))
    if db.session.get(Erasure, asset.id) is not None:
        raise WrongState(_("Its files were deleted already."))
    if not may_be_erased([asset], at=at):
        raise WrongState(
            _(
                "Its files can be deleted %(days)s days after it was retired, not before.",
                days=HOLDING_DAYS,
            )
        )
