"""A library in memory: the look-ups of lineage over files that a test has read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from collateral.adaptations.library import Finds, Hit, KnownPage
from collateral.adaptations.prints import PagePrint


class MemoryLibrary:
    """Keeps every page; `add` one file at a time."""

    def __init__(self) -> None:
        self.files: dict[int, list[KnownPage]] = {}
        self._hits: dict[int, list[Hit]] = defaultdict(list)
        self._tokens: dict[str, set[int]] = defaultdict(set)

    def add(
        self,
        version: int,
        pages: Sequence[PagePrint],
        *,
        asset: int | None = None,
        root: int | None = None,
    ) -> None:
        asset = version if asset is None else asset
        root = asset if root is None else root
        self.files[version] = [KnownPage(version, asset, root, page) for page in pages]
        for page in pages:
            hit = Hit(version, asset, root, page.number)
            for kept in {*page.kept, *page.marks}:
                self._hits[kept].append(hit)
            for token in page.bag:
                self._tokens[token].add(root)

    def roots(self) -> int:
        return len({pages[0].root for pages in self.files.values() if pages})

    def find(self, hashes: Collection[int]) -> Finds:
        hits = {h: self._hits[h] for h in hashes if h in self._hits}
        return Finds(hits, {h: len({hit.root for hit in rows}) for h, rows in hits.items()})

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        return {t: len(self._tokens[t]) for t in tokens if t in self._tokens}

    def load(self, versions: Collection[int]) -> Mapping[int, Sequence[KnownPage]]:
        return {v: self.files[v] for v in versions if v in self.files}
