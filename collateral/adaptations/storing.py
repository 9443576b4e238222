"""Putting down what reading and tracing found of an adaptation, a step at a time. Commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from collateral.accounts.models import Person
from collateral.adaptations import rules
from collateral.adaptations.index import DatabaseLibrary
from collateral.adaptations.lineage import trace
from collateral.adaptations.models import Adaptation, AdaptationPage, AdaptationSource
from collateral.adaptations.relations import Change, Lineage, PageLineage, Source
from collateral.adaptations.tracing import is_printed, prints_from, trace_file
from collateral.adaptations.worddiff import word_runs
from collateral.assets.models import AssetVersion, Page, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.reading.progress import kept_pictures, stored_features
from collateral.reading.regions import differing
from collateral.reading.results import Preview, Reading
from collateral.storage import storage


@dataclass(frozen=True)
class StoredRow:
    """A page of a file that is not kept, as tracing wants it."""

    number: int
    text: str
    notes: str
    features: dict[str, Any] | None


def stored_rows(reading: Reading) -> list[StoredRow]:
    """The pages of a reading as if they had been put down."""
    features = {page.page: stored_features(page) for page in reading.features}
    return [
        StoredRow(page.number, page.text, page.notes, features.get(page.number))
        for page in reading.pages
    ]


def keep_pages(adaptation_id: int, reading: Reading) -> None:
    """The pages and their words, in place of those of an earlier attempt."""
    features = {page.page: stored_features(page) for page in reading.features}
    db.session.execute(delete(AdaptationPage).where(AdaptationPage.adaptation_id == adaptation_id))
    rows = [
        {
            "adaptation_id": adaptation_id,
            "number": page.number,
            "title": page.title,
            "text": page.text,
            "notes": page.notes,
            "width": round(page.width) or None,
            "height": round(page.height) or None,
            "features": features.get(page.number),
        }
        for page in reading.pages
    ]
    if rows:
        db.session.execute(insert(AdaptationPage), rows)
    adaptation = db.session.get_one(Adaptation, adaptation_id)
    adaptation.page_count = reading.page_count or len(rows) or None
    adaptation.notices = list(reading.notices)
    adaptation.language = reading.language
    adaptation.text_at = adaptation.read_started_at = now()
    db.session.commit()


def keep_previews(adaptation_id: int, previews: Sequence[Preview]) -> None:
    """Pictures of pages that came since the last time."""
    by_page: dict[int, list[Preview]] = {}
    for preview in previews:
        by_page.setdefault(preview.page, []).append(preview)
    rows = [{"of_number": number, **kept_pictures(found)} for number, found in by_page.items()]
    if rows:
        table = cast(Table, AdaptationPage.__table__)
        db.session.connection().execute(
            update(table).where(
                table.c.adaptation_id == adaptation_id, table.c.number == bindparam("of_number")
            ),
            rows,
        )
    db.session.execute(
        update(Adaptation)
        .where(Adaptation.id == adaptation_id)
        .values(read_started_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def trace_adaptation(adaptation: Adaptation, *, within: int | None = None) -> Lineage:
    """Where its pages came from, of what its maker may see; `within` one asset if it is given."""
    maker = db.session.get_one(Person, adaptation.person_id)
    mine = [adaptation.variant_id] if adaptation.variant_id else []
    if within is None:
        return trace_file(adaptation.pages, adaptation.family, person=maker, without_assets=mine)
    return trace(
        prints_from(adaptation.pages, adaptation.family),
        DatabaseLibrary(maker, only_asset=within),
        printed=is_printed(adaptation.family),
    )


def keep_lineage(adaptation: Adaptation, lineage: Lineage, *, asset_id: int | None = None) -> None:
    """What became of each page. Does not commit.

    Args:
        asset_id: the asset that shall be its source where pages came from it; otherwise, or
            for None, the one that most pages came from.
    """
    # All that is asked comes before the first change: what it writes is written in one go.
    versions = _versions({source.version for source in lineage.sources})
    texts = _texts(lineage)
    by_number = {page.number: page for page in adaptation.pages}
    adaptation.branded = lineage.branded
    adaptation.sources = [
        AdaptationSource(
            version_id=source.version,
            asset_id=source.asset,
            pages=round(source.share * len(lineage.pages)),
            share=source.share,
            confidence=source.confidence,
            borrowed=source.borrowed,
            dropped=list(source.dropped),
        )
        for source in lineage.sources
    ]
    moved = {number for source in lineage.sources for number in source.moved}
    for found in lineage.pages:
        page = by_number.get(found.number)
        if page is not None:
            _keep_page(page, found, texts, moved=found.number in moved)
    chosen = _primary(lineage.sources, asset_id)
    adaptation.source_version_id = chosen.version if chosen else None
    adaptation.asset_id = versions[chosen.version].asset_id if chosen else asset_id
    adaptation.confidence = chosen.confidence if chosen else 0.0
    if chosen is None and lineage.translation_of is not None:
        original = lineage.translation_of
        adaptation.source_version_id = original.version
        adaptation.asset_id, adaptation.confidence = original.asset, original.confidence
    adaptation.traced_at = now()


def _primary(sources: Sequence[Source], asset_id: int | None) -> Source | None:
    """The one that was named, else the largest; a page that was borrowed says nothing of a file."""
    named = next((source for source in sources if source.asset == asset_id), None)
    return named or next((source for source in sources if not source.borrowed), None)


def _versions(ids: Collection[int]) -> dict[int, AssetVersion]:
    rows = db.session.scalars(select(AssetVersion).where(AssetVersion.id.in_(ids)))
    return {version.id: version for version in rows}


def _texts(lineage: Lineage) -> dict[tuple[int, int], tuple[str, str]]:
    """Version and page number → what the source page says, and its notes; one query."""
    wanted = {page.source.version for page in lineage.pages if page.source}
    rows = db.session.execute(
        select(Page.version_id, Page.number, Page.text, Page.notes).where(
            Page.version_id.in_(wanted)
        )
    )
    return {(version, number): (text, notes) for version, number, text, notes in rows}


def _keep_page(
    page: AdaptationPage,
    found: PageLineage,
    texts: Mapping[tuple[int, int], tuple[str, str]],
    *,
    moved: bool,
) -> None:
    page.change = found.change
    page.similarity, page.confidence = found.similarity, found.confidence
    page.moved = moved
    page.source_version_id = found.source.version if found.source else None
    page.source_page = found.source.print.number if found.source else None
    page.what, page.words_changed, page.wordings, page.regions = [], 0, [], None
    if found.source is None:
        return
    page.what = list(found.what.flags)
    before, notes = texts.get((found.source.version, found.source.print.number), ("", ""))
    if found.change is Change.EDITED:
        runs = word_runs(
            rules.without_number(before, found.source.print.number),
            rules.without_number(page.text, page.number),
        )
        page.words_changed = rules.words_changed(runs)
        page.wordings = [list(pair) for pair in rules.wordings(runs)]
    if notes.split() != page.notes.split():
        page.what = [*page.what, "notes"]


def mark_regions(adaptation_id: int) -> None:
    """Where the pictures of edited pages differ from their sources'. Commits."""
    rows = db.session.execute(
        select(AdaptationPage.number, AdaptationPage.preview_1280, Page.preview_1280)
        .join(
            Page,
            (Page.version_id == AdaptationPage.source_version_id)
            & (Page.number == AdaptationPage.source_page),
        )
        .where(
            AdaptationPage.adaptation_id == adaptation_id,
            AdaptationPage.change == Change.EDITED,
            AdaptationPage.preview_1280.is_not(None),
            Page.preview_1280.is_not(None),
        )
    ).all()
    db.session.rollback()  # nothing stays open while pictures are compared
    with ExitStack() as open_files:
        pairs = {
            number: (
                open_files.enter_context(storage().local(was)),
                open_files.enter_context(storage().local(is_now)),
            )
            for number, is_now, was in rows
            if is_now and was
        }
        found = differing(pairs)
    values: list[dict[str, Any]] = [
        {"of_number": number, "regions": {"was": list(marks.was), "now": list(marks.now)}}
        for number, marks in found.items()
    ]
    if values:
        table = cast(Table, AdaptationPage.__table__)
        db.session.connection().execute(
            update(table).where(
                table.c.adaptation_id == adaptation_id, table.c.number == bindparam("of_number")
            ),
            values,
        )
    db.session.commit()


def finish(adaptation_id: int, reading: Reading) -> None:
    """The end state. Commits."""
    adaptation = db.session.get_one(Adaptation, adaptation_id)
    adaptation.preview_missing = reading.preview_missing
    adaptation.read_at = now()
    adaptation.state = ReadingState.READY
    db.session.commit()
