"""What a caller looks at and takes is counted as for anybody else."""

from __future__ import annotations

from flask import request

from collateral.api.auth import actor
from collateral.assets.models import AssetVersion
from collateral.clock import now
from collateral.deals.models import Deal
from collateral.usage import operations as usage
from collateral.usage.models import EventKind


def note(kind: EventKind, version: AssetVersion, *, deal: Deal | None = None) -> None:
    """Record the event, in a deal where it is for one."""
    usage.record(
        kind,
        version=version,
        person=actor(),
        session_key=None,  # a token has none: the person with day and hour stand for it
        user_agent=user_agent(),
        at=now(),
        deal=deal,
    )


def user_agent() -> str:
    return request.headers.get("User-Agent", "")
