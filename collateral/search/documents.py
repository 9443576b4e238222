"""Assets as documents: what the index knows of each, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.assets.models import (
    Asset,
    AssetTag,
    AssetTeam,
    AssetTerm,
    AssetVersion,
    Page,
    Term,
)
from collateral.db import db
from collateral.search.engines.protocol import Document
from collateral.usage.models import Use

BATCH = 50
Documents = Iterator[Document]


def load(asset_ids: Sequence[int]) -> list[Document]:
    """The documents of those of the assets that exist."""
    rows = db.session.execute(
        select(
            Asset.id,
            Asset.revision,
            Asset.title,
            Asset.summary,
            Asset.status,
            Asset.owner_id,
            Asset.published_at,
            Asset.created_at,
            Asset.review_on,
            Asset.expires_on,
            Person.name.label("owner"),
            AssetVersion.id.label("version_id"),
            AssetVersion.filename,
        )
        .join(Person, Asset.owner_id == Person.id)
        .outerjoin(AssetVersion, Asset.current_version_id == AssetVersion.id)
        .where(Asset.id.in_(asset_ids))
    ).all()
    terms = _terms(asset_ids)
    tags = _grouped(select(AssetTag.asset_id, AssetTag.tag), AssetTag.asset_id, asset_ids)
    teams = _grouped(select(AssetTeam.asset_id, AssetTeam.team_id), AssetTeam.asset_id, asset_ids)
    pages = _pages([row.version_id for row in rows if row.version_id is not None])
    used = _used(asset_ids)
    return [
        Document(
            id=row.id,
            revision=row.revision,
            title=row.title,
            summary=row.summary,
            tags=tuple(tags[row.id]),
            labels=tuple(label for _, label in terms[row.id]),
            terms=tuple(key for key, _ in terms[row.id]),
            filename=PurePath(row.filename or "").stem,
            owner=row.owner,
            owner_id=row.owner_id,
            status=row.status.value,
            teams=tuple(teams[row.id]),
            pages=tuple(pages.get(row.version_id, ())),
            published=(row.published_at or row.created_at).timestamp(),
            deals=used[row.id][0] if row.id in used else 0,
            last_used=used[row.id][1] if row.id in used else None,
            review_on=row.review_on,
            expires_on=row.expires_on,
        )
        for row in rows
    ]


def every() -> Documents:
    """All assets, a batch at a time. No transaction is held between two batches."""
    last = 0
    while True:
        ids = list(
            db.session.scalars(
                select(Asset.id).where(Asset.id > last).order_by(Asset.id).limit(BATCH)
            )
        )
        if not ids:
            return
        documents = load(ids)
        db.session.rollback()
        yield from documents
        last = ids[-1]


def _terms(asset_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for asset_id, vocabulary, slug, label in db.session.execute(
        select(AssetTerm.asset_id, Term.vocabulary, Term.slug, Term.label)
        .join(Term, AssetTerm.term_id == Term.id)
        .where(AssetTerm.asset_id.in_(asset_ids))
    ):
        found[asset_id].append((f"{vocabulary.value}:{slug}", label))
    return found


def _grouped(query: Any, owner: Any, asset_ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for asset_id, value in db.session.execute(query.where(owner.in_(asset_ids))):
        found[asset_id].append(value)
    return found


def _pages(version_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for version_id, title, text, notes in db.session.execute(
        select(Page.version_id, Page.title, Page.text, Page.notes)
        .where(Page.version_id.in_(version_ids))
        .order_by(Page.version_id, Page.number)
    ):
        # The title of a page most often stands in its text, too.
        said = text if title in text else f"{title}\n{text}"
        found[version_id].append(f"{said}\n{notes}" if notes else said)
    return found


def _used(asset_ids: Sequence[int]) -> dict[int, tuple[int, date]]:
    """In how many deals each was used, and when for the last time."""
    return {
        asset_id: (deals, last)
        for asset_id, deals, last in db.session.execute(
            select(Use.asset_id, func.count(Use.deal_id.distinct()), func.max(Use.day))
            .where(Use.asset_id.in_(asset_ids), Use.retracted_at.is_(None))
            .group_by(Use.asset_id)
        )
    }
