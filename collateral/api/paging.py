"""Cursors: where the next page begins, signed, and good for the same question alone."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from msgspec import Meta, Struct

from collateral.errors import Invalid

LARGEST_PAGE = 100


class Paged(Struct, kw_only=True, forbid_unknown_fields=True):
    """What every list takes."""

    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="How many items at most.")] = 20
    cursor: (
        Annotated[str, Meta(max_length=2000, description="`next` of the page before.")] | None
    ) = None


def cursor_at(position: Any) -> str:
    """A cursor for what comes after `position` (anything that JSON can hold)."""
    return _signer().dumps([_question(), position])


def position_of(cursor: str | None) -> Any:
    """What `cursor_at` was given, None for no cursor.

    Raises:
        Invalid: the cursor is not ours, or belongs to another question.
    """
    if cursor is None:
        return None
    wrong = Invalid(
        "This cursor does not belong to this list; begin again without one.",
        fields={"cursor": "Not a cursor of this list."},
    )
    try:
        question, position = _signer().loads(cursor)
    except (BadData, ValueError, TypeError) as error:
        raise wrong from error
    if question != _question():
        raise wrong
    return position


def _question() -> str:
    """The call and its filters; a page may differ in length from the one before."""
    asked = sorted(
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("limit", "cursor")
    )
    return hashlib.sha256(repr((request.path, asked)).encode()).hexdigest()[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="api-cursor")
