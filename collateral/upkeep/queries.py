"""What the pages of upkeep tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import AuditEntry
from collateral.adaptations.models import Adaptation
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.sharing.models import Copy
from collateral.upkeep.models import UpkeepRun, Work, WorkState

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Kept:
    """Files of one kind, each counted once, and their bytes."""

    files: int
    bytes: int


@dataclass(frozen=True)
class About:
    """The asset that a finding is about."""

    asset_id: int
    title: str
    version: int | None


def runs(work: Work, limit: int = 1) -> Sequence[UpkeepRun]:
    """The newest first."""
    query = select(UpkeepRun).where(UpkeepRun.work == work).order_by(UpkeepRun.id.desc())
    return db.session.scalars(query.limit(limit)).all()


def last(work: Work, *, done: bool = False) -> UpkeepRun | None:
    """The last one; with `done` the last that came to its end."""
    query = select(UpkeepRun).where(UpkeepRun.work == work).order_by(UpkeepRun.id.desc())
    if done:
        query = query.where(UpkeepRun.state == WorkState.DONE)
    return db.session.scalar(query.limit(1))


def kept() -> dict[str, Kept]:
    """Originals, adaptations and copies for links, by the sums of their rows."""
    return {
        "originals": _kept(AssetVersion.sha256, AssetVersion.bytes),
        "adaptations": _kept(Adaptation.sha256, Adaptation.bytes),
        "copies": _kept(Copy.sha256, Copy.bytes),
    }


def _kept(sha256: Any, size: Any) -> Kept:
    # The same file is kept once, however many rows name it.
    each = (
        select(func.max(size).label("size")).where(sha256.is_not(None)).group_by(sha256).subquery()
    )
    found = db.session.execute(select(func.count(), func.coalesce(func.sum(each.c.size), 0)))
    files, total = found.one()
    return Kept(int(files), int(total))


def backup_is_due(at: datetime) -> bool:
    """Whether there is a week's work in the library that no backup has."""
    backup = last(Work.BACKUP, done=True)
    if backup is not None:
        return backup.started_at < at - A_WEEK
    first = db.session.scalar(select(AuditEntry.at).order_by(AuditEntry.id).limit(1))
    return first is not None and first < at - A_WEEK


def abouts(listed: Sequence[dict[str, str]]) -> dict[str, About]:
    """The assets and versions that findings name, by the finding's `about`. Two queries."""
    named: dict[str, set[int]] = {"asset": set(), "version": set()}
    for finding in listed:
        noun, _space, key = finding["about"].partition(" ")
        if noun in named and key.isdecimal():
            named[noun].add(int(key))
    found = {}
    assets = select(Asset.id, Asset.title).where(Asset.id.in_(named["asset"]))
    for asset_id, title in db.session.execute(assets):
        found[f"asset {asset_id}"] = About(asset_id, title, None)
    versions = (
        select(AssetVersion.id, AssetVersion.number, Asset.id, Asset.title)
        .join(Asset, Asset.id == AssetVersion.asset_id)
        .where(AssetVersion.id.in_(named["version"]))
    )
    for version_id, number, asset_id, title in db.session.execute(versions):
        found[f"version {version_id}"] = About(asset_id, title, number)
    return found
