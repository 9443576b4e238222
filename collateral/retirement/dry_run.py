"""The dry run of a retirement in words."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.retirement.operations import Plan
from collateral.templating import format_day

# Icon, number or name, what becomes of it, small print.
Effect = tuple[str, str, str, str]

NAMED = 5


def effects(plan: Plan) -> list[Effect]:
    """What the retirement would touch; of what it would not, nothing is said."""
    found = (_of_deals(plan), _of_links(plan), _of_downloads(plan), _of_adaptations(plan))
    said = [effect for effect in found if effect is not None]
    said += [("archive", each.title, _("is retired and leads here."), "") for each in plan.replaces]
    if plan.replacement:
        said.append(("right", plan.replacement.title, _("takes its place."), ""))
    return said


def _of_deals(plan: Plan) -> Effect | None:
    if not plan.open_deal_count:
        return None
    strong = ngettext("%(num)s open deal", "%(num)s open deals", plan.open_deal_count)
    names = _first(item.deal.name for item in plan.open_deals)
    return "deals", strong, _("carry it; what was noted there stays."), names


def _of_links(plan: Plan) -> Effect | None:
    if not plan.share_count:
        return None
    strong = ngettext("%(num)s live link", "%(num)s live links", plan.share_count)
    text = (
        _("show what takes its place.")
        if plan.replacement
        else _("show what takes its place, or a courteous note.")
    )
    return "link", strong, text, _first(dict.fromkeys(s.share.recipient for s in plan.shares))


def _of_downloads(plan: Plan) -> Effect | None:
    if not plan.downloader_count:
        return None
    strong = ngettext("%(num)s person", "%(num)s people", plan.downloader_count)
    names = _first(f"{each.person.name} ({format_day(each.at)})" for each in plan.downloaders)
    text = _("downloaded it and may still have the file; told once.")
    return "download", strong, text, names


def _of_adaptations(plan: Plan) -> Effect | None:
    if not plan.adaptations:
        return None
    strong = ngettext("%(num)s adaptation", "%(num)s adaptations", plan.adaptations)
    return "merge", strong, _("of it stay with those who made them."), ""


def _first(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:NAMED])
