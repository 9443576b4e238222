"""Is this file known, and is it the current one?"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from collateral.accounts.permissions import Permission
from collateral.accounts.tokens import Scope
from collateral.api.auth import actor
from collateral.api.calls import Nothing, call
from collateral.api.files import LookedAt, TakeFile
from collateral.api.shapes import Named, named
from collateral.assets.models import Asset, AssetVersion
from collateral.assets.queries import visible
from collateral.db import db


class SourcePage(Struct, forbid_unknown_fields=True):
    """A page of the file beside the page of the version that it came from."""

    number: int
    change: Literal["same"]
    source_page: int
    similarity: float


class Identified(Struct, forbid_unknown_fields=True):
    """`exact`: the very bytes of `version`; where `current` is another, there is a newer one."""

    match: Literal["exact", "none"]
    asset: Named | None = None
    version: int | None = None
    current: int | None = None
    confidence: float = 0.0
    pages: list[SourcePage] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


@call(
    "POST",
    "/identify",
    permission=Permission.ASSET_READ,
    scope=Scope.READ,
    does="Say whether a file is known, and whether it is the current version.",
    more="The file is looked at and not kept.",
    form=Nothing,
    file=TakeFile.LOOKED_AT,
    answers=Identified,
)
def identify(file: LookedAt) -> Identified:
    known = (
        select(AssetVersion)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(visible(actor()), AssetVersion.sha256 == file.sha256)
        .options(joinedload(AssetVersion.asset).joinedload(Asset.current_version))
    )
    # Where several assets hold the file: the one that offers it now, then the newest.
    offered = case((Asset.current_version_id == AssetVersion.id, 0), else_=1)
    found = db.session.scalar(known.order_by(offered, AssetVersion.id.desc()).limit(1))
    if found is None:
        return Identified("none")
    current = found.asset.current_version
    return Identified(
        "exact",
        asset=named(found.asset),
        version=found.number,
        current=current.number if current else None,
        confidence=1.0,
        pages=[SourcePage(n, "same", n, 1.0) for n in range(1, (found.page_count or 0) + 1)],
    )
