"""The leading numbers beside those they are compared with, and bars of the largest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from collateral.reports.comparing import Headline
from collateral.reports.presenting.figures import Figure, change_on
from collateral.templating import number

MOST_BARS = 10
FEWER_IS_BETTER = {
    "gaps",
    "never_shown",
    "not_opened",
    "not_used",
    "adaptations",
    "re_created",
    "hours",
}
NEITHER = {"published", "people", "searches"}


def _names() -> dict[str, str]:
    return {
        "views": _("Views"),
        "downloads": _("Downloads"),
        "uses": _("Uses"),
        "gaps": _("Gaps"),
        "people": _("People"),
        "searches": _("Searches"),
        "published": _("Published"),
        "never_shown": _("Never shown"),
        "not_opened": _("Shown, not opened"),
        "not_used": _("Opened, not used"),
        "used": _("Used in a deal"),
        "adaptations": _("Adaptations"),
        "re_created": _("Assets re-created"),
        "hours": _("Hours re-creating"),
        "saved_retiring": _("Saved by retiring, a year"),
        "saved_merging": _("Saved by merging"),
    }


def compared(found: Iterable[Headline]) -> list[Figure]:
    """The figures of a comparison."""
    names = _names()
    return [
        change_on(
            names[one.key],
            one.now,
            one.before,
            None if one.key in NEITHER else one.key not in FEWER_IS_BETTER,
        )
        for one in found
    ]


def top_bars(pairs: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    """Bars of the ten largest; none where all are zero."""
    ranked = sorted(((v, n) for n, v in pairs if v), key=lambda pair: -pair[0])[:MOST_BARS]
    return [
        {"name": name, "parts": [("", value)], "value": number(value)} for value, name in ranked
    ]
