"""How far assets came, as bars and tabs."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from collateral.reports.ignored import Funnel, Reached
from collateral.templating import address_with, number, percent


def reached_names() -> dict[str, str]:
    """How far an asset came, in words."""
    return {
        Reached.NOTHING.value: _("Never shown"),
        Reached.SHOWN.value: _("Shown, not opened"),
        Reached.OPENED.value: _("Opened, not used"),
        Reached.USED.value: _("Used in a deal"),
    }


def reached_tabs(found: Funnel, current: Reached | None) -> list[dict[str, Any]]:
    """The steps at which assets stopped."""
    names = reached_names()
    return [
        {
            "text": names[step.value] if step else _("All without a use"),
            "url": address_with(reached=step.value if step else None, page=None),
            "current": current is step,
            "count": found.stopped(step),
        }
        for step in (None, Reached.NOTHING, Reached.SHOWN, Reached.OPENED)
    ]


def funnel(found: Funnel) -> list[dict[str, Any]]:
    """The bars from published to used."""
    if not found.published:
        return []
    stopped = {step: number(found.stopped(step)) for step in Reached}
    steps = (
        (_("Published"), found.published, ""),
        (_("Shown"), found.shown, _("%(n)s never shown", n=stopped[Reached.NOTHING])),
        (_("Opened"), found.opened, _("%(n)s shown, not opened", n=stopped[Reached.SHOWN])),
        (_("Used in a deal"), found.used, _("%(n)s opened, not used", n=stopped[Reached.OPENED])),
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
