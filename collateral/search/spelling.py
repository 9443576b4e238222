"""What may have been meant: words that nobody wrote, put right by the index's own words.

Only words that stand in what the person may see are offered, with how many assets she
would then find, so that a suggestion tells her nothing that she may not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collateral.search.folding import spans
from collateral.search.language import TEXT_FIELDS, Query

MOST = 3
"""So many ways to put a query right are tried."""


@dataclass(frozen=True)
class Meant:
    """A query with its misspelt words put right, and how many assets it finds."""

    text: str
    count: int


def words_of(query: Query) -> tuple[str, ...]:
    """The words whose spelling matters, in their order, each once."""
    return tuple(
        dict.fromkeys(
            word
            for clause in query.wanted
            if clause.field is None or clause.field in TEXT_FIELDS
            for word in clause.words
        )
    )


def rewritings(text: str, right: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The text with each misspelt word replaced, the likeliest first.

    `right` has for a folded word what it may have meant, best first. What a person typed
    around the words stays as it is. The n-th rewriting takes the n-th proposal of every word
    that has so many, else its last.
    """
    count = max((len(others) for others in right.values()), default=0)
    found = dict.fromkeys(_rewritten(text, right, place) for place in range(min(count, MOST)))
    return [each for each in found if each != text]


def _rewritten(text: str, right: Mapping[str, tuple[str, ...]], place: int) -> str:
    parts, at = [], 0
    for start, end, word in spans(text):
        others = right.get(word)
        if others:
            parts += [text[at:start], others[min(place, len(others) - 1)]]
            at = end
    return "".join([*parts, text[at:]])


def meant(
    text: str, right: Mapping[str, tuple[str, ...]], total: Callable[[str], int]
) -> tuple[Meant, ...]:
    """The rewritings that find something; `total` says how many assets a query finds."""
    tried = [Meant(each, total(each)) for each in rewritings(text, right)]
    return tuple(each for each in tried if each.count)
