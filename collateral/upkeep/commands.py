"""`collateral backup`."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from collateral.backup.taking import Taken
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from collateral.maintenance import progress
from collateral.upkeep import operations
from collateral.upkeep.models import UpkeepRun

log = logging.getLogger(__name__)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--verify", is_flag=True, help="Read FILE again and compare every byte's hash.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@with_appcontext
def backup(file: Path, verify: bool, as_json: bool) -> None:
    """Write the whole library to FILE while it is in use.

    A name that ends in .gz is packed; “-” writes to standard output, for a program that
    encrypts it. SECRET_KEY is not in it: keep that apart. *Admin, Backup* says when this was
    done last.
    """
    piped = str(file) == "-"
    if piped and verify:
        raise click.UsageError("What goes to standard output cannot be read again.")
    place = "" if piped else str(file.absolute())
    began = now()
    try:
        taken = _write(file, piped, verify)
    except (CollateralError, OSError) as error:
        why = error.as_text if isinstance(error, CollateralError) else str(error)
        _note(lambda: operations.note_failed_backup(why, place, began=began, at=now()))
        raise
    size = taken.file_bytes + taken.database_bytes if piped else file.stat().st_size
    if as_json and not piped:
        said = {"file": str(file), **asdict(taken), "verified": verify}
        click.echo(json.dumps(said))
    else:
        click.echo(
            f"{taken.files} files, {taken.file_bytes + taken.database_bytes} bytes with the "
            f"database, in {file}{', read again and whole' if verify else ''}. SECRET_KEY is not "
            "in it: keep that apart.",
            err=True,
        )
    _note(
        lambda: operations.note_backup(taken, place, size, verified=verify, began=began, at=now())
    )


def _write(file: Path, piped: bool, verified: bool) -> Taken:
    from collateral.backup.taking import take, to_path
    from collateral.backup.verifying import verify

    target: AbstractContextManager[BinaryIO] = (
        nullcontext(sys.stdout.buffer) if piped else to_path(file)
    )
    with target as stream:
        taken = take(
            stream,
            compress=file.suffix in (".gz", ".tgz"),
            progress=progress("files", silent=piped),
        )
    if verified:
        verify(file, progress("files read again", silent=False))
    return taken


def _note(what: Callable[[], UpkeepRun]) -> None:
    """Keep it where *Admin, Backup* finds it. A backup that cannot be noted is one all the same:
    before an upgrade the tables may be those of an older version."""
    try:
        what()
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        log.warning("backup_not_noted", exc_info=True)


commands = [backup]
