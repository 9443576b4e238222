"""Stop before you build: what the library has already for an outline or a draft.

For each point of it the pages that say something about it, the most proven first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collateral.accounts.models import Person
from collateral.adaptations.prints import is_number, tokens
from collateral.assets.models import Status
from collateral.search.queries import search
from collateral.search.requests import SearchRequest
from collateral.search.results import Hit

MOST_POINTS = 12
LOOKED_AT = 12
"""Of the best matching assets, from which the most proven are shown."""
SHOWN = 3
MOST_WORDS = 8
FEWER_WORDS = 3
_BULLET = re.compile(r"^\s*(?:[-*•–—·▪]+|\(?\d{1,3}[.):]|[a-zA-Z][.)])\s+")


def points(outline: str) -> list[str]:
    """The lines of an outline that say something, without bullets and numbers, each once."""
    found: dict[str, str] = {}
    for line in outline.splitlines():
        text = " ".join(_BULLET.sub("", line).split())[:200]
        if any(len(word) > 2 and not is_number(word) for word in tokens(text)):
            found.setdefault(text.casefold(), text)
    return list(found.values())


@dataclass(frozen=True)
class Point:
    """A point of the outline and what the library has for it."""

    text: str
    hits: Sequence[Hit]


def found_for(person: Person, texts: Sequence[str]) -> list[Point]:
    """For each of at most twelve points up to three assets with their best page.

    Relevance chooses, use decides the order: deals won with it, then deals, then relevance.
    """
    return [Point(text, _hits(person, text)) for text in texts[:MOST_POINTS]]


def _hits(person: Person, text: str) -> list[Hit]:
    words = [word for word in dict.fromkeys(tokens(text)) if len(word) > 2 or is_number(word)]
    for count in (MOST_WORDS, FEWER_WORDS):
        # The longest words tell most, as a rule; an outline's line is no search.
        chosen = sorted(words, key=len, reverse=True)[:count]
        if not chosen:
            return []
        query = " ".join(word for word in words if word in chosen)
        found = search(
            person,
            SearchRequest(q=query, status=(Status.PUBLISHED.value,), limit=LOOKED_AT),
        )
        hits = [hit for hit in found.hits if not hit.near]
        if hits:
            proven = sorted(hits, key=lambda hit: (-hit.uses.won, -hit.uses.deals))
            return proven[:SHOWN]
    return []
