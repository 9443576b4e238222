"""`collateral database move`."""

from __future__ import annotations

import sys
from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url

from collateral import config_rules
from collateral.config import Settings


@click.group()
def database() -> None:
    """The database."""


@database.command("move")
@click.option(
    "--to", "address", required=True, metavar="DATABASE_URL", help="The other, empty database."
)
@with_appcontext
def move(address: str) -> None:
    """Copy the whole database into another: from SQLite into PostgreSQL, or back.

    Stop the library first: nobody can write while this is at work. What is there in the end is
    counted and compared; what is broken off leaves no row there, and is begun anew. This
    database stays as it is.
    """
    from collateral.backup import moving

    settings = cast(Settings, current_app.extensions["settings"])
    address = config_rules.database(address, settings.home)
    click.echo("Reading goes on meanwhile; who wants to write waits.", err=True)
    moved = moving.move(address, _tell)
    _tell("all", moved.total)
    if sys.stderr.isatty():
        click.echo(err=True)
    shown = make_url(address).render_as_string(hide_password=True)
    click.echo(
        f"{moved.total} rows of {len(moved.tables)} tables are there, counted and compared table "
        f"by table. Nothing here was changed.\nNext: set DATABASE_URL={shown}; with it "
        "`collateral reindex` where SEARCH_URL becomes another, too; then start the library. What "
        "is written here from now on is not there."
    )


def _tell(table: str, count: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{table}: {count:,} rows", nl=False, err=True)


commands = [database]
