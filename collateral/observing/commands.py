"""`collateral metrics`: what `/metrics` tells, on standard output."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from collateral.errors import WrongState
from collateral.observing import door


@click.command()
@with_appcontext
def metrics() -> None:
    """The metrics of this home's processes, in Prometheus's text format.

    For a machine with workers alone, which have no port: written to a file, another exporter
    can carry them on (the textfile collector of node_exporter).
    """
    if not door.is_open(current_app.extensions["settings"]):
        raise WrongState("Nothing is counted: METRICS_TOKEN or METRICS_FROM turns metrics on.")
    from collateral.observing.exposition import text

    click.echo(text(), nl=False)


commands = [metrics]
