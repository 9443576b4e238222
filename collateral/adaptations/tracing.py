"""Where a file's pages came from, asked of the library's index of prints.

`trace_version(version, person)` for a version that has been read, `trace_file(rows, family,
person)` for any other file whose pages reading has put down. Both answer a `lineage.Lineage`:

- `sources`: versions (their ids) that the file came from, largest share first, each with the
  share of the file's pages, a confidence, its dropped pages and the file's moved pages;
- `pages`: for each page of the file in order its `change` (same, edited, new), `source`
  (a `KnownPage`: version id, asset id, and the page's own print with its number), similarity,
  confidence, and `what` differs (`PageChange.flags`);
- `branded`: a logo or a name was added all over.

A few statements by key; a 30-page deck takes about a tenth of a second. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.adaptations.index import DatabaseLibrary
from collateral.adaptations.lineage import trace
from collateral.adaptations.packing import page_print
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Lineage
from collateral.assets.models import AssetVersion, Page
from collateral.db import db

PRINTED_FAMILIES = frozenset({"pdf"})


class ReadPage(Protocol):
    """A page as reading stores it: a `Page`, or any row with the same columns."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def notes(self) -> str: ...
    @property
    def features(self) -> dict[str, Any] | None: ...


def trace_file(
    rows: Iterable[ReadPage],
    family: str,
    *,
    person: Person | None,
    without_assets: Collection[int] = (),
) -> Lineage:
    """The lineage of a file whose pages have been read.

    Args:
        rows: its pages in order.
        family: what kind of file it is, as on `AssetVersion.family`.
        person: only what she may see can be a source; None for the system itself.
        without_assets: assets that shall be no source.
    """
    return trace(
        prints_from(rows, family),
        DatabaseLibrary(person, without_assets=without_assets),
        printed=is_printed(family),
    )


def trace_version(
    version: AssetVersion,
    *,
    person: Person | None = None,
    pages: Sequence[PagePrint] | None = None,
) -> Lineage:
    """The lineage of a version of an asset; its own asset is no source.

    `pages` are its prints, where the caller has them already.
    """
    return trace(
        prints_of(version) if pages is None else pages,
        DatabaseLibrary(person, without_assets=[version.asset_id]),
        printed=is_printed(version.family),
    )


def prints_of(version: AssetVersion) -> list[PagePrint]:
    """The pages of a version as lineage compares them."""
    rows = db.session.execute(
        select(Page.number, Page.text, Page.notes, Page.features)
        .where(Page.version_id == version.id)
        .order_by(Page.number)
    )
    return prints_from(rows.all(), version.family)


def prints_from(rows: Iterable[ReadPage], family: str) -> list[PagePrint]:
    """Pages that reading stored, as lineage compares them."""
    printed = is_printed(family)
    return [page_print(r.number, r.text, r.notes, r.features, printed=printed) for r in rows]


def is_printed(family: str) -> bool:
    """Whether nothing in such a file tells a deck's furniture from its content."""
    return family in PRINTED_FAMILIES
