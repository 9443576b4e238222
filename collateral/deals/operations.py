"""Changes of deals: files that come in, and one deal at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete, select

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals import csv_files
from collateral.deals.importing import run_import
from collateral.deals.mapping import ColumnMapping, from_json, guess
from collateral.deals.models import (
    ImportRow,
    ImportRun,
    ImportState,
    RowResult,
)
from collateral.deals.one_deal import UPSERT_FIELDS, upsert_deal
from collateral.errors import Invalid, WrongState
from collateral.storage import storage

KEPT_REPORTS = 20


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


def receive(
    stream: BinaryIO, filename: str, *, by: Person | None, source: str = "", at: datetime
) -> ImportRun:
    """Keep an uploaded file and say how its columns would be read.

    Raises:
        Invalid: it is no table of text.
        TooLarge: it has more bytes than csv_files.LARGEST.
    """
    kept = storage().put(stream, limit=csv_files.LARGEST)
    with storage().local(kept.sha256) as path:
        mapping = guess(csv_files.inspect(path).heads)
    run = ImportRun(
        by_id=by.id if by else None,
        filename=filename[:300],
        sha256=kept.sha256,
        source=source or mapping.preset or "csv",
        preset=mapping.preset,
        mapping=mapping.to_json(),
        created_at=at,
    )
    db.session.add(run)
    db.session.flush()  # its id is the address of the mapping page
    return run


def choose_mapping(run: ImportRun, mapping: ColumnMapping, *, dry_run: bool) -> None:
    """Settle how the file is read, and let it wait for its turn.

    Raises:
        Invalid: the file has no such columns, or a needed one is not named.
        WrongState: it is in, or under way.
    """
    if run.state not in (ImportState.MAPPING, ImportState.FAILED) and not (
        run.state is ImportState.DONE and run.dry_run
    ):
        raise WrongState("This file is already in, or on its way.")
    if run.sha256 is None:
        raise WrongState("The file of this import is no longer here; upload it again.")
    with storage().local(run.sha256) as path:
        mapping.check(csv_files.inspect(path).heads)
    db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    run.new = run.changed = run.unchanged = run.refused = 0
    run.mapping = mapping.to_json()
    run.preset = mapping.preset
    run.dry_run = dry_run
    run.error = None
    run.state = ImportState.WAITING


def carry_out(run: ImportRun, *, at: datetime, zone: tzinfo = UTC) -> None:
    """Read the waiting file into deals, all in the caller's transaction.

    Raises:
        Invalid: the file as a whole cannot be read.
    """
    if run.sha256 is None or run.state is not ImportState.WAITING:
        raise WrongState("This import does not wait for its turn.")
    with storage().local(run.sha256) as path:
        _read_in(run, path, from_json(run.mapping), at=at, zone=zone)
    _forget_old_reports(run)


def fail(run: ImportRun, sentence: str, *, at: datetime) -> None:
    """Say why the file could not be read; nothing of it went in."""
    run.state, run.error, run.finished_at = ImportState.FAILED, sentence, at
    run.new = run.changed = run.unchanged = run.refused = 0


def import_deals(
    source_file: BinaryIO | Path,
    filename: str,
    *,
    by: Person | None,
    at: datetime,
    mapping: Mapping[str, Any] | None = None,
    preset: str | None = None,
    source: str = "",
    dry_run: bool = False,
    zone: tzinfo = UTC,
) -> ImportReport:
    """Read a whole file at once: the API's and the command line's way.

    Args:
        mapping: as `mapping.from_json` takes it; what it does not say is guessed from the heads.
        preset: "salesforce" or "hubspot"; None recognises it.
        source: whose ids these are; the preset's key, else "csv".

    Raises:
        Invalid: the file as a whole cannot be read, or the mapping does not fit it.
    """
    if isinstance(source_file, Path):
        return _import_path(source_file, filename, by, at, mapping, preset, source, dry_run, zone)
    kept = storage().put(source_file, limit=csv_files.LARGEST)
    with storage().local(kept.sha256) as path:
        return _import_path(path, filename, by, at, mapping, preset, source, dry_run, zone)


def _import_path(
    path: Path,
    filename: str,
    by: Person | None,
    at: datetime,
    given: Mapping[str, Any] | None,
    preset: str | None,
    source: str,
    dry_run: bool,
    zone: tzinfo,
) -> ImportReport:
    told = from_json(given or {})
    guessed = guess(
        csv_files.inspect(path).heads, preset if preset is not None else told.preset or None
    )
    mapping = ColumnMapping(
        columns={**guessed.columns, **told.columns},
        stages=told.stages,
        day_order=told.day_order,
        currency=told.currency,
        preset=guessed.preset,
    )
    run = ImportRun(
        by_id=by.id if by else None,
        filename=filename[:300],
        source=source or mapping.preset or "csv",
        preset=mapping.preset,
        mapping=mapping.to_json(),
        dry_run=dry_run,
        state=ImportState.WAITING,
        created_at=at,
    )
    db.session.add(run)
    db.session.flush()  # its rows need its id
    _read_in(run, path, mapping, at=at, zone=zone)
    _forget_old_reports(run)
    return report_of(run)


def _read_in(
    run: ImportRun, path: Path, mapping: ColumnMapping, *, at: datetime, zone: tzinfo
) -> None:
    run.new = run.changed = run.unchanged = run.refused = 0
    run.started_at = at
    run_import(path, mapping, run=run, at=at, zone=zone)
    run.state = ImportState.DONE
    run.finished_at = at
    db.session.flush()


def _forget_old_reports(run: ImportRun) -> None:
    """The lines of the last imports are kept; of older ones only their counts."""
    old = (
        select(ImportRun.id)
        .where(ImportRun.id < run.id)
        .order_by(ImportRun.id.desc())
        .offset(KEPT_REPORTS)
        .limit(1)
    )
    newest_to_go = db.session.scalar(old)
    if newest_to_go is not None:
        db.session.execute(delete(ImportRow).where(ImportRow.run_id <= newest_to_go))


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
        [RowReport(*row) for row in rows],
    )


def discard_file(run: ImportRun) -> None:
    """Let go of the uploaded file. It leaves the store with the next sweep, unless an asset or
    another import is of the very same bytes."""
    run.sha256 = None


def load_json(text: str) -> dict[str, Any]:
    """A mapping as it was typed. Raises Invalid."""
    with suppress(ValueError):
        value = json.loads(text)
        if isinstance(value, dict):
            return value
    raise Invalid('The mapping must be a JSON object, such as {"columns": {"name": "Title"}}.')


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


__all__ = [
    "UPSERT_FIELDS",
    "ImportReport",
    "RowReport",
    "as_json",
    "carry_out",
    "choose_mapping",
    "discard_file",
    "fail",
    "import_deals",
    "load_json",
    "receive",
    "report_of",
    "upsert_deal",
]
