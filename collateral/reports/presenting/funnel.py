"""How far assets came, as bars and tabs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from collateral.reports.ignored import IgnoredReport, Reached
from collateral.templating import address_with, number, percent


def reached_names() -> dict[str, str]:
    """How far an asset came, in words."""
    return {
        Reached.NOTHING.value: _("Never shown"),
        Reached.SHOWN.value: _("Shown, not opened"),
        Reached.OPENED.value: _("Opened, not used"),
        Reached.USED.value: _("Used in a deal"),
    }


def reached_tabs(found: IgnoredReport, current: Reached | None) -> list[dict[str, Any]]:
    """The steps at which assets stopped."""
    numbers = {
        Reached.NOTHING: found.published - found.shown,
        Reached.SHOWN: found.shown - found.opened,
        Reached.OPENED: found.opened - found.used,
    }
    names = reached_names()
    every = {
        "text": _("All without a use"),
        "url": address_with(reached=None, page=None),
        "current": current is None,
        "count": sum(numbers.values()),
    }
    return [every] + [
        {
            "text": names[step.value],
            "url": address_with(reached=step.value, page=None),
            "current": current is step,
            "count": count,
        }
        for step, count in numbers.items()
    ]


def funnel(found: IgnoredReport) -> list[dict[str, Any]]:
    """The bars from published to used."""
    if not found.published:
        return []
    steps = (
        (_("Published"), found.published, ""),
        (_("Shown"), found.shown, _("%(n)s never shown", n=number(found.published - found.shown))),
        (
            _("Opened"),
            found.opened,
            _("%(n)s shown, not opened", n=number(found.shown - found.opened)),
        ),
        (
            _("Used in a deal"),
            found.used,
            _("%(n)s opened, not used", n=number(found.opened - found.used)),
        ),
    )
    return [
        {
            "name": name,
            "parts": [("", count)],
            "of": found.published,
            "value": number(count),
            "under": f"{percent(count / found.published)} · {said}" if said else "",
        }
        for name, count, said in steps
    ]
