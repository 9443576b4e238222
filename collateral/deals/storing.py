"""Deals that come in many at a time, from a file or a CRM: compared with what is known, written.

Each batch costs the same few statements whatever stands in it: one looks up the deals of its
ids, then one each writes the new deals, the changed ones and their stages. What changes
nothing costs no write at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import delete, insert, select, update

from collateral.assets.models import Term, Vocabulary
from collateral.db import db, upsert
from collateral.db import table as bare
from collateral.deals.gone import WITH_GONE
from collateral.deals.models import Deal, RowResult, StageChange
from collateral.deals.owners import all_people
from collateral.deals.rules import Facts, History, RowReader, Words, differences, history_changes
from collateral.deals.values import at_midnight
from collateral.words import N_, Sentence

COMPARED = (
    "name",
    "account",
    "owner_id",
    "owner_email",
    "owner_name",
    "stage",
    "stage_label",
    "amount",
    "currency",
    "industry",
    "product",
    "region",
    "opened_on",
    "closed_on",
    "expected_on",
    "outcome",
    "next_call_at",
)


def all_words() -> Words:
    """The vocabularies that deals use. One query."""
    found: dict[str, dict[str, str]] = {"stage": {}, "industry": {}, "product": {}, "region": {}}
    wanted = [Vocabulary(name) for name in found]
    for vocabulary, slug, label in db.session.execute(
        select(Term.vocabulary, Term.slug, Term.label).where(Term.vocabulary.in_(wanted))
    ):
        found[vocabulary.value].update({slug.casefold(): slug, label.casefold(): slug})
    return Words(**found)


@dataclass(frozen=True)
class Given:
    """One deal as it was given: its number in the file or run, what it says, its stages."""

    number: int
    facts: Facts
    history: History | None = None
    """None where only the stage that it is in now is known."""


@dataclass(frozen=True)
class Told:
    """What became of it, and what was left out of it."""

    number: int
    result: RowResult
    external_id: str
    name: str
    notes: list[Sentence]


class Storing:
    """Writes deals of one source, batch by batch."""

    def __init__(self, source: str, *, at: datetime, zone: tzinfo, dry_run: bool = False) -> None:
        """
        Args:
            at: the moment that changes are dated with where none is given.
            zone: where days begin.
        """
        self.source, self.at, self.zone, self.dry_run = source, at, zone, dry_run
        self.people = all_people()

    def take(self, given: Sequence[Given], reader: RowReader) -> list[Told]:
        """Compare and write one batch, in which each deal stands once."""
        work = _Batch(self, reader)
        for one in given:
            self._own(one.facts)
        work.look_up(given)
        told = [
            Told(
                one.number,
                work.compare(one),
                one.facts.external_id[:100],
                one.facts.values["name"],
                one.facts.notes,
            )
            for one in given
        ]
        if not self.dry_run:
            work.write()
        return told

    def _own(self, facts: Facts) -> None:
        if "owner_email" in facts.values:
            email, name = facts.values["owner_email"], facts.values["owner_name"]
            facts.values["owner_id"] = self.people.find(email, name)
            if (email or name) and facts.values["owner_id"] is None:
                text = N_("%(who)s is nobody here; the deal has no owner yet.")
                facts.notes.append(Sentence(text, {"who": email or name}))


class _Batch:
    """What one batch changes."""

    def __init__(self, of: Storing, reader: RowReader) -> None:
        self.of, self.reader = of, reader
        self.known: dict[str, dict[str, Any]] = {}
        self.stages: dict[int, list[tuple[int, str, datetime]]] = {}
        self.new: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []
        self.moves: list[tuple[str, dict[str, Any]]] = []
        self.undone: list[int] = []

    def look_up(self, given: Sequence[Given]) -> None:
        columns = [getattr(Deal, name) for name in ("id", "external_id", "gone_at", *COMPARED)]
        rows = db.session.execute(
            select(*columns).where(
                Deal.source == self.of.source,
                Deal.external_id.in_([one.facts.external_id for one in given]),
            ),
            execution_options=WITH_GONE,
        )
        self.known = {row.external_id: dict(row._mapping) for row in rows}
        told = [
            self.known[one.facts.external_id]["id"]
            for one in given
            if one.history is not None and one.facts.external_id in self.known
        ]
        if told:
            for deal_id, move_id, label, at in db.session.execute(
                select(StageChange.deal_id, StageChange.id, StageChange.label, StageChange.at)
                .where(StageChange.deal_id.in_(told))
                .order_by(StageChange.at, StageChange.id)
            ):
                self.stages.setdefault(deal_id, []).append((move_id, label, at))

    def compare(self, given: Given) -> RowResult:
        fact, before = given.facts, self.known.get(given.facts.external_id)
        if before is None:
            return self._make(fact, given.history)
        _keep_in_order(fact, before)
        different = differences(before, fact.values)
        moved = self._history(fact.external_id, given.history, self.stages.get(before["id"], []))
        if different or before["gone_at"] is not None:
            row = {name: fact.values.get(name, before[name]) for name in COMPARED}
            self.changed.append(
                {**row, "id": before["id"], "gone_at": None, "updated_at": self.of.at}
            )
            if "stage_label" in different and given.history is None:
                self._move(fact.external_id, fact.values["stage_label"], fact.stage_at, fact)
        elif not moved:
            return RowResult.UNCHANGED
        return RowResult.CHANGED

    def _make(self, fact: Facts, history: History | None) -> RowResult:
        row: dict[str, Any] = {name: _EMPTY.get(name) for name in COMPARED}
        row.update(fact.values)
        row.update(
            source=self.of.source,
            external_id=fact.external_id,
            created_at=self.of.at,
            updated_at=self.of.at,
        )
        self.new.append(row)
        if not self._history(fact.external_id, history, []):
            opened = row["opened_on"]
            first = fact.stage_at or (at_midnight(opened, self.of.zone) if opened else None)
            self._move(fact.external_id, fact.values["stage_label"], first, fact)
        return RowResult.NEW

    def _history(
        self, external_id: str, history: History | None, known: list[tuple[int, str, datetime]]
    ) -> bool:
        """Note how the stages differ from those that are known; whether they do."""
        if history is None:
            return False
        added, undone = history_changes(known, history)
        self.undone += undone
        for label, at in added:
            self._move(external_id, label, at, None)
        return bool(added or undone)

    def _move(self, external_id: str, label: str, at: datetime | None, fact: Facts | None) -> None:
        stage = fact.values["stage"] if fact else self.reader.stage_of(label)
        self.moves.append((external_id, {"stage": stage, "label": label, "at": at or self.of.at}))

    def write(self) -> None:
        ids = {external_id: row["id"] for external_id, row in self.known.items()}
        if self.new:
            # The bare table: with RETURNING the statement would run once for each row.
            db.session.execute(insert(bare(Deal)), [{**_DEFAULTS, **row} for row in self.new])
            made = select(Deal.external_id, Deal.id).where(
                Deal.source == self.of.source,
                Deal.external_id.in_([row["external_id"] for row in self.new]),
            )
            ids.update({row.external_id: row.id for row in db.session.execute(made)})
        if self.changed:
            db.session.execute(update(Deal), self.changed)
        if self.undone:
            db.session.execute(
                delete(StageChange).where(StageChange.id.in_(self.undone)),
                execution_options={"synchronize_session": False},
            )
        if self.moves:
            rows = [{**move, "deal_id": ids[external_id]} for external_id, move in self.moves]
            db.session.execute(upsert(bare(StageChange)).on_conflict_do_nothing(), rows)


_EMPTY: dict[str, Any] = dict.fromkeys(
    ("account", "owner_email", "owner_name", "stage", "industry", "product", "region"), ""
)
_DEFAULTS: dict[str, Any] = {"sample": False}


def _keep_in_order(fact: Facts, before: dict[str, Any]) -> None:
    """What names no opening day must not close a deal before the day that is known."""
    closed, opened = fact.values.get("closed_on"), fact.values.get("opened_on", before["opened_on"])
    if closed and opened and closed < opened:
        fact.values["opened_on"] = closed


def set_next_calls(source: str, calls: dict[str, datetime], *, at: datetime) -> int:
    """Let the open deals of the source have these next calls and no others; how many changed.

    Args:
        calls: the deal's external id to the beginning of its next call.
    """
    kept = db.session.execute(
        select(Deal.id, Deal.external_id, Deal.next_call_at).where(
            Deal.source == source,
            Deal.outcome == "open",
            Deal.next_call_at.is_not(None),
        )
    )
    now_known = {row.external_id: (row.id, row.next_call_at) for row in kept}
    changes = [
        {"id": deal_id, "next_call_at": calls.get(external_id), "updated_at": at}
        for external_id, (deal_id, call) in now_known.items()
        if calls.get(external_id) != call
    ]
    fresh = [external_id for external_id in calls if external_id not in now_known]
    for some in _parts(fresh, 500):
        rows = db.session.execute(
            select(Deal.id, Deal.external_id).where(
                Deal.source == source, Deal.outcome == "open", Deal.external_id.in_(some)
            )
        )
        changes += [
            {"id": deal_id, "next_call_at": calls[external_id], "updated_at": at}
            for deal_id, external_id in rows
        ]
    if changes:
        db.session.execute(update(Deal), changes)
    return len(changes)


def _parts(values: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))
