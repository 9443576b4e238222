"""Sending what webhooks are told: signed, one after the other, again when it failed.

Messages are those of the Standard Webhooks specification (see `collateral.signing`): `type`,
`timestamp` and `data`, under heads that sign them. A message may come twice, where a worker died
between sending it and noting so: its `webhook-id` stays the same.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update

from collateral import sealing, signing
from collateral.accounts import audit
from collateral.accounts.models import Person, PersonRole, Role
from collateral.accounts.permissions import Permission, can
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid
from collateral.notify import reaching
from collateral.notify.addresses import parse
from collateral.notify.happenings import TRIED, happenings
from collateral.notify.kinds import Kind, declare, scopes
from collateral.notify.models import Delivery, DeliveryState, WebhookOut
from collateral.notify.operations import tell
from collateral.queue import background, every, send
from collateral.words import N_, Sentence, to_text

log = logging.getLogger(__name__)

WAITS = tuple(
    timedelta(minutes=each) for each in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 24 * 60)
)
"""Between two tries of a message; some 56 hours in all."""
PATIENCE = timedelta(days=5)
"""A webhook that took nothing for so long is switched off."""
CLAIMED = timedelta(minutes=2)
"""For so long nobody else tries a message; a try takes at most half a minute."""
AT_ONCE = 50
KEPT = timedelta(days=30)

GAVE_UP = declare(
    Kind(
        "webhook_gave_up",
        N_("A webhook was switched off, because nothing could be delivered"),
        sentence=lambda facts: str(
            Sentence(
                N_("The webhook to %(host)s took nothing for %(days)s days and is switched off."),
                facts,
            )
        ),
        address=lambda facts: f"/admin/webhooks/{facts['webhook']}",
        needs=Permission.ADMIN_CONNECTIONS,
    )
)


@every(minutes=1)
def send_due() -> None:
    """Send what waits and whose time has come: tries again, and what a lost queue lost."""
    due = (
        select(Delivery.webhook_id)
        .join(WebhookOut, WebhookOut.id == Delivery.webhook_id)
        .where(
            Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now(), WebhookOut.active
        )
        .distinct()
    )
    for webhook_id in db.session.scalars(due).all():
        send(deliver, webhook_id)


@background
def deliver(webhook_id: int) -> None:
    """Send what is due to one webhook, and stop at the first that fails: a receiver that is down
    is asked once a minute, however much waits for it."""
    for _each in range(AT_ONCE):
        if not _deliver_one(webhook_id):
            return
    send(deliver, webhook_id)


@every(minutes=60)
def forget_deliveries() -> None:
    """Remove what was sent, or was to be sent, a month ago."""
    db.session.execute(delete(Delivery).where(Delivery.at < now() - KEPT))
    db.session.commit()


def _deliver_one(webhook_id: int) -> bool:
    """Whether there was one, and it was taken or needs no further try."""
    webhook = db.session.get(WebhookOut, webhook_id)
    if webhook is None or not webhook.active:
        return False
    delivery = _claim(webhook_id, now())
    db.session.commit()
    if delivery is None:
        return False
    if not may_be_told(webhook.by, delivery):
        delivery.state = DeliveryState.WITHHELD
        delivery.why = to_text(
            Sentence(N_("%(name)s, who set it up, may not see this."), {"name": webhook.by.name})
        )
        db.session.commit()
        return True
    delivery_id = delivery.id
    status, said = _send(webhook, delivery)
    taken = said is None
    if db.session.get(Delivery, delivery_id, populate_existing=True) is None:
        return False  # the webhook was removed meanwhile
    if taken:
        _note_taken(webhook, delivery, status)
    else:
        _note_failed(webhook, delivery, status, to_text(said))
    db.session.commit()
    return taken


def _claim(webhook_id: int, at: datetime) -> Delivery | None:
    """The one that waits longest, which nobody else tries now."""
    waiting = (Delivery.state == DeliveryState.WAITING, Delivery.next_at <= at)
    oldest = (
        select(Delivery.id)
        .where(Delivery.webhook_id == webhook_id, *waiting)
        .order_by(Delivery.next_at, Delivery.id)
        .limit(1)
    )
    return db.session.scalar(
        update(Delivery)
        .where(Delivery.id == oldest.scalar_subquery(), *waiting)
        .values(next_at=at + CLAIMED)
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def may_be_told(person: Person, delivery: Delivery) -> bool:
    """Whether the person who set a webhook up may still do so, and see all that it speaks of."""
    happening = happenings().get(delivery.kind)
    if happening is None or not can(person, Permission.ADMIN_CONNECTIONS):
        return False
    return all(
        int(delivery.facts[name]) in scopes()[name](person, [int(delivery.facts[name])])
        for name in happening.about
        if name in delivery.facts
    )


def body_of(delivery: Delivery, base_url: str) -> bytes:
    """The message, the same at every try: `data` are the facts and the address of what it is
    about, in JSON."""
    path = happenings()[delivery.kind].address(delivery.facts)
    return json.dumps(
        {
            "type": delivery.kind,
            "timestamp": delivery.at.isoformat(),
            "data": {**delivery.facts, "address": f"{base_url}{path}"},
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()


def _send(webhook: WebhookOut, delivery: Delivery) -> tuple[int | None, Sentence | None]:
    """The status of the answer, and why it was not taken; None where it was."""
    settings = current_app.extensions["settings"]
    body, at = body_of(delivery, settings.base_url), now()
    try:
        place = parse(webhook.address, settings.webhooks_to)
        secret = sealing.unseal(webhook.sealed, settings.secret_key)["secret"]
        heads = {
            "Content-Type": "application/json",
            "User-Agent": "Collateral",
            "webhook-id": delivery.key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signing.sign(secret, delivery.key, at, body),
        }
        db.session.commit()  # nothing is held while another system takes its time
        status = reaching.post(place, body, heads, allowed=settings.webhooks_to)
    except Invalid:
        return None, Sentence(
            N_("Its address or its secret can no longer be used; give the webhook anew.")
        )
    except reaching.NotReached as error:
        return None, error.said
    if 200 <= status < 300:
        return status, None
    if 300 <= status < 400:
        return status, Sentence(N_("It leads elsewhere, and redirects are not followed."))
    return status, Sentence(N_("It answered %(status)s."), {"status": status})


def _note_taken(webhook: WebhookOut, delivery: Delivery, status: int | None) -> None:
    delivery.state, delivery.status, delivery.why = DeliveryState.TAKEN, status, ""
    delivery.tries, delivery.tried_at = delivery.tries + 1, now()
    webhook.failing_since = None


def _note_failed(webhook: WebhookOut, delivery: Delivery, status: int | None, why: str) -> None:
    at = now()
    log.info("webhook_not_taken", extra={"webhook": webhook.id, "status": status})
    delivery.tries, delivery.tried_at = delivery.tries + 1, at
    delivery.status, delivery.why = status, why
    if delivery.tries > len(WAITS) or delivery.kind == TRIED.name:
        delivery.state = DeliveryState.FAILED
    else:
        delivery.next_at = at + WAITS[delivery.tries - 1]
    webhook.failing_since = webhook.failing_since or at
    if at - webhook.failing_since >= PATIENCE and webhook.active:
        _give_up(webhook, at)


def _give_up(webhook: WebhookOut, at: datetime) -> None:
    webhook.active, webhook.gave_up_at = False, at
    audit.record("webhook_out.gave_up", by=None, kind="webhook_out", id=webhook.id)
    admins = db.session.scalars(
        select(PersonRole.person_id).where(PersonRole.role == Role.ADMIN)
    ).all()
    facts: dict[str, str | int] = {
        "webhook": webhook.id,
        "host": webhook.host,
        "days": PATIENCE.days,
    }
    tell(admins, GAVE_UP, facts, at, once=f"{webhook.id} {at.isoformat()}")
