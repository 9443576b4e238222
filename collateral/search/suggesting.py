"""What to suggest in a deal, out of what the person may see and the buyer has not had.

The score is in `suggestions`; here its numbers are looked up. Uses and deals are added up
over the whole company, because evidence is for everybody; the assets are only those that
exist for the person.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import and_, case, false, func, or_, select, union
from sqlalchemy.orm import selectinload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetTerm, AssetVersion, Status, Term, Vocabulary
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.search.suggestions import Candidate, Suggestion, Tally, suggest
from collateral.usage.models import Event, EventKind, Use

KEPT_STAGES = 64


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


@dataclass
class _Stage:
    """What became of deals at one stage, as known at one hour.

    `reached` holds the days on which deals reached it, in order, for (won, similar);
    `uses` the number of deals that used an asset there.
    """

    reached: dict[tuple[bool, bool], list[date]] = field(default_factory=dict)
    uses: dict[int, dict[tuple[bool, bool], int]] = field(default_factory=dict)

    def tally(self, asset_id: int, since: date, *, won: bool) -> Tally:
        uses = self.uses.get(asset_id, {})

        def used(similar: bool) -> int:
            return sum(n for (w, s), n in uses.items() if (w or not won) and (s or not similar))

        def deals(similar: bool) -> int:
            return sum(
                len(days) - bisect_left(days, since)
                for (w, s), days in self.reached.items()
                if (w or not won) and (s or not similar)
            )

        return Tally(
            used(False), max(deals(False), used(False)), used(True), max(deals(True), used(True))
        )


def suggestions_for(deal: Deal, person: Person, *, at: datetime, count: int = 5) -> list[Proposal]:
    """The best `count` for the deal at its present stage, best first.

    Args:
        at: the moment that is asked about; later uses and outcomes are not looked at.
    """
    chosen = chosen_for(deal, person, deal.stage, at=at, count=count)
    assets = {
        asset.id: asset
        for asset in db.session.scalars(
            select(Asset)
            .where(Asset.id.in_([s.asset_id for s in chosen]))
            .options(selectinload(Asset.current_version), selectinload(Asset.terms))
        )
    }
    return [Proposal(assets[s.asset_id], s, reason(s)) for s in chosen]


def chosen_for(
    deal: Deal, person: Person, stage: str, *, at: datetime, count: int = 5
) -> list[Suggestion]:
    """The same at any stage (a slug), as it would have been at that moment; scores alone."""
    candidates = _candidates(deal, person, stage, _stage(stage, deal.industry, at), at)
    return suggest(candidates, deal_id=deal.id, today=at.date(), count=count)


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


def _candidates(
    deal: Deal, person: Person, slug: str, stage: _Stage, at: datetime
) -> list[Candidate]:
    wanted = [
        (Vocabulary.INDUSTRY, deal.industry),
        (Vocabulary.PRODUCT, deal.product),
        (Vocabulary.STAGE, slug),
    ]
    fits = or_(
        false(), *(and_(Term.vocabulary == v, Term.slug == slug) for v, slug in wanted if slug)
    )
    had = union(
        select(Use.asset_id).where(
            Use.deal_id == deal.id, Use.retracted_at.is_(None), Use.at <= at
        ),
        select(Event.asset_id).where(
            Event.deal_id == deal.id, Event.kind == EventKind.SHARED, Event.at <= at
        ),
    )
    base = (
        visible(person),
        Asset.status == Status.PUBLISHED,
        Asset.published_at <= at,
        or_(Asset.expires_on.is_(None), Asset.expires_on > at.date()),
        Asset.id.not_in(had),
    )
    matched: dict[int, set[Vocabulary]] = {}
    if any(slug for _, slug in wanted):
        for asset_id, vocabulary in db.session.execute(
            select(AssetTerm.asset_id, Term.vocabulary)
            .join(Term, Term.id == AssetTerm.term_id)
            .join(Asset, Asset.id == AssetTerm.asset_id)
            .where(fits, *base)
        ):
            matched.setdefault(asset_id, set()).add(vocabulary)
    looked_at = set(matched) | set(stage.uses)
    rows = db.session.execute(
        select(
            Asset.id, func.coalesce(AssetVersion.created_at, Asset.published_at), Asset.published_at
        )
        .outerjoin(AssetVersion, AssetVersion.id == Asset.current_version_id)
        .where(*base, Asset.id.in_(looked_at))
    )
    return [
        Candidate(
            asset_id=asset_id,
            industry=Vocabulary.INDUSTRY in matched.get(asset_id, ()),
            product=Vocabulary.PRODUCT in matched.get(asset_id, ()),
            stage=Vocabulary.STAGE in matched.get(asset_id, ()),
            age=(at - (made or published)).total_seconds() / 86400,
            won=stage.tally(asset_id, published.date(), won=True),
            all=stage.tally(asset_id, published.date(), won=False),
        )
        for asset_id, made, published in rows
        if published is not None
    ]


def _stage(slug: str, industry: str, at: datetime) -> _Stage:
    """The numbers of one stage, looked up once an hour: they grow with the deals."""
    kept: dict[Any, _Stage] = current_app.extensions.setdefault("suggestion_stages", {})
    key = (slug, industry, at.strftime("%Y-%m-%d %H"))
    found = kept.get(key)
    if found is None:
        found = _look_up(slug, industry, at)
        while len(kept) >= KEPT_STAGES:
            kept.pop(next(iter(kept)))
        kept[key] = found
    return found


def _look_up(slug: str, industry: str, at: datetime) -> _Stage:
    if not slug:
        return _Stage()
    won = case((and_(Deal.outcome == Outcome.WON, Deal.closed_on < at.date()), 1), else_=0)
    similar = (
        case((Deal.industry == industry, 1), else_=0)
        if industry
        else case((Deal.id < 0, 1), else_=0)
    )
    stage = _Stage()
    for day, is_won, is_similar in db.session.execute(
        select(func.min(StageChange.at), won, similar)
        .join(Deal, Deal.id == StageChange.deal_id)
        .where(StageChange.stage == slug, StageChange.at <= at)
        .group_by(Deal.id, won, similar)
    ):
        stage.reached.setdefault((bool(is_won), bool(is_similar)), []).append(_day(day))
    for days in stage.reached.values():
        days.sort()
    for asset_id, is_won, is_similar, count in db.session.execute(
        select(Use.asset_id, won, similar, func.count(Use.deal_id.distinct()))
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.stage == slug, Use.at <= at, Use.retracted_at.is_(None))
        .group_by(Use.asset_id, won, similar)
    ):
        stage.uses.setdefault(asset_id, {})[bool(is_won), bool(is_similar)] = count
    return stage


def _day(value: datetime | str) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(value[:10])
