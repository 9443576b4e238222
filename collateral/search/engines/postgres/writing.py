"""How a document becomes rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collateral.search.engines.columns import STATUSES
from collateral.search.engines.protocol import Document
from collateral.search.folding import fold, words

GAP = 8
"""Between two tags or labels, so that no phrase runs from one into the next."""
LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 900_000
"""PostgreSQL takes vectors below a megabyte."""


def doc_row(document: Document) -> dict[str, Any]:
    """The row of `doc`, the vectors as text."""
    title, summary = words(document.title), words(document.summary)
    filename = words(document.filename)
    tags = [words(tag) for tag in document.tags]
    labels = [words(label) for label in document.labels]
    every: dict[str, None] = {}
    for run in (title, *tags, *labels, summary, filename, *map(words, document.pages)):
        every.update(dict.fromkeys(run))
    return {
        "asset_id": document.id,
        "owner_id": document.owner_id,
        "status": STATUSES.index(document.status),
        "limited": bool(document.teams),
        "teams": list(document.teams),
        "terms": list(document.terms),
        "tags": [fold(tag) for tag in document.tags],
        "published": document.published,
        "deals": document.deals,
        "last_used": document.last_used,
        "review_on": document.review_on,
        "expires_on": document.expires_on,
        "title_order": fold(document.title)[:120],
        "head": vector(
            [(title, "A"), *((tag, "B") for tag in tags), (summary, "C"), (filename, "D")]
        ),
        "side": vector(
            [*((label, "A") for label in labels), (words(document.owner), "B")],
        ),
        "every": bare(every),
    }


def page_rows(document: Document) -> list[dict[str, Any]]:
    """The rows of `page`; pages without words have none."""
    return [
        {"asset_id": document.id, "number": number, "words": vector([(run, "")])}
        for number, run in enumerate(map(words, document.pages), start=1)
        if run
    ]


def title_words(document: Document) -> list[str]:
    return list(dict.fromkeys(words(document.title)))


def all_words(document: Document) -> dict[str, bool]:
    """Each word, and whether it stands in what describes the asset and not in its pages alone."""
    found = dict.fromkeys((word for page in document.pages for word in words(page)), False)
    described = (
        document.title,
        document.summary,
        document.filename,
        *document.tags,
        *document.labels,
    )
    found.update(dict.fromkeys((word for text in described for word in words(text)), True))
    return found


def vector(runs: Iterable[tuple[list[str], str]]) -> str:
    """A tsvector as text: each word with its places and the weight of where it stands."""
    places: dict[str, list[str]] = {}
    at = 1
    for run, weight in runs:
        for word in run:
            held = places.setdefault(word, [])
            if len(held) < MOST_PLACES:
                held.append(f"{min(at, LAST_PLACE)}{weight}")
            at += 1
        at += GAP
    return _joined((word, f":{','.join(held)}") for word, held in places.items())


def bare(found: Iterable[str]) -> str:
    """A tsvector of words without places."""
    return _joined((word, "") for word in found)


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    kept: list[str] = []
    room = MOST_BYTES
    for word, places in parts:
        # Each place takes two bytes, each word its own and some to find it by.
        room -= len(word.encode()) + 8 + 2 * (places.count(",") + 2)
        if room < 0:
            break
        kept.append(lexeme(word) + places)
    return " ".join(kept)


def lexeme(word: str) -> str:
    """The word as PostgreSQL reads it in vectors and queries, whatever is in it."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
