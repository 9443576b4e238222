"""What a receiver was told, and what is still to be told it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from collateral.db import db
from collateral.notify.models import Delivery, WebhookOut
from tests.notify.receiving import Receiver

Made = tuple[WebhookOut, str]


def deliveries() -> list[Delivery]:
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def messages(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _heads, body in receiver.got]
