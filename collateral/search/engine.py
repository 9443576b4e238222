"""The engine that SEARCH_URL names, one for each application."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from collateral.errors import BadSetting
from collateral.search.engines.protocol import Engine


def engine() -> Engine:
    """The running application's engine. Its libraries are loaded when it is first needed."""
    made: Engine | None = current_app.extensions.get("search")
    if made is None:
        made = current_app.extensions.setdefault(
            "search", _make(current_app.extensions["settings"].search_url)
        )
    return made


def _make(url: str) -> Engine:
    if url.startswith("whoosh:"):
        from collateral.search.engines.whoosh import WhooshEngine

        return WhooshEngine(Path(url.removeprefix("whoosh:")).absolute())
    raise BadSetting("SEARCH_URL must be whoosh:FOLDER.")
