"""The prints of the library in the database: lineage's look-ups, each a few statements.

Hashes are asked for by the key of their table, all of them in one statement; no table is read
through. A hash leads to about `MOST_PAGES` pages at most, so that a legal notice in ten
thousand decks costs no more than one in two hundred.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    not_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from collateral.accounts.models import Person
from collateral.adaptations.library import Finds, Hit, KnownPage
from collateral.adaptations.models_prints import (
    PrintCommon,
    PrintFile,
    PrintHash,
    PrintPage,
    PrintToken,
)
from collateral.adaptations.packing import unpack
from collateral.adaptations.prints import hash64
from collateral.assets.models import Asset
from collateral.assets.queries import visible
from collateral.db import db, is_sqlite

MOST_PAGES = 200
"""A hash on so many pages is common: no further page is noted under it."""
MOST_LOADED = 3000
"""Pages that are compared word by word; a version that would go beyond is left out."""
COMMON_ASKED = 2
"""Of the common hashes of a page so many are followed, those in the fewest families."""
ALL_ROOTS = 0
"""The token whose count is that of the roots themselves."""


class KnownFile(NamedTuple):
    """A file of the index; `allowed`: it may be a source."""

    id: int
    version: int
    asset: int
    root: int
    pages: int
    printed: bool
    allowed: bool


class DatabaseLibrary:
    """The library as a person may see it, or all of it.

    Args:
        person: only what she may see can be a source; None for the system itself. How rare a
            word is is counted over all in either case, which tells nothing of any one file.
        without_assets: assets that are no source, such as the one that the file belongs to.
        only_asset, only_version: no other is a source, where one is given.
    """

    def __init__(
        self,
        person: Person | None = None,
        *,
        without_assets: Collection[int] = (),
        only_asset: int | None = None,
        only_version: int | None = None,
    ) -> None:
        allowed: list[ColumnElement[bool]] = [not_(PrintFile.asset_id.in_(sorted(without_assets)))]
        if person is not None:
            allowed.append(visible(person))
        if only_asset is not None:
            allowed.append(PrintFile.asset_id == only_asset)
        if only_version is not None:
            allowed.append(PrintFile.version_id == only_version)
        self._allowed = and_(*allowed)
        self._files: dict[int, KnownFile] = {}

    def roots(self) -> int:
        """How many unrelated roots there are."""
        return db.session.scalar(select(PrintToken.roots).where(PrintToken.hash == ALL_ROOTS)) or 0

    def find(self, pages: Sequence[Collection[int]]) -> Finds:
        """See `Library.find`."""
        keys = {h for page in pages for h in page}
        common = dict(
            db.session.execute(
                select(PrintCommon.hash, PrintCommon.roots).where(among(PrintCommon.hash, keys))
            ).all()
        )
        asked = keys - common.keys()
        for page in pages:
            rarest = sorted((common[h], h) for h in page if h in common)
            asked.update(h for _, h in rarest[:COMMON_ASKED])
        rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for found, file_id, number in db.session.execute(
            select(PrintHash.hash, PrintHash.file_id, PrintHash.number).where(
                among(PrintHash.hash, asked)
            )
        ):
            rows[found].append((file_id, number))
        self._learn({file_id for noted in rows.values() for file_id, _ in noted})
        hits: dict[int, list[Hit]] = {}
        roots: dict[int, int] = {}
        for found, noted in rows.items():
            known = [(self._files[f], number) for f, number in noted if f in self._files]
            if known:
                roots[found] = len({file.root for file, _ in known})
                hits[found] = [
                    Hit(file.version, file.asset, file.root, number)
                    for file, number in known
                    if file.allowed
                ]
        return Finds(hits, roots | common)

    def _learn(self, file_ids: Collection[int]) -> None:
        found = db.session.execute(
            select(
                PrintFile.id,
                PrintFile.version_id,
                PrintFile.asset_id,
                PrintFile.root_id,
                PrintFile.page_count,
                PrintFile.printed,
                case((self._allowed, true()), else_=false()),
            )
            .join(Asset, Asset.id == PrintFile.asset_id)
            .where(among(PrintFile.id, set(file_ids) - self._files.keys()))
        )
        self._files |= {row[0]: KnownFile(*row) for row in found}

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See `Library.token_roots`."""
        names = {hash64(token): token for token in tokens}
        rows = db.session.execute(
            select(PrintToken.hash, PrintToken.roots).where(
                among(PrintToken.hash, names), PrintToken.roots > 0
            )
        )
        return {names[found]: count for found, count in rows}

    def load(self, versions: Collection[int]) -> Mapping[int, Sequence[KnownPage]]:
        """See `Library.load`; no more than `MOST_LOADED` pages, by the order of the versions."""
        by_version = {file.version: file for file in self._files.values() if file.allowed}
        wanted: dict[int, KnownFile] = {}
        room = MOST_LOADED
        for version in versions:
            file = by_version[version]
            if file.pages <= room or not wanted:
                wanted[file.id] = file
                room -= file.pages
        found: dict[int, list[KnownPage]] = {file.version: [] for file in wanted.values()}
        for file_id, number, content in db.session.execute(
            select(PrintPage.file_id, PrintPage.number, PrintPage.content)
            .where(among(PrintPage.file_id, wanted))
            .order_by(PrintPage.file_id, PrintPage.number)
        ):
            file = wanted[file_id]
            found[file.version].append(
                KnownPage(
                    file.version, file.asset, file.root, unpack(number, content), file.printed
                )
            )
        return found


def among(column: InstrumentedAttribute[int], keys: Collection[int]) -> ColumnElement[bool]:
    """The column is one of the keys, which go as one parameter however many they are: the
    statement is the same each time, is planned once, and needs one way there and back."""
    if is_sqlite():
        listed = func.json_each(json.dumps(sorted(keys))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(literal(sorted(keys), ARRAY(BigInteger)))
