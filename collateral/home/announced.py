"""What other systems are told of by looking at what changed lately.

Everything here may run again and announces nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select

from collateral.assets.happenings import RENEWED
from collateral.db import db
from collateral.deals.models import Deal, Outcome
from collateral.home import notices
from collateral.home.telling import LOOK_BACK, Change
from collateral.notify.announcing import Happened, announce_all


def announce_versions(changes: Sequence[Change]) -> None:
    """New versions of published assets, once each has been read."""
    announce_all(
        RENEWED,
        [
            Happened(change.facts, change.at, change.once)
            for change in changes
            if change.kind is notices.RENEWED
        ],
    )


def announce_closed_deals(at: datetime) -> None:
    """Deals that were won or lost lately, whoever they belong to. A deal has a day of closing
    alone: it counts as closed at that day's end, or now."""
    closed = db.session.execute(
        select(Deal.id, Deal.name, Deal.outcome, Deal.closed_on)
        .where(Deal.outcome != Outcome.OPEN, Deal.closed_on >= (at - LOOK_BACK).date())
        .order_by(Deal.id)
    )
    announce_all(
        notices.DEAL_CLOSED,
        [
            Happened(
                {"deal": deal.id, "title": deal.name, "outcome": deal.outcome.value},
                min(at, datetime.combine(deal.closed_on, time.max, UTC)),
                f"{deal.id} {deal.closed_on} {deal.outcome.value}",
            )
            for deal in closed
        ],
    )
