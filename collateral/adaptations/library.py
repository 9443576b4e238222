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


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that the index holds under a hash."""

    version: int
    asset: int
    root: int
    number: int


class Library(Protocol):
    """Look-ups over every page that is known; each is one statement for many keys."""

    def roots(self) -> int:
        """How many unrelated roots there are."""

    def hits(self, hashes: Collection[int]) -> Mapping[int, Sequence[Hit]]:
        """Pages that keep one of these shingles; hashes on very many pages are left out."""

    def whole(self, hashes: Collection[int]) -> Mapping[int, Sequence[Hit]]:
        """Pages whose whole content has one of these hashes."""

    def pictures(self, sha256s: Collection[str]) -> Mapping[str, Sequence[Hit]]:
        """Pages that show one of these pictures."""

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        """In how many roots each token stands; tokens that are nowhere are left out."""

    def load(self, versions: Collection[int]) -> Mapping[int, Sequence[KnownPage]]:
        """All pages of these versions, in order."""
