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
    if url == "postgres:":
        from collateral.db import db, is_sqlite
        from collateral.search.engines.postgres import PostgresEngine

        if is_sqlite():
            raise BadSetting("SEARCH_URL=postgres: needs a DATABASE_URL of PostgreSQL.")
        return PostgresEngine(db.engine)
    raise BadSetting("SEARCH_URL must be whoosh:FOLDER or postgres:.")
