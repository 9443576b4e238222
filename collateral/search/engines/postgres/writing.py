"""How a document becomes rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from collateral.search.engines.facts import STATUSES, day_number
from collateral.search.engines.protocol import Document
from collateral.search.folding import fold, words

GAP = 8
"""Between two tags or labels, so that no phrase runs from one into the next."""
LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 900_000
"""PostgreSQL takes vectors below a megabyte."""

DOC = (
    "asset_id", "owner_id", "status", "limited", "changed", "revision", "teams", "terms", "tags",
    "published", "deals", "last_used", "review_on", "expires_on", "title_order", "every",
)  # fmt: skip
HEAD = ("asset_id", "head", "side")
PAGE = ("asset_id", "number", "words")
TITLE_WORD = ("word", "asset_id")


@dataclass(frozen=True)
class Cut:
    """A document with its words, cut once for all the rows that it becomes."""

    document: Document

    @cached_property
    def title(self) -> list[str]:
        return words(self.document.title)

    @cached_property
    def described(self) -> list[list[str]]:
        """The words of what describes it, but its owner: title, tags, labels, summary, file."""
        one = self.document
        texts = (*one.tags, *one.labels, one.summary, one.filename)
        return [self.title, *map(words, texts)]

    @cached_property
    def pages(self) -> list[list[str]]:
        return list(map(words, self.document.pages))

    def doc(self, changed: int) -> tuple[Any, ...]:
        """The row of `doc`, by DOC, as of this change."""
        one = self.document
        return (
            one.id,
            one.owner_id,
            STATUSES.index(one.status),
            bool(one.teams),
            changed,
            one.revision,
            list(one.teams),
            list(one.terms),
            [fold(tag) for tag in one.tags],
            one.published,
            one.deals,
            day_number(one.last_used),
            day_number(one.review_on),
            day_number(one.expires_on),
            fold(one.title)[:120],
            bare([*self.described, *self.pages]),
        )

    def head(self) -> tuple[Any, ...]:
        """The row of `head`, by HEAD."""
        tags = len(self.document.tags)
        title, *more = self.described
        described = [(title, "A"), *((run, "B") for run in more[:tags])]
        described += [(more[-2], "C"), (more[-1], "D")]
        beside = [(run, "A") for run in more[tags:-2]]
        beside.append((words(self.document.owner), "B"))
        return self.document.id, vector(described), vector(beside)

    def page(self) -> list[tuple[Any, ...]]:
        """The rows of `page`, by PAGE; pages without words have none."""
        return [
            (self.document.id, number, vector([(run, "")]))
            for number, run in enumerate(self.pages, start=1)
            if run
        ]

    def title_word(self) -> list[tuple[Any, ...]]:
        """The rows of `title_word`, by TITLE_WORD."""
        return [(word, self.document.id) for word in dict.fromkeys(self.title)]

    def every_word(self) -> dict[str, bool]:
        """Each word, and whether it describes the asset and does not stand in its pages alone."""
        found: dict[str, bool] = {}
        for run in self.pages:
            found.update(dict.fromkeys(run, False))
        for run in self.described:
            found.update(dict.fromkeys(run, True))
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


def bare(runs: Iterable[list[str]]) -> str:
    """A tsvector of words without places."""
    found: dict[str, None] = {}
    for run in runs:
        found.update(dict.fromkeys(run))
    return _joined((word, "") for word in found)


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    kept: list[str] = []
    room = MOST_BYTES
    for word, places in parts:
        # Each place takes two bytes, each letter up to four, each word some to find it by.
        room -= 4 * len(word) + 8 + 2 * (places.count(",") + 2)
        if room < 0:
            break
        kept.append(lexeme(word) + places)
    return " ".join(kept)


def lexeme(word: str) -> str:
    """The word as PostgreSQL reads it in vectors and queries, whatever is in it."""
    if word.isalnum():
        return f"'{word}'"
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
