"""How a document becomes fields, and fields become postings."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from whoosh import columns, fields, formats

from collateral.search.engines.facts import FACTS, TEXT, pack
from collateral.search.engines.protocol import Document
from collateral.search.folding import fold, words

GAP = 8
"""Between pages, so that no phrase runs over the end of one."""
MAX_WORDS = 200_000


class Places(formats.Format):  # type: ignore[misc]
    """Postings with the places of the word, as one block of 32-bit numbers."""

    posting_size = -1

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def decode_positions(self, value: bytes) -> Sequence[int]:
        return array("I", value)


class Words(fields.FieldType):  # type: ignore[misc]
    """Runs of words that are cut already; between two runs there is a gap."""

    def __init__(self) -> None:
        super().__init__(Places(), None)

    def index(self, value: list[list[str]], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        places: dict[str, list[int]] = {}
        at = 0
        for run in value:
            for word in run:
                if word in places:
                    places[word].append(at)
                else:
                    places[word] = [at]
                at += 1
            at += GAP
        for word, found in places.items():
            yield word.encode(), len(found), float(len(found)), array("I", found).tobytes()


class Keys(fields.FieldType):  # type: ignore[misc]
    """Exact values, several a document."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: list[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for key in dict.fromkeys(value):
            yield key.encode(), 1, 1.0, b""


def make_schema() -> Any:
    """Words by field, exact keys, and two columns."""
    every: dict[str, Any] = {name: Words() for name in TEXT}
    every |= {name: Keys() for name in ("term", "team", "tag")}
    every["facts"] = fields.COLUMN(columns.FixedBytesColumn(FACTS.itemsize))
    every["order"] = fields.COLUMN(columns.VarBytesColumn())
    return fields.Schema(**every)


def as_fields(document: Document) -> dict[str, Any]:
    """What the writer is given for one document."""
    text: dict[str, list[list[str]]] = {
        "title": [words(document.title)],
        "tags": [words(tag) for tag in document.tags],
        "labels": [words(label) for label in document.labels],
        "summary": [words(document.summary)],
        "file": [words(document.filename)],
        "owner": [words(document.owner)],
        "body": _pages(document.pages),
    }
    lengths = {name: sum(map(len, runs)) for name, runs in text.items()}
    given: dict[str, Any] = {name: runs for name, runs in text.items() if lengths[name]}
    given["term"] = list(document.terms)
    given["tag"] = [fold(tag) for tag in document.tags]
    given["team"] = [str(team) for team in document.teams]
    given["facts"] = pack(document, lengths)
    given["order"] = fold(document.title).encode()[:120]
    return given


def _pages(pages: tuple[str, ...]) -> list[list[str]]:
    runs: list[list[str]] = []
    room = MAX_WORDS
    for text in pages:
        run = words(text)[:room]
        runs.append(run)
        room -= len(run)
        if room <= 0:
            break
    return runs
