"""`If-Match`: who edits says what she read; whoever comes second is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from collateral.db import is_id
from collateral.errors import LostRace

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def expected_tags() -> frozenset[str] | None:
    """The ETags, without quotes, that the request's If-Match names; None when it takes any.

    What is no ETag matches nothing, and so do weak ones: to overwrite, one must have read
    exactly what is there.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return frozenset(tag for weak, tag in _TAG.findall(header) if not weak)


def check_tag(current: str | None) -> None:
    """Raise LostRace unless If-Match takes what is there, None for nothing."""
    expected = expected_tags()
    if current is None:
        if "If-Match" in request.headers:
            raise lost_race()
    elif expected is not None and current.strip('"') not in expected:
        raise lost_race()


def edits_expected() -> int | None:
    """The number of edits that If-Match names as an asset's ETag; None when it takes any.

    Raises:
        LostRace: it names none that an asset ever has.
    """
    expected = expected_tags()
    if expected is None:
        return None
    numbers = [tag for tag in expected if is_id(tag)]
    if len(expected) != 1 or not numbers:
        raise lost_race()
    return int(numbers[0])


@contextmanager
def no_lost_race(kind: type[Exception]) -> Iterator[None]:
    """Within the block the domain's own word for it, `kind`, becomes a LostRace."""
    try:
        yield
    except kind as error:
        raise lost_race() from error


def lost_race() -> LostRace:
    return LostRace("Somebody changed this since you read it. Nothing was overwritten.")
