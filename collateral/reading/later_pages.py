"""A long file whose words and first page came first, because others waited to be read.

Its row says `received` again, with its words there and no attempt counted: all that is left are
the pictures of its other pages and what lineage compares. Whoever dies at that leaves an attempt
behind, and then it is read from its beginning.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from collateral.assets.models import AssetVersion, Page, ReadingState
from collateral.db import db
from collateral.reading.results import PREVIEW_WIDTHS, PageText, Preview, Reading, Step

LATER = frozenset({Step.PREVIEWS, Step.FEATURES})


def others_wait() -> bool:
    """Whether there are files of which nothing has been read yet."""
    waiting = select(AssetVersion.id).where(
        AssetVersion.state == ReadingState.RECEIVED, AssetVersion.read_started_at.is_(None)
    )
    return db.session.scalar(waiting.limit(1)) is not None


def left_for_later(version: AssetVersion) -> bool:
    """Whether its words and its first page are there, and nobody died at the rest."""
    return (
        version.state is ReadingState.RECEIVED
        and version.attempts == 0
        and version.read_started_at is not None
        and version.text_at is not None
    )


def known_of(version: AssetVersion) -> Reading:
    """What was read of it, from its rows. The first page's pictures are kept, and lie nowhere."""
    pages = db.session.scalars(
        select(Page).where(Page.version_id == version.id).order_by(Page.number)
    ).all()
    return Reading(
        pages=tuple(
            PageText(
                page.number,
                page.title,
                page.text,
                page.notes,
                hidden=page.hidden,
                width=float(page.width or 0),
                height=float(page.height or 0),
            )
            for page in pages
        ),
        page_count=version.page_count,
        language=version.language,
        previews=tuple(
            Preview(page.number, width, page.height or 0, Path())
            for page in pages
            if page.preview_320 is not None
            for width in PREVIEW_WIDTHS
        ),
        properties=version.properties,
        notices=tuple(version.notices),
    )


def leave(version: AssetVersion, reading: Reading) -> None:
    """Have the rest wait until nobody waits for his words any more."""
    version.state = ReadingState.RECEIVED
    version.attempts = 0
    version.language = reading.language
    version.notices = list(reading.notices)
