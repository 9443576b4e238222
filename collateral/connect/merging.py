"""Two deals that became one in the CRM: what hangs on the one goes over to the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, exists, select, update
from sqlalchemy.orm import aliased

from collateral.accounts import audit
from collateral.db import db
from collateral.deals import gone
from collateral.deals.models import Deal, StageChange
from collateral.usage import counting
from collateral.usage.models import Use
from collateral.usage.models_confirming import DealConfirmation

STAYS = (StageChange.__tablename__, DealConfirmation.__tablename__)
"""What is the old deal's own: the CRM tells the stages of the one that is left."""


def merge(source: str, into: str, external_ids: Sequence[str], *, at: datetime) -> int:
    """Let the deal `into` take over what was said of these others, which are gone then; how many.

    Those that are not here, or were merged before, are passed over.
    """
    kept = db.session.scalar(select(Deal.id).where(Deal.source == source, Deal.external_id == into))
    others = [each for each in external_ids if each != into]
    if kept is None or not others:
        return 0
    found = gone.remove(source, others, at=at)
    # One may have been told to be gone before it was told where it went.
    found += [
        deal_id
        for deal_id in db.session.scalars(
            select(Deal.id).where(Deal.source == source, Deal.external_id.in_(others)),
            execution_options=gone.WITH_GONE,
        )
        if deal_id not in found and _is_named(deal_id)
    ]
    for deal_id in found:
        _hand_over(deal_id, kept, at)
        audit.record("deal.merged", by=None, kind="deal", id=deal_id, into=kept)
    return len(found)


def _referrers() -> list[tuple[Table, Any]]:
    deal = cast(Table, Deal.__table__)
    return [
        (table, key.parent)
        for table in db.metadata.sorted_tables
        if table.name not in STAYS
        for key in table.foreign_keys
        if key.column.table is deal
    ]


def _is_named(deal_id: int) -> bool:
    return any(
        db.session.scalar(select(exists().where(column == deal_id)))
        for _table, column in _referrers()
    )


def _hand_over(old: int, kept: int, at: datetime) -> None:
    _take_back_doubles(old, kept, at)
    for table, column in _referrers():
        db.session.execute(update(table).where(column == old).values({column: kept}))
    db.session.expire_all()  # the statements went past the session


def _take_back_doubles(old: int, kept: int, at: datetime) -> None:
    """A use that was said of both is one use."""
    there = aliased(Use)
    doubles = db.session.scalars(
        select(Use).where(
            Use.deal_id == old,
            Use.retracted_at.is_(None),
            exists().where(
                there.deal_id == kept,
                there.asset_id == Use.asset_id,
                there.stage == Use.stage,
                there.person_id == Use.person_id,
                there.retracted_at.is_(None),
            ),
        )
    ).all()
    for use in doubles:
        use.retracted_at, use.retract_reason = at, "The two deals were merged in the CRM."
        db.session.flush()
        counting.count_uses(use.asset_id, use.version_id, use.day, use.team_set_id, -1)
        audit.record("use.retracted", by=None, kind="use", id=use.id, reason=use.retract_reason)
