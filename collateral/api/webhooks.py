"""Webhooks that tell other systems what happens here, and what each was told."""

from __future__ import annotations

import hashlib
from functools import partial

from flask import current_app
from msgspec import UNSET

from collateral.accounts.permissions import Permission
from collateral.accounts.tokens import Scope
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call
from collateral.api.conditions import check_tag
from collateral.api.paging import cursor_at, position_of
from collateral.api.shapes import address
from collateral.api.webhook_shapes import (
    DeliveryList,
    DeliveryQuery,
    DeliveryShape,
    NewWebhook,
    WebhookEdit,
    WebhookList,
    WebhookMade,
    WebhookShape,
    delivery_shape,
    webhook_values,
)
from collateral.clock import now
from collateral.config import Settings
from collateral.notify import webhooks
from collateral.notify.models import WebhookOut

_webhook_call = partial(Call, permission=Permission.ADMIN_CONNECTIONS, scope=Scope.ADMIN)


@_webhook_call(
    "GET",
    "/webhooks",
    does="Other systems that are told what happens here.",
    answers=WebhookList,
)
def list_webhooks() -> WebhookList:
    found = [_shape(each) for each in webhooks.webhooks()]
    return WebhookList(found, len(found), None)


@_webhook_call(
    "POST",
    "/webhooks",
    does="Tell another system what happens here.",
    more="Messages are signed by Standard Webhooks: HMAC-SHA256 over `webhook-id`, "
    "`webhook-timestamp` and the body, under the secret. That is in this answer alone.",
    body=NewWebhook,
    answers=WebhookMade,
    statuses=(201,),
    fails=(409,),
)
def create_webhook(body: NewWebhook) -> Answer:
    made, secret = webhooks.add_webhook(
        body.address,
        body.kinds,
        by=actor(),
        at=now(),
        installation=_settings().secret_key,
        allowed=_settings().webhooks_to,
    )
    return _told(made, secret, 201)


@_webhook_call(
    "GET",
    "/webhooks/<int:webhook_id>",
    does="One webhook.",
    answers=WebhookShape,
    edits=True,
)
def get_webhook(webhook_id: int) -> Answer:
    return _answer(webhooks.get_webhook(webhook_id))


@_webhook_call(
    "PATCH",
    "/webhooks/<int:webhook_id>",
    does="Give it another address or other kinds, or switch it on or off.",
    body=WebhookEdit,
    answers=WebhookShape,
    edits=True,
)
def edit_webhook(webhook_id: int, body: WebhookEdit) -> Answer:
    found = webhooks.get_webhook(webhook_id)
    check_tag(_tag(found))
    webhooks.change_webhook(
        found,
        address=found.address if body.address is UNSET else body.address,
        kinds=found.kinds if body.kinds is UNSET else body.kinds,
        active=found.active if body.active is UNSET else body.active,
        by=actor(),
        allowed=_settings().webhooks_to,
    )
    return _answer(found)


@_webhook_call(
    "DELETE",
    "/webhooks/<int:webhook_id>",
    does="Tell it nothing more; what it was told is forgotten.",
    answers=WebhookShape,
)
def delete_webhook(webhook_id: int) -> WebhookShape:
    found = webhooks.get_webhook(webhook_id)
    shape = _shape(found)
    webhooks.remove_webhook(found, by=actor())
    return shape


@_webhook_call(
    "POST",
    "/webhooks/<int:webhook_id>/secret",
    does="A new secret; the old one ends at once.",
    answers=WebhookMade,
)
def renew_webhook_secret(webhook_id: int) -> Answer:
    found = webhooks.get_webhook(webhook_id)
    secret = webhooks.renew_secret(found, by=actor(), installation=_settings().secret_key)
    return _told(found, secret, 200)


@_webhook_call(
    "POST",
    "/webhooks/<int:webhook_id>/try",
    does="Send it a message that tells of nothing.",
    answers=WebhookShape,
    statuses=(202,),
    fails=(409,),
)
def try_webhook(webhook_id: int) -> WebhookShape:
    found = webhooks.get_webhook(webhook_id)
    webhooks.try_out(found, at=now())
    return _shape(found)


@_webhook_call(
    "GET",
    "/webhooks/<int:webhook_id>/deliveries",
    does="What it was told or is to be told, and what became of it.",
    query=DeliveryQuery,
    answers=DeliveryList,
)
def list_deliveries(webhook_id: int, query: DeliveryQuery) -> DeliveryList:
    found = webhooks.get_webhook(webhook_id)
    rows = webhooks.deliveries(
        found, state=query.state, limit=query.limit + 1, before=position_of(query.cursor)
    )
    counts = webhooks.delivery_counts(found)
    total = counts[query.state] if query.state else sum(counts.values())
    more = len(rows) > query.limit
    shown = rows[: query.limit]
    return DeliveryList(
        [delivery_shape(each) for each in shown], total, cursor_at(shown[-1].id) if more else None
    )


@_webhook_call(
    "POST",
    "/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again",
    does="Send a message again, under the same `webhook-id`.",
    answers=DeliveryShape,
    statuses=(202,),
    fails=(409,),
)
def send_delivery_again(webhook_id: int, delivery_id: int) -> DeliveryShape:
    found = webhooks.get_delivery(webhooks.get_webhook(webhook_id), delivery_id)
    webhooks.send_again(found, at=now())
    return delivery_shape(found)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _told(webhook: WebhookOut, secret: str, status: int) -> Answer:
    values = webhook_values(webhook)
    return Answer(
        WebhookMade(**values, secret=secret),
        {
            "Location": address(f"/webhooks/{webhook.id}"),
            "ETag": _tag(webhook),
            "Cache-Control": "no-store",
        },
        status,
        kept=WebhookMade(**values, secret=None),
    )


def _answer(webhook: WebhookOut) -> Answer:
    return Answer(_shape(webhook), {"ETag": _tag(webhook)})


def _shape(webhook: WebhookOut) -> WebhookShape:
    return WebhookShape(**webhook_values(webhook))


def _tag(webhook: WebhookOut) -> str:
    """Changes with each change that a person makes."""
    said = f"{webhook.id} {webhook.address} {webhook.kinds} {webhook.active} {webhook.by_id}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
