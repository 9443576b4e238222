"""What an import did, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from collateral.db import db
from collateral.deals.models import ImportRow, ImportRun, RowResult
from collateral.words import in_words


@dataclass(frozen=True)
class RowReport:
    """What became of one line: its number in the file, and why or with what left out."""

    line: int
    result: RowResult
    external_id: str
    name: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or in a dry run would do. Lines that change nothing are counted only."""

    run_id: int
    dry_run: bool
    new: int
    changed: int
    unchanged: int
    refused: int
    rows: list[RowReport]

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.refused


def _told(row: Any) -> RowReport:
    """A kept line, its notes in the reader's language."""
    line, result, external_id, name, notes = row
    return RowReport(line, result, external_id, name, [in_words(note) for note in notes])


def report_of(run: ImportRun) -> ImportReport:
    """The report of a finished import with every line that it names."""
    rows = db.session.execute(
        select(
            ImportRow.line, ImportRow.result, ImportRow.external_id, ImportRow.name, ImportRow.notes
        )
        .where(ImportRow.run_id == run.id)
        .order_by(ImportRow.line)
    )
    return ImportReport(
        run.id,
        run.dry_run,
        run.new,
        run.changed,
        run.unchanged,
        run.refused,
        [_told(row) for row in rows],
    )


def refused(run: ImportRun) -> Iterator[RowReport]:
    """The lines that were refused, a few at a time; they are asked for with the first."""
    query = (
        select(
            ImportRow.line, ImportRow.result, ImportRow.external_id, ImportRow.name, ImportRow.notes
        )
        .where(ImportRow.run_id == run.id, ImportRow.result == RowResult.REFUSED)
        .order_by(ImportRow.line)
        .execution_options(yield_per=500)
    )
    return (_told(row) for each in (query,) for row in db.session.execute(each))


def as_json(report: ImportReport) -> dict[str, Any]:
    """The report as the API and the command answer it."""
    return {
        "dry_run": report.dry_run,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "rows": [
            {
                "line": row.line,
                "result": row.result.value,
                "external_id": row.external_id,
                "name": row.name,
                "notes": row.notes,
            }
            for row in report.rows
        ],
    }
