"""What a search answers, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from collateral.assets.models import Status, Vocabulary
from collateral.search.snippets import Parts
from collateral.search.spelling import Meant


@dataclass(frozen=True, slots=True)
class FoundTerm:
    vocabulary: Vocabulary
    slug: str
    label: str

    @property
    def key(self) -> str:
        return f"{self.vocabulary.value}:{self.slug}"


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of the asset's current version. `preview` is the SHA-256 of the one 320 px wide."""

    number: int
    title: str
    preview: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class FoundAsset:
    """What is shown of an asset that was found; without a version yet, those fields are None."""

    id: int
    title: str
    summary: str
    status: Status
    owner_id: int
    published_at: datetime | None
    created_at: datetime
    review_on: date | None
    expires_on: date | None
    version: int | None
    version_id: int | None
    version_at: datetime | None
    text_at: datetime | None
    read_at: datetime | None
    family: str | None
    label: str | None
    page_count: int | None
    seconds: float | None
    terms: tuple[FoundTerm, ...] = ()
    cover: FoundPage | None = None
    """Its first page."""
    second: FoundPage | None = None

    @property
    def type(self) -> FoundTerm | None:
        return next((t for t in self.terms if t.vocabulary is Vocabulary.TYPE), None)


@dataclass(frozen=True, slots=True)
class Uses:
    """In how many deals that count for the person it was used."""

    deals: int = 0
    won: int = 0
    open: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One asset of the results.

    `page` is the page that matched, None where only what describes the asset did;
    `pages` are the numbers of all pages that match. `title` and `snippet` are
    (text, found) pairs.
    """

    asset: FoundAsset
    score: float
    near: bool
    title: Parts
    snippet: Parts
    page: FoundPage | None = None
    pages: tuple[int, ...] = ()
    uses: Uses = field(default_factory=Uses)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One choice of a filter: `value` for the address, how many it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: a vocabulary's name, `status` or `freshness`."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits and what is said about all of them."""

    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """`stage:evaluation` to how many of the results have it."""
    also_searched: tuple[str, ...] = ()
    """Synonyms that were looked for besides the words."""
    near_total: int = 0
    """How many of the total are near misses; they come after all others."""
    next: str | None = None
    cut_short: bool = False
    """The time was up before everything was looked at."""
    shortened: bool = False
    """More was typed than is read."""
    degraded: bool = False
    """The index cannot be read just now: titles alone were looked through."""
    query: str = ""
    """The query in its normal form."""
    meant: tuple[Meant, ...] = ()
    """What may have been meant, where nothing has all the words."""

    @property
    def near(self) -> bool:
        """Whether there are near misses among the results."""
        return self.near_total > 0
