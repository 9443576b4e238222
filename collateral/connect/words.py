"""A CRM's values as the words of a file's cells. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

DAYS = ("opened_on", "closed_on")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def moment_of(text: str) -> datetime:
    """A CRM's moment: ISO 8601 with any of its zones (`Z`, `+0000`), or milliseconds since 1970.

    Raises:
        ValueError: it is none.
    """
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    found = datetime.fromisoformat(re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def words(name: str, value: Any, zone: tzinfo) -> str:
    """The value of our field `name` as a file would have it; "" for none.

    Args:
        zone: where days begin: a deal that closes at 23:00 UTC closes on the next day in Berlin.
    """
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).strip()
    if name == "amount":
        # As it is, 1.234 would be taken for a thousand: files write it so.
        with suppress(InvalidOperation):
            return f"{Decimal(text).quantize(Decimal('0.01')):f}"
    elif name in DAYS and (_MOMENT.match(text) or (text.isdecimal() and len(text) > 10)):
        with suppress(ValueError):
            return moment_of(text).astimezone(zone).date().isoformat()
    elif name == "next_call_at" and text.isdecimal() and len(text) > 10:
        return moment_of(text).isoformat()
    return text
