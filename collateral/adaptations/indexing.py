"""Putting the pages of versions into the index of prints, and taking them out. Never commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import delete, func, insert, select

from collateral.adaptations.index import ALL_ROOTS, MOST_PAGES, among
from collateral.adaptations.models_prints import (
    PrintCommon,
    PrintFile,
    PrintHash,
    PrintPage,
    PrintToken,
)
from collateral.adaptations.packing import pack, unpack
from collateral.adaptations.prints import KEPT_HASHES, PagePrint, hash64
from collateral.adaptations.relations import Lineage
from collateral.adaptations.tracing import is_printed, prints_of, trace_version
from collateral.assets.models import AssetVersion, ReadingState
from collateral.db import db, table, upsert

RECIPE = 2
"""Raised when prints are made in another way: every version is indexed anew."""
ROOT_SHARE = 0.3
CANDIDATES = 2 * KEPT_HASHES
RELATIVES = 3


@dataclass(frozen=True)
class NewFile:
    """A version about to be indexed.

    Attributes:
        root: the asset where its family began.
        relatives: files of that root, whose words are not counted once more; none for the
            first of a family.
    """

    version: int
    asset: int
    printed: bool
    pages: Sequence[PagePrint]
    root: int
    relatives: Sequence[int] = ()


def index_version(version_id: int, *, at: datetime) -> Lineage | None:
    """Put a version that has been read into the index, in place of what stood there of it.

    Returns:
        Where its pages came from, its own asset left out; None when it is not ready, its file
        was deleted for good, or another worker put it in at this very moment.
    """
    version = db.session.get(AssetVersion, version_id)
    if version is None or version.state is not ReadingState.READY or not version.sha256:
        return None
    # What takes long comes before the first write: in SQLite others wait for that to be committed.
    printed, pages = is_printed(version.family), prints_of(version)
    forget([version_id])
    lineage = trace_version(version, pages=pages)
    root, relatives = _family(version, lineage)
    file = NewFile(version.id, version.asset_id, printed, pages, root, relatives)
    return lineage if add([file], at=at) else None


def _family(version: AssetVersion, lineage: Lineage) -> tuple[int, list[int]]:
    """The root of a version, and some files of it: of its asset, else of what it came from."""
    root = db.session.scalar(
        select(PrintFile.root_id).where(PrintFile.asset_id == version.asset_id).limit(1)
    )
    own = PrintFile.asset_id == version.asset_id
    first = lineage.sources[0] if lineage.sources else None
    if root is None and first and not first.borrowed and first.share >= ROOT_SHARE:
        source = first.version
        own = PrintFile.version_id == source
        root = db.session.scalar(select(PrintFile.root_id).where(own))
    if root is None:
        return version.asset_id, []
    newest = select(PrintFile.id).where(own).order_by(PrintFile.id.desc()).limit(RELATIVES)
    return root, list(db.session.scalars(newest))


def add(files: Sequence[NewFile], *, at: datetime) -> set[int]:
    """Put files into the index; many at once cost less than one by one.

    Returns:
        The versions that were put in. One that another worker put in meanwhile is left as that
        made it, and counted once.
    """
    if not files:
        return set()
    ids = _file_ids(files, at)
    files = [file for file in files if file.version in ids]
    pages = [
        {"file_id": ids[file.version], "number": page.number, "content": pack(page)}
        for file in files
        for page in file.pages
    ]
    if pages:
        db.session.execute(insert(PrintPage), pages)
    _note_hashes(files, ids)
    _count_tokens(files)
    return set(ids)


def _file_ids(files: Sequence[NewFile], at: datetime) -> dict[int, int]:
    """Version → the number of its file in the index, of those that had none.

    Two workers may be at the same version: whoever comes second waits here for the first.
    """
    known = table(PrintFile)
    rows = db.session.execute(
        upsert(known)
        .on_conflict_do_nothing(index_elements=["version_id"])
        .returning(known.c.version_id, known.c.id),
        [
            {
                "asset_id": file.asset,
                "version_id": file.version,
                "root_id": file.root,
                "page_count": len(file.pages),
                "printed": file.printed,
                "recipe": RECIPE,
                "indexed_at": at,
            }
            for file in files
        ],
    )
    return dict(rows.all())


def candidates(page: PagePrint) -> list[int]:
    """The hashes under which a page may be kept, those preferred first."""
    return [*page.marks, *sorted(page.shingles)[:CANDIDATES]]


def _note_hashes(files: Sequence[NewFile], ids: dict[int, int]) -> None:
    offered = {(f.version, p.number): candidates(p) for f in files for p in f.pages}
    common = _known_common(set(chain.from_iterable(offered.values())))
    rows = []
    for file in files:
        for page in file.pages:
            kept = [h for h in offered[file.version, page.number] if h not in common]
            for noted in kept[: len(page.marks) + KEPT_HASHES]:
                rows.append((noted, ids[file.version], page.number))
    rows.sort()
    if rows:
        named = [{"hash": h, "file_id": file_id, "number": n} for h, file_id, n in rows]
        db.session.execute(insert(table(PrintHash)), named)
    again: Counter[int] = Counter()
    for file in files:
        if not file.relatives:
            again.update({h for p in file.pages for h in offered[file.version, p.number]} & common)
    _add_counts(PrintCommon, again)
    _close({noted for noted, _, _ in rows})


def _known_common(hashes: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(PrintCommon.hash).where(among(PrintCommon.hash, hashes))))


def _close(hashes: Collection[int]) -> None:
    """Note no more pages under a hash that has as many as it may."""
    full = list(
        db.session.scalars(
            select(PrintHash.hash)
            .where(among(PrintHash.hash, hashes))
            .group_by(PrintHash.hash)
            .having(func.count() >= MOST_PAGES)
        )
    )
    if full:
        roots = db.session.execute(
            select(PrintHash.hash, func.count(PrintFile.root_id.distinct()))
            .join(PrintFile, PrintFile.id == PrintHash.file_id)
            .where(among(PrintHash.hash, full))
            .group_by(PrintHash.hash)
        )
        _add_counts(PrintCommon, Counter(dict(roots.all())))


def _count_tokens(files: Sequence[NewFile]) -> None:
    """A root counts each of its words once."""
    relatives = _words_of({r for file in files for r in file.relatives})
    counts: Counter[int] = Counter()
    for file in files:
        known = set().union(*(relatives[r] for r in file.relatives))
        counts.update({hash64(token) for page in file.pages for token in page.bag} - known)
        counts[ALL_ROOTS] += not file.relatives
    _add_counts(PrintToken, counts)


def _words_of(file_ids: Iterable[int]) -> dict[int, set[int]]:
    words: dict[int, set[int]] = {file_id: set() for file_id in file_ids}
    for file_id, content in db.session.execute(
        select(PrintPage.file_id, PrintPage.content).where(among(PrintPage.file_id, words))
    ):
        words[file_id] |= {hash64(token) for token in unpack(0, content).bag}
    return words


def _add_counts(model: type[PrintCommon | PrintToken], counts: Counter[int]) -> None:
    """Raise (or lower) the counters, in one order everywhere: no two workers block each other."""
    rows = [{"hash": h, "roots": n} for h, n in sorted(counts.items()) if n]
    if rows:
        adding = upsert(model)
        adding = adding.on_conflict_do_update(
            index_elements=["hash"], set_={"roots": model.roots + adding.excluded.roots}
        )
        db.session.execute(adding, rows)


def forget(version_ids: Sequence[int]) -> None:
    """Take versions out of the index; the words of a root go with the last of its first asset."""
    files = db.session.execute(
        select(PrintFile.id, PrintFile.root_id).where(PrintFile.version_id.in_(version_ids))
    ).all()
    for file_id, root in files:
        pages = [
            unpack(number, content)
            for number, content in db.session.execute(
                select(PrintPage.number, PrintPage.content).where(PrintPage.file_id == file_id)
            )
        ]
        noted = {h for page in pages for h in candidates(page)}
        db.session.execute(
            delete(PrintHash).where(among(PrintHash.hash, noted), PrintHash.file_id == file_id)
        )
        db.session.execute(delete(PrintPage).where(PrintPage.file_id == file_id))
        db.session.execute(delete(PrintFile).where(PrintFile.id == file_id))
        first = select(PrintFile.id).where(PrintFile.asset_id == root).limit(1)
        if db.session.scalar(first) is None:
            gone = Counter({hash64(t): -1 for page in pages for t in page.bag} | {ALL_ROOTS: -1})
            _add_counts(PrintToken, gone)
