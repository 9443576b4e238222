"""An `Ask` as SQL over `doc d`: who may see it, which words it has, what was chosen.

Everything typed travels as a parameter. A vector query is text as well, made of words
that were cut and folded before, each quoted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from collateral.search.engines.columns import STATUSES
from collateral.search.engines.postgres.writing import lexeme
from collateral.search.engines.protocol import Ask, Freshness, Scope
from collateral.search.folding import forms
from collateral.search.language import TEXT_FIELDS, Clause, Field

WHERE = {
    Field.TITLE: ("head", "A"),
    Field.TAG: ("head", "B"),
    Field.SUMMARY: ("head", "C"),
    Field.FILE: ("head", "D"),
    Field.OWNER: ("side", "B"),
}
WEIGHTS = "{0.25,0.375,0.625,1.0}"
"""Of file name, summary, tags and title, as far as ts_rank goes: it takes none above one."""
IN_PAGES = 0.02
"""What a word counts that stands in the pages alone."""
OTHER_FORM = 0.8
SYNONYM = 0.6
PHRASE = 1.5


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

    # Who may see it

    def seen(self, scope: Scope, hidden: frozenset[int]) -> str:
        """Mirrors `assets.queries.visible`."""
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

    def base(self, ask: Ask, with_retired: bool) -> str:
        """What she sees, without the retired where they are not asked for, and the unwanted."""
        parts = [self.seen(ask.scope, ask.hidden)]
        if not with_retired:
            parts.append(self.not_retired())
        parts += [f"not ({self.holds(clause)})" for clause in ask.query.unwanted]
        return both(parts)

    @staticmethod
    def not_retired() -> str:
        return f"d.status <> {STATUSES.index('retired')}"

    # Words

    def holds(self, clause: Clause) -> str:
        """Whether the clause holds as it was typed, or by a synonym."""
        if clause.field is not None and clause.field not in TEXT_FIELDS:
            return self._of_field(clause)
        every = [self._words(clause)]
        every += [self._words(synonym) for synonym in synonyms(clause)]
        return either(every)

    def score(self, clause: Clause) -> str:
        """How much it counts that the clause holds."""
        if clause.field is not None and clause.field not in TEXT_FIELDS:
            return "1.0"
        every = [self._rank(clause)]
        every += [f"{SYNONYM} * {self._rank(synonym)}" for synonym in synonyms(clause)]
        return f"greatest({', '.join(every)}) + {IN_PAGES}"

    def _of_field(self, clause: Clause) -> str:
        assert clause.field is not None
        if clause.field is Field.STATUS:
            name = "_".join(clause.words)
            return f"d.status = {STATUSES.index(name)}" if name in STATUSES else "false"
        slugs = clause.words if clause.alternatives else ("-".join(clause.words),)
        keys = [f"{clause.field.value}:{slug}" for slug in slugs]
        return f"d.terms && cast({self.value(keys)} as text[])"

    def _words(self, clause: Clause) -> str:
        if clause.field is not None:
            column, weight = WHERE[clause.field]
            return f"d.{column} @@ {self.query(spelled(clause, weight))}"
        if len(clause.words) == 1 or clause.loose:
            return f"d.every @@ {self.query(spelled(clause))}"
        together = spelled(clause)
        return (
            f"(d.every @@ {self.query(' & '.join(map(lexeme, clause.words)))} and "
            f"(d.head @@ {self.query(together)} or d.side @@ {self.query(spelled(clause, 'A'))} "
            f"or d.asset_id in (select p.asset_id from {self.schema}.page p "
            f"where p.words @@ {self.query(together)})))"
        )

    def _rank(self, clause: Clause) -> str:
        text = spelled(clause)
        side = spelled(clause, "B" if clause.field is Field.OWNER else "A")
        times = PHRASE if len(clause.words) > 1 and not clause.loose else 1.0
        return (
            f"{times} * (ts_rank('{WEIGHTS}', d.head, {self.query(text)}) + "
            f"0.6 * ts_rank('{WEIGHTS}', d.side, {self.query(side)}))"
        )

    # What was chosen

    def filters(self, ask: Ask) -> dict[str, str]:
        """A condition for each kind of filter that was chosen."""
        parts: dict[str, str] = {}
        for vocabulary in sorted({key.partition(":")[0] for key in ask.terms}):
            keys = [key for key in sorted(ask.terms) if key.startswith(vocabulary + ":")]
            parts[vocabulary] = f"d.terms && cast({self.value(keys)} as text[])"
        if ask.statuses:
            numbers = [STATUSES.index(name) for name in ask.statuses if name in STATUSES]
            parts["status"] = f"d.status = any (cast({self.value(numbers)} as integer[]))"
        if ask.tags:
            parts["tag"] = f"d.tags @> cast({self.value(sorted(ask.tags))} as text[])"
        if ask.owner_id is not None:
            parts["owner"] = f"d.owner_id = {self.value(ask.owner_id)}"
        if ask.used_since is not None:
            parts["used_since"] = f"coalesce(d.last_used >= {self.value(ask.used_since)}, false)"
        if ask.freshness is not None:
            due = self.due(ask)
            parts["freshness"] = due if ask.freshness is Freshness.REVIEW_DUE else f"not {due}"
        return parts

    def due(self, ask: Ask) -> str:
        """Whose review date has come, or whose content has lapsed."""
        today = self.value(ask.today)
        return (
            f"(coalesce(d.review_on <= {today}, false) or coalesce(d.expires_on <= {today}, false))"
        )


def spelled(clause: Clause, weight: str = "") -> str:
    """The clause as a tsquery: its word in either number, its words in a row, or all of them."""
    mark = f":{weight}" if weight else ""
    if len(clause.words) == 1:
        found = clause.words if clause.quoted else forms(clause.words[0])
        return " | ".join(lexeme(word) + mark for word in found)
    joint = " & " if clause.loose else " <-> "
    return joint.join(lexeme(word) + mark for word in clause.words)


def synonyms(clause: Clause) -> list[Clause]:
    return [Clause(other, quoted=len(other) > 1) for other in clause.others]


def both(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part]
    return " and ".join(f"({part})" for part in kept) if kept else "true"


def either(parts: Iterable[str]) -> str:
    return " or ".join(f"({part})" for part in parts)
