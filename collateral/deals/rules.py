"""From one line of a file to what is known of a deal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from collateral.deals.mapping import ColumnMapping
from collateral.deals.models import Outcome
from collateral.deals.presets import PRESETS
from collateral.deals.values import (
    DayOrder,
    Unreadable,
    at_midnight,
    parse_amount,
    parse_currency,
    parse_day,
    parse_moment,
    parse_yes,
    salesforce_id,
)
from collateral.words import N_, Sentence

LENGTHS = {"external_id": 100, "name": 300, "account": 300, "stage": 120, "owner": 200}
TOO_LONG = {
    "external_id": N_("Its id is longer than %(longest)s characters."),
    "name": N_("Its name is longer than %(longest)s characters."),
    "account": N_("Its account is longer than %(longest)s characters."),
    "stage": N_("Its stage is longer than %(longest)s characters."),
    "owner": N_("Its owner is longer than %(longest)s characters."),
}
UNCLOSED = {
    Outcome.WON: N_("It is won but does not say when it was closed."),
    Outcome.LOST: N_("It is lost but does not say when it was closed."),
}
ENDED = {"won": Outcome.WON, "lost": Outcome.LOST}


@dataclass(frozen=True)
class Words:
    """The vocabularies as the import needs them: label or slug, case-folded, to slug."""

    stage: Mapping[str, str] = field(default_factory=dict)
    industry: Mapping[str, str] = field(default_factory=dict)
    product: Mapping[str, str] = field(default_factory=dict)
    region: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What one line says: column of `deal` to value, only for what the file has a column for."""

    external_id: str
    values: dict[str, Any]
    stage_at: datetime | None
    notes: list[Sentence]


@dataclass(frozen=True)
class History:
    """The stages that a deal went through: the CRM's words and their moments, in order."""

    moves: tuple[tuple[str, datetime], ...]
    whole: bool = True
    """Whether the CRM told all of them; else those before the first of these stay as they are."""


def history_changes(
    known: Sequence[tuple[int, str, datetime]], history: History
) -> tuple[list[tuple[str, datetime]], list[int]]:
    """What is to be added to the known stages, and the ids of those that are none.

    Args:
        known: id, label and moment of each.
    """
    given = dict.fromkeys(history.moves)
    here = {(label, at) for _, label, at in known}
    since = min((at for _, at in given), default=None)
    undone = [
        move_id
        for move_id, label, at in known
        if (label, at) not in given and since is not None and (history.whole or at >= since)
    ]
    return [move for move in given if move not in here], undone


def slug_of(text: str) -> str:
    """“Food & Drink” as `food-drink`; at most 80 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]


def outcome_and_stage(
    label: str, mapping: ColumnMapping, stages: Mapping[str, str]
) -> tuple[Outcome, str]:
    """What the CRM's word for a stage means: how the deal stands, and our stage or ""."""
    word = label.casefold().strip()
    preset = PRESETS[mapping.preset]
    chosen = mapping.stages.get(word)
    if chosen in ENDED:
        return ENDED[chosen], ""
    if chosen:
        return Outcome.OPEN, chosen
    # HubSpot adds the pipeline: "Closed Won (Sales Pipeline)".
    bare = re.sub(r"\s*\([^)]*\)$", "", word)
    if bare in preset.outcomes:
        return preset.outcomes[bare], ""
    ours = stages.get(word) or stages.get(bare)
    theirs = preset.stages.get(word) or preset.stages.get(bare)
    return Outcome.OPEN, ours or (theirs if theirs in stages.values() else "") or ""


class RowReader:
    """Reads the lines of one file under its mapping."""

    def __init__(
        self,
        heads: list[str],
        mapping: ColumnMapping,
        words: Words,
        order: DayOrder,
        zone: tzinfo = UTC,
    ) -> None:
        self.places = {name: heads.index(head) for name, head in mapping.columns.items()}
        self.width = len(heads)
        self.mapping, self.words, self.order, self.zone = mapping, words, order, zone

    def read(self, cells: list[str]) -> Facts:
        """What the line says.

        Raises:
            Unreadable: a sentence why the line is refused.
        """
        row = self._named(cells)
        external_id = row["external_id"]
        if self.mapping.preset == "salesforce":
            external_id = salesforce_id(external_id)
        notes: list[Sentence] = []
        values: dict[str, Any] = {"name": row["name"]}
        if "account" in row:
            values["account"] = row["account"]
        self._owner(row, values)
        self._amount(row, values)
        self._terms(row, values)
        stage_at = self._stage(row, values, notes)
        if "next_call_at" in row:
            values["next_call_at"] = (
                parse_moment(row["next_call_at"], self.order, self.zone)
                if row["next_call_at"]
                else None
            )
        return Facts(external_id, values, stage_at, notes)

    def _named(self, cells: list[str]) -> dict[str, str]:
        """The cells by what they are, of a line that says what every deal needs."""
        if len(cells) > self.width:
            raise Unreadable(
                N_("The line has %(cells)s cells where the head has %(heads)s."),
                cells=len(cells),
                heads=self.width,
            )
        row = {
            name: cells[place].strip() if place < len(cells) else ""
            for name, place in self.places.items()
        }
        for name, longest in LENGTHS.items():
            if len(row.get(name, "")) > longest:
                raise Unreadable(TOO_LONG[name], longest=longest)
        if not row["external_id"]:
            raise Unreadable(N_("It has no id."))
        if not row["name"]:
            raise Unreadable(N_("It has no name."))
        if not row["stage"]:
            raise Unreadable(N_("It has no stage."))
        return row

    def stage_of(self, label: str) -> str:
        """Our stage for the CRM's word, or ""."""
        return outcome_and_stage(label, self.mapping, self.words.stage)[1]

    def _owner(self, row: Mapping[str, str], values: dict[str, Any]) -> None:
        if "owner" not in row and "owner_email" not in row:
            return
        owner, email = row.get("owner", ""), row.get("owner_email", "")
        if "@" in owner and not email:
            owner, email = "", owner
        if len(email) > 254:
            raise Unreadable(N_("Its owner's e-mail is longer than 254 characters."))
        values["owner_email"], values["owner_name"] = email.lower(), owner

    def _amount(self, row: Mapping[str, str], values: dict[str, Any]) -> None:
        if "amount" not in row:
            return
        values["amount"], values["currency"] = None, None
        if row["amount"]:
            amount = parse_amount(row["amount"])
            said = row.get("currency", "")
            currency = amount.currency or (parse_currency(said) if said else self.mapping.currency)
            if currency is None:
                raise Unreadable(N_("“%(text)s” has no currency."), text=row["amount"])
            values["amount"], values["currency"] = amount.value, currency

    def _terms(self, row: Mapping[str, str], values: dict[str, Any]) -> None:
        for name in ("industry", "product", "region"):
            if name in row:
                known: Mapping[str, str] = getattr(self.words, name)
                values[name] = known.get(row[name].casefold()) or slug_of(row[name])

    def _stage(
        self, row: Mapping[str, str], values: dict[str, Any], notes: list[Sentence]
    ) -> datetime | None:
        outcome, stage = outcome_and_stage(row["stage"], self.mapping, self.words.stage)
        if "won" in row and parse_yes(row["won"]):
            outcome, stage = Outcome.WON, ""
        elif "closed" in row and outcome is Outcome.OPEN and parse_yes(row["closed"]):
            outcome, stage = Outcome.LOST, ""
        if outcome is Outcome.OPEN and not stage:
            text = N_("The stage “%(stage)s” is not among ours; it was kept as a word.")
            notes.append(Sentence(text, {"stage": row["stage"]}))
        said = row.get("stage_changed_on", "")
        stage_at = parse_moment(said, self.order, self.zone) if said else None
        opened = self._day(row, "opened_on")
        closes = self._day(row, "closed_on")
        values.update(stage=stage, stage_label=row["stage"], outcome=outcome)
        if outcome is Outcome.OPEN:
            values["closed_on"] = None
            if "closed_on" in row:
                values["expected_on"] = closes
        else:
            closed = closes or (stage_at.date() if stage_at else None)
            if closed is None:
                raise Unreadable(UNCLOSED[outcome])
            values.update(closed_on=closed, expected_on=None)
            stage_at = stage_at or at_midnight(closed, self.zone)
            if opened and opened > closed:
                text = N_("It says that it was opened after it was closed; %(day)s was taken.")
                notes.append(Sentence(text, {"day": closed.isoformat()}))
                opened = closed
        if "opened_on" in row:
            values["opened_on"] = opened
        return stage_at

    def _day(self, row: Mapping[str, str], name: str) -> date | None:
        text = row.get(name, "")
        return parse_day(text, self.order) if text else None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The columns whose values differ; an amount of 100 equals one of 100.00."""
    return [name for name, value in after.items() if not _same(before[name], value)]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one.compare(other) == 0
    return bool(one == other)
