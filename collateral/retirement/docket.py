"""Working out the docket: evidence in, one row for each asset out. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from statistics import median

from sqlalchemy import delete, insert, select

from collateral.db import db
from collateral.retirement import stopping, succeeding
from collateral.retirement.eligible import Known
from collateral.retirement.evidence import Counted, Gathered, Remade, gather
from collateral.retirement.mixture import Evidence, Verdict, judge
from collateral.retirement.models import (
    Choice,
    Decision,
    DocketItem,
    DocketRun,
    Ended,
    Standing,
    Stopped,
)
from collateral.retirement.rules import (
    FURTHEST_MONTHS,
    LEAST_IGNORED,
    SMALL_LIBRARY,
    about,
    comes_back,
)
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

TRIED = (1, 2, 4, 6, 10, 15, 25, 40, 60, 100, 150, 250, 400, 600, 1000, 1500, 2500)
BATCH = 500


def work_out(at: datetime) -> DocketRun:
    """Judge every published asset past its grace, and put the docket of now in the place of
    the last one. What was kept and has new evidence against it comes back."""
    gathered = gather(at)
    evidence = _evidence(gathered)
    verdict = judge(evidence)
    judged = len(gathered.assets)
    run = DocketRun(
        at=at,
        first=gathered.period.first,
        last=gathered.period.last,
        judged=judged,
        ignored_share=verdict.ignored_share,
        readable=verdict.readable and any(each.uses for each in evidence),
        proposes=judged >= SMALL_LIBRARY and verdict.ignored_share >= LEAST_IGNORED,
    )
    rows = _rows(gathered, evidence, verdict, run) if run.readable else []
    db.session.execute(delete(DocketItem))
    db.session.execute(delete(DocketRun))
    db.session.add(run)
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(DocketItem), rows[start : start + BATCH])
    _bring_back(gathered, at)
    return run


def _evidence(gathered: Gathered) -> list[Evidence]:
    kinds: dict[str, int] = {}
    found = []
    for asset in gathered.assets:
        counted = gathered.counted.get(asset.id, Counted())
        found.append(
            Evidence(
                kinds.setdefault(asset.type, len(kinds)),
                gathered.deals.count(asset, gathered.period),
                counted.uses,
                counted.signs,
            )
        )
    return found


def _rows(
    gathered: Gathered, evidence: Sequence[Evidence], verdict: Verdict, run: DocketRun
) -> list[dict[str, object]]:
    listed = {
        position
        for position in verdict.listed
        if evidence[position].deals >= gathered.assets[position].terms.floor_deals
    }
    stops = dict(zip(sorted(listed), _stops(gathered, evidence, verdict, listed), strict=True))
    rows: list[dict[str, object]] = []
    undecided: list[int] = []
    for position, asset in enumerate(gathered.assets):
        one = evidence[position]
        counted = gathered.counted.get(asset.id, Counted())
        standing = _standing(one, listed=position in listed, proposes=run.proposes)
        if standing is Standing.UNDECIDED:
            undecided.append(position)
        stop = stops.get(position, stopping.Stop(Stopped.NOT_CLEAR, {}))
        rows.append(
            {
                "asset_id": asset.id,
                "standing": standing,
                "deals": one.deals,
                "expected": one.deals * verdict.rates[one.kind],
                "uses": one.uses,
                "signs": counted.signs,
                "shown": counted.shown,
                "views": counted.views,
                "wrong": verdict.alive[position],
                "more_deals": None,
                "more_months": None,
                "stopped": stop.where,
                "facts": dict(stop.facts),
            }
        )
    for position, (deals, months) in _needs(gathered, evidence, verdict, undecided).items():
        rows[position] |= {"more_deals": deals, "more_months": months}
    return rows


def _standing(evidence: Evidence, *, listed: bool, proposes: bool) -> Standing:
    if listed:
        return Standing.PROPOSED if proposes else Standing.ASKED
    return Standing.ALIVE if evidence.uses else Standing.UNDECIDED


def _needs(
    gathered: Gathered, evidence: Sequence[Evidence], verdict: Verdict, undecided: Sequence[int]
) -> dict[int, tuple[int, float]]:
    """For the undecided positions about how many more deals without a use would list them, and in
    how many months these come by; without those of which use alone will not tell."""
    needs = {}
    waiting = [evidence[position] for position in undecided]
    for position, listed_with in zip(undecided, _more(waiting, verdict), strict=True):
        asset, one = gathered.assets[position], evidence[position]
        pace = _pace(gathered, asset, one)
        more = listed_with and max(listed_with, ceil(asset.terms.floor_deals - one.deals))
        if more is not None and pace > 0 and more / pace <= FURTHEST_MONTHS:
            needs[position] = about(more), more / pace
    return needs


def _pace(gathered: Gathered, asset: Known, one: Evidence) -> float:
    """Eligible deals in a month, of the months in which it was published."""
    days = min((gathered.period.last - asset.published).days, gathered.period.days)
    return one.deals / max(days / 30.44, 1.0)


def _more(asked: Sequence[Evidence], verdict: Verdict) -> list[int | None]:
    """For each how many more eligible deals, without anything further, would list it; None for
    more than the last that is tried."""
    found: list[int | None] = [None] * len(asked)
    waiting = list(range(len(asked)))
    for more in TRIED:
        if not waiting:
            break
        later = [
            Evidence(e.kind, e.deals + more, e.uses, e.signs)
            for e in (asked[position] for position in waiting)
        ]
        chances = verdict.chance(later)
        for position, chance in zip(waiting, chances, strict=True):
            if chance <= verdict.room:
                found[position] = more
        waiting = [position for position in waiting if found[position] is None]
    return found


def _stops(
    gathered: Gathered, evidence: Sequence[Evidence], verdict: Verdict, listed: set[int]
) -> list[stopping.Stop]:
    """Where each listed asset stopped, in the order of their positions."""
    import numpy as np

    counted = [gathered.counted.get(asset.id, Counted()) for asset in gathered.assets]
    funnel = stopping.Funnel(
        np.array([one.deals * verdict.rates[one.kind] for one in evidence]),
        np.array([float(each.shown) for each in counted]),
        np.array([float(each.views) for each in counted]),
        np.array([float(each.uses) for each in counted]),
    )
    positions = sorted(listed)
    dropped = {p: fell for p in positions if (fell := _dropped(gathered, p)) is not None}
    _name_successors(gathered, dropped)
    steps = stopping.where_stopped(funnel, np.array(verdict.alive), positions)
    usual = _usual_remaking(gathered, counted)
    return [
        _remade(gathered, position, counted[position], usual) or dropped.get(position) or step
        for position, step in zip(positions, steps, strict=True)
    ]


def _usual_remaking(gathered: Gathered, counted: Sequence[Counted]) -> float:
    """The median share of adaptations in uses, of the assets with a use."""
    shares = [
        min(gathered.remade.get(asset.id, Remade(0, 0)).adaptations / each.uses, 1.0)
        for asset, each in zip(gathered.assets, counted, strict=True)
        if each.uses
    ]
    return max(median(shares), 0.05) if shares else 0.15


def _remade(
    gathered: Gathered, position: int, counted: Counted, usual: float
) -> stopping.Stop | None:
    remade = gathered.remade.get(gathered.assets[position].id)
    if remade is None:
        return None
    chance = stopping.remade_chance(remade.adaptations, counted.uses, remade.people, usual)
    if chance < stopping.REMADE_SURE:
        return None
    facts = {"adaptations": remade.adaptations, "people": remade.people}
    return stopping.Stop(Stopped.RECREATED, facts)


def _dropped(gathered: Gathered, position: int) -> stopping.Stop | None:
    asset = gathered.assets[position]
    earlier = gathered.earlier.get(asset.id, 0)
    recent = gathered.recent.get(asset.id, 0)
    if earlier < stopping.EARLIER_USES:
        return None
    chance = stopping.dropped_chance(
        earlier,
        gathered.deals.count(asset, gathered.earlier_period),
        recent,
        gathered.deals.count(asset, gathered.recent_period),
    )
    if chance < stopping.DROPPED_SURE:
        return None
    facts = {
        "earlier": earlier,
        "recent": recent,
        "since": gathered.recent_period.first.isoformat(),
    }
    return stopping.Stop(Stopped.DROPPED, facts)


def _name_successors(gathered: Gathered, dropped: dict[int, stopping.Stop]) -> None:
    """Say what is used in the place of each, where something stands out."""
    for position, place in succeeding.places_of(gathered, dropped).items():
        facts: dict[str, object] = {
            "deals": place.recent_deals,
            "deals_before": place.earlier_deals,
        }
        found = succeeding.successor(place)
        if found is not None:
            facts |= {
                "successor": found.asset_id,
                "its_deals": found.recent,
                "its_deals_before": found.earlier,
            }
        stop = dropped[position]
        dropped[position] = stopping.Stop(stop.where, {**stop.facts, **facts})


def _bring_back(gathered: Gathered, at: datetime) -> None:
    """End what was kept or mended where enough deals came by since without a use."""
    known = {asset.id: asset for asset in gathered.assets}
    decided = db.session.scalars(
        select(Decision).where(
            Decision.ended_at.is_(None), Decision.choice.in_((Choice.KEEP, Choice.MEND))
        )
    ).all()
    for decision in decided:
        asset = known.get(decision.asset_id)
        if asset is None:
            continue
        counted = gathered.counted.get(asset.id, Counted())
        day = counting_day(decision.at, zone())
        since = gathered.deals.count(asset, gathered.period, opened_after=day)
        if comes_back(since, max(counted.uses - decision.uses, 0), decision.deals):
            decision.ended_at = at
            decision.ended_why = Ended.NEW_EVIDENCE.value
