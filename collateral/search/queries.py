"""Searching: from what was asked to what is shown, for what the person may see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.assets.models import Asset, Status, SynonymGroup, Term, Vocabulary
from collateral.assets.queries import visible
from collateral.clock import now
from collateral.db import db, read, table
from collateral.observing import events
from collateral.queue import send
from collateral.search import fallback, hits, spelling
from collateral.search.engine import engine
from collateral.search.engines.protocol import (
    Ask,
    EngineUnavailable,
    Found,
    Freshness,
    Scope,
    Sort,
)
from collateral.search.folding import fold, words
from collateral.search.language import TEXT_FIELDS, Clause, Query, parse, with_synonyms
from collateral.search.requests import MAX_OFFSET, SearchRequest
from collateral.search.results import Facet, FacetValue, SearchResult
from collateral.search.spelling import Meant

log = logging.getLogger(__name__)

SECONDS = 0.5
"""How long an engine may look, for the answer and for what may have been meant together."""
LEAST_LEFT = 0.1
"""With less time than this left, nobody looks for what may have been meant."""
# Of bare tables, for they are asked with every search.
_asset, _term, _synonyms = table(Asset).c, table(Term).c, table(SynonymGroup).c
_WAITING = select(_asset.id).where(_asset.indexed_revision < _asset.revision).limit(1)
_TERMS = select(_term.vocabulary, _term.slug, _term.label).order_by(_term.position, _term.label)
_SYNONYMS = select(_synonyms.words).order_by(_synonyms.id)
FACETS = (
    Vocabulary.STAGE,
    Vocabulary.TYPE,
    Vocabulary.PRODUCT,
    Vocabulary.INDUSTRY,
    Vocabulary.PERSONA,
    Vocabulary.REGION,
    Vocabulary.LANGUAGE,
)


def search(person: Person, request: SearchRequest) -> SearchResult:
    """One page of what the person may see of what she asks for.

    A fixed number of queries, whatever is asked. When the index cannot be read, titles
    are looked through in the database instead and the result says so.

    Raises:
        Invalid: a filter, the limit or the cursor makes no sense.
    """
    request.check()
    began = monotonic()
    parsed = replace(parse(request.q), exact=request.only)
    terms = _terms()
    query = with_synonyms(_resolved(parsed, terms), _synonym_groups() if parsed.wanted else [])
    generation = _opened()
    until = monotonic() + SECONDS
    try:
        found = _ask(person, request, query, until)
    except EngineUnavailable:
        ask_to_heal(generation)
        found = fallback.search(person, request, query)
    shown = hits.shown(person, found.matches, found.marks)
    end = request.offset + request.limit
    result = SearchResult(
        hits=shown,
        total=found.total,
        facets=facets(found, request, terms, can(person, Permission.ASSET_READ_ALL)),
        counts={key: count for key, count in found.facets.items() if ":" in key},
        also_searched=query.also,
        near_total=found.near,
        next=str(end) if end < min(found.total, MAX_OFFSET) else None,
        cut_short=found.cut_short,
        shortened=parsed.shortened,
        degraded=found.degraded,
        query=parsed.text,
        meant=_meant(person, request, parsed, until) if found.total == found.near else (),
    )
    outcome = "degraded" if found.degraded else "cut_short" if found.cut_short else "whole"
    events.searched(outcome, monotonic() - began)
    return result


def _opened() -> str:
    """Which index it is, "" where none can be read. The time of a search is counted from here: to
    open the index the first time is no query's doing."""
    try:
        return engine().generation()
    except EngineUnavailable:
        return ""


def _ask(person: Person, request: SearchRequest, query: Query, until: float) -> Found:
    ask = Ask(
        query=query,
        scope=scope_of(person),
        today=now().astimezone(ZoneInfo(person.time_zone)).date(),
        terms=frozenset(request.terms),
        tags=frozenset(fold(tag) for tag in request.tags),
        statuses=frozenset(request.status),
        owner_id=request.owner,
        used_since=request.used_since,
        freshness=Freshness(request.freshness) if request.freshness else None,
        sort=Sort(request.sort),
        hidden=hidden(person),
    )
    left = max(until - monotonic(), 0.0)
    return engine().search(ask, offset=request.offset, limit=request.limit, seconds=left)


def _meant(
    person: Person, request: SearchRequest, parsed: Query, until: float
) -> tuple[Meant, ...]:
    """What may have been meant, for a search with words that nothing has all of.

    The counts are of what the person would find with the same filters; where the time was
    too short to count, nothing is offered.
    """
    misspelt = spelling.words_of(parsed)
    if not misspelt or request.offset or until - monotonic() < LEAST_LEFT:
        return ()

    def total(text: str) -> int:
        found = _ask(person, replace(request, q=text, limit=1), parse(text), until)
        return 0 if found.cut_short else found.total - found.near

    try:
        right = engine().corrections(
            misspelt, scope_of(person), hidden(person), spelling.MOST, until - monotonic()
        )
        return spelling.meant(request.q, right, total)
    except EngineUnavailable:
        return ()


def ask_to_heal(generation: str) -> None:
    """Have the index looked at, and made again where it is what it was."""
    from collateral.search.jobs import heal

    log.warning("index_unavailable", extra={"generation": generation})
    send(heal, generation)


def scope_of(person: Person) -> Scope:
    """What the index must know of the person; mirrors `assets.queries.visible`."""
    return Scope(person.id, person.team_ids, can(person, Permission.ASSET_READ_ALL))


def hidden(person: Person) -> frozenset[int]:
    """What the index may still show although it changed: retired, or no longer for the person.

    Only rows that wait to be indexed are looked at; there are hardly ever any, which a
    statement that stays as it is tells at the least cost.
    """
    waiting = read(_WAITING).all()
    if not waiting:
        return frozenset()
    return frozenset(
        db.session.scalars(
            select(Asset.id).where(
                Asset.indexed_revision < Asset.revision,
                or_(~visible(person), Asset.status == Status.RETIRED),
            )
        )
    )


# Words for terms, and terms for words


def _terms() -> dict[Vocabulary, list[tuple[str, str]]]:
    """Slug and label of every term, in the order that admins gave."""
    found: dict[Vocabulary, list[tuple[str, str]]] = {vocabulary: [] for vocabulary in Vocabulary}
    for vocabulary, slug, label in read(_TERMS).all():
        found[vocabulary].append((slug, label))
    return found


def _synonym_groups() -> list[list[str]]:
    return list(read(_SYNONYMS).scalars())


def _resolved(query: Query, terms: dict[Vocabulary, list[tuple[str, str]]]) -> Query:
    """`stage:"closing talks"` becomes the slug of the term that is called so."""

    def resolve(clause: Clause) -> Clause:
        if clause.field is None or clause.field in TEXT_FIELDS or clause.field.value == "status":
            return clause
        slugs = _slugs(clause.words, terms[Vocabulary(clause.field.value)])
        return replace(clause, words=slugs or clause.words, alternatives=bool(slugs))

    return replace(
        query,
        wanted=tuple(resolve(clause) for clause in query.wanted),
        unwanted=tuple(resolve(clause) for clause in query.unwanted),
    )


def _slugs(wanted: tuple[str, ...], terms: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The terms of that slug or label; else those whose label begins with it."""
    slug = "-".join(wanted)
    exact = [s for s, label in terms if s == slug or tuple(words(label)) == wanted]
    begun = [s for s, label in terms if " ".join(words(label)).startswith(" ".join(wanted))]
    return tuple(dict.fromkeys(exact or begun))


# Facets


def facets(
    found: Found,
    request: SearchRequest,
    terms: dict[Vocabulary, list[tuple[str, str]]],
    sees_all: bool,
) -> tuple[Facet, ...]:
    """The filters with their counts, most frequent first; what is chosen is always there."""
    made = [
        _vocabulary_facet(found, request, vocabulary, terms[vocabulary]) for vocabulary in FACETS
    ]
    fresh = (("current", "Current"), ("review_due", "Review due"))
    made.append(_facet(found, "freshness", fresh, {request.freshness} - {None}))
    statuses = [(status.value, status.value.replace("_", " ").capitalize()) for status in Status]
    mine = any(found.facets.get(f"status:{status}") for status in ("draft", "in_review"))
    if sees_all or mine or request.status:
        made.append(_facet(found, "status", statuses, set(request.status)))
    return tuple(facet for facet in made if facet.values)


def _vocabulary_facet(
    found: Found, request: SearchRequest, vocabulary: Vocabulary, terms: list[tuple[str, str]]
) -> Facet:
    chosen = {
        key.partition(":")[2] for key in request.terms if key.partition(":")[0] == vocabulary.value
    }
    facet = _facet(found, vocabulary.value, terms, chosen)
    if vocabulary is Vocabulary.STAGE:
        return facet  # stages have an order of their own
    return replace(facet, values=tuple(sorted(facet.values, key=lambda value: -value.count)))


def _facet(
    found: Found, name: str, labels: Sequence[tuple[str, str]], chosen: set[str] | set[str | None]
) -> Facet:
    values = [
        FacetValue(value, label, found.facets.get(f"{name}:{value}", 0), value in chosen)
        for value, label in labels
    ]
    return Facet(name, tuple(value for value in values if value.count or value.chosen))
