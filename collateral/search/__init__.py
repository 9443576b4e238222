"""Finding assets: our own small query language, one index behind a seam, typeahead, the log.

A query is parsed (`language`), joined with synonyms, and answered by an engine
(`engines/protocol.py`) for what the person may see; the page that matched and its
words are cut from the database (`snippets`). The index is a copy: the rows say what
is behind, the worker is its only writer, and a lost one is made again.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Openings from results are noted wherever an asset is opened."""
    from collateral.search import following

    following.init_app(app)
