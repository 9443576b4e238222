"""`collateral bench ingest`, `upload`, `bulk`, `download`: what takes how long with whole files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collateral.bench import options, tables
from collateral.bench.homes import Measured, app_in, library, marketer
from collateral.bench.options import Result, measured

if TYPE_CHECKING:
    from flask import Flask


@contextmanager
def _copied(
    assets: int, seed: int, home: Path | None
) -> Iterator[tuple[Measured, Flask, dict[str, str]]]:
    """The library, and one to ingest into: a copy of that in `home`, which does not know the
    files of the last run. All its pages are in the index of prints."""
    from collateral.bench import ingest

    with library(assets, seed, home) as made, tempfile.TemporaryDirectory() as folder:
        ingest.known_prints()
        app, environ = made.app, made.environ
        if home:
            app, environ = app_in(ingest.copied(home, Path(folder)))
        with app.app_context():
            yield made, app, environ


@click.command("ingest")
@options.library
@click.option("--files", default=60, show_default=True, type=click.IntRange(4, 78))
@click.option("--readers", default=2, show_default=True, help="Files that are read at once.")
@measured(options.lines)
def ingest_bench(assets: int, files: int, readers: int, seed: int, home: Path | None) -> Result:
    """Ingest of real files into a library, beside the bare readers and renderers."""
    from collateral.bench import ingest

    with _copied(assets, seed, home) as (made, _app, _environ):
        return made.told | ingest.measure(marketer(), files, readers)


@click.command("upload")
@options.library
@click.option("--uploads", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--pages", default=8, show_default=True, type=click.IntRange(1, 100))
@measured(tables.figures)
def upload_bench(assets: int, uploads: int, pages: int, seed: int, home: Path | None) -> Result:
    """A PDF through the upload page until search finds it, with its thumbnail."""
    from flask_migrate import stamp

    from collateral.bench import upload

    with _copied(assets, seed, home) as (made, app, environ):
        stamp()  # the tables were made from the models: `run` has nothing to bring up to date
        return made.told | upload.one_by_one(app, marketer(), environ, uploads, pages)


@click.command("bulk")
@options.library
@click.option("--files", default=120, show_default=True, type=click.IntRange(4, 1000))
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Further files, beside those that are made.")  # fmt: skip
@measured(options.lines)
def bulk_bench(
    assets: int, files: int, folder: Path | None, seed: int, home: Path | None
) -> Result:
    """Very many mixed documents through the upload page, beside the bare readers."""
    from flask_migrate import stamp

    from collateral.bench import upload

    with _copied(assets, seed, home) as (made, app, environ):
        stamp()
        return made.told | upload.many(app, marketer(), environ, files, folder)


@click.command("download")
@options.library
@click.option("--megabytes", default=20, show_default=True, type=click.IntRange(1, 2000))
@click.option("--times", default=20, show_default=True, type=click.IntRange(3, 1000))
@measured(options.lines)
def download_bench(assets: int, seed: int, home: Path | None, megabytes: int, times: int) -> Result:
    """A large file over HTTP, beside the kernel's own sending of the bare file."""
    from collateral.bench import download

    with library(assets, seed, home) as made:
        return made.told | download.measure(made, megabytes, times)


commands = [ingest_bench, upload_bench, bulk_bench, download_bench]
