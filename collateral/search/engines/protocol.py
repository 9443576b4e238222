"""The seam between search and whatever finds: what an engine is given, and what it answers.

An engine knows documents, not people or rows: who may see what comes as a `Scope`,
what must not show although the index still has it comes as `hidden`. Every engine
passes the suite in tests/search/expectations.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from collateral.search.language import Query

SCHEMA = 2
"""Raised whenever an index made by older code can no longer be read or answers differently."""

FEW = 8
"""Fewer matches than this of all words, and near misses are added."""
NEAR_LIMIT = 50
"""At most so many near misses."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    PROVEN = "proven"
    NEWEST = "newest"
    TITLE = "title"


class Freshness(StrEnum):
    CURRENT = "current"
    REVIEW_DUE = "review_due"


@dataclass(frozen=True, slots=True)
class Document:
    """An asset as the index takes it in."""

    id: int
    revision: int
    title: str
    summary: str
    tags: tuple[str, ...]
    labels: tuple[str, ...]
    """What its terms are called."""
    terms: tuple[str, ...]
    """`stage:evaluation`, …"""
    filename: str
    owner: str
    owner_id: int
    status: str
    teams: tuple[int, ...]
    """It is for these teams alone; for everybody where there are none."""
    pages: tuple[str, ...]
    """The words of each page with its title and notes."""
    published: float
    """Seconds since 1970 of its publication, else of its making."""
    deals: int
    """In how many deals it was used."""
    last_used: date | None
    review_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, as far as an index must know it. Mirrors `assets.queries.visible`."""

    person_id: int
    team_ids: frozenset[int]
    sees_all: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """One search. Equal asks of an unchanged index have equal answers."""

    query: Query
    scope: Scope
    today: date
    terms: frozenset[str] = frozenset()
    """Chosen `vocabulary:slug`; any of a vocabulary's, and of every vocabulary chosen one."""
    tags: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    """None chosen: all but the retired."""
    owner_id: int | None = None
    used_since: date | None = None
    freshness: Freshness | None = None
    sort: Sort = Sort.RELEVANCE
    hidden: frozenset[int] = frozenset()
    """Assets that the index still has, though the person may no longer see them."""


@dataclass(frozen=True, slots=True)
class Match:
    """One asset that was found."""

    id: int
    score: float
    near: bool
    """It does not hold all the words as they were typed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of matches and what is said about all of them."""

    matches: tuple[Match, ...]
    total: int
    near: int
    """How many of the total are near misses."""
    facets: Mapping[str, int] = field(default_factory=dict)
    """`stage:evaluation`, `status:draft`, `freshness:current`: how many of the matches have it,
    each vocabulary counted as if nothing of its own were chosen."""
    marks: tuple[tuple[str, ...], ...] = ()
    """Folded words, or runs of them, that made assets match: what to mark."""
    cut_short: bool = False
    """The time was up before everything was looked at."""
    degraded: bool = False
    """Titles alone were looked through, because there was no index to read."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A way to finish what is being typed, and how many assets the person would find."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Documents to put in and assets to take out."""

    documents: Iterable[Document]
    gone: Iterable[int]


class EngineUnavailable(Exception):
    """The index is missing, damaged or of another schema; the worker will make it again."""


class Engine(Protocol):
    """Finds documents. Reads may come from many threads; writes come from one worker."""

    def search(self, ask: Ask, *, offset: int, limit: int, seconds: float) -> Found:
        """Answer within about so many seconds. Raises EngineUnavailable."""
        ...

    def suggest(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[int]:
        """Assets whose title has all the words, the last one perhaps unfinished; best first."""
        ...

    def complete(
        self, words: tuple[str, ...], scope: Scope, hidden: frozenset[int], limit: int
    ) -> list[Completion]:
        """Words of titles with which the last of the words may go on."""
        ...

    def corrections(
        self,
        words: tuple[str, ...],
        scope: Scope,
        hidden: frozenset[int],
        limit: int,
        seconds: float,
    ) -> dict[str, tuple[str, ...]]:
        """For words that stand in nothing the person sees, words a slip away that do.

        At most `limit` for each, those in the most assets first. Raises EngineUnavailable.
        """
        ...

    def generation(self) -> str:
        """A name for the present state of the index. Raises EngineUnavailable."""
        ...

    def ids(self) -> frozenset[int]:
        """The assets that are in it. Raises EngineUnavailable."""
        ...

    def count(self) -> int:
        """How many assets are in it. Raises EngineUnavailable."""
        ...

    def age(self) -> timedelta:
        """How long ago it was made. Raises EngineUnavailable."""
        ...

    def worn(self) -> bool:
        """Whether so much was changed since it was made that a new one would be better."""
        ...

    def scattered(self) -> frozenset[int]:
        """Assets that single changes have scattered: better written once more, together.

        Empty while there are few of them. Raises EngineUnavailable.
        """
        ...

    def own_revisions(self) -> dict[int, int] | None:
        """By asset, which revision of it is in this index.

        None where no program of another version has an index of its own beside this one: what
        the rows say was indexed is in here then. Raises EngineUnavailable.
        """
        ...

    def write(self, documents: Iterable[Document], gone: Iterable[int]) -> bool:
        """Put the documents in, in place of older ones of the same id, and take `gone` out.

        False when another process is writing just now; nothing was done.
        Raises EngineUnavailable.
        """
        ...

    def rebuild(self, documents: Iterator[Document], late: Callable[[], Changes]) -> bool:
        """Make a new index beside the live one, then switch to it in one step.

        Searches go on with the old one meanwhile. Before the switch, while nobody else can
        write, `late` is asked for what changed since its documents were taken. False when
        somebody else is at it; nothing was done.
        """
        ...

    def tidy(self) -> None:
        """Merge what many small writes left behind, and remove what nobody reads any more."""
        ...

    def healthy(self) -> bool:
        """Whether it can be read and is of today's schema."""
        ...
