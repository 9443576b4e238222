"""`collateral deals …`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from collateral.clock import now
from collateral.db import db
from collateral.deals import operations, reporting
from collateral.deals.importing import Progress
from collateral.deals.jobs import zone
from collateral.deals.models import ImportRun


@click.group("deals")
def deals() -> None:
    """Deals from the CRM."""


@deals.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preset", type=click.Choice(["salesforce", "hubspot"]), help="Whose export it is.")
@click.option("--mapping", help='JSON, such as {"columns": {"name": "Title"}, "currency": "EUR"}.')
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@with_appcontext
def import_file(
    file: Path, preset: str | None, mapping: str | None, dry_run: bool, as_json: bool
) -> None:
    """Read a CSV file of deals. Exit status 0 only when no line was refused."""
    with _bar(file, shown=not as_json) as progress:
        run = operations.import_path(
            file,
            file.name,
            by=None,
            at=now(),
            mapping=operations.load_json(mapping) if mapping else None,
            preset=preset,
            dry_run=dry_run,
            zone=zone(),
            progress=progress,
        )
    db.session.commit()
    if as_json:
        click.echo(json.dumps(reporting.as_json(reporting.report_of(run))))
    else:
        _print(run)
    if run.refused:
        raise SystemExit(1)


@contextmanager
def _bar(file: Path, *, shown: bool) -> Iterator[Progress | None]:
    """A bar that grows with the lines, on standard error; off a terminal a line every 5,000."""
    if not shown:
        yield None
        return
    if not sys.stderr.isatty():
        yield lambda done, _: click.echo(f"{done} lines", err=True) if done % 5_000 == 0 else None
        return
    with click.progressbar(length=1, label=file.name, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def _print(run: ImportRun) -> None:
    for row in reporting.refused(run):
        click.echo(f"line {row.line}: {' '.join(row.notes)}", err=True)
    said = "would be" if run.dry_run else "are"
    click.echo(
        f"{run.new} {said} new, {run.changed} changed, {run.unchanged} unchanged, "
        f"{run.refused} refused."
    )


commands = [deals]
