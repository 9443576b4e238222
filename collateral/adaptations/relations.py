"""What lineage says of a file: its sources, and what became of each page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collateral.adaptations.changes import PageChange
from collateral.adaptations.library import KnownPage


class Change(StrEnum):
    SAME = "same"
    EDITED = "edited"
    NEW = "new"


@dataclass(frozen=True)
class Source:
    """A version that pages of the file came from.

    `borrowed`: less than 15 % of the file is from it, or up to three pages that are less than half
    of it and of which one alone is certain. The pages are from there; the file as a whole is not.
    """

    version: int
    asset: int
    share: float
    confidence: float
    dropped: tuple[int, ...]
    moved: tuple[int, ...]
    borrowed: bool


@dataclass(frozen=True)
class Translation:
    """The version that the file is a translation of, and how surely."""

    version: int
    asset: int
    confidence: float


@dataclass(frozen=True)
class PageLineage:
    """What became of one page.

    Attributes:
        source: the known page it came from; None for a new one.
        similarity: 0 to 1, how alike the two are.
        confidence: probability that `source` is right; for a new page that none is.
        shared: a like page is known, but from a file that this one did not come from.
    """

    number: int
    change: Change
    source: KnownPage | None
    similarity: float
    confidence: float
    what: PageChange
    shared: KnownPage | None = None


@dataclass(frozen=True)
class Lineage:
    """Sources with the largest first and borrowed ones last, each page, and whether the deck was
    branded."""

    sources: tuple[Source, ...]
    pages: tuple[PageLineage, ...]
    branded: bool
    translation_of: Translation | None = None
