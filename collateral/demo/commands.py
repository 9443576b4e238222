"""`collateral demo`: the sample library, served."""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from collateral import preloaded
from collateral.accounts import operations
from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, ReadingState
from collateral.clock import now
from collateral.db import db
from collateral.demo.load import complete, load, present, sign_ins
from collateral.demo.remove import remove
from collateral.serve import migrate_database

_WORDS = ("birch", "copper", "dune", "ember", "fjord", "garnet", "harbor", "inlet", "juniper",
          "kelp", "larch", "meadow", "nettle", "osprey", "pebble", "quartz", "reed", "slate",
          "thistle", "umber", "violet", "willow")  # fmt: skip


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--keep", is_flag=True, help="Serve the sample of last time as it was left.")
@with_appcontext
def demo(host: str, port: int, keep: bool) -> None:
    """A sample library with a year of use, served until interrupted."""
    if "LOG_LEVEL" not in os.environ:
        # Whoever tries it out wants an address and three names, and of the log what went wrong.
        os.environ["LOG_LEVEL"] = "WARNING"
        logging.getLogger().setLevel("WARNING")
    # Links that are made while trying it out lead back here.
    os.environ.setdefault("BASE_URL", f"http://{host}:{port}")
    migrate_database()
    if _somebody_elses():
        raise click.ClickException(
            "There is a library here already. Set COLLATERAL_HOME to another folder for the demo."
        )
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    # Beside the worker, which reads each file as soon as it is there.
    maker = threading.Thread(target=_make_and_tell, args=(app, host, port, keep), daemon=True)
    maker.start()
    sys.exit(preloaded.run_beside(preloaded.command(host, port, web=1, threads=8, workers=2)))


def _make_and_tell(app: Flask, host: str, port: int, keep: bool) -> None:
    """Make the sample unless it is to be kept, wait until it is read, say where it is."""
    with app.app_context():
        if not (keep and complete()):
            _make()
        password = _password()
        _wait()
        click.echo(f"\nReady: http://{host}:{port}\n")
        for role, person in sign_ins().items():
            click.echo(f"  {role:9} {person.email:28} {password}")
        click.echo("\nStop with Ctrl-C.")


def _somebody_elses() -> bool:
    """Whether people or assets are here that are not the sample's."""
    for model in (Person, Asset):
        if db.session.scalar(select(func.count()).where(~model.sample)):
            return True
    return False


def _make() -> None:
    if present():
        click.echo("Taking out the sample of last time.")
        remove()
        db.session.commit()
    began, shown = time.monotonic(), -10
    for step in load(at=now()):
        db.session.commit()
        if step.done >= shown + 10 or step.done == step.total:
            if step.done != shown:
                click.echo(f"{step.done:3} of {step.total}  {step.doing}")
            shown = step.done
    click.echo(f"The sample was made in {time.monotonic() - began:.0f} s.")


def _password() -> str:
    """A new password for those who show round, each time: only its hash is kept."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(4))
    for person in sign_ins().values():
        operations.set_password(person, password, by=None)
    db.session.commit()
    return password


def _wait() -> None:
    """Until every file has been read."""
    waiting, said = _unread(), -1
    while waiting:
        if said < 0 or waiting <= said - 20:
            click.echo(f"{waiting} files are still being read.")
            said = waiting
        time.sleep(1)
        db.session.rollback()
        waiting = _unread()


def _unread() -> int:
    unread = (ReadingState.RECEIVED, ReadingState.READING)
    query = select(func.count()).where(AssetVersion.state.in_(unread))
    return db.session.scalar(query) or 0


commands = [demo]
