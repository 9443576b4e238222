"""Files of deals that come in; one deal at a time is in `one_deal`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, select

from collateral.accounts.models import Person
from collateral.db import db
from collateral.deals import csv_files
from collateral.deals.importing import Progress, run_import
from collateral.deals.mapping import ColumnMapping, from_json, guess
from collateral.deals.models import ImportRow, ImportRun, ImportState
from collateral.deals.reporting import ImportReport, report_of
from collateral.errors import Invalid, WrongState
from collateral.storage import storage

KEPT_REPORTS = 20


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
        raise WrongState(_("This file is already in, or on its way."))
    if run.sha256 is None:
        raise WrongState(_("The file of this import is no longer here; upload it again."))
    with storage().local(run.sha256) as path:
        mapping.check(csv_files.inspect(path).heads)
    db.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    run.new = run.changed = run.unchanged = run.refused = 0
    run.mapping = mapping.to_json()
    run.preset = mapping.preset
    run.dry_run = dry_run
    run.error = None
    run.state = ImportState.WAITING


def carry_out(
    run: ImportRun, *, at: datetime, zone: tzinfo = UTC, progress: Progress | None = None
) -> None:
    """Read the waiting file into deals, all in the caller's transaction.

    Raises:
        Invalid: the file as a whole cannot be read.
        WrongState: it does not wait.
    """
    if run.sha256 is None or run.state is not ImportState.WAITING:
        raise WrongState(_("This import does not wait for its turn."))
    with storage().local(run.sha256) as path:
        _read_in(run, path, from_json(run.mapping), at=at, zone=zone, progress=progress)
    _forget_old_reports(run)


def fail(run: ImportRun, sentence: str, *, at: datetime) -> None:
    """Say why the file could not be read; nothing of it went in."""
    run.state, run.error, run.finished_at = ImportState.FAILED, sentence, at
    run.new = run.changed = run.unchanged = run.refused = 0


def import_deals(
    stream: BinaryIO,
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
    """Read a whole file at once: the API's way.

    Args:
        mapping: as `mapping.from_json` takes it; what it does not say is guessed from the heads.
        preset: "salesforce" or "hubspot"; None recognises it.
        source: whose ids these are; the preset's key, else "csv".

    Raises:
        Invalid: the file as a whole cannot be read, or the mapping does not fit it.
        TooLarge: it has more bytes than csv_files.LARGEST.
    """
    kept = storage().put(stream, limit=csv_files.LARGEST)
    with storage().local(kept.sha256) as path:
        run = import_path(
            path, filename, by=by, at=at, mapping=mapping, preset=preset, source=source,
            dry_run=dry_run, zone=zone,
        )  # fmt: skip
    return report_of(run)


def import_path(
    path: Path,
    filename: str,
    *,
    by: Person | None,
    at: datetime,
    mapping: Mapping[str, Any] | None = None,
    preset: str | None = None,
    source: str = "",
    dry_run: bool = False,
    zone: tzinfo = UTC,
    progress: Progress | None = None,
) -> ImportRun:
    """The same from a path, the command line's way. The run is flushed; its report, which has a row
    for each line, however many those are, is not made.

    Args:
        progress: is told how many lines are done, of about how many, again and again.

    Raises:
        Invalid: as `import_deals`.
    """
    settled = _settled(path, from_json(mapping or {}), preset)
    run = ImportRun(
        by_id=by.id if by else None,
        filename=filename[:300],
        source=source or settled.preset or "csv",
        preset=settled.preset,
        mapping=settled.to_json(),
        dry_run=dry_run,
        state=ImportState.WAITING,
        created_at=at,
    )
    db.session.add(run)
    db.session.flush()  # its rows need its id
    _read_in(run, path, settled, at=at, zone=zone, progress=progress)
    _forget_old_reports(run)
    return run


def _settled(path: Path, told: ColumnMapping, preset: str | None) -> ColumnMapping:
    """What was told of the columns, and what it leaves out as the file's heads suggest it."""
    wanted = preset if preset is not None else told.preset or None
    guessed = guess(csv_files.inspect(path).heads, wanted)
    return replace(told, columns={**guessed.columns, **told.columns}, preset=guessed.preset)


def _read_in(
    run: ImportRun,
    path: Path,
    mapping: ColumnMapping,
    *,
    at: datetime,
    zone: tzinfo,
    progress: Progress | None = None,
) -> None:
    run.new = run.changed = run.unchanged = run.refused = 0
    run.started_at = at
    run_import(path, mapping, run=run, at=at, zone=zone, progress=progress)
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
    raise Invalid(_('The mapping must be a JSON object, such as {"columns": {"name": "Title"}}.'))
