"""A library in memory: the look-ups of lineage over prints that were just made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from collateral.adaptations.library import Finds, Hit, KnownPage
from collateral.adaptations.prints import PagePrint


class MemoryLibrary:
    """Keeps every page; `add` one file at a time. `without` shuts a root out for a while."""

    def __init__(self) -> None:
        self.files: dict[int, list[KnownPage]] = {}
        self.without: int | None = None
        self._hits: dict[int, list[Hit]] = defaultdict(list)
        self._tokens: dict[str, set[int]] = defaultdict(set)
        self._roots: set[int] = set()

    def add(
        self,
        version: int,
        pages: Sequence[PagePrint],
        *,
        asset: int | None = None,
        root: int | None = None,
        printed: bool = False,
    ) -> None:
        """Know a file; without `asset` and `root` it is one of its own."""
        asset = version if asset is None else asset
        root = asset if root is None else root
        self.files[version] = [KnownPage(version, asset, root, p, printed) for p in pages]
        self._roots.add(root)
        for page in pages:
            hit = Hit(version, asset, root, page.number)
            for kept in {*page.kept, *page.marks}:
                self._hits[kept].append(hit)
            for token in page.bag:
                self._tokens[token].add(root)

    def roots(self) -> int:
        """See `Library`."""
        return len(self._roots - {self.without})

    def find(self, pages: Sequence[Collection[int]]) -> Finds:
        """See `Library`."""
        hits: dict[int, list[Hit]] = {}
        for h in {h for page in pages for h in page}:
            rows = [hit for hit in self._hits.get(h, ()) if hit.root != self.without]
            if rows:
                hits[h] = rows
        return Finds(hits, {h: len({hit.root for hit in rows}) for h, rows in hits.items()})

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See `Library`."""
        counts = {t: len(self._tokens[t] - {self.without}) for t in tokens if t in self._tokens}
        return {token: count for token, count in counts.items() if count}

    def load(self, versions: Collection[int]) -> Mapping[int, Sequence[KnownPage]]:
        """See `Library`."""
        return {version: self.files[version] for version in versions}
