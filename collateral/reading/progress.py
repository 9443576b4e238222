"""Putting down what reading finds, a step at a time, each in a short transaction of its own.

Text comes first, so that a file is found before it is drawn; then the first page's
picture, then the others. The slow part, keeping the pictures' bytes, happens before a
transaction is opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, update

from collateral.assets.models import Asset, AssetVersion, Page, ReadingState
from collateral.assets.publishing import publish_now_ready
from collateral.assets.rules import title_from_file, title_from_filename
from collateral.clock import now
from collateral.db import db
from collateral.reading.later_pages import leave
from collateral.reading.results import PREVIEW_WIDTHS, PageFeatures, Preview, Reading, Step
from collateral.storage import storage

SMALL, LARGE = PREVIEW_WIDTHS


class Progress:
    """What of one version stands in the database by now. Commits after each step."""

    def __init__(self, version_id: int, known: Reading | None = None) -> None:
        self.version_id = version_id
        self._numbers = {page.number for page in known.pages} if known else set[int]()
        self._drawn = {preview.page for preview in known.previews} if known else set[int]()

    def start_over(self) -> None:
        """Forget the pages of an earlier attempt. Part of the first step's transaction."""
        db.session.execute(delete(Page).where(Page.version_id == self.version_id))

    def note(self, step: Step, reading: Reading) -> None:
        """Called after each step with all that is known by then."""
        if step is Step.TEXT:
            self.keep_text(reading)
        elif step in (Step.FIRST_PREVIEW, Step.PREVIEWS):
            self.keep_previews(reading)

    def keep_text(self, reading: Reading) -> None:
        """The pages and their words; from now on search finds them."""
        rows = [
            {
                "version_id": self.version_id,
                "number": page.number,
                "title": page.title,
                "text": page.text,
                "notes": page.notes,
                "hidden": page.hidden,
                "width": round(page.width) or None,
                "height": round(page.height) or None,
            }
            for page in reading.pages
        ]
        self.start_over()
        if rows:
            db.session.execute(insert(Page), rows)
        self._numbers = {page.number for page in reading.pages}
        version = db.session.get_one(AssetVersion, self.version_id)
        moment = now()
        version.page_count = reading.page_count
        version.properties = dict(reading.properties)
        version.notices = list(reading.notices)
        version.read_started_at = moment
        if Step.TEXT not in reading.failures:
            version.text_at = moment
            self._offer(version, reading)
        db.session.commit()

    def keep_previews(self, reading: Reading) -> None:
        """The pictures that have come since the last time."""
        by_page: dict[int, list[Preview]] = {}
        for preview in reading.previews:
            if preview.page not in self._drawn:
                by_page.setdefault(preview.page, []).append(preview)
        rows = [
            {"of_number": number, **kept_pictures(previews)}
            for number, previews in sorted(by_page.items())
        ]
        self._add_pages(by_page)
        self._set_on_pages(rows)
        db.session.execute(
            update(AssetVersion)
            .where(AssetVersion.id == self.version_id)
            .values(read_started_at=now())
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        self._drawn |= set(by_page)

    def finish(self, reading: Reading) -> None:
        """Everything else, and the end state. Raises nothing for what the file holds."""
        if not self._numbers and reading.pages:
            self.keep_text(reading)
        self.keep_previews(reading)
        self._set_on_pages(
            [
                {"of_number": page.page, "features": stored_features(page)}
                for page in reading.features
            ]
        )
        self._end(reading)
        db.session.commit()

    def leave_the_rest(self, reading: Reading) -> None:
        """Keep what came since the last step; the other pages come later."""
        self.keep_previews(reading)
        leave(db.session.get_one(AssetVersion, self.version_id), reading)
        db.session.commit()

    def _end(self, reading: Reading) -> None:
        version = db.session.get_one(AssetVersion, self.version_id)
        moment = now()
        version.read_at = moment
        version.page_count = reading.page_count or len(self._numbers) or None
        version.notices = list(reading.notices)
        version.properties = dict(reading.properties)
        version.language = reading.language
        version.seconds = _seconds(reading)
        if self._drawn:
            version.previews_at = moment
        version.preview_missing = reading.preview_missing
        version.error = reading.error
        if reading.error is not None:
            version.state = ReadingState.FAILED
            return
        version.state = ReadingState.READY
        asset = self._offer(version, reading)
        publish_now_ready(asset, at=moment)

    def _offer(self, version: AssetVersion, reading: Reading) -> Asset:
        """Make a newer version the current one, and name what nobody named."""
        asset = db.session.get_one(Asset, version.asset_id)
        current = db.session.get(AssetVersion, asset.current_version_id or 0)
        if current is None or current.number < version.number:
            asset.current_version_id = version.id
        own = title_from_file(reading.properties.get("title"))
        nameless = asset.edits == 1 and asset.title == title_from_filename(version.filename)
        if own and nameless and version.number == 1:
            asset.title = own
        return asset

    def _set_on_pages(self, rows: list[dict[str, Any]]) -> None:
        """One bulk statement: this does not concern search, so no revision is raised."""
        if not rows:
            return
        table = cast(Table, Page.__table__)
        db.session.connection().execute(
            update(table).where(
                table.c.version_id == self.version_id, table.c.number == bindparam("of_number")
            ),
            rows,
        )

    def _add_pages(self, numbers: Iterable[int]) -> None:
        """Rows for pages that have a picture and no text."""
        new = sorted(set(numbers) - self._numbers)
        if new:
            db.session.execute(
                insert(Page), [{"version_id": self.version_id, "number": n} for n in new]
            )
            self._numbers |= set(new)


def kept_pictures(previews: list[Preview]) -> dict[str, Any]:
    """Keep a page's pictures and say where; with one of them alone it serves as both."""
    small, large = previews[0], previews[-1]
    names = {preview.path: storage().put_path(preview.path).sha256 for preview in previews}
    return {
        f"preview_{SMALL}": names[small.path],
        f"preview_{LARGE}": names[large.path],
        "width": large.width,
        "height": large.height,
    }


def stored_features(page: PageFeatures) -> dict[str, Any]:
    """What lineage compares of a page, as its row keeps it."""
    return {name: value for name, value in asdict(page).items() if name != "page"}


def _seconds(reading: Reading) -> float | None:
    """Length of a video."""
    try:
        return float(reading.properties["seconds"])
    except (KeyError, ValueError):
        return None
