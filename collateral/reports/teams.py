"""What each team did in a period: its uses, its deals, its searches, its ways to a download."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from collateral.accounts.models import TeamMember
from collateral.db import db, read
from collateral.reports import deals_open, ways
from collateral.reports.deals_open import NO_DEALS, Count, Span
from collateral.reports.models import WayToDownload
from collateral.reports.once import made_once
from collateral.reports.parts import Asked, counted_uses, stretches
from collateral.reports.searches import Searchers
from collateral.reports.ways import Way
from collateral.usage.models import Use
from collateral.usage.models_teams import TeamSetMember
from collateral.usage.team_sets import teams_for


@dataclass(frozen=True)
class TeamRow:
    """One team. `before` are its deals in the period before, `months` those of each month."""

    team_id: int
    name: str
    people: int
    uses: int
    deals: int
    deals_with_use: int
    searches: int = 0
    way: Way = ways.NONE
    before: Count = NO_DEALS
    months: Sequence[Count] = ()


def teams_of(
    asked: Asked,
    found: Sequence[Span],
    looked: Searchers | None = None,
    before: Asked | None = None,
) -> list[TeamRow]:
    """The teams that the reader may choose from. Four queries, two more with `looked`.

    Args:
        found: the deals of the period; of both where there is a period before.
        looked: who searched; without it a row tells neither searches nor ways.
        before: with it each row tells the months and the period before, too.
    """
    teams = teams_for(asked.reader)
    if asked.request.team_id is not None:
        teams = [team for team in teams if team.id == asked.request.team_id]
    ids = [team.id for team in teams]
    members = _members(ids)
    uses: dict[int, int] = dict(read(_uses(asked, tuple(ids))).all())
    searches = _searches(members, looked) if looked else Counter[int]()
    took = _ways(asked, ids) if looked else {}
    owned = deals_open.by_owner(found, asked.period.first, asked.period.last)
    spans: dict[int | None, list[Span]] = defaultdict(list)
    for span in found if before else ():
        spans[span.owner_id].append(span)
    months = stretches(asked.period) if before else []
    rows = []
    for team in teams:
        mine = members[team.id] & owned.keys()
        theirs = [span for person in members[team.id] for span in spans.get(person, ())]
        rows.append(
            TeamRow(
                team.id,
                team.name,
                len(members[team.id]),
                uses.get(team.id, 0),
                sum(owned[person].deals for person in mine),
                sum(owned[person].with_use for person in mine),
                searches[team.id],
                took.get(team.id, ways.NONE),
                deals_open.count(theirs, before.period.first, before.period.last)
                if before
                else NO_DEALS,
                deals_open.by_stretch(theirs, months),
            )
        )
    return rows


def _members(team_ids: Sequence[int]) -> dict[int, set[int]]:
    members: dict[int, set[int]] = {team_id: set() for team_id in team_ids}
    for team_id, person_id in db.session.execute(
        select(TeamMember.team_id, TeamMember.person_id).where(TeamMember.team_id.in_(team_ids))
    ):
        members[team_id].add(person_id)
    return members


@made_once
def _uses(asked: Asked, team_ids: tuple[int, ...]) -> Select[int, int]:
    return (
        select(TeamSetMember.team_id, func.count())
        .join(Use, Use.team_set_id == TeamSetMember.team_set_id)
        .where(TeamSetMember.team_id.in_(team_ids), counted_uses(asked))
        .group_by(TeamSetMember.team_id)
    )


def _searches(members: dict[int, set[int]], looked: Searchers) -> Counter[int]:
    """By team: for the sets of teams of the day, and since of who is in the team now."""
    found: Counter[int] = Counter()
    for team_set_id, team_id in db.session.execute(
        select(TeamSetMember.team_set_id, TeamSetMember.team_id).where(
            TeamSetMember.team_id.in_(members), TeamSetMember.team_set_id.in_(looked.by_team_set)
        )
    ):
        found[team_id] += looked.by_team_set[team_set_id]
    for team_id, people in members.items():
        found[team_id] += sum(looked.since[person] for person in people & looked.since.keys())
    return found


def _ways(asked: Asked, team_ids: Sequence[int]) -> dict[int, Way]:
    return ways.medians(
        select(TeamSetMember.team_id, WayToDownload.seconds, func.count())
        .join(WayToDownload, WayToDownload.team_set_id == TeamSetMember.team_set_id)
        .where(
            TeamSetMember.team_id.in_(team_ids),
            WayToDownload.day.between(asked.period.first, asked.period.last),
        )
        .group_by(TeamSetMember.team_id, WayToDownload.seconds)
    )
