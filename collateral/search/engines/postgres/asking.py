"""An `Ask` as SQL over `doc d`: who may see it, which words it has.

Everything typed travels as a parameter. A vector query is text as well, made of words
that were cut and folded before, each quoted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from collateral.search.engines.facts import STATUSES
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import Scope
from collateral.search.folding import forms
from collateral.search.language import Clause, Field

WHERE = {
    Field.TITLE: ("head", "A"),
    Field.TAG: ("head", "B"),
    Field.SUMMARY: ("head", "C"),
    Field.FILE: ("head", "D"),
    Field.OWNER: ("side", "B"),
}


@dataclass
class Sql:
    """Parts of one statement and the parameters that they name."""

    schema: str
    given: dict[str, Any] = field(default_factory=dict)

    def value(self, value: Any) -> str:
        """A parameter's name for the value."""
        name = f"v{len(self.given)}"
        self.given[name] = value
        return f":{name}"

    def query(self, text: str) -> str:
        return f"cast({self.value(text)} as tsquery)"

    def seen(self, scope: Scope, hidden: frozenset[int]) -> str:
        """Who may see it. Mirrors `assets.queries.visible`."""
        parts = []
        if not scope.sees_all:
            opened = (STATUSES.index("published"), STATUSES.index("retired"))
            parts.append(
                f"(d.owner_id = {self.value(scope.person_id)} or (d.status in {opened} and "
                f"(not d.limited or d.teams && "
                f"cast({self.value(sorted(scope.team_ids))} as integer[]))))"
            )
        if hidden:
            parts.append(f"d.asset_id <> all (cast({self.value(sorted(hidden))} as integer[]))")
        return both(parts)

    @staticmethod
    def not_retired() -> str:
        return f"d.status <> {STATUSES.index('retired')}"

    def every(self, query: str) -> str:
        """Whether all that stands anywhere in the asset answers the vector query."""
        return f"d.every @@ {self.query(query)}"

    def described(self, column: str, query: str) -> str:
        """Whether `head` or `side` answers the vector query."""
        return (
            f"d.asset_id in (select h.asset_id from {self.schema}.head h "
            f"where h.{column} @@ {self.query(query)})"
        )

    def on_a_page(self, query: str) -> str:
        return (
            f"d.asset_id in (select p.asset_id from {self.schema}.page p "
            f"where p.words @@ {self.query(query)})"
        )

    def in_each(self, vector: str, query: str) -> str:
        """Whether the vector answers the query, found by reading it.

        For rows that are found by another index: the one of the vectors would be asked beside
        it, and tell of every page of the library that has the words.
        """
        return f"({vector} @@ {self.query(query)}) is true"


def is_simple(clause: Clause) -> bool:
    """Whether `doc.every` alone tells if the clause holds, synonyms and all."""
    return clause.field is None and all(
        len(one.words) == 1 or one.loose for one in (clause, *synonyms(clause))
    )


def simple(clause: Clause) -> str:
    """A simple clause as a vector query."""
    return " | ".join(f"({spelled(one)})" for one in (clause, *synonyms(clause)))


def spelled(clause: Clause, weight: str = "") -> str:
    """The clause as a tsquery: its word in either number, its words in a row, or all of them."""
    mark = f":{weight}" if weight else ""
    if len(clause.words) == 1:
        found = clause.words if clause.quoted else forms(clause.words[0])
        return " | ".join(lexeme(word) + mark for word in found)
    joint = " & " if clause.loose else " <-> "
    return joint.join(lexeme(word) + mark for word in clause.words)


def together(queries: Iterable[str]) -> str:
    """All of the vector queries in one."""
    return " & ".join(f"({query})" for query in queries)


def synonyms(clause: Clause) -> list[Clause]:
    return [Clause(other, quoted=len(other) > 1) for other in clause.others]


def both(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part]
    return " and ".join(f"({part})" for part in kept) if kept else "true"


def either(parts: Iterable[str]) -> str:
    return " or ".join(f"({part})" for part in parts)
