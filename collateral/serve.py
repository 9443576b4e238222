"""`collateral run` and `collateral worker`: the processes of one installation."""

from __future__ import annotations

from typing import Any, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from collateral import preloaded
from collateral.db import db


def migrate_database() -> None:
    """Bring the tables to the newest revision; of several that start at once, one does it."""
    from flask_migrate import upgrade

    upgrade()  # migrations/env.py makes the others wait


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the tables to the newest revision, while others work with them."""
    migrate_database()
    click.echo("The tables are at the newest revision.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--web",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Web processes; 0: one, and more while it has too much to do, up to one a processor.",
)
@click.option(
    "--threads",
    default=8,
    show_default=True,
    type=click.IntRange(min=1),
    help="Threads in each web process.",
)
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(min=0),
    help="Jobs at once in the worker; 0: no worker here, others share the queue.",
)
@with_appcontext
def run(host: str, port: int, web: int, threads: int, workers: int) -> None:
    """Web and worker together, or the web alone, until interrupted."""
    from collateral.accounts import setup_token

    migrate_database()
    setup_token.announce(cast(Any, current_app)._get_current_object())
    db.engine.dispose()
    asked = preloaded.command(host, port, web=web, threads=threads, workers=workers)
    preloaded.become(asked)


@click.command()
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(min=1), help="Jobs at once."
)
@with_appcontext
def worker(workers: int) -> None:
    """Work through the queue until interrupted."""
    from collateral import working
    from collateral.queue import queue

    working.work(queue(), workers)


commands = [run, worker, migrate]
