"""What a caller looks at and takes is counted as for anybody else."""

from __future__ import annotations

from flask import request

from collateral.api.auth import actor
from collateral.assets.models import AssetVersion
from collateral.clock import now
from collateral.deals import queries as deals
from collateral.usage import operations as usage
from collateral.usage.models import EventKind


def note(kind: EventKind, version: AssetVersion, *, deal_id: int | None = None) -> None:
    """Record the event. A deal that the caller may not see raises NotFound."""
    person = actor()
    deal = deals.get_visible(person, deal_id) if deal_id is not None else None
    usage.record(
        kind,
        version=version,
        person=person,
        session_key=None,  # a token has none: the person with day and hour stand for it
        user_agent=user_agent(),
        at=now(),
        deal=deal,
    )


def user_agent() -> str:
    return request.headers.get("User-Agent", "")
