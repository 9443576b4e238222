"""What a page draws by the hundred: icons, ticks, shares. Templates know these as their own macros,
which would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from collateral.templating import asset_url

_ICONS = {
    "deck": "deck",
    "presentation": "deck",
    "document": "doc",
    "pdf": "doc",
    "text": "doc",
    "table": "table",
    "sheet": "table",
    "spreadsheet": "table",
    "picture": "picture",
    "image": "picture",
    "video": "video",
    "audio": "audio",
    "archive": "package",
    "package": "package",
}


def icon(name: str, label: str | None = None, size: str = "") -> Markup:
    """A line icon, as components/icon.html says: kept, for a page draws sixty of some twenty."""
    return _icon(asset_url("icons.svg"), name, label, size)


@lru_cache(maxsize=512)
def _icon(address: str, name: str, label: str | None, size: str) -> Markup:
    kind = f" icon--{size}" if size else ""
    said = Markup('role="img" aria-label="{}"').format(label) if label else 'aria-hidden="true"'
    drawn = '<svg class="icon{}" {}><use href="{}#i-{}"/></svg>'
    return Markup(drawn).format(kind, Markup(said), address, name)  # noqa: S704


def icon_of_kind(kind: str) -> str:
    """The icon of a kind of file, as components/picture.html names them."""
    return _ICONS.get(kind, "file")


def class_of_share(value: float) -> str:
    """The class of a proportion from 0 to 1, p-0 to p-100: no style stands in a page."""
    return f"p-{min(max(round(value * 100), 0), 100)}"


def strip_ticks(pages: int, hits: Sequence[int]) -> Markup:
    """A tick for each page, as components/meters.html says: a page of results has hundreds."""
    ticks = ['<i class="strip__tick"></i>'] * pages
    for number in hits:
        if 0 < number <= pages:
            ticks[number - 1] = '<i class="strip__tick strip__tick--hit"></i>'
    return Markup("".join(ticks))  # noqa: S704 - of the constants above


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        line_icon=icon,
        strip_ticks=strip_ticks,
        icon_of_kind=icon_of_kind,
        class_of_share=class_of_share,
    )
