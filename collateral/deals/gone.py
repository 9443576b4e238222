"""Deals that the CRM has no more: kept for what hangs on them, found by no read.

Every feature reads deals, and a deal that was deleted where it belongs is to be in none of its
lists, counts and comparisons. So it is left out in one place, of every SELECT; who means them,
too, says so by WITH_GONE. When the CRM brings it back, it is as it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import event, select, update
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from collateral.db import db, table
from collateral.deals.models import Deal

WITH_GONE = {"with_gone": True}
"""Execution option of a read that finds them."""
_HERE = with_loader_criteria(
    Deal, Deal.gone_at.is_(None), include_aliases=True, propagate_to_loaders=False
)


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    if (
        state.is_select
        and not state.is_column_load
        and not state.is_relationship_load
        and not state.execution_options.get("with_gone")
    ):
        state.statement = state.statement.options(_HERE)


def remove(source: str, external_ids: Collection[str], *, at: datetime) -> list[int]:
    """Leave these deals out from now on; the ids of those that were here till now."""
    if not external_ids:
        return []
    found = db.session.execute(
        update(Deal)
        .where(Deal.source == source, Deal.external_id.in_(external_ids), Deal.gone_at.is_(None))
        .values(gone_at=at, updated_at=at)
        .returning(Deal.id),
        execution_options={"synchronize_session": False},
    )
    return [row[0] for row in found]


def ids() -> sa.Select[int]:
    """The ids of these deals, over an index of them alone: for statements that look at much that
    hangs on deals."""
    deal = table(Deal)  # not the model, of which every read leaves them out
    return sa.select(deal.c.id).where(deal.c.gone_at.is_not(None))


def gone_since(source: str, since: datetime) -> set[str]:
    """The external ids of the source's deals that went since then."""
    return set(
        db.session.scalars(
            select(Deal.external_id).where(Deal.source == source, Deal.gone_at >= since),
            execution_options=WITH_GONE,
        )
    )
