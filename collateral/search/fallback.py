"""What can still be found when the index cannot be read: titles, in the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetTerm, Status, Term, Vocabulary
from collateral.assets.queries import visible
from collateral.db import db
from collateral.search.engines.protocol import Found, Match
from collateral.search.language import TEXT_FIELDS, Clause, Query
from collateral.search.requests import SearchRequest


def search(person: Person, request: SearchRequest, query: Query) -> Found:
    """Assets with all the words in title or summary; chosen terms and status hold, too."""
    conditions = [visible(person)]
    if request.status:
        conditions.append(Asset.status.in_([Status(status) for status in request.status]))
    else:
        conditions.append(Asset.status != Status.RETIRED)
    if request.owner is not None:
        conditions.append(Asset.owner_id == request.owner)
    conditions += [_holds(clause) for clause in query.wanted]
    conditions += [~_holds(clause) for clause in query.unwanted]
    conditions += _of_terms(request.terms)
    total = db.session.scalar(select(func.count(Asset.id)).where(*conditions)) or 0
    ids = db.session.scalars(
        select(Asset.id)
        .where(*conditions)
        .order_by(func.coalesce(Asset.published_at, Asset.created_at).desc(), Asset.id.desc())
        .offset(request.offset)
        .limit(request.limit)
    )
    return Found(
        tuple(Match(asset_id, 0.0, near=False) for asset_id in ids),
        total=total,
        near=0,
        marks=tuple(c.words for c in query.wanted if c.field is None or c.field in TEXT_FIELDS),
        degraded=True,
    )


def _holds(clause: Clause) -> ColumnElement[bool]:
    if clause.field is not None and clause.field.value in set(Vocabulary):
        return _has_term(clause.field.value, clause.words)
    text = func.lower(Asset.title + " " + Asset.summary)
    either = [clause.words, *clause.others]
    return or_(*(_all_in(text, words) for words in either))


def _all_in(text: ColumnElement[str], words: tuple[str, ...]) -> ColumnElement[bool]:
    joined = "%".join(
        word.replace("\x00", "").replace("~", "~~").replace("%", "~%").replace("_", "~_")
        for word in words  # no text has the first, and PostgreSQL takes no question with it
    )
    return text.like(f"%{joined}%", escape="~")


def _of_terms(keys: tuple[str, ...]) -> list[ColumnElement[bool]]:
    by_vocabulary: dict[str, list[str]] = {}
    for key in keys:
        vocabulary, _, slug = key.replace("\x00", "").partition(":")
        by_vocabulary.setdefault(vocabulary, []).append(slug)
    return [_has_term(vocabulary, tuple(slugs)) for vocabulary, slugs in by_vocabulary.items()]


def _has_term(vocabulary: str, slugs: tuple[str, ...]) -> ColumnElement[bool]:
    return Asset.id.in_(
        select(AssetTerm.asset_id)
        .join(Term, AssetTerm.term_id == Term.id)
        .where(Term.vocabulary == Vocabulary(vocabulary), Term.slug.in_(slugs))
    )
