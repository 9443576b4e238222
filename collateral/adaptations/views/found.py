"""What the maker of an adaptation is shown of it while it is read and when it is traced."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from collateral.accounts.models import Person
from collateral.adaptations.models import Adaptation
from collateral.assets import queries as assets
from collateral.assets.models import ReadingState


@dataclass(frozen=True)
class FoundSource:
    """A source as the form of its maker shows it."""

    asset_id: int
    title: str
    url: str
    version: int
    pages: int
    """How many of the adaptation's pages came from it."""
    of_pages: int
    """How many pages the source has."""
    kept: int
    confidence: float
    chosen: bool
    borrowed: bool


def found_in(adaptation: Adaptation, person: Person) -> list[FoundSource]:
    """The sources that exist for the person, the chosen one first."""
    ids = [source.asset_id for source in adaptation.sources]
    seen = {asset.id for asset in assets.get_many(person, ids)}
    found = [
        FoundSource(
            asset_id=source.asset_id,
            title=source.asset.title,
            url=url_for("assets.detail", asset_id=source.asset_id),
            version=source.version.number,
            pages=source.pages,
            of_pages=source.version.page_count or 0,
            kept=(source.version.page_count or 0) - len(source.dropped),
            confidence=source.confidence,
            chosen=source.version_id == adaptation.source_version_id,
            borrowed=source.borrowed,
        )
        for source in adaptation.sources
        if source.asset_id in seen
    ]
    return sorted(found, key=lambda source: not source.chosen)


def step_of(adaptation: Adaptation) -> str:
    """How far its reading is: received, reading, comparing, drawing, ready or failed."""
    if adaptation.state is ReadingState.FAILED:
        return "failed"
    if adaptation.state is ReadingState.RECEIVED:
        return "received"
    if adaptation.state is ReadingState.READY:
        return "ready"
    if adaptation.text_at is None:
        return "reading"
    return "comparing" if adaptation.traced_at is None else "drawing"
