"""Connections as their pages show them: stages with their meaning, a few deals as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from collateral.connect.crm import Found
from collateral.connect.fetching import cells_of, reader_for
from collateral.connect.models import Connection
from collateral.connect.words import words
from collateral.deals.mapping import ColumnMapping
from collateral.deals.owners import all_people
from collateral.deals.rules import outcome_and_stage
from collateral.deals.storing import COMPARED
from collateral.deals.values import Unreadable


def stages(connection: Connection, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each of the CRM's stages with its meaning: a slug of ours, "won", "lost" or ""."""
    mapping = ColumnMapping({}, stages=connection.stages, preset=connection.source)
    ours = {slug.casefold(): slug for slug in labels} | {
        label.casefold(): slug for slug, label in labels.items()
    }
    found = []
    for word in connection.sample.get("stages", []):
        outcome, slug = outcome_and_stage(word, mapping, ours)
        found.append((word, slug if outcome.value == "open" else outcome.value))
    return found


@dataclass(frozen=True)
class Shown:
    """A deal of the CRM as it would come in, or why it would not."""

    name: str
    values: Mapping[str, Any]
    owner_known: bool
    notes: list[str]
    refused: str = ""


def preview(connection: Connection, zone: tzinfo) -> list[Shown]:
    """The sample's deals, read under the fields and stages that are chosen. Two queries."""
    rows = connection.sample.get("rows", [])
    if not rows:
        return []
    reader, people = reader_for(connection, zone), all_people()
    shown = []
    for row in rows:
        said = {
            name: words(name, row.get(path), zone)
            for name, path in connection.fields.items()
            if path
        }
        name = said.get("name", "") or row["external_id"]
        try:
            facts = reader.read(cells_of(reader, Found(row["external_id"], {**row, **said})))
        except Unreadable as error:
            shown.append(Shown(name, {}, False, [], str(error)))
            continue
        values = {**dict.fromkeys(COMPARED), **facts.values}
        known = people.find(values["owner_email"] or "", values["owner_name"] or "") is not None
        shown.append(Shown(name, values, known, [str(note) for note in facts.notes]))
    return shown
