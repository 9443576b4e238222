"""The command line: `collateral …`. Each group lives with its feature in `commands.py`."""

from __future__ import annotations

import gc
import sys
from importlib import import_module, util
from typing import NoReturn

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from collateral.config import Settings
from collateral.errors import BadSetting, CollateralError
from collateral.logs import configure
from collateral.sparing import spare

# A feature's `commands.py` offers `commands`: a list of click commands.
WITH_COMMANDS = (
    "accounts",
    "assets",
    "reading",
    "deals",
    "usage",
    "search",
    "retirement",
    "reports",
    "backup",
    "connect",
    "upkeep",
    "demo",
    "bench",
    "observing",
)


def _make_app() -> Flask:
    from collateral import create_app

    settings = Settings.from_environ()
    configure(settings.log_level)
    # Nothing that the start makes will ever go: it is not looked through, then or later.
    gc.disable()
    if sys.argv[1:2] == ["worker"]:
        spare(settings)
    app = create_app(settings)
    gc.freeze()
    gc.enable()
    return app


@click.group(
    cls=FlaskGroup,
    create_app=_make_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
)
@click.version_option(package_name="collateral")
def cli() -> None:
    """A library of marketing collateral that knows what became of it."""


# Commands of other packages (Flask-Migrate's) are not ours, and loading them takes its time. Nor
# are Flask's own options: which application this is, is settled, and it is never in debug mode.
cli._loaded_plugin_commands = True
cli.params = [option for option in cli.params if option.name == "version"]


def gather() -> click.Group:
    """The command line with the commands of all features."""
    from collateral import maintenance, serve

    for command in (*serve.commands, *maintenance.commands):
        cli.add_command(command)
    for feature in WITH_COMMANDS:
        name = f"collateral.{feature}.commands"
        if util.find_spec(name) is not None:
            for command in import_module(name).commands:
                cli.add_command(command)
    return cli


def main() -> None:
    """Exit status 0 only when all of it worked; 2 for a setting that makes no sense, else 1."""
    gather()
    try:
        cli(standalone_mode=True)
    except BadSetting as error:
        _end(error.sentence, 2)
    except CollateralError as error:
        _end(error.sentence, 1)
    except OperationalError as error:
        # It is not there, does not let us in, or has no tables yet.
        _end(f"The database: {str(error.orig).splitlines()[0]}. See `collateral doctor`.", 1)


def _end(sentence: str, status: int) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)
