"""What it adds to which sums that an event begins or ceases to count. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from collateral.usage import rules
from collateral.usage.models import Level

Place = tuple[Level, int, date, int]
Deltas = dict[Place, dict[str, int]]
"""By level, its id, day and set of teams: metric to what is added."""


@dataclass(frozen=True)
class Change:
    """An event that begins or ceases to count."""

    event: rules.Click
    before: bool
    after: bool

    @property
    def step(self) -> int:
        """What it adds to a total: 1, or -1."""
        return int(self.after) - int(self.before)


def deltas(changes: Iterable[Change], others: Sequence[rules.Click]) -> Deltas:
    """What the changes add to which sums.

    Args:
        changes: of one person and asset.
        others: the further events of the touched sessions that count before and after.
    """
    changes = list(changes)
    found: Deltas = defaultdict(lambda: defaultdict(int))
    for change in changes:
        event = change.event
        for level, ref in rules.refs(event.asset_id, event.version_id):
            for metric in rules.TOTALS[event.kind]:
                found[level, ref, event.day, event.team_set_id][metric] += change.step
    for metric, kinds in rules.UNIQUES.items():
        sessions = {}
        for change in changes:
            if change.event.kind in kinds:
                for level, ref in rules.refs(change.event.asset_id, change.event.version_id):
                    sessions[level, ref, change.event.session] = change.event
        for (level, ref, session), event in sessions.items():
            rest = sum(
                other.session == session and other.kind in kinds and _is_of(other, level, ref)
                for other in others
            )
            mine = [
                change
                for change in changes
                if change.event.session == session
                and change.event.kind in kinds
                and _is_of(change.event, level, ref)
            ]
            before = rest + sum(change.before for change in mine)
            after = rest + sum(change.after for change in mine)
            step = int(after > 0) - int(before > 0)
            found[level, ref, event.day, event.team_set_id][metric] += step
    return found


def _is_of(event: rules.Click, level: Level, ref: int) -> bool:
    return (level, ref) in rules.refs(event.asset_id, event.version_id)
