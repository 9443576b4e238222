"""Whoosh as it comes, over the segments of our index: the floor that the bench measures beside.

The same meaning as ours: all words, each in any of the fields; when that finds few, any
of them, beginnings of titles' words and one slip. No facets, total, permission or text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whoosh import query as q
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from collateral.search.engines.evaluate import WEIGHTS
from collateral.search.engines.protocol import FEW
from collateral.search.language import TEXT_FIELDS, Clause, Query, parse


def top(folder: Path, limit: int) -> Callable[[str], int]:
    """A function that searches with one searcher that is kept open; it answers how many."""
    generation = json.loads((folder / "current").read_text())["generation"]
    searcher = FileIndex(FileStorage(str(folder / generation))).searcher()

    def search(text: str) -> int:
        parsed = parse(text)
        found = len(searcher.search(_all(parsed), limit=limit).top_n)
        if found < FEW:
            found += len(searcher.search(_near(parsed), limit=limit).top_n)
        return found

    return search


def _all(parsed: Query) -> Any:
    wanted = [_clause(clause) for clause in parsed.wanted]
    unwanted = [q.Not(_clause(clause)) for clause in parsed.unwanted]
    return q.And(wanted + unwanted).normalize()


def _clause(clause: Clause) -> Any:
    if clause.field is not None and clause.field not in TEXT_FIELDS:
        return q.Term("term", f"{clause.field.value}:{'-'.join(clause.words)}")
    if len(clause.words) > 1:
        return q.Or([q.Phrase(name, list(clause.words)) for name in WEIGHTS])
    return q.Or([q.Term(name, clause.words[0], boost=boost) for name, boost in WEIGHTS.items()])


def _near(parsed: Query) -> Any:
    words = [word for clause in parsed.wanted for word in clause.words if clause.field is None]
    parts: list[Any] = []
    for word in words:
        parts += [q.Term(name, word) for name in WEIGHTS]
        if len(word) > 2:
            parts += [q.Prefix(name, word) for name in ("title", "tags", "summary")]
        if len(word) > 4:
            parts += [q.FuzzyTerm(name, word, prefixlength=2) for name in ("title", "body")]
    return q.Or(parts).normalize()
