"""Views and downloads leave events behind, by way of usage."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, url_for
from flask_login import current_user

from collateral.accounts.guard import actor
from collateral.asked import search_number
from collateral.assets.models import AssetVersion
from collateral.clock import now
from collateral.db import db
from collateral.deals.models import Deal
from collateral.usage import operations as usage
from collateral.usage.models import EventKind


def note(kind: EventKind, version: AssetVersion, *, deal: Deal | None = None) -> None:
    """Record the event and commit."""
    usage.record(
        kind,
        version=version,
        person=actor(),
        session_key=f"s{current_user.row_id}",
        user_agent=request.headers.get("User-Agent", ""),
        at=now(),
        deal=deal,
        search=request.args.get("search", type=search_number),
    )
    db.session.commit()


def arrives(asset_id: int) -> bool:
    """Whether the person comes to the asset, rather than turning a page of it."""
    if request.method != "GET" or "X-Fragment" in request.headers:
        return False
    before = urlsplit(request.referrer or "")
    home = url_for("assets.detail", asset_id=asset_id)
    same_host = before.netloc == request.host
    return not (same_host and (before.path == home or before.path.startswith(home + "/")))
