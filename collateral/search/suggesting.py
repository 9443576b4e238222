"""What to suggest in a deal, out of what the person may see and the buyer has not had.

The score is in `suggestions`; here its numbers are looked up. Uses and deals are added up
over the whole company, because evidence is for everybody; the assets are only those that
exist for the person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CompoundSelect, and_, func, or_, select, union
from sqlalchemy.orm import selectinload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetTerm, AssetVersion, Status, Term, Vocabulary
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals.models import Deal
from collateral.search.suggestion_stages import Key, Stage, stages_of
from collateral.search.suggestions import Candidate, Suggestion, suggest
from collateral.usage.models import Event, EventKind, Use


class Why(StrEnum):
    """The one sentence that is said of a suggestion."""

    WON_SIMILAR = "won_similar"
    WON = "won"
    USED = "used"
    EXPLORES = "explores"
    MADE_FOR = "made_for"


@dataclass(frozen=True)
class Reason:
    """Why an asset is suggested, with its numbers: used in `used` of `deals`."""

    why: Why
    used: int = 0
    deals: int = 0


@dataclass(frozen=True)
class Proposal:
    """A suggested asset, the parts of its score and its reason."""

    asset: Asset
    suggestion: Suggestion
    reason: Reason


_Term = tuple[Vocabulary, str]


@dataclass(frozen=True)
class _Asked:
    """A deal at a stage, and how many are wanted."""

    deal: Deal
    stage: str
    count: int

    @property
    def key(self) -> Key:
        return self.stage, self.deal.industry

    @property
    def terms(self) -> frozenset[_Term]:
        deal = self.deal
        named = (
            (Vocabulary.INDUSTRY, deal.industry),
            (Vocabulary.PRODUCT, deal.product),
            (Vocabulary.STAGE, self.stage),
        )
        return frozenset(term for term in named if term[1])


@dataclass(frozen=True)
class _Fact:
    """An asset that may be suggested: when its version was made, and those of the wanted terms that
    it carries."""

    asset_id: int
    made: datetime
    published: datetime
    terms: Set[_Term]


def suggestions_for(deal: Deal, person: Person, *, at: datetime, count: int = 5) -> list[Proposal]:
    """The best `count` for the deal at its present stage, best first.

    Args:
        at: the moment that is asked about; later uses and outcomes are not looked at.
    """
    return suggestions_for_each([(deal, count)], person, at=at)[deal.id]


def suggestions_for_each(
    wanted: Sequence[tuple[Deal, int]], person: Person, *, at: datetime
) -> dict[int, list[Proposal]]:
    """By deal the same, so many for each, in as many queries as for one."""
    asked = [_Asked(deal, deal.stage, count) for deal, count in wanted]
    chosen = _chosen(asked, person, at)
    assets = {
        asset.id: asset
        for asset in db.session.scalars(
            select(Asset)
            .where(Asset.id.in_({s.asset_id for found in chosen for s in found}))
            .options(selectinload(Asset.current_version), selectinload(Asset.terms))
        )
    }
    return {
        each.deal.id: [Proposal(assets[s.asset_id], s, reason(s)) for s in found]
        for each, found in zip(asked, chosen, strict=True)
    }


def chosen_for(
    deal: Deal, person: Person, stage: str, *, at: datetime, count: int = 5
) -> list[Suggestion]:
    """The same at any stage (a slug), as it would have been at that moment; scores alone."""
    return _chosen([_Asked(deal, stage, count)], person, at)[0]


def reason(suggestion: Suggestion) -> Reason:
    """The strongest thing that can be said, with its numbers."""
    won, every = suggestion.candidate.won, suggestion.candidate.all
    if suggestion.explores:
        return Reason(Why.EXPLORES, every.used, every.deals)
    if won.similar_used >= 2:
        return Reason(Why.WON_SIMILAR, won.similar_used, won.similar_deals)
    if won.used >= 2:
        return Reason(Why.WON, won.used, won.deals)
    if every.used:
        return Reason(Why.USED, every.used, every.deals)
    return Reason(Why.MADE_FOR)


def _chosen(asked: Sequence[_Asked], person: Person, at: datetime) -> list[list[Suggestion]]:
    """What is suggested in each, in their order."""
    stages = stages_of([each.key for each in asked], at)
    had = _had([each.deal.id for each in asked], at)
    open_to = (
        visible(person),
        Asset.status == Status.PUBLISHED,
        Asset.published_at <= at,
        or_(Asset.expires_on.is_(None), Asset.expires_on > at.date()),
    )
    carried = _carried({term for each in asked for term in each.terms}, open_to)
    used = {asset_id for stage in stages.values() for asset_id in stage.uses}
    rows = db.session.execute(
        select(
            Asset.id, func.coalesce(AssetVersion.created_at, Asset.published_at), Asset.published_at
        )
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .where(*open_to, Asset.id.in_(set(carried) | used))
    )
    facts = [
        _Fact(asset_id, made or published, published, carried.get(asset_id, set()))
        for asset_id, made, published in rows
        if published is not None
    ]
    return [
        suggest(
            _candidates(each, stages[each.key], facts, had.get(each.deal.id, set()), at),
            deal_id=each.deal.id,
            today=at.date(),
            count=each.count,
        )
        for each in asked
    ]


def _candidates(
    asked: _Asked,
    stage: Stage,
    facts: Sequence[_Fact],
    had: Collection[int],
    at: datetime,
) -> list[Candidate]:
    """Those that fit the deal or were used at its stage, and that its buyer has not had."""
    found, wanted = [], asked.terms
    for fact in facts:
        matched = {vocabulary for vocabulary, _ in wanted & fact.terms}
        if fact.asset_id in had or not (matched or fact.asset_id in stage.uses):
            continue
        day = fact.published.date()
        found.append(
            Candidate(
                asset_id=fact.asset_id,
                industry=Vocabulary.INDUSTRY in matched,
                product=Vocabulary.PRODUCT in matched,
                stage=Vocabulary.STAGE in matched,
                age=(at - fact.made).total_seconds() / 86400,
                won=stage.tally(fact.asset_id, day, won=True),
                all=stage.tally(fact.asset_id, day, won=False),
            )
        )
    return found


def _had(deal_ids: Collection[int], at: datetime) -> dict[int, set[int]]:
    """By deal the assets that its buyer has had."""
    had: dict[int, set[int]] = {}
    pairs: CompoundSelect[Any] = union(
        select(Use.deal_id, Use.asset_id).where(
            Use.deal_id.in_(deal_ids), Use.retracted_at.is_(None), Use.at <= at
        ),
        select(Event.deal_id, Event.asset_id).where(
            Event.deal_id.in_(deal_ids), Event.kind == EventKind.SHARED, Event.at <= at
        ),
    )
    for row in db.session.execute(pairs):
        had.setdefault(row.deal_id, set()).add(row.asset_id)
    return had


def _carried(wanted: Collection[_Term], open_to: tuple[Any, ...]) -> dict[int, set[_Term]]:
    """By asset the terms, of those that are wanted, that it carries."""
    carried: dict[int, set[_Term]] = {}
    if not wanted:
        return carried
    fits = or_(*(and_(Term.vocabulary == v, Term.slug == slug) for v, slug in sorted(wanted)))
    for asset_id, vocabulary, slug in db.session.execute(
        select(AssetTerm.asset_id, Term.vocabulary, Term.slug)
        .join(Term, Term.id == AssetTerm.term_id)
        .join(Asset, Asset.id == AssetTerm.asset_id)
        .where(fits, *open_to)
    ):
        carried.setdefault(asset_id, set()).add((vocabulary, slug))
    return carried
