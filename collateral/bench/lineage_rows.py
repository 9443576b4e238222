"""A library of very many pages, poured into a database: made fingerprints, a few decks among them.

Most pages are twelve random hashes and somebody's text; some hundred families of decks are
real made text, their copies at numbers far apart, and every deck ends with pages of the design
that tens of thousands of others have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from sqlalchemy import insert, text

from collateral.accounts.models import Person, PersonRole, Role
from collateral.adaptations import indexing
from collateral.adaptations.index import ALL_ROOTS, MOST_PAGES
from collateral.adaptations.models_prints import PrintCommon, PrintFile, PrintPage, PrintToken
from collateral.adaptations.packing import pack
from collateral.adaptations.prints import KEPT_HASHES, PagePrint, hash64
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.clock import now
from collateral.db import db, is_sqlite

PAGES, COPIES, FAMILIES, DESIGN = 30, 4, 150, 3
ROWS_AT_ONCE = 200_000
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "sta",
    "vor",
    "pel",
    "tan",
    "dru",
    "fis",
    "gol",
    "hem",
    "bri",
    "nau",
    "qui",
    "sor",
]


class Words:
    """Made texts: some words common, most rare."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.all = sorted(
            {"".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(30_000)}
        )

    def sentence(self, length: int) -> str:
        """Words drawn so that the first of the list are the commonest."""
        size = len(self.all)
        return " ".join(
            self.all[min(int(size * self.random.random() ** 3), size - 1)] for _ in range(length)
        )

    def page(self, number: int) -> PagePrint:
        """A slide of about sixty words."""
        boxes = [self.sentence(6), *(self.sentence(14) for _ in range(4))]
        return PagePrint(number, (*boxes, f"{self.random.randint(10, 9999)} %"))


def build(pages: int, seed: int) -> list[list[PagePrint]]:
    """Fill the library; the decks whose copies it holds, one of each family."""
    random = Random(seed)
    words = Words(random)
    design = [words.page(n) for n in range(DESIGN)]
    families = []
    for _ in range(FAMILIES):
        own = [words.page(n) for n in range(1, PAGES - DESIGN + 1)]
        ends = [PagePrint(PAGES - DESIGN + 1 + n, p.boxes) for n, p in enumerate(design)]
        families.append([*own, *ends])
    files = max(pages // PAGES, 2 * FAMILIES * COPIES)
    where = random.sample(range(1, files + 1), FAMILIES * COPIES)
    real = {number: families[n % FAMILIES] for n, number in enumerate(where)}
    _assets(files)
    _files(files, {number: where[n % FAMILIES] for n, number in enumerate(where)})
    _contents(files, real, words)
    _hashes(files, real, design, seed)
    counts = {hash64(w): max(1, int(files * (1 - n / len(words.all)) ** 9 / 40))
              for n, w in enumerate(words.all)}  # fmt: skip
    counts[ALL_ROOTS] = files
    db.session.execute(
        insert(PrintToken), [{"hash": h, "roots": n} for h, n in sorted(counts.items())]
    )
    common = {h for page in design for h in indexing.candidates(page)}
    db.session.execute(insert(PrintCommon), [{"hash": h, "roots": files} for h in sorted(common)])
    db.session.commit()
    _settle()
    return families


def _settle() -> None:
    """What the database does by itself some minutes after so many rows came."""
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze" if is_sqlite() else "vacuum (analyze)"))


def _assets(files: int) -> None:
    """An asset with one version for each file; what lineage joins, and no more."""
    moment = now()
    person = Person(email="rep@example.com", name="Rep")
    person.role_rows = [PersonRole(role=Role.REP)]
    db.session.add(person)
    db.session.commit()
    for start in range(1, files + 1, 10_000):
        numbers = range(start, min(start + 10_000, files + 1))
        db.session.execute(
            insert(Asset),
            [
                {
                    "id": n, "title": f"Deck {n}", "status": Status.PUBLISHED, "revision": 1,
                    "owner_id": person.id, "created_by_id": person.id, "published_at": moment,
                    "created_at": moment, "updated_at": moment, "indexed_revision": 1,
                }
                for n in numbers
            ],
        )  # fmt: skip
        db.session.execute(
            insert(AssetVersion),
            [
                {
                    "id": n, "asset_id": n, "number": 1, "sha256": f"{n:064x}", "bytes": 1,
                    "filename": "deck.pptx", "media_type": "", "family": "deck", "label": "",
                    "state": ReadingState.READY, "created_by_id": person.id, "created_at": moment,
                }
                for n in numbers
            ],
        )  # fmt: skip
        db.session.commit()


def _files(files: int, roots: dict[int, int]) -> None:
    moment = now()
    for start in range(1, files + 1, 10_000):
        db.session.execute(
            insert(PrintFile),
            [
                {
                    "id": n, "asset_id": n, "version_id": n, "root_id": roots.get(n, n),
                    "page_count": PAGES, "printed": False, "recipe": indexing.RECIPE,
                    "indexed_at": moment,
                }
                for n in range(start, min(start + 10_000, files + 1))
            ],
        )  # fmt: skip
        db.session.commit()
    if not is_sqlite():
        # Numbers were given by hand; the next one that the database gives is to be free.
        numbers = "pg_get_serial_sequence('print_file', 'id')"
        db.session.execute(text(f"select setval({numbers}, {files})"))
        db.session.commit()


def _contents(files: int, real: dict[int, list[PagePrint]], words: Words) -> None:
    """The pages themselves; those of strangers are some thousand texts over and over."""
    some = [pack(words.page(1)) for _ in range(3000)]
    kept = {id(deck): [pack(page) for page in deck] for deck in real.values()}

    def rows() -> Iterator[tuple[int, int, bytes]]:
        for file_id in range(1, files + 1):
            deck = real.get(file_id)
            own = kept[id(deck)] if deck is not None else None
            for n in range(PAGES):
                content = own[n] if own is not None else some[(file_id * 31 + n) % len(some)]
                yield file_id, n + 1, content

    _pour(PrintPage.__tablename__, ("file_id", "number", "content"), rows())


def _hashes(
    files: int, real: dict[int, list[PagePrint]], design: Sequence[PagePrint], seed: int
) -> None:
    """Sorted before they are written, as any index likes it best."""
    import numpy as np

    random = np.random.default_rng(seed)
    each = KEPT_HASHES + 1
    own = PAGES - DESIGN
    made = random.integers(-(2**63), 2**63 - 1, size=files * own * each, dtype=np.int64)
    page = np.repeat(np.arange(files * own, dtype=np.int64), each)
    shared = {h for p in design for h in indexing.candidates(p)}
    true_hash, true_page = [], []
    noted = dict.fromkeys(shared, 0)
    for file_id, deck in sorted(real.items()):
        for number, one in enumerate(deck[:own]):
            kept = [*one.marks, *sorted(one.shingles - shared)[:KEPT_HASHES]]
            true_hash += kept
            true_page += [(file_id - 1) * own + number] * len(kept)
    strange = ~np.isin(page // own + 1, np.fromiter(real, dtype=np.int64))
    hashes = np.concatenate([made[strange], np.array(true_hash, dtype=np.int64)])
    pages = np.concatenate([page[strange], np.array(true_page, dtype=np.int64)])
    order = np.argsort(hashes, kind="stable")
    hashes, pages = hashes[order], pages[order]

    def rows() -> Iterator[tuple[int, int, int]]:
        for start in range(0, len(hashes), ROWS_AT_ONCE):
            some = pages[start : start + ROWS_AT_ONCE]
            yield from zip(
                hashes[start : start + ROWS_AT_ONCE].tolist(),
                (some // own + 1).tolist(),
                (some % own + 1).tolist(),
                strict=True,
            )
        for h in sorted(noted):
            for file_id in range(1, MOST_PAGES + 1):
                yield h, file_id, PAGES

    _pour("print_hash", ("hash", "file_id", "number"), rows())


def _pour(name: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """Very many rows by the shortest way that each database has."""
    raw = db.session.connection().connection.driver_connection
    assert raw is not None
    names = ", ".join(columns)
    if is_sqlite():
        marks = ", ".join("?" * len(columns))
        raw.executemany(f"insert into {name} ({names}) values ({marks})", rows)
    else:
        with raw.cursor() as cursor, cursor.copy(f"copy {name} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
    db.session.commit()
