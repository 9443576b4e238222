"""What is published, what of it was used in a period and in each month, and what the rest cost.

The one place for "used" and "cost of what was not": overview, ignored and home all ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Subquery, select

from collateral.assets.models import Term, Vocabulary
from collateral.db import db
from collateral.reports.parts import Asked, Stretch, counted_uses, in_seen_deals, stretches
from collateral.reports.standing_rows import Ends, Rows
from collateral.usage.models import Use

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """Published assets of a type, or of all. Costs are in the report's currency."""

    type: str = ""
    published: int = 0
    used: int = 0
    cost: Decimal = NOTHING
    cost_used: Decimal = NOTHING

    @property
    def cost_unused(self) -> Decimal:
        return self.cost - self.cost_used

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.type,
            self.published + other.published,
            self.used + other.used,
            self.cost + other.cost,
            self.cost_used + other.cost_used,
        )


@dataclass(frozen=True)
class Stood:
    """How it stands now and stood before, by type now, and month by month; and the uses in both
    periods, of whatever status the assets are.

    An asset counts as published from the day on which it was; in a month it counts as used
    that was used within it.
    """

    types: Sequence[Standing]
    now: Standing
    before: Standing
    months: Sequence[Standing]
    before_months: Sequence[Standing]
    uses: int
    uses_before: int


def used_assets(asked: Asked) -> Subquery:
    """The ids of assets with a use in the period, in a deal that the reader may see."""
    return (
        select(Use.asset_id).where(counted_uses(asked), in_seen_deals(asked)).distinct().subquery()
    )


def stood(asked: Asked, before: Asked, currency: str, *, detailed: bool) -> Stood:
    """How it stands in both periods. At most two queries, whatever the library holds.

    Args:
        detailed: by type and by month, too; both are empty without.
    """
    names = _types() if detailed else []
    months = stretches(asked.period) if detailed else []
    before_months = stretches(before.period) if detailed else []
    ends = Ends(
        [asked.period.last, before.period.last, *(last for _, last in (*months, *before_months))]
    )
    rows = Rows(asked, before, currency, [term_id for term_id, _ in names], ends, detailed)
    types = {
        place: _standing(rows, "now", ends.place(asked.period.last), place)
        for place in {row.place for row in rows.of("stock")}
    }
    return Stood(
        sorted(
            (
                replace(one, type="" if place < 0 else names[place][1])
                for place, one in types.items()
                if detailed
            ),
            key=lambda one: (-one.cost, one.type),
        ),
        sum(types.values(), Standing()),
        _standing(rows, "before", ends.place(before.period.last)),
        _of_months(rows, "now", months, ends),
        _of_months(rows, "before", before_months, ends),
        sum(row.number for row in rows.of("uses now")),
        sum(row.number for row in rows.of("uses before")),
    )


def _types() -> list[tuple[int, str]]:
    """Id and label of each type, in the vocabulary's order."""
    rows = db.session.execute(
        select(Term.id, Term.label)
        .where(Term.vocabulary == Vocabulary.TYPE)
        .order_by(Term.position, Term.label)
    )
    return [(term_id, label) for term_id, label in rows]


def _standing(rows: Rows, period: str, end: int, place: int | None = None) -> Standing:
    """Of the assets published by that end, of one type or of all."""
    mine = [row for row in rows.of("stock") if row.since <= end and place in (None, row.place)]
    used = [row for row in rows.of(period) if row.since <= end and place in (None, row.place)]
    return Standing(
        "",
        sum(row.number for row in mine),
        sum(row.number for row in used),
        sum((row.cost for row in mine), NOTHING),
        sum((row.cost for row in used), NOTHING),
    )


def _of_months(rows: Rows, period: str, months: Sequence[Stretch], ends: Ends) -> list[Standing]:
    found = []
    for place, (_, last) in enumerate(months):
        end = ends.place(last)
        used = [
            row
            for row in rows.of(f"months {period}")
            if (row.place, row.since <= end) == (place, True)
        ]
        found.append(
            replace(
                _standing(rows, "none", end),
                used=sum(row.number for row in used),
                cost_used=sum((row.cost for row in used), NOTHING),
            )
        )
    return found
