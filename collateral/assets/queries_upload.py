"""Reads for those who upload: how far each file has come, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState, Status
from collateral.assets.queries import visible
from collateral.db import db


@dataclass(frozen=True)
class FileState:
    """How far one uploaded version has come. `step` is one of received, reading, previews,
    searchable, live, failed; `indexed` says that search knows it."""

    asset_id: int
    title: str
    version_id: int
    number: int
    filename: str
    bytes: int
    label: str
    family: str
    state: ReadingState
    status: Status
    pages: int | None
    previews: int
    error: str | None
    preview_missing: str | None
    indexed: bool
    preview: str | None
    """SHA-256 of the first page's small preview; width and height are the large one's."""
    width: int | None
    height: int | None
    publish_when_ready: bool
    has_text: bool

    @property
    def done(self) -> bool:
        return self.state is ReadingState.FAILED or (
            self.state is ReadingState.READY and self.indexed
        )

    @property
    def step(self) -> str:
        if self.state is ReadingState.FAILED:
            return "failed"
        if self.state is ReadingState.READY:
            if not self.indexed:
                return "searchable"
            return "live"
        if self.has_text:
            return "previews"
        return self.state.value


def file_states(person: Person, version_ids: Sequence[int]) -> list[FileState]:
    """The states of these versions, those that the person may see, in two queries."""
    if not version_ids:
        return []
    rows = db.session.execute(
        select(AssetVersion, Asset)
        .join(Asset, AssetVersion.asset_id == Asset.id)
        .where(AssetVersion.id.in_(version_ids), visible(person))
    )
    drawn = _drawn(version_ids)
    states = {
        version.id: _state(version, asset, drawn.get(version.id, _NOT_DRAWN))
        for version, asset in rows
    }
    return [states[wanted] for wanted in dict.fromkeys(version_ids) if wanted in states]


@dataclass(frozen=True)
class _Drawn:
    """How many pages of a version have previews, and the first page's."""

    previews: int = 0
    preview: str | None = None
    width: int | None = None
    height: int | None = None


_NOT_DRAWN = _Drawn()


def _drawn(version_ids: Sequence[int]) -> dict[int, _Drawn]:
    rows = db.session.execute(
        select(
            Page.version_id,
            func.count(Page.preview_320),
            func.max(case((Page.number == 1, Page.preview_320))),
            func.max(case((Page.number == 1, Page.width))),
            func.max(case((Page.number == 1, Page.height))),
        )
        .where(Page.version_id.in_(version_ids))
        .group_by(Page.version_id)
    )
    return {version_id: _Drawn(*drawn) for version_id, *drawn in rows}


def _state(version: AssetVersion, asset: Asset, drawn: _Drawn) -> FileState:
    return FileState(
        asset_id=asset.id,
        title=asset.title,
        version_id=version.id,
        number=version.number,
        filename=version.filename,
        bytes=version.bytes,
        label=version.label,
        family=version.family,
        state=version.state,
        status=asset.status,
        pages=version.page_count,
        previews=drawn.previews,
        error=version.error,
        preview_missing=version.preview_missing,
        indexed=asset.indexed_revision >= asset.revision,
        preview=drawn.preview,
        width=drawn.width,
        height=drawn.height,
        publish_when_ready=asset.publish_when_ready,
        has_text=version.text_at is not None,
    )


def lately_uploaded(person: Person, at: datetime, limit: int = 200) -> list[int]:
    """The versions that the person sent within the last day, newest first."""
    return list(
        db.session.scalars(
            select(AssetVersion.id)
            .where(
                AssetVersion.created_by_id == person.id,
                AssetVersion.created_at > at - timedelta(days=1),
            )
            .order_by(AssetVersion.id.desc())
            .limit(limit)
        )
    )


def sent_before(person: Person, sha256: str, filename: str, since: datetime) -> AssetVersion | None:
    """The version that the person's own earlier try of this upload became."""
    return db.session.scalar(
        select(AssetVersion)
        .where(
            AssetVersion.sha256 == sha256,
            AssetVersion.created_by_id == person.id,
            AssetVersion.filename == filename,
            AssetVersion.created_at >= since,
        )
        .options(joinedload(AssetVersion.asset))
        .order_by(AssetVersion.id.desc())
        .limit(1)
    )


def first_words(
    version_ids: Sequence[int], *, pages: int = 12, length: int = 1500
) -> dict[int, list[tuple[str, str]]]:
    """By version the titles and the first words of its first pages, in order."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = db.session.execute(
        select(Page.version_id, Page.title, func.substr(Page.text, 1, length))
        .where(Page.version_id.in_(version_ids), Page.number <= pages)
        .order_by(Page.version_id, Page.number)
    )
    for version_id, title, text in rows:
        found.setdefault(version_id, []).append((title, text))
    return found
