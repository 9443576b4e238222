"""What one search asks of the database, answered as masks and numbers over the facts in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from sqlalchemy import Connection, text

from collateral.memory import Memory
from collateral.search.engines.facts import Ids, Mask, Numbers
from collateral.search.engines.postgres import packed
from collateral.search.engines.postgres.asking import Sql, both
from collateral.search.engines.postgres.holding import Held
from collateral.search.engines.protocol import Scope

ONE_BY_ONE = 500
"""Among so many assets weights are looked up one by one; among more all of a word are read."""


@dataclass
class Look:
    """One search in one transaction, over one state of the index."""

    connection: Connection
    schema: str
    held: Held
    scope: Scope
    until: float
    kept: Memory
    """Weights of words that were read, by state and word."""
    cut_short: bool = False
    _weights: dict[str, tuple[Ids, Numbers]] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)
    """Words that were asked for, and whether they stand anywhere."""

    @property
    def count(self) -> int:
        return self.held.snapshot.count

    def late(self) -> bool:
        if monotonic() > self.until:
            self.cut_short = True
        return self.cut_short

    def nothing(self) -> Mask:
        return np.zeros(self.count, bool)

    def masks(self, sql: Sql, conditions: Sequence[str]) -> list[Mask]:
        """For each condition the assets that she sees and for which it holds; one statement."""
        if not conditions:
            return []
        # The facts in memory tell, too, who sees what. But the database answers nothing that
        # is not for her.
        seen = sql.seen(self.scope, frozenset())
        each = (
            f"select {number} as number, {packed.sent('d.asset_id')} as ids "
            f"from {self.schema}.doc d where {both([seen, condition])}"
            for number, condition in enumerate(conditions)
        )
        rows = self.connection.execute(text(" union all ".join(each)), sql.given).all()
        found = [self.nothing() for _ in conditions]
        for row in rows:
            found[row.number] = self.mask(packed.whole(row.ids))
        return found

    def mask(self, ids: Ids) -> Mask:
        mask = self.nothing()
        mask[self.held.places(ids)[1]] = True
        return mask

    def read_weights(self, words: Iterable[str], among: Ids | None) -> None:
        """Have these words' weights at hand; with `among` of these documents alone, if few."""
        state = self.held.snapshot.name
        missing = []
        for word in dict.fromkeys(words):
            found = self.kept.get((state, word))
            if found is None:
                missing.append(word)
            else:
                self._weights[word] = found
                self._known[word] = True
        if not missing:
            return
        self._known.update(dict.fromkeys(missing, False))
        few = among is not None and len(among) <= ONE_BY_ONE
        given: dict[str, Collection[object]] = {"words": missing}
        if few:
            given["ids"] = self.held.snapshot.facts["id"][among].tolist()
        rows = self.connection.execute(
            text(
                f"select word, {packed.sent('asset_id')} as ids, "
                f"{packed.sent('weight')} as weights from {self.schema}.weight "
                "where word = any (:words) "
                f"{'and asset_id = any (:ids)' if few else ''} group by word "
                f"union all select word, null, null from {self.schema}.word "
                "where word = any (:words)"
            ),
            given,
        )
        for row in rows:
            self._known[row.word] = True
            if row.ids is None:
                continue
            held, documents = self.held.places(packed.whole(row.ids))
            found = documents, packed.real(row.weights)[held]
            self._weights[row.word] = found
            if not few:
                self.kept.put((state, row.word), found, found[0].nbytes + found[1].nbytes)

    def known(self, words: Iterable[str]) -> list[str]:
        """Those of the words that stand anywhere."""
        every = list(dict.fromkeys(words))
        asked = [word for word in every if word not in self._known]
        if asked:
            self._known.update(dict.fromkeys(asked, False))
            standing = text(f"select word from {self.schema}.word where word = any (:words)")
            rows = self.connection.execute(standing, {"words": asked}).scalars()
            self._known.update(dict.fromkeys(rows, True))
        return [word for word in every if self._known[word]]

    def counting(self, shares: Mapping[str, float]) -> Numbers:
        """How much the best of these words counts for each document, each by its share."""
        score = np.zeros(self.count, np.float32)
        for word, share in shares.items():
            if word in self._weights:
                documents, weights = self._weights[word]
                score[documents] = np.maximum(score[documents], np.float32(share) * weights)
        return score
