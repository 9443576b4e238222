"""Shapes that several resources share, and small ways from rows to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from flask import current_app
from msgspec import Meta, Struct

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.config import Settings

LARGEST_ID = 2**31 - 1

Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
Currency = Annotated[str, Meta(pattern="^[A-Za-z]{3}$", description="ISO 4217.")]
Amount = Annotated[
    str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$", description="Decimal text: 1200.00.")
]
Moment = Annotated[str, Meta(description="ISO 8601 in UTC.")]


class Money(Struct, forbid_unknown_fields=True):
    """An amount beside its currency."""

    amount: Amount
    currency: Currency


class Named(Struct, forbid_unknown_fields=True):
    """A thing by its id and title."""

    id: int
    title: str


class Somebody(Struct, forbid_unknown_fields=True):
    """A person."""

    id: int
    name: str
    email: str


def sum_of(amount: Decimal, currency: str) -> Money:
    """The amount with two decimals."""
    return Money(f"{amount:.2f}", currency)


def money(amount: Decimal | None, currency: str | None) -> Money | None:
    """The same, None where there is no amount."""
    return None if amount is None else sum_of(amount, currency or "EUR")


def named(asset: Asset | None) -> Named | None:
    return Named(asset.id, asset.title) if asset else None


def somebody(person: Person | None) -> Somebody | None:
    return Somebody(person.id, person.name, person.email) if person else None


def address(path: str) -> str:
    """The full address of a call of this API."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.base_url}/api/v1{path}"


def preview_address(asset_id: int, number: int, page: int) -> str:
    """Of a page's picture, 1280 px wide unless `?width=320` follows."""
    return address(f"/assets/{asset_id}/versions/{number}/pages/{page}/preview")
