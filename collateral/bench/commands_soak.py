"""`collateral bench soak`: the whole library in use for a long time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from collateral.bench import options
from collateral.bench.options import Result, measured


def _table(result: Result) -> str:
    from collateral.bench import soak

    return soak.table(result)


@click.command("soak")
@click.option("--minutes", default=20.0, show_default=True, type=click.FloatRange(0.1, 10_000))
@click.option("--readers", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--writers", default=8, show_default=True, type=click.IntRange(0, 200))
@click.option("--bulk", default=100, show_default=True, type=click.IntRange(0, 10_000),
              help="Files that are ingested at once in the middle of it.")  # fmt: skip
@click.option("--pause", default=1.0, show_default=True, type=click.FloatRange(0.01, 600),
              help="Seconds for which a reader rests between two pages, in the mean.")  # fmt: skip
@click.option("--writer-pause", default=10.0, show_default=True, type=click.FloatRange(0.01, 600),
              help="The same for a writer.")  # fmt: skip
@click.option("--url", default="", help="A library that runs on this machine, with whose settings "
              "this command is called; else one is made and started.")  # fmt: skip
@options.seed
@measured(_table)
def soak_bench(
    minutes: float,
    readers: int,
    writers: int,
    bulk: int,
    pause: float,
    writer_pause: float,
    url: str,
    seed: int,
) -> Result:
    """Readers, writers and a bulk ingest at once: errors, times, memory, `check` afterwards."""
    from collateral import create_app
    from collateral.bench import soak
    from collateral.bench.homes import app_in
    from collateral.config import Settings

    asked = soak.Soak(minutes, readers, writers, bulk, pause, writer_pause, seed)
    if url:
        settings = Settings.from_environ()
        if settings.base_url != url.rstrip("/"):
            raise click.UsageError(f"BASE_URL is {settings.base_url}, not {url}.")
        return soak.measure(create_app(settings), dict(os.environ), asked)
    with tempfile.TemporaryDirectory(prefix="collateral-soak-") as folder:
        app, environ = app_in(Path(folder) / "home")
        settings_of_its_own = soak.whole(environ)
        with soak.running(settings_of_its_own):
            return soak.measure(app, settings_of_its_own, asked)


commands = [soak_bench]
