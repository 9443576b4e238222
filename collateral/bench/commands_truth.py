"""`collateral bench evidence`, `suggestions`, `lineage`: how often it is right, where one knows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from collateral.bench import options
from collateral.bench.homes import app_in
from collateral.bench.options import Result, measured


def _rows(result: Result) -> str:
    """Tables of rows; one that follows another of its kind has no heading of its own."""
    lines: list[str] = []
    for name, rows in result.items():
        heading: list[str] = []
        lines.append(f"\n{name}")
        for row in rows:
            if list(row) != heading:
                heading = list(row)
                lines.append("".join(f"{column:>17}" for column in heading))
            lines.append("".join(_cell(value) for value in row.values()))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return f"{value:>17.3f}" if isinstance(value, float) else f"{value!s:>17}"


@click.command("evidence")
@click.option("--companies", default=200, show_default=True, type=click.IntRange(2, 10_000))
@options.seed
@click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Choice(["influence", "useless", "fallen", "docket"]),
    help="These tables alone; all without it.",
)
@click.option(
    "--ignored",
    "shares",
    multiple=True,
    type=click.FloatRange(0.0, 1.0),
    help="Rows of the docket with this share ignored alone; may be repeated.",
)
@click.option(
    "--world",
    "worlds",
    multiple=True,
    type=click.Choice(["messy", "clean"]),
    help="Rows of the docket in this world alone.",
)
@measured(_rows)
def evidence_bench(
    companies: int,
    seed: int,
    tables: tuple[str, ...],
    shares: tuple[float, ...],
    worlds: tuple[str, ...],
) -> Result:
    """What the docket and the comparison of deals do in companies whose truth is known.

    Each row is told on standard error as soon as it is known.
    """
    from collateral.bench import evidence, evidence_docket

    result: Result = {}
    asked = evidence.Rows(
        tables or evidence.TABLES, shares or evidence.SHARES, worlds or evidence_docket.WORLDS
    )
    for table, row in evidence.measure(companies, seed, asked):
        click.echo(f"{table} {row}", err=True)
        result.setdefault(table, []).append(row)
    return result


@click.command("suggestions")
@click.option("--worlds", default=3, show_default=True, type=click.IntRange(0, 100))
@click.option("--moments", default=300, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--here", is_flag=True, help="Measure the library of these settings, too.")
@options.seed
@measured(lambda result: "\n".join(f"{of}\n{options.lines(row)}" for of, row in result.items()))
def suggestions_bench(worlds: int, moments: int, here: bool, seed: int) -> Result:
    """Suggestions on later deals that are held back, beside "most used"."""
    from collateral import create_app
    from collateral.bench import suggestion_worlds, suggestions
    from collateral.clock import now
    from collateral.db import db

    result: Result = {}
    if here:
        with create_app().app_context():
            result["the library here"] = suggestions.measure(moments)
    for number in range(seed, seed + worlds):
        with tempfile.TemporaryDirectory(prefix="collateral-bench-") as folder:
            app, _environ = app_in(Path(folder))
            with app.app_context():
                db.create_all()
                suggestion_worlds.build(number, now())
                result[f"world {number}"] = suggestions.measure(moments)
    return result


def _lineage_table(result: Result) -> str:
    from collateral.bench import lineage, lineage_scale

    if "rows" in result:
        return lineage.table(result)
    return lineage_scale.table(result) if "pages" in result else options.lines(result)


@click.command("lineage")
@click.option("--files", default=12, show_default=True, type=click.IntRange(1, 10_000))
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Real decks (pptx) to adapt beside the sample company's.",
)
@click.option(
    "--split",
    default="held-out",
    show_default=True,
    type=click.Choice(["train", "held-out", "all", "charts"]),
)
@click.option("--kind", "kinds", multiple=True, help="Only this kind of edit; may be repeated.")
@click.option("--form", "forms", multiple=True, type=click.Choice(["deck", "print"]))
@click.option(
    "--strangers",
    type=click.IntRange(1, 1_000_000),
    help="Ask of so many files with their family taken out instead.",
)
@click.option(
    "--pages",
    type=click.IntRange(20_000, 10_000_000),
    help="Measure speed instead, in a library of so many made pages.",
)
@click.option("--queries", default=100, show_default=True, type=click.IntRange(1, 100_000))
@options.database
@options.seed
@measured(_lineage_table)
def lineage_bench(
    files: int,
    folder: Path | None,
    split: str,
    kinds: tuple[str, ...],
    forms: tuple[str, ...],
    strangers: int | None,
    pages: int | None,
    queries: int,
    database: str,
    seed: int,
) -> Result:
    """Lineage on adaptations whose truth is known, or its speed among very many pages."""
    from collateral.bench import lineage, lineage_scale, lineage_strangers
    from collateral.bench.truth.kinds import KINDS
    from collateral.db import db

    if strangers is not None:
        return lineage_strangers.measure(folder, seed, strangers)
    if pages is None:
        return lineage.measure(
            folder,
            seed,
            files=files,
            split=split,
            kinds=kinds or KINDS,
            forms=forms or lineage.FORMS,
        )
    with tempfile.TemporaryDirectory(prefix="collateral-bench-") as home:
        app, _environ = app_in(Path(home), database)
        with app.app_context():
            db.create_all()
            return lineage_scale.measure(pages, queries, seed)


commands = [evidence_bench, suggestions_bench, lineage_bench]
