"""How often a suggestion is what is then used, on later deals that are held back.

For each deal and stage with a use after the cut the product's own suggestions are asked for as
of the second before the first use there: uses and outcomes after that moment are not looked at,
and wins only of deals that were closed before that day. A hit is one of five that is then used
at that stage. Beside it, on the same candidates: "most used" (all uses before the moment) and
the same five without the place that explores. It measures what reps pick, not what wins.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.assets.queries import visible
from collateral.db import db
from collateral.deals.models import Deal
from collateral.search.suggesting import chosen_for
from collateral.usage.models import Use

COUNT = 5
HELD_BACK = 0.3


@dataclass(frozen=True)
class Moment:
    """A deal at a stage: when it was first used there, and what was used there from then on."""

    deal: Deal
    stage: str
    at: datetime
    used: frozenset[int]


def moments(limit: int, share: float = HELD_BACK) -> list[Moment]:
    """The (deal, stage) pairs whose first use lies in the last `share` of all uses, spread evenly
    where there are more than `limit`."""
    firsts = _first_uses(share)
    step = max(1, math.ceil(len(firsts) / limit))
    chosen = firsts[::step]
    deals = {
        deal.id: deal
        for deal in db.session.scalars(
            select(Deal)
            .where(Deal.id.in_([row.deal_id for row in chosen]), Deal.owner_id.is_not(None))
            .options(joinedload(Deal.owner))
        )
    }
    used: dict[tuple[int, str], set[int]] = {}
    for deal_id, stage, asset_id in db.session.execute(
        select(Use.deal_id, Use.stage, Use.asset_id).where(
            Use.deal_id.in_(deals), Use.retracted_at.is_(None)
        )
    ):
        used.setdefault((deal_id, stage), set()).add(asset_id)
    return [
        Moment(deals[row.deal_id], row.stage, row.first, frozenset(used[row.deal_id, row.stage]))
        for row in chosen
        if row.deal_id in deals
    ]


def _first_uses(share: float) -> Sequence[Any]:
    """Deal, stage and moment of each stage's first use, where it lies in that last share."""
    total = db.session.scalar(select(func.count(Use.id)).where(Use.retracted_at.is_(None))) or 0
    cut = db.session.scalar(
        select(Use.at)
        .where(Use.retracted_at.is_(None))
        .order_by(Use.at)
        .offset(math.floor(total * (1 - share)))
        .limit(1)
    )
    if cut is None:
        return []
    return db.session.execute(
        select(Use.deal_id, Use.stage, func.min(Use.at).label("first"))
        .where(Use.retracted_at.is_(None), Use.stage != "")
        .group_by(Use.deal_id, Use.stage)
        .having(func.min(Use.at) >= cut)
        .order_by("first", Use.deal_id)
    ).all()


def measure(limit: int) -> dict[str, Any]:
    """Hit rates at 5 over at most `limit` moments of the library that is here."""
    hits = Counter[str]()
    explored = explored_hits = 0
    found = moments(limit)
    for moment in found:
        at = moment.at - timedelta(seconds=1)
        person = moment.deal.owner
        assert person is not None
        # The product keeps a stage's numbers for an hour; here no later moment may be in them.
        current_app.extensions.pop("suggestion_stages", None)
        asked = chosen_for(moment.deal, person, moment.stage, at=at, count=COUNT + 1)
        shown = chosen_for(moment.deal, person, moment.stage, at=at, count=COUNT)
        plain = [each.asset_id for each in asked if not each.explores][:COUNT]
        hits["suggested"] += _hit([each.asset_id for each in shown], moment)
        hits["without_exploring"] += _hit(plain, moment)
        hits["most_used"] += _hit(_most_used(moment, person, at), moment)
        new = [each.asset_id for each in shown if each.explores]
        explored += len(new)
        explored_hits += _hit(new, moment)
    count = len(found)
    rates = {name: hits[name] / count if count else math.nan for name in hits or ("suggested",)}
    return {
        "moments": count,
        **{f"{name}_hit_at_5": round(rate, 3) for name, rate in rates.items()},
        "ratio_to_most_used": round(hits["suggested"] / hits["most_used"], 2)
        if hits["most_used"]
        else math.nan,
        "places_that_explore": round(explored / (count * COUNT), 3) if count else math.nan,
        "explored_hit": round(explored_hits / explored, 3) if explored else math.nan,
    }


def _hit(asset_ids: Sequence[int], moment: Moment) -> bool:
    return not moment.used.isdisjoint(asset_ids)


def _most_used(moment: Moment, person: Person, at: datetime) -> list[int]:
    """The five used most before that moment that the deal has not had, as anybody would list."""
    had = select(Use.asset_id).where(
        Use.deal_id == moment.deal.id, Use.retracted_at.is_(None), Use.at <= at
    )
    return list(
        db.session.scalars(
            select(Use.asset_id)
            .join(Asset, Asset.id == Use.asset_id)
            .where(
                Use.at <= at,
                Use.retracted_at.is_(None),
                Use.asset_id.not_in(had),
                visible(person),
                Asset.status == Status.PUBLISHED,
                or_(Asset.expires_on.is_(None), Asset.expires_on > at.date()),
            )
            .group_by(Use.asset_id)
            .order_by(func.count().desc(), Use.asset_id)
            .limit(COUNT)
        )
    )
