"""What appears while one types, as the page's scripts are told: title, address, hint, picture."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.search import typeahead
from collateral.search.engines.protocol import Completion
from collateral.templating import format_day


def search_item(item: Completion) -> dict[str, Any]:
    return {
        "title": item.text,
        "url": url_for("search.library", q=item.text),
        "hint": ngettext("%(num)s asset", "%(num)s assets", item.total),
        "icon": "search",
    }


def asset_item(item: typeahead.SuggestedAsset) -> dict[str, Any]:
    pages = ngettext("%(num)s page", "%(num)s pages", item.page_count or 0)
    hint = ", ".join(filter(None, (item.label, pages if item.page_count else None)))
    found = {"title": item.title, "url": url_for("assets.detail", asset_id=item.id), "hint": hint}
    if item.preview:
        found["picture"] = url_for(
            "assets.preview",
            asset_id=item.id,
            number=item.version,
            page=1,
            width=320,
            v=item.preview,
        )
    else:
        found["icon"] = "file"
    return found


def collection_item(item: typeahead.SuggestedCollection) -> dict[str, Any]:
    return {
        "title": item.title,
        "url": url_for("search.collection", collection_id=item.id),
        "hint": ngettext("%(num)s asset", "%(num)s assets", item.assets),
        "icon": "library",
    }


def deal_item(item: typeahead.SuggestedDeal) -> dict[str, Any]:
    call = _("call %(when)s", when=format_day(item.next_call_at)) if item.next_call_at else None
    return {
        "title": f"{item.account}, {item.name}" if item.account else item.name,
        "url": url_for("deals.detail", deal_id=item.id),
        "hint": " · ".join(filter(None, (item.stage, call))),
        "icon": "deals",
    }
