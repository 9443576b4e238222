"""The facts of all assets, held in memory for one state of the index.

Facts are few numbers an asset (10,000 assets: three megabytes) and change rarely, so a
process reads them once, and later what came after. Which assets hold words, and for
whom, is asked of the database each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from collateral.search.engines.columns import Snapshot
from collateral.search.engines.facts import FACTS, Ids, Numbers
from collateral.search.engines.postgres import packed

MUCH = 2000
"""Rows that came after; with more of them, all are read anew."""

_NUMBERS = {
    "id": "asset_id",
    "owner": "owner_id",
    "status": "status",
    "limited": "limited",
    "deals": "deals",
    "last_used": "last_used",
    "review_on": "review_on",
    "expires_on": "expires_on",
}
_KEYS = {"team": "teams", "term": "terms", "tag": "tags"}

Titles = Callable[[Ids], list[str]]


@dataclass(frozen=True)
class Rows:
    """Documents as the columns want them (`columns.Columns`), in the order of their ids."""

    facts: npt.NDArray[Any]
    keys: dict[tuple[str, str], tuple[Ids, Numbers]]
    """By field and value, which documents have it."""
    titles: Titles
    deleted: frozenset[int] = field(default=frozenset())

    @property
    def count(self) -> int:
        return len(self.facts)

    def postings(self, field: str, word: str) -> tuple[Ids, Numbers] | None:
        return self.keys.get((field, word))

    def lexicon(self, field: str, first: str = "") -> list[str]:
        return sorted(
            value for name, value in self.keys if name == field and value.startswith(first)
        )

    def sort_titles(self) -> list[str]:
        return self.titles(self.facts["id"].astype(np.int64))

    def without(self, ids: Ids) -> Rows:
        """The same with these assets deleted, where they are among them."""
        stale = np.flatnonzero(np.isin(self.facts["id"], ids))
        return replace(self, deleted=frozenset(stale.tolist()))


@dataclass(frozen=True)
class Held:
    """One state of the index as far as it is held: what was read first, and what came after."""

    generation: str
    changes: int
    """The state of what was read first."""
    first: Rows
    snapshot: Snapshot[Rows]

    def places(self, ids: Ids) -> tuple[Ids, Ids]:
        """Which of the ids are known, by their place among the given, and their documents."""

        def make() -> npt.NDArray[np.int32]:
            alive = np.flatnonzero(self.snapshot.alive)
            known = self.snapshot.facts["id"][alive]
            numbers = np.full(int(known.max(initial=0)) + 1, -1, np.int32)
            numbers[known] = alive
            return numbers

        numbers = self.snapshot.made("places", make)
        held = np.flatnonzero(ids < len(numbers))
        documents = numbers[ids[held]]
        known = documents >= 0
        return held[known], documents[known].astype(np.int64)


def name_of(state: Any) -> str:
    """How the snapshot of this state is called."""
    return f"{state.generation}.{state.changes}"


def hold(
    connection: Connection, schema: str, state: Any, before: Held | None, titles: Titles
) -> Held:
    """The facts of this state (a row of `state`), with the help of those of a state before."""
    name = name_of(state)
    if before is None or before.generation != state.generation:
        return _anew(connection, schema, state, name, titles)
    after = _read(connection, schema, before.changes, titles)
    if after.count > MUCH:
        return _anew(connection, schema, state, name, titles)
    gone = packed.whole(
        connection.execute(
            text(f"select {packed.sent('asset_id')} from {schema}.gone where changed > :after"),
            {"after": before.changes},
        ).scalar_one()
    )
    stale = np.concatenate([gone, after.facts["id"].astype(np.int64)])
    parts = [before.first.without(stale), after.without(np.setdiff1d(gone, after.facts["id"]))]
    return replace(before, snapshot=Snapshot(name, parts))


def _anew(connection: Connection, schema: str, state: Any, name: str, titles: Titles) -> Held:
    rows = _read(connection, schema, -1, titles)
    return Held(state.generation, state.changes, rows, Snapshot(name, [rows]))


def _read(connection: Connection, schema: str, after: int, titles: Titles) -> Rows:
    columns = [packed.sent(f"cast({column} as integer)") for column in _NUMBERS.values()]
    row = connection.execute(
        text(
            f"select {', '.join(columns)}, {packed.sent('published')} from "
            f"(select * from {schema}.doc where changed > :after order by asset_id) d"
        ),
        {"after": after},
    ).one()
    numbers = dict(zip(_NUMBERS, map(packed.whole, row[:-1]), strict=True))
    facts = np.zeros(len(numbers["id"]), FACTS)
    for name, values in numbers.items():
        facts[name] = values
    facts["published"] = packed.double(row[-1])
    every = " union all ".join(
        f"select '{name}' as field, cast(value as text) as value, {packed.sent('asset_id')} as ids "
        f"from (select asset_id, unnest({column}) as value from {schema}.doc "
        "where changed > :after) d group by value"
        for name, column in _KEYS.items()
    )
    keys = {}
    for name, value, ids in connection.execute(text(every), {"after": after}):
        documents = np.searchsorted(numbers["id"], packed.whole(ids))
        keys[name, value] = np.sort(documents), np.ones(len(documents), np.float32)
    return Rows(facts, keys, titles)
