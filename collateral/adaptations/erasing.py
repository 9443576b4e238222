"""What goes of an asset's texts here when its files are deleted for good. Does not commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from collateral.adaptations.indexing import forget
from collateral.adaptations.models import AdaptationPage
from collateral.db import db


def erase_texts(version_ids: Sequence[int]) -> None:
    """Take the versions out of the index of prints, and what stood on their pages out of the
    adaptations of them. What became of each page stays, so that counts of years past do."""
    forget(version_ids)
    db.session.execute(
        update(AdaptationPage)
        .where(AdaptationPage.source_version_id.in_(version_ids))
        .values(wordings=[], regions=None)
        .execution_options(synchronize_session=False)
    )
