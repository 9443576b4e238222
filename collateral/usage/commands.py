"""`collateral recount` and `collateral events …`."""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import click
from flask.cli import with_appcontext

from collateral.clock import now
from collateral.db import db
from collateral.reports import summing
from collateral.usage import counting, moving_in, recounting, retention, running
from collateral.usage.rules import counting_day


@click.command("recount")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; all without it.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def recount(since: datetime | None, as_json: bool) -> None:
    """Rebuild the sums from the events, a day at a time; says which days were not right."""
    days = [day for day in recounting.all_days() if since is None or day >= since.date()]
    db.session.rollback()
    corrected = []
    for step in recounting.recount(days):
        db.session.commit()
        if step.corrected:
            corrected.append(f"{step.day:%Y-%m}" if step.month else step.day.isoformat())
    today = counting_day(now(), counting.zone())
    for _day in chain(running.catch_up(today), summing.join_again(), summing.catch_up(today)):
        db.session.commit()
    if as_json:
        click.echo(json.dumps({"days": len(days), "corrected": corrected}))
        return
    click.echo(f"{len(days)} days counted again; {len(corrected)} sums corrected.")
    for name in corrected[:50]:
        click.echo(f"  {name}")


@click.group("events")
def events() -> None:
    """Raw events: bring past ones in, drop old ones."""


@events.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def import_file(file: Path, as_json: bool) -> None:
    """Read past events from JSON lines. Exit status 0 only when no line was refused."""
    with file.open("rb") as lines:
        moving_in.make_room(lines)
        result = moving_in.import_events(lines, commit=db.session.commit)
    if as_json:
        click.echo(
            json.dumps({"new": result.new, "known": result.known, "refused": result.refused})
        )
    else:
        for line, why in result.reasons:
            click.echo(f"line {line}: {why}", err=True)
        click.echo(f"{result.new} new, {result.known} known, {result.refused} refused.")
    if result.refused:
        raise SystemExit(1)


@events.command("drop")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), required=True)
@with_appcontext
def drop(before: datetime) -> None:
    """Drop the raw events before that day; the sums stay."""
    first: date = before.date()
    if first > counting_day(now(), counting.zone()):
        raise click.BadParameter("It lies in the future.", param_hint="--before")
    retention.announce(first, by=None)
    db.session.commit()
    total = 0
    while count := retention.drop_oldest():
        db.session.commit()
        total += count
    click.echo(f"{total} events dropped; their sums stay.")


commands = [recount, events]
