"""`collateral bench deals`, `reports`: what takes how long where there is very much of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from collateral.bench import options
from collateral.bench.homes import app_in
from collateral.bench.options import Result, measured


def _deals_table(result: Result) -> str:
    from collateral.bench import deals

    return deals.table(result)


@click.command("deals")
@click.option("--deals", default=100_000, show_default=True, type=click.IntRange(100, 400_000))
@options.seed
@options.database
@measured(_deals_table)
def deals_bench(deals: int, seed: int, database: str) -> Result:
    """Import of very many deals, and pages of their list."""
    from collateral.bench import deals as many
    from collateral.db import db

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        app, environ = app_in(Path(folder), database)
        with app.app_context():
            db.create_all()
        return many.measure(app, environ, Path(folder), deals, seed)


def _reports_table(result: Result) -> str:
    from collateral.bench import reports

    return reports.table(result)


@click.command("reports")
@click.option("--events", default=100_000, show_default=True, type=click.IntRange(1000, 50_000_000))
@options.database
@options.home
@measured(_reports_table)
def reports_bench(events: int, database: str, home: Path | None) -> Result:
    """Each report page, and `recount`, at a number of events over three years."""
    from collateral.bench import reports

    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
        place = home or Path(folder)
        app, _environ = app_in(place, database)
        with app.app_context():
            return {"events": events} | reports.run(app, events, place / "built")


commands = [deals_bench, reports_bench]
