"""What the screens of adaptations show, as their templates want it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from collateral.accounts.models import Person
from collateral.adaptations import queries
from collateral.adaptations.lineage import Change
from collateral.adaptations.models import (
    Adaptation,
    AdaptationComment,
    AdaptationPage,
    AdaptationStep,
    Status,
)
from collateral.adaptations.rules import without_number
from collateral.adaptations.views.wording import what_labels
from collateral.adaptations.worddiff import Run, Step, word_runs
from collateral.assets.models import AssetVersion, Page, ReadingState
from collateral.db import db

Line = list[tuple[str, str]]
"""Parts of a line: "", "del" or "ins", and the words."""
Box = tuple[int, int, int, int]
LETTERS = {"edited": "E", "new": "N", "dropped": "D", "same": "="}


@dataclass(frozen=True)
class Side:
    """One half of a pair: a page's picture with the places to mark, and its words."""

    label: str
    by: str
    on: datetime
    number: int
    title: str
    picture: str | None
    thumb: str | None
    width: int | None
    height: int | None
    marks: list[Box]
    lines: list[Line]
    notes: list[Line]


@dataclass(frozen=True)
class Remark:
    """A comment with its replies."""

    id: int
    by: Person
    at: datetime
    text: str
    replies: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Refusal:
    """A page that was declined, and why."""

    by: Person
    at: datetime
    text: str


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
    remarks = _remarks(queries.comments(adaptation))
    refusals = _refusals(queries.steps(adaptation))
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
        strip=_strip(pages, gone),
        before=(adaptation.source_version.page_count or 0) if adaptation.source_version else 0,
        after=len(pages),
        remarks=remarks.get(None, []),
    )


Sources = dict[tuple[int, int], tuple[Page, AssetVersion]]


def _source_pages(
    pages: Sequence[AdaptationPage], adaptation: Adaptation, *, seen: bool
) -> Sources:
    """All pages of the versions that the pages are from, in one query."""
    from sqlalchemy import select
    from sqlalchemy.orm import joinedload

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
    was = None
    other = ""
    if found and kind != "new":
        source, version = found
        was = _was(source, version, runs, notes, regions.get("was", []), edited=kind == "edited")
        if version.asset_id != adaptation.asset_id:
            other = version.asset.title
    places = max(len(regions.get("was", [])), len(regions.get("now", [])))
    return Pair(
        value=page.number,
        kind=kind,
        moved=page.moved,
        was=was,
        now=_now(adaptation, page, runs, notes, regions.get("now", []), edited=kind == "edited"),
        facts=what_labels(page.what, page.words_changed, places) if kind != "new" else [],
        remarks=remarks.get(page.number, []),
        refusal=refusals.get(page.number),
        merged=page.number in adaptation.merged_pages,
        other=other,
    )


def _was(
    page: Page,
    version: AssetVersion,
    runs: list[Run],
    notes: list[Run],
    marks: list[Box],
    *,
    edited: bool,
) -> Side:
    def url(width: int, sha256: str | None) -> str | None:
        if sha256 is None:
            return None
        return url_for(
            "assets.preview",
            asset_id=version.asset_id,
            number=version.number,
            page=page.number,
            width=width,
            v=sha256,
        )

    return Side(
        label=_("Version %(number)s", number=version.number),
        by=version.created_by.name,
        on=version.created_at,
        number=page.number,
        title=page.title,
        picture=url(1280, page.preview_1280),
        thumb=url(320, page.preview_320),
        width=page.width,
        height=page.height,
        marks=marks,
        lines=changed_lines(runs, Step.REMOVED) if edited else [],
        notes=changed_lines(notes, Step.REMOVED),
    )


def _now(
    adaptation: Adaptation,
    page: AdaptationPage,
    runs: list[Run],
    notes: list[Run],
    marks: list[Box],
    *,
    edited: bool,
) -> Side:
    return Side(
        label=_("Adaptation"),
        by=adaptation.person.name,
        on=adaptation.submitted_at or adaptation.created_at,
        number=page.number,
        title=page.title,
        picture=_own_picture(adaptation, page.number, 1280, page.preview_1280),
        thumb=_own_picture(adaptation, page.number, 320, page.preview_320),
        width=page.width,
        height=page.height,
        marks=marks,
        lines=changed_lines(runs, Step.ADDED) if edited or page.change is Change.NEW else [],
        notes=changed_lines(notes, Step.ADDED),
    )


def _own_picture(adaptation: Adaptation, page: int, width: int, sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    return url_for(
        "adaptations.preview", adaptation_id=adaptation.id, page=page, width=width, v=sha256
    )


def _dropped(
    adaptation: Adaptation,
    number: int,
    sources: Sources,
    remarks: dict[int | None, list[Remark]],
    refusals: dict[int, Refusal],
) -> Pair:
    found = sources.get((adaptation.source_version_id or 0, number))
    was = _was(found[0], found[1], [], [], [], edited=False) if found else None
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
        other="",
    )


def changed_lines(runs: Sequence[Run], step: Step) -> list[Line]:
    """The lines of one side that differ, each in parts; `step` says which side."""
    lines: list[Line] = [[]]
    for run in runs:
        if run.step not in (Step.KEPT, step):
            continue
        mark = "" if run.step is Step.KEPT else ("del" if step is Step.REMOVED else "ins")
        first, *rest = run.text.split("\n")
        if first:
            lines[-1].append((mark, first))
        for text in rest:
            lines.append([(mark, text)] if text else [])
    return [_joined(line) for line in lines if any(mark and words.strip() for mark, words in line)]


def _joined(line: Line) -> Line:
    """Words that only spaces and signs keep apart were changed as a whole: 14,200 is one figure."""
    joined: Line = []
    for mark, words in line:
        within = len(joined) > 1 and not joined[-1][0] and joined[-2][0] == mark
        if mark and within and not any(c.isalnum() for c in joined[-1][1]):
            sign = joined.pop()[1]
            joined[-1] = (mark, joined[-1][1] + sign + words)
        else:
            joined.append((mark, words))
    return joined


def _remarks(comments: Sequence[AdaptationComment]) -> dict[int | None, list[Remark]]:
    found: dict[int | None, list[Remark]] = defaultdict(list)
    by_id: dict[int, Remark] = {}
    for said in comments:
        remark = Remark(said.id, said.person, said.at, said.text)
        by_id[said.id] = remark
        parent = by_id.get(said.parent_id or 0)
        (parent.replies if parent else found[said.page]).append(remark)
    return found


def _refusals(steps: Sequence[AdaptationStep]) -> dict[int, Refusal]:
    return {
        int(page): Refusal(step.person, step.at, step.text)
        for step in steps
        if step.status is Status.DECLINED
        for page in step.pages
    }


def _in_order(own: list[Pair], left: list[Pair]) -> list[Pair]:
    """Edited and new pages in the order of the adaptation, then what was dropped."""
    return [*own, *sorted(left, key=lambda pair: -pair.value)]


def _strip(pages: Sequence[AdaptationPage], gone: Sequence[int]) -> list[str]:
    """Ticks in the order of the adaptation, a dropped page where it stood in the source."""
    ticks: list[str] = []
    left = sorted(gone)
    for page in pages:
        place = page.source_page
        while left and place is not None and not page.moved and left[0] < place:
            ticks.append("dropped")
            left.pop(0)
        ticks.append(page.change.value if page.change else "new")
    return ticks + ["dropped"] * len(left)


def counts_of(adaptation: Adaptation) -> tuple[int, int, int, int]:
    """How many of its pages are the same, edited and new, and how many were dropped."""
    found = queries.page_counts([adaptation.id]).get(adaptation.id, (0, 0, 0))
    return (*found, len(queries.dropped(adaptation)))


def ticks_of(adaptation: Adaptation) -> list[str]:
    """One word for each tick of its strip: same, edited, new or dropped."""
    return _strip(adaptation.pages, queries.dropped(adaptation))


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
    from collateral.assets import queries as assets

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
