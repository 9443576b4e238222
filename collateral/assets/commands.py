"""`collateral ingest` and `collateral check`."""

from __future__ import annotations

import json
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from collateral.accounts.models import Person, PersonRole, Role
from collateral.assets import ingest as taking
from collateral.assets import moving
from collateral.assets.ingest import Taken
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.queue import queue
from collateral.storage import make_storage, storage
from collateral.upkeep import operations as upkeep
from collateral.upkeep.jobs import look_through
from collateral.working import helping

LOOK_EVERY = 0.3
PATIENCE = 15.0
"""Seconds for the index to catch up when everything has been read."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--owner", metavar="EMAIL", help="Whose assets they become; else the first admin's.")
@click.option("--publish", is_flag=True, help="Publish each as soon as it has been read.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--workers", default=2, show_default=True, help="Readers, where no worker runs.")
@with_appcontext
def ingest(
    paths: tuple[Path, ...], owner: str | None, publish: bool, as_json: bool, workers: int
) -> None:
    """Take files, and all files in folders, into the library, and see each to its end.

    A worker that runs reads them; where none does, this reads them itself. Exit status 0
    only when every file was taken.
    """
    person = _owner(owner)
    files = taking.files_in(paths)
    limit = cast(Settings, current_app.extensions["settings"]).max_upload
    shows = not as_json and sys.stderr.isatty()
    immediate = queue().url == "immediate:"
    with nullcontext(True) if immediate else helping(queue(), workers) as working:
        if not working and not as_json:
            click.echo("A worker is running; it reads the files.", err=True)
        taken: list[Taken] = []
        for number, path in enumerate(files, 1):
            taken.append(taking.take(path, by=person, publish=publish, limit=limit))
            _progress(shows, f"{number} of {len(files)} received, {path.name}")
        while left := taking.look(taken):
            _progress(shows, f"{len(taken) - left} of {len(taken)} read")
            time.sleep(LOOK_EVERY)
        end = time.monotonic() + PATIENCE
        while not immediate and taking.unsearchable(taken) and time.monotonic() < end:
            _progress(shows, "making them searchable")
            time.sleep(LOOK_EVERY)
    _progress(shows, "")
    _report(taken, as_json)
    sys.exit(0 if all(each.taken for each in taken) else 1)


def _owner(email: str | None) -> Person:
    query = select(Person).where(Person.active)
    if email:
        query = query.where(Person.email == email.strip().lower())
    else:
        may = Person.role_rows.any(PersonRole.role.in_([Role.ADMIN, Role.MARKETER]))
        query = query.where(may).order_by(Person.id)
    person = db.session.scalar(query.limit(1))
    if person is None:
        wanted = f"Nobody here has the address {email}." if email else "There is nobody here yet."
        raise click.ClickException(f"{wanted} Add somebody with `collateral user add`.")
    return person


def _progress(shows: bool, words: str) -> None:
    if shows:
        click.echo(f"\r\033[K{words}", nl=False, err=True)


def _report(taken: list[Taken], as_json: bool) -> None:
    ends: dict[str, int] = {}
    for each in taken:
        ends[each.end] = ends.get(each.end, 0) + 1
    if as_json:
        items = [
            {
                "path": str(each.path),
                "end": each.end,
                "why": each.sentence or None,
                "asset": each.asset_id,
                "pages": each.pages,
                "bytes": each.bytes,
            }
            for each in taken
        ]
        click.echo(json.dumps({"files": items, "ends": ends}, ensure_ascii=False))
        return
    width = max((len(_short(each.path)) for each in taken), default=4)
    for each in taken:
        pages = f"{each.pages} pages" if each.pages else ""
        line = f"{_short(each.path):<{width}}  {each.end:<12}  {pages:<10}  {each.sentence}"
        click.echo(line.rstrip())
    click.echo(", ".join(f"{count} {end}" for end, count in sorted(ends.items())) or "No files.")


def _short(path: Path, most: int = 60) -> str:
    name = "".join(c if c.isprintable() else "?" for c in path.name)
    return name if len(name) <= most else f"{name[: most - 12]}…{name[-11:]}"


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended.")
@click.option("--deep", is_flag=True, help="Read every original and compare its hash.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def check(repair: bool, deep: bool, as_json: bool) -> None:
    """See whether database, files and index agree. Exit status 0 only when they do."""
    run = upkeep.begin_check(deep=deep, by=None, at=now())
    db.session.commit()
    found = look_through(run.id)
    mended = 0
    for finding in found if repair else ():
        if finding.repair is not None:
            finding.repair()
            db.session.commit()
            mended += 1
    if mended:
        upkeep.note_mended(run, mended)
        db.session.commit()
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "kind": finding.kind,
                "about": finding.about,
                "sentence": finding.sentence,
                "repaired": repair and finding.repair is not None,
            }
            for finding in found
        ]
        click.echo(json.dumps({"findings": rows, "clean": not found}))
    else:
        for finding in found:
            done = "repaired" if repair and finding.repair else finding.kind
            click.echo(f"{done:<18}  {finding.about:<20}  {finding.sentence}")
        click.echo(_verdict(len(found), mended))
    sys.exit(0 if len(found) == mended else 1)


def _verdict(found: int, mended: int) -> str:
    if not found:
        return "Database, files and index agree."
    if mended:
        return f"{found} found, {mended} repaired or queued to be."
    return f"{found} found. `collateral check --repair` mends what can be mended."


@click.group()
def files() -> None:
    """The store of files."""


@files.command("move")
@click.option("--to", "address", required=True, metavar="STORAGE_URL", help="The other store.")
@with_appcontext
def move(address: str) -> None:
    """Copy all files to another store; the library stays in use meanwhile.

    Run it, set STORAGE_URL to the new address, start anew, and run it a last time with the
    old STORAGE_URL in the environment. Nothing is deleted.
    """
    settings = cast(Settings, current_app.extensions["settings"])
    target = make_storage(address, settings.home)
    moved = moving.move(
        storage(),
        target,
        lambda so_far: _progress(sys.stderr.isatty(), f"{so_far.copied} copied"),
    )
    click.echo(f"{moved.copied} copied, {moved.there} were there already, {moved.damaged} damaged.")
    if moved.damaged:
        click.echo("`collateral check --deep` names the damaged ones.", err=True)
    sys.exit(1 if moved.damaged else 0)


commands = [ingest, check, files]
