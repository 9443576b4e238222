"""`collateral deals …`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from collateral.clock import now
from collateral.db import db
from collateral.deals import operations
from collateral.deals.jobs import zone
from collateral.deals.models import RowResult


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
    report = operations.import_deals(
        file,
        file.name,
        by=None,
        at=now(),
        mapping=operations.load_json(mapping) if mapping else None,
        preset=preset,
        dry_run=dry_run,
        zone=zone(),
    )
    db.session.commit()
    if as_json:
        click.echo(json.dumps(operations.as_json(report)))
    else:
        _print(report)
    if report.refused:
        raise SystemExit(1)


def _print(report: operations.ImportReport) -> None:
    for row in report.rows:
        if row.result is RowResult.REFUSED:
            click.echo(f"line {row.line}: {' '.join(row.notes)}", err=True)
    said = "would be" if report.dry_run else "are"
    click.echo(
        f"{report.new} {said} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.refused} refused."
    )


commands = [deals]
