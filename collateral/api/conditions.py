"""`If-Match`: who edits says what she read; whoever comes second is told."""

from __future__ import annotations

from flask import request

from collateral.errors import Invalid, LostRace


def edits_expected() -> int | None:
    """The number of edits that the request's If-Match names; None when it takes any.

    Raises:
        Invalid: it is no list of entity tags.
        LostRace: it names none that we ever give.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tags = request.if_match.as_set(include_weak=False)
    if not tags and not request.if_match.as_set(include_weak=True):
        raise Invalid('If-Match must be an ETag such as "3".', fields={"If-Match": "No ETag."})
    numbers = [tag for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10]
    if len(tags) != 1 or not numbers:
        raise lost_race()
    return int(numbers[0])


def lost_race() -> LostRace:
    return LostRace("Somebody changed this since you read it. Nothing was overwritten.")
