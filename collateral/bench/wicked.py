"""Wicked queries against a library of any size, over HTTP: how long the slowest takes.

What hypothesis found hard for the reading of queries, what the languages of other engines make
of such signs, and what is dear for the index itself: phrases of the most frequent words, twelve
long words that nobody wrote, exclusions of nearly everything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask

from collateral.accounts.models import Person
from collateral.bench.library import COMMON, Writer
from collateral.bench.search import Figure
from collateral.bench.serving import cookie_of, cpu_seconds, served
from collateral.search.language import Field
from collateral.search.requests import MAX_OFFSET

READERS = 4
SLOWEST = 10
SIGNS = '"-:()[]{}*?~^\\/ \t\n“”„‟«»＂−–—abcß停止ึ\x00\u0301'
FIXED = {
    "signs of other languages": (
        "*", "a*", "?????*e*", "*a* *e*", "word~9", "[a TO z]", "{a TO *}", "/.*/", "a^1e9",
        "NOT AND OR NEAR(", "{{7*7}}", "'; drop table asset; --", "\u202e" * 50, "%", "_%_",
    ),
    "nested brackets": ("(" * 1000, "((" * 90 + "the" + "))" * 90, "[{(" * 60, "(the (of (and"),
    "a megabyte in one line": ("a" * 20_000, "停" * 3000, '"' * 999, "-" * 500, "title:" * 600),
    "no words at all": ("", "   ", "\x00", '""', "-", ":", "-:", '-""'),
}  # fmt: skip


class Row(NamedTuple):
    """One query: what kind it is of, and what its answer took.

    `used` are the milliseconds of processor that the server spent on it (to a hundredth of a
    second), where it was asked alone: whatever else the machine does, those are its own.
    """

    kind: str
    path: str
    milliseconds: float
    status: int
    used: float | None = None


def queries(writer: Writer, seed: int, each: int = 12) -> dict[str, list[str]]:
    """Kinds of wicked queries; those that are drawn hold words that the library holds."""
    random = Random(seed)
    common = COMMON[:40]

    def some(count: int, words: Sequence[str] = common) -> list[str]:
        return [random.choice(words) for _ in range(count)]

    def misspelt() -> str:
        word = max(writer.draw(8, None, 3000), key=len)
        at = random.randrange(1, len(word) - 1)
        return word[:at] + random.choice("aeiou") + word[at + 1 :]

    def long_words() -> str:
        return " ".join("".join(random.choices("abcdefgh", k=15)) for _ in range(12))

    fields = [field.value for field in Field]
    makers: dict[str, Callable[[], str]] = {
        "thousands of words": lambda: " ".join(some(2000)),
        "twelve of the commonest": lambda: " ".join(random.sample(common, 12)),
        "twelve misspelt words": lambda: " ".join(misspelt() for _ in range(12)),
        "twelve words of noise": long_words,
        "phrase of stop words": lambda: f'"{" ".join(some(random.randint(2, 12)))}"',
        "several such phrases": lambda: " ".join(f'"{" ".join(some(3))}"' for _ in range(6)),
        "one letter each": lambda: " ".join(random.sample("abcdefghijklmnopqrstuvwxyz", 12)),
        "exclusions alone": lambda: " ".join(f"-{word}" for word in some(random.randint(1, 12))),
        "word and its exclusion": lambda: "the " + " ".join(f'-"{" ".join(some(2))}"'
                                                            for _ in range(5)),
        "nonsense in fields": lambda: " ".join(
            f"{random.choice([*fields, 'x', 'body'])}:{word}" for word in some(8)
        ),
        "phrase in a field": lambda: f'{random.choice(fields)}:"{" ".join(some(4))}"',
        "drawn signs": lambda: "".join(random.choices(SIGNS, k=random.randint(1, 300))),
        "words among signs": lambda: "".join(
            word + random.choice(SIGNS) for word in some(30)
        ),
    }  # fmt: skip
    made = {kind: list(dict.fromkeys(make() for _ in range(each))) for kind, make in makers.items()}
    return {kind: list(fixed) for kind, fixed in FIXED.items()} | made


def paths(kinds: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Kind and address: the page of results, now and then sorted or far down, and typeahead."""
    more = ("", "&sort=newest", "&sort=proven", f"&cursor={MAX_OFFSET - 20}", "&only=1")
    for kind, wicked in kinds.items():
        for number, text in enumerate(wicked):
            # The server takes no longer addresses than this.
            asked = quote(text[:1200].encode("utf-8", "replace"))[:3900].rpartition("%")
            query = asked[0] if len(asked[0]) > 3800 else "".join(asked)
            yield kind, f"/library?q={query}{more[number % len(more)]}"
            yield f"{kind} (typeahead)", f"/search/suggest?q={query}"


def measure(app: Flask, rep: Person, seed: int, environ: dict[str, str]) -> dict[str, Any]:
    """Each query alone, then all of them again by several readers at once."""
    every = list(paths(queries(Writer(seed), seed)))
    others = list(paths(queries(Writer(seed + 1), seed + 1)))
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    cookie = cookie_of(app, rep)
    with served(environ, port) as (connection, server):
        _asked(connection, "/library?q=warm", cookie)
        alone = []
        for kind, path in every:
            before = cpu_seconds(server)
            milliseconds, status = _asked(connection, path, cookie)
            used = (cpu_seconds(server) - before) * 1000
            alone.append(Row(kind, path, milliseconds, status, used))

        def reader(number: int) -> list[Row]:
            mine = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                return [
                    Row(kind, path, *_asked(mine, path, cookie))
                    for kind, path in others[number::READERS]
                ]
            finally:
                mine.close()

        with ThreadPoolExecutor(READERS) as pool:
            together = [row for rows in pool.map(reader, range(READERS)) for row in rows]
    return {
        "figures": [
            vars(Figure.of("alone: library page", _times(alone, "/library"))),
            vars(Figure.of("alone: typeahead", _times(alone, "/search"))),
            vars(Figure.of("processor, alone: library page", _used(alone, "/library"))),
            vars(Figure.of("processor, alone: typeahead", _used(alone, "/search"))),
            vars(Figure.of(f"{READERS} at once: library page", _times(together, "/library"))),
            vars(Figure.of(f"{READERS} at once: typeahead", _times(together, "/search"))),
        ],
        "errors": [row._asdict() for row in (*alone, *together) if row.status != 200],
        "slowest": {"alone": _slowest(alone), f"{READERS} at once": _slowest(together)},
    }


def _asked(connection: HTTPConnection, path: str, cookie: str) -> tuple[float, int]:
    """Milliseconds to the last byte, and the status."""
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
    response = connection.getresponse()
    response.read()
    return (time.perf_counter() - started) * 1000, response.status


def _times(rows: Sequence[Row], start: str) -> list[float]:
    return [row.milliseconds for row in rows if row.path.startswith(start)]


def _used(rows: Sequence[Row], start: str) -> list[float]:
    return [row.used for row in rows if row.used is not None and row.path.startswith(start)]


def _slowest(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row._asdict() for row in sorted(rows, key=lambda row: -row.milliseconds)[:SLOWEST]]


def table(result: dict[str, Any]) -> str:
    """The slowest of each way of asking, and what did not answer as it should."""
    lines = [f"{len(result['errors'])} errors"]
    lines += [f"{row['status']}: {row['path'][:120]}" for row in result["errors"][:SLOWEST]]
    for way, rows in result["slowest"].items():
        lines.append(f"{'slowest, ' + way:<46}{'ms':>9}{'processor':>11}")
        for row in rows:
            used = "" if row["used"] is None else f"{row['used']:.0f}"
            lines.append(f"  {row['kind']:<44}{row['milliseconds']:>9.1f}{used:>11}")
    return "\n".join(lines)
