"""What became of deals at each stage: the numbers that suggestions are scored by."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import and_, case, func, select

from collateral.db import db
from collateral.deals.models import Deal, Outcome, StageChange
from collateral.search.suggestions import Tally
from collateral.usage.models import Use

KEPT_STAGES = 64

Key = tuple[str, str]
"""The slugs of a stage and of the industry of the deal that is asked about."""


@dataclass
class Stage:
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


def stages_of(keys: Collection[Key], at: datetime) -> dict[Key, Stage]:
    """The numbers of stages, looked up once an hour: they grow with the deals."""
    kept: dict[Any, Stage] = current_app.extensions.setdefault("suggestion_stages", {})
    hour = at.strftime("%Y-%m-%d %H")
    asked = {key: kept.get((*key, hour)) for key in keys}
    found = {key: stage for key, stage in asked.items() if stage is not None}
    missing = asked.keys() - found.keys()
    if missing:
        looked_up = _look_up(missing, at)
        found |= looked_up
        while kept and len(kept) > KEPT_STAGES - len(looked_up):
            kept.pop(next(iter(kept)))
        kept |= {(*key, hour): stage for key, stage in looked_up.items()}
    return found


def _look_up(keys: Collection[Key], at: datetime) -> dict[Key, Stage]:
    stages = {key: Stage() for key in keys}
    slugs = {slug for slug, _ in keys if slug}
    if not slugs:
        return stages
    won = case((and_(Deal.outcome == Outcome.WON, Deal.closed_on < at.date()), 1), else_=0)
    for slug, industry, day, is_won in db.session.execute(
        select(StageChange.stage, Deal.industry, func.min(StageChange.at), won)
        .join(Deal, Deal.id == StageChange.deal_id)
        .where(StageChange.stage.in_(slugs), StageChange.at <= at)
        .group_by(StageChange.stage, Deal.id, Deal.industry, won)
    ):
        for similar, stage in _at(stages, slug, industry):
            stage.reached.setdefault((bool(is_won), similar), []).append(_day(day))
    for stage in stages.values():
        for days in stage.reached.values():
            days.sort()
    for slug, industry, asset_id, is_won, count in db.session.execute(
        select(Use.stage, Deal.industry, Use.asset_id, won, func.count(Use.deal_id.distinct()))
        .join(Deal, Deal.id == Use.deal_id)
        .where(Use.stage.in_(slugs), Use.at <= at, Use.retracted_at.is_(None))
        .group_by(Use.stage, Deal.industry, Use.asset_id, won)
    ):
        for similar, stage in _at(stages, slug, industry):
            uses = stage.uses.setdefault(asset_id, {})
            uses[bool(is_won), similar] = uses.get((bool(is_won), similar), 0) + count
    return stages


def _at(stages: dict[Key, Stage], slug: str, industry: str) -> list[tuple[bool, Stage]]:
    """Those that are of the slug, each with whether a deal of the industry is similar there."""
    return [
        (bool(own) and own == industry, stage)
        for (its, own), stage in stages.items()
        if its == slug
    ]


def _day(value: datetime | str) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(value[:10])
