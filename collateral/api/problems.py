"""How a failure looks (RFC 9457). The application's one error handler writes them."""

from __future__ import annotations

from typing import Annotated, NoReturn

from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized, UnsupportedMediaType

from collateral.api.shapes import Named
from collateral.errors import CollateralError

MEDIA_TYPE = "application/problem+json"


class Problem(Struct, forbid_unknown_fields=True):
    """What went wrong, in one sentence, and by field where fields are at fault."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    errors: dict[str, str] | UnsetType = UNSET
    asset: Named | UnsetType = UNSET
    """The asset that has the file already."""


class KeyReused(CollateralError):
    """An idempotency key came again with something else."""

    status = 422


def unauthorized(sentence: str) -> NoReturn:
    """401, saying how to sign in here."""
    raise Unauthorized(sentence, www_authenticate=WWWAuthenticate("bearer", {"realm": "api"}))


def wrong_media_type(wanted: str) -> NoReturn:
    """415, naming what is taken instead."""
    raise UnsupportedMediaType(f"Send this as {wanted}.")
