"""Where other systems send deals."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from collateral import signing
from collateral.accounts.guard import token_only
from collateral.clock import now
from collateral.connect import operations, reading
from collateral.connect.models import Webhook
from collateral.connect.views import bp
from collateral.db import db
from collateral.errors import CollateralError

LARGEST = 1 << 20
LONGEST_KEY = 100


@bp.post("/hooks/<name>")
@token_only
def take(name: str) -> ResponseReturnValue:
    """Take one signed message of deals; 401 for whatever is not signed for this name, now."""
    if (request.content_length or 0) > LARGEST:
        return {"detail": "A message has at most 1 MB."}, 413
    body = request.get_data(cache=False)
    key = request.headers.get("webhook-id", "")
    webhook = db.session.scalar(select(Webhook).where(Webhook.name == name, Webhook.active))
    # A secret is tried also where there is no such name: both take as long and say as much.
    secret = signing.secret_of(
        current_app.extensions["settings"].secret_key,
        webhook.id if webhook else 0,
        webhook.generation if webhook else 0,
    )
    signed = signing.is_signed(
        secret,
        key=key,
        timestamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=body,
        at=now(),
    )
    if webhook is None or not signed or not 1 <= len(key) <= LONGEST_KEY:
        return {"detail": "This message is not signed as it should be, or too old."}, 401
    try:
        results, before = operations.take(webhook, key, reading.read(body), at=now())
    except CollateralError as error:
        db.session.rollback()  # none of its deals, and it may be sent again when it is mended
        return {"detail": error.sentence, "errors": error.fields}, error.status
    db.session.commit()
    return {"results": results, "taken_before": before}
