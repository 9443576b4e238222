"""What lineage asks of the library: look-ups by hash, never a scan. The seam of this feature."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from collateral.adaptations.prints import PagePrint


@dataclass(frozen=True)
class KnownPage:
    """A page of the library. `root` is the oldest ancestor of its asset: files that come from
    one another have one root, so that a word in all of them counts as rare."""

    version: int
    asset: int
    root: int
    print: PagePrint
    printed: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that the index holds under a hash."""

    version: int
    asset: int
    root: int
    number: int


@dataclass(frozen=True)
class Finds:
    """What the index holds of some hashes.

    Attributes:
        hits: hash → pages, among those that may be sources.
        roots: hash → in how many unrelated roots it stands, whoever may see them.
    """

    hits: Mapping[int, Sequence[Hit]]
    roots: Mapping[int, int]


class Library(Protocol):
    """Look-ups over every page that is known; each is a statement for many keys."""

    def roots(self) -> int:
        """How many unrelated roots there are."""

    def find(self, pages: Sequence[Collection[int]]) -> Finds:
        """Pages that are kept under one of the hashes of these pages: a run of words, a picture,
        or all of a page. Of hashes on very many pages some are followed, and to some of them."""

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        """In how many roots each token stands; tokens that are nowhere are left out."""

    def load(self, versions: Collection[int]) -> Mapping[int, Sequence[KnownPage]]:
        """All pages of these versions, in order."""
