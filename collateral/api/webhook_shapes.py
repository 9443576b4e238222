"""How webhooks and their messages look here, and what is taken of a webhook."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from collateral.api.paging import Paged
from collateral.api.shapes import Somebody, somebody
from collateral.notify.addresses import LONGEST
from collateral.notify.models import Delivery, DeliveryState, WebhookOut
from collateral.words import from_text

Address = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Kinds = Annotated[
    list[Annotated[str, Meta(max_length=60)]],
    Meta(
        min_length=1,
        max_length=50,
        description="Among `asset.published`, `asset.renewed`, `asset.retired`, `asset.restored`, "
        "`adaptation.submitted`, `adaptation.reviewed`, `share.visited`, `deal.closed` and "
        "`request.asked`.",
    ),
]


class NewWebhook(Struct, forbid_unknown_fields=True):
    """Where messages go, and what they tell of."""

    address: Address
    kinds: Kinds


class WebhookEdit(Struct, forbid_unknown_fields=True):
    """What is left out stays as it is. Whoever edits it lends it her rights from then on."""

    address: Address | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class WebhookShape(Struct, forbid_unknown_fields=True):
    """A webhook. It is told what `by` may see. `failing_since`: nothing was taken since then;
    `gave_up_at`: when it was switched off by itself for that."""

    id: int
    address: str
    kinds: list[str]
    active: bool
    by: Somebody | None
    created_at: datetime
    failing_since: datetime | None
    gave_up_at: datetime | None


class WebhookMade(WebhookShape, forbid_unknown_fields=True):
    """With its secret, which is told this once; null when it was told before."""

    secret: str | None


class WebhookList(Struct, forbid_unknown_fields=True):
    """All of them: there are at most twenty."""

    items: list[WebhookShape]
    total: int
    next: str | None


class DeliveryShape(Struct, forbid_unknown_fields=True):
    """A message. `key`: its `webhook-id`, the same at every try; `status`: what the receiver
    answered last; `why`: why that try failed; `next_at`: when it is tried again."""

    id: int
    key: str
    kind: str
    at: datetime
    state: DeliveryState
    tries: int
    tried_at: datetime | None
    next_at: datetime | None
    status: int | None
    why: str


class DeliveryList(Struct, forbid_unknown_fields=True):
    """Of a month, the latest first."""

    items: list[DeliveryShape]
    total: int
    next: str | None


class DeliveryQuery(Paged, kw_only=True, forbid_unknown_fields=True):
    state: DeliveryState | None = None


def webhook_values(webhook: WebhookOut) -> dict[str, Any]:
    """The fields of a webhook."""
    return {
        "id": webhook.id,
        "address": webhook.address,
        "kinds": webhook.kinds,
        "active": webhook.active,
        "by": somebody(webhook.by),
        "created_at": webhook.created_at,
        "failing_since": webhook.failing_since,
        "gave_up_at": webhook.gave_up_at,
    }


def delivery_shape(delivery: Delivery) -> DeliveryShape:
    """A message, with its reason in the reader's language."""
    waits = delivery.state is DeliveryState.WAITING
    return DeliveryShape(
        id=delivery.id,
        key=delivery.key,
        kind=delivery.kind,
        at=delivery.at,
        state=delivery.state,
        tries=delivery.tries,
        tried_at=delivery.tried_at,
        next_at=delivery.next_at if waits else None,
        status=delivery.status,
        why=from_text(delivery.why),
    )
