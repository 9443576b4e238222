"""`collateral bench …`: measured figures, each beside its floor."""

from __future__ import annotations

from pathlib import Path

import click

from collateral.bench import (
    commands_files,
    commands_many,
    commands_soak,
    commands_truth,
    options,
    tables,
)
from collateral.bench.homes import library, somebody
from collateral.bench.options import Result, measured


@click.group()
def bench() -> None:
    """Measure speed on this machine, in a library made for it."""


@bench.command("search")
@options.library
@options.database
@measured(tables.search_table)
def search_bench(assets: int, seed: int, home: Path | None, database: str) -> Result:
    """Search page, typeahead and index, beside the bare engine's top 20.

    With --database all of it is in PostgreSQL, search too.
    """
    from collateral.bench import search

    with library(assets, seed, home, database) as made:
        result = dict(made.told)
        if not database:
            index = [file for file in (made.home / "index").rglob("*") if file.is_file()]
            result["index_megabytes"] = round(sum(file.stat().st_size for file in index) / 1e6, 1)
        result |= search.measure(made.app, somebody(), seed, made.environ)
        return result | {"update_ms": search.one_update()}


@bench.command("follow")
@options.library
@click.option("--changes", default=40, show_default=True, type=click.IntRange(1, 1000))
@measured(tables.figures)
def follow_bench(assets: int, changes: int, seed: int, home: Path | None) -> Result:
    """A committed change until search finds it, with web and worker as they run."""
    from collateral.bench import follow

    with library(assets, seed, home) as made:
        return made.told | follow.measure(made.app, somebody(), made.environ, changes)


@bench.command("wicked")
@options.library
@measured(tables.wicked_table)
def wicked_bench(assets: int, seed: int, home: Path | None) -> Result:
    """The dearest and strangest queries there are, one by one and by several at once."""
    from collateral.bench import wicked

    with library(assets, seed, home) as made:
        return made.told | wicked.measure(made.app, somebody(), seed, made.environ)


@bench.command("pages")
@options.library
@measured(tables.times_the_floor)
def pages_bench(assets: int, seed: int, home: Path | None) -> Result:
    """Home, library, asset, deals and reports, beside the barest route."""
    from collateral.bench import pages

    with library(assets, seed, home) as made:
        return made.told | pages.measure(made.app, made.environ)


@bench.command("links")
@options.library
@measured(tables.times_the_floor)
def links_bench(assets: int, seed: int, home: Path | None) -> Result:
    """A buyer's first page, the preview on it and its beats, beside the barest route."""
    from collateral.bench import links

    with library(assets, seed, home) as made:
        return made.told | links.measure(made)


@bench.command("memory")
@options.library
@click.option("--after", default=100, show_default=True, type=click.IntRange(0, 100_000),
              help="So many pages are looked at first.")  # fmt: skip
@click.option("--settle", default=5, show_default=True, type=click.IntRange(0, 3600),
              help="So many seconds nothing is done then.")  # fmt: skip
@click.option("--watch", default=15, show_default=True, type=click.IntRange(1, 3600),
              help="So many seconds it is looked at; 60 have the worker in them.")  # fmt: skip
@measured(options.lines)
def memory_bench(
    assets: int, seed: int, home: Path | None, after: int, settle: int, watch: int
) -> Result:
    """What all processes take while idle, beside a bare Python with the same web server."""
    from collateral.bench import memory

    with library(assets, seed, home) as made:
        return made.told | memory.measure(made, after, settle, watch)


@bench.command("plot")
def plot_bench() -> None:
    """Draw what was kept under docs/bench into its index.html."""
    from collateral.bench import plot
    from collateral.config import ROOT

    click.echo(f"written to {plot.write().relative_to(ROOT)}")


for command in (
    *commands_files.commands,
    *commands_many.commands,
    *commands_soak.commands,
    *commands_truth.commands,
):
    bench.add_command(command)

commands = [bench]
