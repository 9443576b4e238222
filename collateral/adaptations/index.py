"""The prints of the library in the database: lineage's look-ups, each a few statements.

Hashes are asked for by the key of their table, some hundreds at a time; no table is read
through. A hash leads to about `MOST_PAGES` pages at most, so that a legal notice in ten
thousand decks costs no more than one in two hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import and_, case, false, not_, select, true

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
from collateral.db import db

T = TypeVar("T")

MOST_PAGES = 200
"""A hash on so many pages is common: no further page is noted under it."""
MOST_LOADED = 3000
"""Pages that are compared word by word; a version that would go beyond is left out."""
AT_ONCE = 500
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
    """

    def __init__(
        self, person: Person | None = None, *, without_assets: Collection[int] = ()
    ) -> None:
        seen = true() if person is None else visible(person)
        self._allowed = and_(seen, not_(PrintFile.asset_id.in_(sorted(without_assets))))
        self._files: dict[int, KnownFile] = {}

    def roots(self) -> int:
        """How many unrelated roots there are."""
        return db.session.scalar(select(PrintToken.roots).where(PrintToken.hash == ALL_ROOTS)) or 0

    def find(self, hashes: Collection[int]) -> Finds:
        """See `Library.find`."""
        rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for some in at_once(sorted(hashes)):
            for found, file_id, number in db.session.execute(
                select(PrintHash.hash, PrintHash.file_id, PrintHash.number).where(
                    PrintHash.hash.in_(some)
                )
            ):
                rows[found].append((file_id, number))
        self._learn({file_id for pages in rows.values() for file_id, _ in pages})
        hits: dict[int, list[Hit]] = {}
        roots: dict[int, int] = {}
        for found, pages in rows.items():
            known = [(self._files[f], number) for f, number in pages if f in self._files]
            if known:
                roots[found] = len({file.root for file, _ in known})
                hits[found] = [
                    Hit(file.version, file.asset, file.root, number)
                    for file, number in known
                    if file.allowed
                ]
        often = [found for found, pages in rows.items() if len(pages) >= MOST_PAGES]
        return Finds(hits, roots | _common(often))

    def _learn(self, file_ids: Collection[int]) -> None:
        for some in at_once(sorted(set(file_ids) - self._files.keys())):
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
                .where(PrintFile.id.in_(some))
            )
            self._files |= {row[0]: KnownFile(*row) for row in found}

    def token_roots(self, tokens: Collection[str]) -> Mapping[str, int]:
        """See `Library.token_roots`."""
        names = {hash64(token): token for token in tokens}
        found: dict[str, int] = {}
        for some in at_once(sorted(names)):
            for token, count in db.session.execute(
                select(PrintToken.hash, PrintToken.roots).where(
                    PrintToken.hash.in_(some), PrintToken.roots > 0
                )
            ):
                found[names[token]] = count
        return found

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
        for some in at_once(list(wanted)):
            for file_id, number, content in db.session.execute(
                select(PrintPage.file_id, PrintPage.number, PrintPage.content)
                .where(PrintPage.file_id.in_(some))
                .order_by(PrintPage.file_id, PrintPage.number)
            ):
                file = wanted[file_id]
                found[file.version].append(
                    KnownPage(
                        file.version, file.asset, file.root, unpack(number, content), file.printed
                    )
                )
        return found


def _common(hashes: Collection[int]) -> dict[int, int]:
    """Of those that are no longer noted, how many roots have them."""
    found: dict[int, int] = {}
    for some in at_once(sorted(hashes)):
        rows = db.session.execute(
            select(PrintCommon.hash, PrintCommon.roots).where(PrintCommon.hash.in_(some))
        )
        found.update(rows.all())
    return found


def at_once(items: Sequence[T], most: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """As many as go into one statement."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
