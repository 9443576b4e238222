"""What the jobs page shows of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, ReadingState
from collateral.assets.queries import visible
from collateral.db import db
from collateral.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class Jobs:
    """How many versions are in each state, and those that need somebody's eye."""

    counts: dict[ReadingState, int]
    under_way: Sequence[AssetVersion]
    failed: Sequence[AssetVersion]
    failed_total: int


def jobs(person: Person, page: int = 1) -> Jobs:
    """The reading of the versions that the person may see; failures newest first."""
    counts = dict.fromkeys(ReadingState, 0)
    for state, count in db.session.execute(
        select(AssetVersion.state, func.count())
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(visible(person))
        .group_by(AssetVersion.state)
    ):
        counts[state] = count
    base = (
        select(AssetVersion)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(visible(person))
        .options(joinedload(AssetVersion.asset))
    )
    under_way = db.session.scalars(
        base.where(AssetVersion.state.in_([ReadingState.RECEIVED, ReadingState.READING]))
        .order_by(AssetVersion.state, AssetVersion.id)
        .limit(PAGE)
    ).all()
    lacking = base.where(
        or_(AssetVersion.state == ReadingState.FAILED, AssetVersion.preview_missing.is_not(None))
    )
    total = db.session.scalar(select(func.count()).select_from(lacking.subquery())) or 0
    failed = db.session.scalars(
        lacking.order_by(AssetVersion.id.desc()).limit(PAGE).offset((max(page, 1) - 1) * PAGE)
    ).all()
    return Jobs(counts, under_way, failed, total)


def get_version(person: Person, version_id: int) -> AssetVersion:
    """One version of an asset that the person may see. Raises NotFound."""
    version = db.session.scalar(
        select(AssetVersion)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(AssetVersion.id == version_id, visible(person))
    )
    if version is None:
        raise NotFound(_("There is no such version."))
    return version
