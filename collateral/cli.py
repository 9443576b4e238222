"""The command line: `collateral …`. Each group lives with its feature in `commands.py`."""

from __future__ import annotations

import gc
import sys
from importlib import import_module, util

import click
from flask import Flask
from flask.cli import FlaskGroup

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
    "connect",
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
    cls=FlaskGroup, create_app=_make_app, add_default_commands=False, add_version_option=False
)
@click.version_option(package_name="collateral")
def cli() -> None:
    """A library of marketing collateral that knows what became of it."""


# Commands of other packages (Flask-Migrate's) are not ours, and loading them takes its time.
cli._loaded_plugin_commands = True


def _gather() -> None:
    from collateral import maintenance, serve

    for command in (*serve.commands, *maintenance.commands):
        cli.add_command(command)
    for feature in WITH_COMMANDS:
        name = f"collateral.{feature}.commands"
        if util.find_spec(name) is not None:
            for command in import_module(name).commands:
                cli.add_command(command)


def main() -> None:
    """Exit status 0 only when all of it worked."""
    _gather()
    try:
        cli(standalone_mode=True)
    except BadSetting as error:
        click.echo(error.sentence, err=True)
        sys.exit(2)
    except CollateralError as error:
        click.echo(error.sentence, err=True)
        sys.exit(1)
