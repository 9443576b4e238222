"""Taking messages from other systems. Nothing commits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.connect.models import Webhook, WebhookMessage
from collateral.connect.reading import DealMessage
from collateral.db import db, upsert
from collateral.deals.one_deal import upsert_deal
from collateral.errors import Conflict, Invalid, NotFound

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


def add_webhook(name: str, *, by: Person | None, at: datetime) -> Webhook:
    """Let a system of this name send deals. Raises Invalid, Conflict."""
    if not NAME.fullmatch(name):
        raise Invalid("A name has at most 30 lower-case letters, digits and dashes.")
    if db.session.scalar(select(Webhook.id).where(Webhook.name == name)):
        raise Conflict(f"There is a webhook {name} already.")
    webhook = Webhook(name=name, by_id=by.id if by else None, created_at=at)
    db.session.add(webhook)
    db.session.flush()  # the secret is made from its id
    audit.record("webhook.added", by=by, kind="webhook", id=webhook.id, name=name)
    return webhook


def get_webhook(name: str) -> Webhook:
    """The webhook of that name. Raises NotFound."""
    webhook = db.session.scalar(select(Webhook).where(Webhook.name == name))
    if webhook is None:
        raise NotFound(f"There is no webhook {name}.")
    return webhook


def renew(webhook: Webhook, *, by: Person | None) -> None:
    """A new secret from now on; what is signed by the old one is refused."""
    webhook.generation += 1
    audit.record("webhook.renewed", by=by, kind="webhook", id=webhook.id, name=webhook.name)


def switch(webhook: Webhook, *, on: bool, by: Person | None) -> None:
    """Take its messages, or refuse them."""
    webhook.active = on
    action = "webhook.switched_on" if on else "webhook.switched_off"
    audit.record(action, by=by, kind="webhook", id=webhook.id, name=webhook.name)


def take(
    webhook: Webhook, key: str, messages: Sequence[DealMessage], *, at: datetime
) -> tuple[list[dict[str, Any]], bool]:
    """Make or change the deals of one message, all or none of them.

    Args:
        key: the message's id. One that was taken before changes nothing and gets the same answer.

    Returns:
        For each deal its id and "new", "changed" or "unchanged"; and whether it was taken before.

    Raises:
        Invalid: by `deals.N.field`, what cannot be read; then nothing is to be committed.
    """
    # Who brings the same message at the same moment waits here for the first to be done.
    taken = db.session.execute(
        upsert(WebhookMessage)
        .values(webhook_id=webhook.id, key=key, at=at, results=[])
        .on_conflict_do_nothing(index_elements=["webhook_id", "key"])
        .returning(WebhookMessage.id)
    ).scalar()
    if taken is None:
        known = db.session.scalar(
            select(WebhookMessage.results).where(
                WebhookMessage.webhook_id == webhook.id, WebhookMessage.key == key
            )
        )
        return list(known or []), True
    results = [_taken(webhook, place, message, at) for place, message in enumerate(messages)]
    db.session.get_one(WebhookMessage, taken).results = results
    return results, False


def _taken(webhook: Webhook, place: int, message: DealMessage, at: datetime) -> dict[str, Any]:
    """What became of the deal at that place of the message. Raises Invalid, by its place."""
    try:
        _deal, result = upsert_deal(
            message.external_id,
            message.given,
            source=webhook.source,
            at=at,
            history=message.history,
        )
    except Invalid as error:
        named = {f"deals.{place}.{name}": said for name, said in error.fields.items()}
        raise Invalid(error.sentence, fields=named) from error
    return {"id": message.external_id, "result": result.value}


def forget(before: datetime) -> None:
    """Remove what was noted of messages older than that; only newer ones are taken at all."""
    db.session.execute(delete(WebhookMessage).where(WebhookMessage.at < before))
