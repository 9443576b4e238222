"""What a message says: deals as JSON. Pure.

    {"deals": [{"id": "006-17", "name": "Pilot", "stage": "Evaluation", "amount": "48000",
                "currency": "EUR", "owner_email": "ada@example.com",
                "history": [{"stage": "Discovery", "at": "2026-01-12T09:30:00Z"}]}]}

The fields are those of `PUT /api/v1/deals/…`; a field that is not named stays as it is, and
null clears it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collateral.deals.one_deal import UPSERT_FIELDS
from collateral.errors import Invalid

MOST = 500
LONGEST_ID = 100


@dataclass(frozen=True)
class DealMessage:
    """One deal of a message, as words, with the stages that it went through."""

    external_id: str
    given: dict[str, str | None]
    history: tuple[tuple[str, datetime], ...] = ()


def read(body: bytes) -> list[DealMessage]:
    """The deals of a message. Raises Invalid with the place of what cannot be read."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid("The message is no JSON.") from error
    deals = said.get("deals") if isinstance(said, dict) else None
    if not isinstance(deals, list) or not 1 <= len(deals) <= MOST:
        raise Invalid(
            f"A message holds 1 to {MOST} deals.", fields={"deals": f"A list of 1 to {MOST}."}
        )
    return [_deal(place, each) for place, each in enumerate(deals)]


def _deal(place: int, said: Any) -> DealMessage:
    if not isinstance(said, dict):
        raise _wrong(place, "", "A deal is an object.")
    external_id = said.get("id")
    if not isinstance(external_id, str) or not 1 <= len(external_id) <= LONGEST_ID:
        raise _wrong(place, "id", "A deal has an id of 1 to 100 characters.")
    given: dict[str, str | None] = {}
    for name, value in said.items():
        if name in ("id", "history"):
            continue
        if name not in UPSERT_FIELDS:
            raise _wrong(place, name, "There is no such field.")
        if value is None:
            given[name] = None
        elif isinstance(value, bool):
            given[name] = "yes" if value else "no"
        elif isinstance(value, str | int | float):
            given[name] = str(value)
        else:
            raise _wrong(place, name, "It is words, a number, true, false or null.")
    return DealMessage(external_id, given, _history(place, said.get("history", [])))


def _history(place: int, said: Any) -> tuple[tuple[str, datetime], ...]:
    sentence = "It is a list of stages, each with the moment of it and its time zone."
    if not isinstance(said, list) or len(said) > MOST:
        raise _wrong(place, "history", sentence)
    found = []
    for step in said:
        stage, at = (step.get("stage"), step.get("at")) if isinstance(step, dict) else (None, None)
        try:
            moment = datetime.fromisoformat(at) if isinstance(at, str) else None
        except ValueError:
            moment = None
        if not isinstance(stage, str) or not stage or moment is None or moment.tzinfo is None:
            raise _wrong(place, "history", sentence)
        found.append((stage, moment))
    return tuple(found)


def _wrong(place: int, name: str, sentence: str) -> Invalid:
    field = f"deals.{place}.{name}".rstrip(".")
    return Invalid(f"{field}: {sentence}", fields={field: sentence})
