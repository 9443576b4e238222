"""That a file which came in looks like what the library has: noted when it is indexed."""

from __future__ import annotations

from sqlalchemy import delete, select

from collateral.adaptations.models import Adaptation, VersionOrigin
from collateral.adaptations.relations import Lineage
from collateral.assets.models import AssetVersion
from collateral.db import db

NEAR_SHARE = 0.3
NEAR_PAGES = 2
"""Less than that share of the file, or fewer pages, is borrowed material and no near-duplicate."""


def note_origin(version_id: int, lineage: Lineage) -> None:
    """Keep that the first version of an asset looks like another asset's. Does not commit."""
    db.session.execute(delete(VersionOrigin).where(VersionOrigin.version_id == version_id))
    version = db.session.get_one(AssetVersion, version_id)
    if version.number != 1 or not lineage.sources:
        return
    variant = select(Adaptation.id).where(Adaptation.variant_id == version.asset_id)
    if db.session.scalar(variant) is not None:
        return  # it says by itself what it was adapted from
    first = lineage.sources[0]
    used = {page.source.print.number for page in lineage.pages
            if page.source and page.source.version == first.version}  # fmt: skip
    if first.share < NEAR_SHARE or len(used) < min(NEAR_PAGES, len(lineage.pages)):
        return
    db.session.add(
        VersionOrigin(
            version_id=version_id,
            source_version_id=first.version,
            asset_id=first.asset,
            pages=len(used),
            of_pages=len(used) + len(first.dropped),
            share=first.share,
            confidence=first.confidence,
        )
    )
