"""Search over HTTP beside the bare engine's own top 20, on the same index in the same run."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Page
from collateral.bench.library import Writer
from collateral.bench.serving import cookie_of, cpu_seconds, served, timed_get
from collateral.clock import now
from collateral.db import db
from collateral.search.engine import engine
from collateral.search.engines.protocol import Ask
from collateral.search.language import parse
from collateral.search.queries import SECONDS, scope_of

TOP = 20
AT_ONCE = 8
"""Readers who search at the same time."""
ARRIVAL, RUSH = 4.0, 14.0
"""Seconds: of a rush, when it is counted and when it ends."""


@dataclass(frozen=True)
class Figure:
    """One measured thing, in milliseconds."""

    name: str
    median: float
    p95: float
    worst: float
    count: int

    @classmethod
    def of(cls, name: str, times: Sequence[float]) -> Figure:
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        return cls(name, statistics.median(ordered), p95, ordered[-1], len(ordered))


def hard_queries(writer: Writer, each: int = 20) -> dict[str, list[str]]:
    """Ten kinds of queries, so many of each, of words that the library holds."""
    titles = list(db.session.scalars(select(Asset.title).order_by(Asset.id).limit(2000)))
    texts = list(
        db.session.scalars(select(Page.text).where(Page.number == 3).order_by(Page.id).limit(500))
    )
    random = writer.random

    def title_word(least: int = 4) -> str:
        while True:
            words = titles[int(random.integers(len(titles)))].split()
            word = words[int(random.integers(len(words)))].lower()
            if len(word) >= least:
                return word

    def phrase() -> str:
        words = texts[int(random.integers(len(texts)))].split()
        at = int(random.integers(len(words) - 3))
        return f'"{" ".join(words[at : at + 2])}"'

    def misspelt() -> str:
        word = title_word(6)
        at = 2 + int(random.integers(len(word) - 3))
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    makers: dict[str, Callable[[], str]] = {
        "one common word": lambda: writer.draw(1, 80)[0],
        "one rare word": lambda: writer.draw(1, None, 5000)[0],
        "two words": lambda: " ".join(writer.draw(2, 2000, 10)),
        "four words": lambda: " ".join(writer.draw(4, 400)),
        "common words": lambda: " ".join(dict.fromkeys(writer.draw(9, 40))),
        "phrase": phrase,
        "exclusion": lambda: f"{writer.draw(1, 200)[0]} -{writer.draw(1, 60)[0]}",
        "field": lambda: f"stage:evaluation industry:chemicals {writer.draw(1, 1000)[0]}",
        "part of a word": lambda: title_word(6)[:4],
        "misspelt": misspelt,
    }
    return {kind: [make() for _ in range(each)] for kind, make in makers.items()}


@dataclass
class OverHttp:
    """What readers waited for, in milliseconds, and what it took of the web process."""

    by_kind: dict[str, list[float]]
    again: list[float]
    filtered: list[float]
    ahead: list[float]
    rate: float
    """Searches a second, with AT_ONCE readers."""
    page_bytes: int
    cpu_first: float
    """Milliseconds of the web process alone for a page: whatever else the machine is doing."""
    cpu_again: float

    @property
    def first(self) -> list[float]:
        return [time for times in self.by_kind.values() for time in times]


def measure(app: Flask, rep: Person, seed: int, environ: dict[str, str]) -> dict[str, Any]:
    """Run the hard queries through the page, the engine and bare Whoosh; typeahead, too."""
    kinds = hard_queries(Writer(seed))
    every = [query for queries in kinds.values() for query in queries]
    waited = _over_http(kinds, every, environ, cookie_of(app, rep))
    figures = [
        Figure.of("search page over HTTP", waited.first),
        Figure.of("the same again", waited.again),
        Figure.of("with a filter chosen", waited.filtered),
        Figure.of("typeahead over HTTP", waited.ahead),
        Figure.of("bare engine, top 20", _floor(app.extensions["settings"].search_url, every)),
        Figure.of("our engine, top 20 with total and facets", own_engine(rep, every)),
        *(Figure.of(f"page: {kind}", times) for kind, times in waited.by_kind.items()),
    ]
    return {
        "figures": [vars(figure) for figure in figures],
        "ratio_to_bare_engine": figures[0].median / figures[4].median,
        "page_bytes": waited.page_bytes,
        "searches_a_second": round(waited.rate, 1),
        "cpu_ms_a_page": {
            "first": round(waited.cpu_first, 1),
            "again": round(waited.cpu_again, 1),
        },
    }


def _over_http(
    kinds: Mapping[str, Sequence[str]], every: Sequence[str], environ: dict[str, str], cookie: str
) -> OverHttp:
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    with served(environ, port) as (connection, server):

        def page(query: str, more: str = "") -> float:
            return timed_get(connection, f"/library?q={quote(query)}{more}", cookie)[0]

        for query in ("warm", "up the engine", '"warm up"', "wram"):
            page(query)
        before = cpu_seconds(server)
        by_kind = {kind: [page(query) for query in queries] for kind, queries in kinds.items()}
        cpu_first = (cpu_seconds(server) - before) * 1000 / len(every)
        before = cpu_seconds(server)
        again = [page(query) for query in every]
        cpu_again = (cpu_seconds(server) - before) * 1000 / len(again)
        stages = ("discovery", "evaluation", "proposal", "negotiation")
        filtered = [page(q, f"&stage={stages[n % 4]}") for n, q in enumerate(every[::4])]
        ahead = [
            timed_get(connection, f"/search/suggest?q={quote(text)}", cookie)[0]
            for text in _typed([*kinds["two words"], *kinds["part of a word"]])
        ]
        rate = searches_a_second(port, cookie, every)
        page_bytes = len(timed_get(connection, f"/library?q={quote(every[0])}", cookie)[1])
    return OverHttp(by_kind, again, filtered, ahead, rate, page_bytes, cpu_first, cpu_again)


def _floor(search_url: str, every: Sequence[str]) -> list[float]:
    """The same questions to the engine by itself."""
    if search_url == "postgres:":
        return bare_postgres(every)
    return bare_whoosh(Path(search_url.removeprefix("whoosh:")), every)


def searches_a_second(port: int, cookie: str, queries: Sequence[str]) -> float:
    """How many pages of results a second the server gives to several readers at once.

    For RUSH seconds; not counted are the first ARRIVAL, in which a further web process comes.
    """
    began = time.perf_counter()
    counts_from, until = began + ARRIVAL, began + RUSH

    def read(mine: Sequence[str]) -> int:
        connection, counted = HTTPConnection("127.0.0.1", port, timeout=60), 0
        try:
            for query in itertools.cycle(mine):
                timed_get(connection, f"/library?q={quote(query)}", cookie)
                ended = time.perf_counter()
                if ended > until:
                    return counted
                counted += ended > counts_from
        finally:
            connection.close()
        return counted

    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = pool.map(read, (queries[n::AT_ONCE] for n in range(AT_ONCE)))
        return sum(counts) / (RUSH - ARRIVAL)


def _typed(queries: Iterable[str]) -> list[str]:
    """What is sent while somebody types these: each beginning from the second letter on."""
    return [query[:length] for query in queries for length in range(2, min(len(query), 12) + 1)]


def own_engine(rep: Person, queries: Sequence[str]) -> list[float]:
    """Our engine alone: no HTTP, no rows, no snippets."""
    scope, times = scope_of(rep), []
    engine().search(
        Ask(parse("warm up"), scope, now().date()), offset=0, limit=TOP, seconds=SECONDS
    )
    for query in queries:
        started = time.perf_counter()
        engine().search(
            Ask(parse(query), scope, now().date()), offset=0, limit=TOP, seconds=SECONDS
        )
        times.append((time.perf_counter() - started) * 1000)
    return times


def bare_whoosh(folder: Path, queries: Sequence[str]) -> list[float]:
    """Whoosh's own searcher and scoring over the same segments: the 20 best, nothing else."""
    from collateral.search.engines.whoosh.bare import top

    search = top(folder, TOP)
    search("warm up")
    times = []
    for query in queries:
        started = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - started) * 1000)
    return times


def bare_postgres(queries: Sequence[str]) -> list[float]:
    """PostgreSQL's own ranking over the same vectors: the 20 best, nothing else."""
    from sqlalchemy import text

    from collateral.search.engines.postgres.tables import LIVE

    statement = text(
        f"select asset_id from {LIVE}.doc join {LIVE}.head using (asset_id), "
        "websearch_to_tsquery('simple', :query) query "
        f"where every @@ query order by ts_rank(head, query) desc limit {TOP}"
    )
    times = []
    with db.engine.connect() as connection:
        for query in queries:
            started = time.perf_counter()
            connection.execute(statement, {"query": query}).all()
            times.append((time.perf_counter() - started) * 1000)
    return times


def one_update(times: int = 5) -> float:
    """Milliseconds until one changed asset is in the index, at the median."""
    from collateral.search import documents

    taken = []
    for asset_id in range(1, times + 1):
        started = time.perf_counter()
        engine().write(documents.load([asset_id]), ())
        taken.append((time.perf_counter() - started) * 1000)
    db.session.rollback()
    return statistics.median(taken)
