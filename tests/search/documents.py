"""Documents to fill an engine with, and what it finds in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from collateral.search.engines.protocol import (
    Ask,
    Changes,
    Document,
    Engine,
    Found,
    Scope,
)
from collateral.search.language import parse, with_synonyms

TODAY = date(2026, 11, 20)


ALL = Scope(1, frozenset(), sees_all=True)


def document(number: int, title: str = "", pages: Iterable[str] = (), **facts: Any) -> Document:
    """A published document for everybody, newest last."""
    given: dict[str, Any] = {
        "id": number,
        "revision": 1,
        "title": title,
        "summary": "",
        "tags": (),
        "labels": (),
        "terms": (),
        "filename": "",
        "owner": "Ann Lindqvist",
        "owner_id": 1,
        "status": "published",
        "teams": (),
        "pages": tuple(pages),
        "published": 1_700_000_000.0 + number,
        "deals": 0,
        "last_used": None,
        "review_on": None,
        "expires_on": None,
    }
    return Document(**given | facts)


def filled(engine: Engine, *documents: Document) -> Engine:
    assert engine.rebuild(iter(documents), lambda: Changes((), ()))
    return engine


def found(engine: Engine, text: str = "", *, scope: Scope = ALL, **ask: Any) -> Found:
    synonyms = ask.pop("synonyms", [])
    limit, offset = ask.pop("limit", 20), ask.pop("offset", 0)
    query = with_synonyms(parse(text), synonyms)
    return engine.search(
        Ask(query=query, scope=scope, today=TODAY, **ask), offset=offset, limit=limit, seconds=10
    )


def exact(engine: Engine, text: str = "", **ask: Any) -> list[int]:
    """The assets that hold what was asked, in order; near misses left out."""
    return [match.id for match in found(engine, text, **ask).matches if not match.near]


def near(engine: Engine, text: str = "", **ask: Any) -> list[int]:
    return [match.id for match in found(engine, text, **ask).matches if match.near]
