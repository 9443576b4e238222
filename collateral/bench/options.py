"""What the commands of `collateral bench` have in common: the library's options, the document."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from collateral.bench import plot, record

Result = dict[str, Any]
Command = Callable[..., Any]


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one, in this order in the help."""

    def wrap(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return wrap


seed = click.option("--seed", default=1, show_default=True)
home = click.option(
    "--home", type=click.Path(path_type=Path), help="Keep the library here, and use it again."
)
database = click.option(
    "--database", default="", help="An empty PostgreSQL database; SQLite without it."
)
library = _all(
    click.option("--assets", default=1000, show_default=True, type=click.IntRange(50, 1_000_000)),
    seed,
    home,
)
"""--assets, --seed and --home: the library that is measured."""


def measured(table: Callable[[Result], str]) -> Callable[[Callable[..., Result]], Command]:
    """A command that answers its figures: as `table` prints them, or with --json as the one
    document that all have (`record.document`); with --keep it is written to docs/bench, too."""

    def wrap(command: Callable[..., Result]) -> Command:
        @functools.wraps(command)
        @click.pass_context
        def run(context: click.Context, /, as_json: bool, keep: bool, **given: Any) -> None:
            began = record.begin()
            result = command(**given)
            document = record.document(record.named(context), began, result)
            click.echo(json.dumps(document, indent=1) if as_json else table(result))
            if keep:
                click.echo(f"kept as {record.keep(document)}", err=True)
                plot.write()

        return _all(
            click.option("--json", "as_json", is_flag=True, help="One JSON document."),
            click.option("--keep", is_flag=True, help="Keep that document under docs/bench."),
        )(run)

    return wrap


def lines(result: Result) -> str:
    """Names and values, a line each."""
    return "\n".join(f"{name.replace('_', ' '):<32}{value!s:>12}" for name, value in result.items())
