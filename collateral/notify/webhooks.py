"""Webhooks that tell other systems: made, changed, switched, tried. Nothing commits."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from collateral import sealing, signing
from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.db import db
from collateral.errors import Invalid, NotFound, WrongState
from collateral.notify.addresses import Networks, parse
from collateral.notify.announcing import Happened, message, write_down
from collateral.notify.delivering import deliver
from collateral.notify.happenings import TRIED, offered
from collateral.notify.models import Delivery, DeliveryState, WebhookOut
from collateral.queue import after_commit

MOST = 20


def webhooks() -> Sequence[WebhookOut]:
    """All, in the order in which they were made; there are at most `MOST`."""
    return db.session.scalars(select(WebhookOut).order_by(WebhookOut.id)).all()


def get_webhook(webhook_id: int) -> WebhookOut:
    """Raises NotFound."""
    webhook = db.session.get(WebhookOut, webhook_id)
    if webhook is None:
        raise NotFound(_("There is no such webhook."))
    return webhook


def add_webhook(
    address: str,
    kinds: Collection[str],
    *,
    by: Person,
    at: datetime,
    installation: str,
    allowed: Networks = (),
) -> tuple[WebhookOut, str]:
    """Tell this address from now on of these kinds of happenings, as far as `by` may see them.

    Args:
        installation: SECRET_KEY, under which the secret is kept.
        allowed: networks that may be reached though they are not public.

    Returns:
        The webhook, and its secret (`whsec_` and 32 random bytes in base64), told this once.

    Raises:
        Invalid: by field. WrongState: there are `MOST` already.
    """
    if (db.session.scalar(select(func.count(WebhookOut.id))) or 0) >= MOST:
        raise WrongState(_("There are %(most)s webhooks; remove one first.", most=MOST))
    parse(address, allowed)
    secret = _new_secret()
    webhook = WebhookOut(
        address=address,
        kinds=_checked(kinds),
        sealed=sealing.seal({"secret": secret}, installation),
        by_id=by.id,
        created_at=at,
    )
    db.session.add(webhook)
    db.session.flush()  # the audit trail names it
    _note("added", webhook, by)
    return webhook, secret


def change_webhook(
    webhook: WebhookOut,
    *,
    address: str,
    kinds: Collection[str],
    active: bool,
    by: Person,
    allowed: Networks = (),
) -> None:
    """Give it another address or other kinds, or switch it; from now on it is told of what `by`
    may see. Raises Invalid by field.

    One that stays as it is can be switched off, whatever may be told to whom by now.
    """
    if active or address != webhook.address:
        parse(address, allowed)
    if active or kinds != webhook.kinds:
        kinds = _checked(kinds)
    if active and not webhook.active:
        webhook.failing_since = None
        after_commit(deliver, webhook.id)
    if active is not webhook.active:
        webhook.gave_up_at = None
    webhook.address, webhook.kinds, webhook.active, webhook.by = address, list(kinds), active, by
    _note("changed", webhook, by)


def renew_secret(webhook: WebhookOut, *, by: Person, installation: str) -> str:
    """A new secret, told this once; what is sent from now on is signed by it alone."""
    secret = _new_secret()
    webhook.sealed = sealing.seal({"secret": secret}, installation)
    _note("renewed", webhook, by)
    return secret


def remove_webhook(webhook: WebhookOut, *, by: Person) -> None:
    """Tell it nothing more, and forget what it was told."""
    _note("removed", webhook, by)
    db.session.delete(webhook)


def try_out(webhook: WebhookOut, *, at: datetime) -> None:
    """Send it a message that tells of nothing. Raises WrongState where it is off."""
    if not webhook.active:
        raise WrongState(_("It is switched off."))
    write_down([message(webhook.id, TRIED, Happened({"webhook": webhook.id}, at))], {webhook.id})


def deliveries(
    webhook: WebhookOut,
    *,
    state: DeliveryState | None = None,
    limit: int,
    before: int | None = None,
) -> Sequence[Delivery]:
    """What it was told or is to be told, the latest first; those with an id below `before`."""
    query = select(Delivery).where(Delivery.webhook_id == webhook.id)
    if state is not None:
        query = query.where(Delivery.state == state)
    if before is not None:
        query = query.where(Delivery.id < before)
    return db.session.scalars(query.order_by(Delivery.id.desc()).limit(limit)).all()


def delivery_counts(webhook: WebhookOut) -> dict[DeliveryState, int]:
    """How many there are in each state, of a month."""
    rows = db.session.execute(
        select(Delivery.state, func.count())
        .where(Delivery.webhook_id == webhook.id)
        .group_by(Delivery.state)
    )
    found: dict[DeliveryState, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in DeliveryState}


def get_delivery(webhook: WebhookOut, delivery_id: int) -> Delivery:
    """Raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None or found.webhook_id != webhook.id:
        raise NotFound(_("There is no such delivery."))
    return found


def send_again(delivery: Delivery, *, at: datetime) -> None:
    """Send it once more, under the same `webhook-id`, and try as often as the first time.

    Raises WrongState where its webhook is off.
    """
    if not delivery.webhook.active:
        raise WrongState(_("It is switched off."))
    delivery.state, delivery.next_at, delivery.tries = DeliveryState.WAITING, at, 0
    after_commit(deliver, delivery.webhook_id)


def _new_secret() -> str:
    return signing.PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked(kinds: Collection[str]) -> list[str]:
    known = [each.name for each in offered()]
    if not kinds or not set(kinds) <= set(known):
        sentence = _("Choose what it is told of.")
        raise Invalid(sentence, fields={"kinds": sentence})
    return [name for name in known if name in kinds]


def _note(what: str, webhook: WebhookOut, by: Person) -> None:
    audit.record(f"webhook_out.{what}", by=by, kind="webhook_out", id=webhook.id, to=webhook.host)
