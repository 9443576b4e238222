"""Rules of the docket that need no database: policies, rounding, when what was kept comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

GRACE_DAYS = 90
WINDOW_DAYS = 365
NOTICE_DAYS = 28
WARNINGS = (28, 14)
"""Days before an asset goes out of search at which its owner is told."""
DATES_AHEAD = (28, 14, 0)
"""Days before a review or an expiry at which its owner is told."""
MEND_DAYS = 42
SMALL_LIBRARY, LEAST_IGNORED = 100, 0.40
HOLDING_DAYS = 180
"""So long after its retirement an asset's files may not be deleted."""
FURTHEST_MONTHS = 24
STEPS = (10, 25, 50, 100, 250)
ENOUGH_NEW_DEALS, ENOUGH_NEW_PART = 10, 0.5


@dataclass(frozen=True)
class Terms:
    """What a policy says. Without any policy these defaults hold."""

    grace_days: int = GRACE_DAYS
    floor_deals: int = 0
    review_months: int | None = None
    review_required: bool = False


@dataclass(frozen=True)
class PolicyFor:
    """A policy and what it is for: a type, a team, both, or neither."""

    type: str
    team_id: int | None
    terms: Terms


def terms_for(policies: Iterable[PolicyFor], type: str, team_ids: Collection[int]) -> Terms:
    """The narrowest policy that fits: type and team, then team, then type, then all.

    Of two for different teams of one asset the stricter about review and the more patient
    about retiring would be a third policy that nobody made; the older team's holds.
    """
    best: tuple[int, int] | None = None
    found = Terms()
    for policy in policies:
        if policy.type not in ("", type):
            continue
        if policy.team_id is not None and policy.team_id not in team_ids:
            continue
        rank = 2 * (policy.team_id is not None) + (policy.type != "")
        order = (rank, -(policy.team_id or 0))
        if best is None or order > best:
            best, found = order, policy.terms
    return found


def about(count: float) -> int:
    """A number of deals as it is said: 10, 25, 50, 100, 250, then in steps of 250."""
    for step in STEPS:
        if count <= step:
            return step
    return int(-(-count // 250) * 250)


def comes_back(deals_since: float, uses_since: int, deals_then: float) -> bool:
    """Whether what was kept has new evidence against it: enough deals came by since, at least
    ten and half as many as had by then, and it was not used in any."""
    enough = max(float(ENOUGH_NEW_DEALS), ENOUGH_NEW_PART * deals_then)
    return uses_since == 0 and deals_since >= enough


def retire_day(today: date, *, at_once: bool) -> date:
    """When an asset goes out of search: four weeks from now, with a warning in between."""
    return today if at_once else today + timedelta(days=NOTICE_DAYS)


def month_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    from calendar import monthrange

    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
