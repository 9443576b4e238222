"""Tracked links: made, read with their visits, switched off."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from collateral.accounts.permissions import Permission, require
from collateral.api.auth import actor, caller
from collateral.api.calls import Answer, Call
from collateral.api.shapes import address
from collateral.api.share_reads import numbers_read
from collateral.api.share_shapes import (
    NewShare,
    ShareDetail,
    ShareMade,
    share_values,
    visit_shape,
)
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.deals import queries as deals
from collateral.errors import NotFound
from collateral.sharing import operations, queries, rules, visited
from collateral.sharing.models import Share
from collateral.sharing.operations import Asking, Wishes


@Call(
    "POST",
    "/shares",
    permission=Permission.SHARE_CREATE,
    does="Make a tracked link.",
    more="`url` is told in this answer alone: only its hash is kept. The same Idempotency-Key "
    "again answers the same link, with `url` null.",
    body=NewShare,
    answers=ShareMade,
    statuses=(201,),
    fails=(404,),
)
def create_share(body: NewShare) -> Answer:
    person = actor()
    chosen = assets.get_many(person, body.assets)
    if len(chosen) < len(set(body.assets)):
        raise NotFound("There is no such asset.")
    deal = deals.get_visible(person, body.deal) if body.deal is not None else None
    named = rules.normal_email(body.recipient)
    share, token = operations.create(
        chosen,
        Wishes(
            recipient=body.recipient,
            recipient_email=body.recipient_email or named,
            expires_at=body.expires_at,
            passcode=body.passcode,
            email_gate=body.email_gate,
            allowed="\n".join(body.allowed),
            download=body.download,
            watermark=body.watermark,
        ),
        by=person,
        at=now(),
        asking=Asking(
            session_key=f"t{caller().token_id}",
            user_agent=request.headers.get("User-Agent", ""),
        ),
        deal=deal,
    )
    share.deal = deal
    base_url = current_app.extensions["settings"].base_url
    values = _values(share)
    return Answer(
        ShareMade(**values, url=f"{base_url}/s/{token}"),
        {"Location": address(f"/shares/{share.id}"), "Cache-Control": "no-store"},
        kept=ShareMade(**values, url=None),
    )


@Call(
    "GET",
    "/shares/<int:share_id>",
    permission=Permission.SHARE_READ,
    does="A link, with its visits by page.",
    more="Visits by programs and by one's own people are in `openings` alone.",
    answers=ShareDetail,
)
def get_share(share_id: int) -> ShareDetail:
    return ShareDetail(**_values(queries.get_visible(actor(), share_id)))


@Call(
    "DELETE",
    "/shares/<int:share_id>",
    permission=Permission.SHARE_EDIT,
    does="Switch a link off, at once.",
    more="It stays, with its visits; switching it off again changes nothing.",
    answers=ShareDetail,
)
def delete_share(share_id: int) -> ShareDetail:
    share = queries.get_visible(actor(), share_id)
    require(actor(), Permission.SHARE_EDIT, share)
    if share.revoked_at is None:
        operations.revoke(share, by=actor(), at=now())
    return ShareDetail(**_values(share))


def _values(share: Share) -> dict[str, Any]:
    visits = visited.visits_of([share.id])
    numbers = numbers_read(visits, actor())
    return {
        **share_values(
            share,
            queries.contents([share.id], actor()).get(share.id, []),
            live=rules.is_live(share.expires_at, share.revoked_at, now()),
        ),
        "visits": [visit_shape(visit, numbers) for visit in visits],
        "openings": {
            outcome.value: count for outcome, count in visited.openings_by_outcome(share).items()
        },
    }
