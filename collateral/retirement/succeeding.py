"""What took the place of an asset that was used and then dropped: its successor, if any stands out.

Looked for among the published assets that were used in the deals the dropped one was made for and
that were open since the fall. An asset stands out when it was used in at least four of them and in
half as many as the dropped one left empty, and when the share of these deals in which it was used
has more than tripled with a probability of 90 % (`stopping.dropped_chance`, the two times changed
over). Of several the one used in most deals is named where it leads clearly: a third more deals
than the next. An asset that was as usual before is nobody's successor, however often it is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from collateral.assets.models import Asset, Status
from collateral.db import db
from collateral.retirement.evidence import Gathered
from collateral.retirement.stopping import EARLIER_USES, dropped_chance
from collateral.usage.models import Use

SURE = 0.90
FILLED = 0.5
LEAD = 4 / 3


@dataclass(frozen=True)
class Candidate:
    """An asset in the deals of the dropped one: in how many it was used since, and before."""

    asset_id: int
    recent: int
    earlier: int


@dataclass(frozen=True)
class Place:
    """The deals that the dropped asset was made for, since the fall and in the year before, its
    uses in each, and the assets used in them."""

    recent_deals: int
    earlier_deals: int
    recent_uses: int
    earlier_uses: int
    candidates: Sequence[Candidate]


def successor(place: Place) -> Candidate | None:
    """The one that stands out, or None. Pure."""
    if not place.recent_deals or not place.earlier_deals:
        return None
    due = place.earlier_uses * place.recent_deals / place.earlier_deals
    least = max(float(EARLIER_USES), FILLED * (due - place.recent_uses))
    rose = sorted(
        (
            one
            for one in place.candidates
            if one.recent >= least
            and dropped_chance(one.recent, place.recent_deals, one.earlier, place.earlier_deals)
            >= SURE
        ),
        key=lambda one: (-one.recent, one.asset_id),
    )
    if not rose or (len(rose) > 1 and rose[0].recent < LEAD * rose[1].recent):
        return None
    return rose[0]


def places_of(gathered: Gathered, positions: Collection[int]) -> Mapping[int, Place]:
    """For each of the dropped assets its deals and what was used in them. One query for all."""
    if not positions:
        return {}
    recent, earlier = gathered.recent_period, gathered.earlier_period
    used_in: dict[tuple[bool, int], set[int]] = defaultdict(set)
    for asset_id, deal_id, day in db.session.execute(
        select(Use.asset_id, Use.deal_id, Use.day)
        .join(Asset, Asset.id == Use.asset_id)
        .where(
            Use.retracted_at.is_(None),
            Use.day.between(earlier.first, recent.last),
            Asset.status == Status.PUBLISHED,
        )
    ):
        used_in[day >= recent.first, asset_id].add(deal_id)
    candidates = sorted({asset_id for since, asset_id in used_in if since})
    found = {}
    for position in positions:
        asset = gathered.assets[position]
        since = gathered.deals.ids_of(asset, recent)
        before = gathered.deals.ids_of(asset, earlier)
        found[position] = Place(
            len(since),
            len(before),
            gathered.recent.get(asset.id, 0),
            gathered.earlier.get(asset.id, 0),
            [
                Candidate(
                    other,
                    len(used_in[True, other] & since),
                    len(used_in.get((False, other), set()) & before),
                )
                for other in candidates
                if other != asset.id
            ],
        )
    return found
