"""Lineage in a library of very many pages: the whole answer, that is look-ups, loading, comparing
and deciding."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from random import Random
from textwrap import shorten
from typing import Any

from sqlalchemy import Select, event, select, text

from collateral.accounts.models import Person
from collateral.adaptations import indexing
from collateral.adaptations.index import DatabaseLibrary, among
from collateral.adaptations.lineage import trace
from collateral.adaptations.models_prints import PrintHash, PrintPage, PrintToken
from collateral.adaptations.prints import PagePrint
from collateral.adaptations.relations import Lineage
from collateral.bench.lineage_rows import DESIGN, FAMILIES, PAGES, Words, build
from collateral.bench.search import Figure
from collateral.clock import now
from collateral.db import db, is_sqlite

SOME = range(1, 1500)


def adapted(deck: Sequence[PagePrint], random: Random, words: Words) -> list[PagePrint]:
    """Two thirds of the deck in another order, some words new, filled up to thirty pages."""
    kept = random.sample(list(deck[: PAGES - DESIGN]), 20)
    pages: list[PagePrint] = []
    for page in [*kept, *(words.page(0) for _ in range(10 - DESIGN)), *deck[-DESIGN:]]:
        boxes = list(page.boxes)
        if random.random() < 0.3:
            boxes[1] = " ".join([*boxes[1].split()[:-2], words.sentence(2)])
        pages.append(PagePrint(len(pages) + 1, tuple(boxes)))
    return pages


def measure(pages: int, queries: int, seed: int) -> dict[str, Any]:
    """Build, ask, and say what it took."""
    started = time.monotonic()
    families = build(pages, seed)
    built = time.monotonic() - started
    random = Random(seed + 1)
    words = Words(Random(seed))
    words.random = random  # the same words, in texts that the library does not hold
    person = db.session.query(Person).one()
    asked = [adapted(families[n % FAMILIES], random, words) for n in range(queries)]
    before = _peak_kb()
    statements = _Statements()
    seconds, spent, right = [], [], 0
    trace(asked[0][:1], DatabaseLibrary(person))  # what is imported once is no part of an answer
    for n, deck in enumerate(asked):
        db.session.rollback()
        pages_before = statements.count
        begun, used = time.perf_counter(), time.process_time()
        found = trace(deck, DatabaseLibrary(person))
        seconds.append(time.perf_counter() - begun)
        spent.append(time.process_time() - used)
        statements.most = max(statements.most, statements.count - pages_before)
        right += _is_right(found, families[n % FAMILIES])
    figures = (
        Figure.of("a deck of 30 pages answered", [s * 1000 for s in seconds]),
        Figure.of("of it in this process", [s * 1000 for s in spent]),
    )
    return {
        "database": db.engine.dialect.name,
        "pages": pages,
        "hashes": db.session.scalar(text("select count(*) from print_hash")),
        "built_seconds": round(built, 1),
        "figures": [vars(figure) for figure in figures],
        "first_ms": round(seconds[0] * 1000, 1),
        "right": right,
        "most_statements": statements.most,
        "more_memory_mb": round((_peak_kb() - before) / 1024),
        "index_a_version_ms": _one_more(words),
        "plan": _plan(),
    }


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _is_right(found: Lineage, expected: Sequence[PagePrint]) -> bool:
    """Whether most pages have a source, and none a wrong one."""
    boxes = {known.boxes for known in expected}
    sources = [page.source for page in found.pages if page.source is not None]
    return (
        bool(found.sources)
        and len(sources) >= 20
        and all(source.print.boxes in boxes for source in sources)
    )


class _Statements:
    """How many statements were sent."""

    def __init__(self) -> None:
        self.count = self.most = 0
        event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, *_: Any) -> None:
        self.count += 1


def _one_more(words: Words) -> float:
    """Milliseconds to index one more deck of thirty pages."""
    highest = db.session.scalar(text("select max(id) from asset_version"))
    times = []
    for n in range(1, 9):
        pages = [words.page(p) for p in range(1, PAGES + 1)]
        file = indexing.NewFile(highest - n, highest - n, False, pages, highest - n)
        indexing.forget([highest - n])
        db.session.commit()
        begun = time.perf_counter()
        indexing.add([file], at=now())
        db.session.commit()
        times.append((time.perf_counter() - begun) * 1000)
    return round(sorted(times)[len(times) // 2], 1)


def _plan() -> list[str]:
    """How the database finds hashes, words, files and pages."""
    explain = "explain query plan " if is_sqlite() else "explain "
    asked: tuple[Any, ...] = (
        select(PrintHash.file_id, PrintHash.number).where(among(PrintHash.hash, SOME)),
        select(PrintToken.roots).where(among(PrintToken.hash, SOME)),
        select(PrintPage.content).where(among(PrintPage.file_id, SOME)),
    )
    return [
        shorten(" ".join(str(part) for part in row), 160)  # a list of keys is no plan
        for statement in asked
        for row in db.session.execute(text(explain + _written(statement)))
    ]


def _written(statement: Select[Any]) -> str:
    """The statement with its values in it."""
    return str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))


def table(result: dict[str, Any]) -> str:
    """The figures as text."""
    lines = [
        f"{result['pages']} pages, {result['hashes']} hashes, {result['database']}; "
        f"built in {result['built_seconds']} s",
        f"{'milliseconds':<34}{'median':>9}{'p95':>9}{'worst':>9}{'n':>6}",
    ]
    for figure in result["figures"]:
        lines.append(
            f"{figure['name']:<34}{figure['median']:>9.0f}{figure['p95']:>9.0f}"
            f"{figure['worst']:>9.0f}{figure['count']:>6}"
        )
    lines.append(
        f"first {result['first_ms']:.0f} ms; right {result['right']}; "
        f"{result['most_statements']} statements at most; {result['more_memory_mb']} MB more; "
        f"one more version indexed in {result['index_a_version_ms']:.0f} ms"
    )
    return "\n".join([*lines, *result["plan"]])
