"""An adaptation beside its source, page by page, as the review shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.adaptations import queries
from collateral.adaptations.models import Adaptation, AdaptationPage
from collateral.adaptations.relations import Change
from collateral.adaptations.reviewing import may_merge
from collateral.adaptations.rules import without_number
from collateral.adaptations.views.remarks import (
    Refusal,
    Remark,
    refusals_by_page,
    remarks_by_page,
)
from collateral.adaptations.views.sides import Side, now_side, was_side
from collateral.adaptations.views.ticks import strip_of
from collateral.adaptations.views.wording import what_labels
from collateral.adaptations.worddiff import Run, Step, word_runs
from collateral.assets.models import AssetVersion, Page
from collateral.db import db

LETTERS = {"edited": "E", "new": "N", "dropped": "D", "same": "="}


@dataclass(frozen=True)
class Pair:
    """A page that differs, or one that is the same: before and after.

    `value` names it in forms: its own number, negative for a dropped page of the source.
    """

    value: int
    kind: str
    """same, edited, new or dropped."""
    moved: bool
    was: Side | None
    now: Side | None
    facts: list[str]
    remarks: list[Remark]
    refusal: Refusal | None
    merged: bool
    takeable: bool
    """Whether it can be merged."""
    other: str
    """Title of another asset, where the page is from there."""

    @property
    def anchor(self) -> str:
        return f"page-{self.value}" if self.value > 0 else f"dropped-{-self.value}"

    @property
    def letter(self) -> str:
        return LETTERS[self.kind]

    @property
    def title(self) -> str:
        side = self.now or self.was
        return side.title if side else ""


@dataclass(frozen=True)
class Compared:
    """The whole comparison."""

    pairs: list[Pair]
    same: int
    edited: int
    new: int
    dropped: int
    moved: int
    strip: list[str]
    """One word for each tick: same, edited, new or dropped, in the order of the source."""
    before: int
    after: int
    remarks: list[Remark]
    """Said of the whole."""

    @property
    def changed(self) -> int:
        return self.edited + self.new + self.dropped


def compared(adaptation: Adaptation, person: Person, *, everything: bool) -> Compared:
    """Page by page what became of the source, the same pages only where `everything` is asked.

    A source that the person may not see is left out of it: her pages stand alone then.
    """
    seen = queries.sees_source(person, adaptation)
    pages = list(adaptation.pages)
    sources = _source_pages(pages, adaptation, seen=seen)
    gone = queries.dropped(adaptation) if seen else []
    remarks = remarks_by_page(queries.comments(adaptation))
    refusals = refusals_by_page(queries.steps(adaptation))
    own = [
        _pair(adaptation, page, sources, remarks, refusals)
        for page in pages
        if everything or page.change is not Change.SAME or page.number in remarks or page.moved
    ]
    left = [_dropped(adaptation, number, sources, remarks, refusals) for number in gone]
    count = {change: sum(page.change is change for page in pages) for change in Change}
    return Compared(
        pairs=_in_order(own, left),
        same=count[Change.SAME],
        edited=count[Change.EDITED],
        new=count[Change.NEW],
        dropped=len(gone),
        moved=sum(page.moved for page in pages),
        strip=strip_of(pages, gone),
        before=(adaptation.source_version.page_count or 0) if adaptation.source_version else 0,
        after=len(pages),
        remarks=remarks.get(None, []),
    )


Sources = dict[tuple[int, int], tuple[Page, AssetVersion]]


def _source_pages(
    pages: Sequence[AdaptationPage], adaptation: Adaptation, *, seen: bool
) -> Sources:
    """All pages of the versions that the pages are from, in one query."""
    if not seen:
        return {}
    versions = {page.source_version_id for page in pages} | {adaptation.source_version_id}
    rows = db.session.scalars(
        select(Page)
        .where(Page.version_id.in_([version for version in versions if version]))
        .options(
            joinedload(Page.version).joinedload(AssetVersion.asset),
            joinedload(Page.version).joinedload(AssetVersion.created_by),
        )
    )
    return {(page.version_id, page.number): (page, page.version) for page in rows}


def _pair(
    adaptation: Adaptation,
    page: AdaptationPage,
    sources: Sources,
    remarks: dict[int | None, list[Remark]],
    refusals: dict[int, Refusal],
) -> Pair:
    found = sources.get((page.source_version_id or 0, page.source_page or 0))
    kind = page.change.value if page.change else "new"
    before = found[0] if found else None
    words = without_number(page.text, page.number)
    runs = (
        word_runs(without_number(before.text, before.number), words)
        if before
        else [Run(Step.ADDED, words)]
    )
    notes = word_runs(before.notes if before else "", page.notes)
    regions = page.regions or {}
    edited = kind == "edited"
    was = None
    other = ""
    if found and kind != "new":
        source, version = found
        was = was_side(source, version, runs, notes, regions.get("was", []), edited=edited)
        if version.asset_id != adaptation.asset_id:
            other = version.asset.title
    places = max(len(regions.get("was", [])), len(regions.get("now", [])))
    return Pair(
        value=page.number,
        kind=kind,
        moved=page.moved,
        was=was,
        now=now_side(adaptation, page, runs, notes, regions.get("now", []), edited=edited),
        facts=what_labels(page.what, page.words_changed, places) if kind != "new" else [],
        remarks=remarks.get(page.number, []),
        refusal=refusals.get(page.number),
        merged=page.number in adaptation.merged_pages,
        takeable=may_merge(adaptation, page),
        other=other,
    )


def _dropped(
    adaptation: Adaptation,
    number: int,
    sources: Sources,
    remarks: dict[int | None, list[Remark]],
    refusals: dict[int, Refusal],
) -> Pair:
    found = sources.get((adaptation.source_version_id or 0, number))
    was = was_side(found[0], found[1], [], [], [], edited=False) if found else None
    return Pair(
        value=-number,
        kind="dropped",
        moved=False,
        was=was,
        now=None,
        facts=[],
        remarks=remarks.get(-number, []),
        refusal=refusals.get(-number),
        merged=-number in adaptation.merged_pages,
        takeable=True,
        other="",
    )


def _in_order(own: list[Pair], left: list[Pair]) -> list[Pair]:
    """Edited and new pages in the order of the adaptation, then what was dropped."""
    return [*own, *sorted(left, key=lambda pair: -pair.value)]
