"""Ingest into a library of a given size, beside the bare readers and renderers.

The same files are read twice, by as many readers at once: bare, each through the confined
door into a folder and forgotten; then ingested, from the first byte to the last preview in
the database, the last word in the index of search, and the last page in the index of prints
and compared with the library. The share says how much of the wall time of an ingest is the
readers' and renderers' own. Processor time stands beside it: what else runs on the machine
does not change it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.adaptations import indexing, tracing
from collateral.adaptations.models_prints import PrintFile
from collateral.assets import ingest as taking
from collateral.assets.models import Asset, AssetVersion, ReadingState
from collateral.bench.processor import spent
from collateral.clock import now
from collateral.db import db
from collateral.demo.catalogue import catalogue
from collateral.demo.files.make import make_file
from collateral.demo.load import SEED
from collateral.queue import queue
from collateral.reading import door
from collateral.reading.confined.client import shared
from collateral.reading.sniff import identify

LOOK_EVERY = 0.2
WARMING = 2
"""Files that are read and ingested first: a worker that has run for a while has its parsers
loaded and its index open."""
BATCH = 100


@dataclass(frozen=True)
class Run:
    """What one way of reading the files took.

    Attributes:
        seconds: by stage, from the start.
        readers: processor seconds of the confined children.
        own: processor seconds of this process, the worker.
    """

    seconds: dict[str, float]
    readers: float
    own: float


def make_files(folder: Path, count: int) -> list[Path]:
    """The first `count` files of the sample company: decks, PDFs, documents, sheets, pictures."""
    made = []
    for sample in catalogue(now().year)[:count]:
        path = folder / sample.filename
        path.write_bytes(make_file(sample, 1, seed=SEED))
        made.append(path)
    return made


def bare(files: list[Path], readers: int) -> dict[str, float]:
    """Seconds in which the files are read and rendered, with nothing done to what comes back."""

    def read(path: Path) -> None:
        with tempfile.TemporaryDirectory() as out:
            door.read(path, identify(path, path.name), Path(out))

    started = time.monotonic()
    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(read, files))
    return {"floor": time.monotonic() - started}


def ingested(files: list[Path], by: Person) -> dict[str, float]:
    """Seconds until all are received, read, found by search and compared with the library."""
    started = time.monotonic()
    ids = [taking.take(path, by=by, publish=True, limit=1 << 31).version_id for path in files]
    if None in ids:
        raise RuntimeError("The library has some of these files already.")
    ours = AssetVersion.id.in_(ids)
    stages = {
        "read": AssetVersion.state.in_((ReadingState.RECEIVED, ReadingState.READING)),
        "searchable": Asset.indexed_revision < Asset.revision,
        "compared": (AssetVersion.state == ReadingState.READY) & PrintFile.id.is_(None),
    }
    seconds = {"received": time.monotonic() - started}
    for stage, missing in stages.items():
        left = (
            select(AssetVersion.id)
            .join(Asset, Asset.id == AssetVersion.asset_id)
            .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
            .where(ours, missing)
            .limit(1)
        )
        while db.session.scalar(left) is not None:
            db.session.rollback()
            time.sleep(LOOK_EVERY)
        db.session.rollback()
        seconds[stage] = time.monotonic() - started
    return seconds


def _measured(run: Callable[[], dict[str, float]]) -> Run:
    readers, own = spent(shared().server_pid)
    seconds = run()
    readers_after, own_after = spent(shared().server_pid)
    return Run(seconds, readers_after - readers, own_after - own)


def copied(home: Path, to: Path) -> Path:
    """The library of `home` once more, without the files and messages of other runs."""
    place = to / "library"
    leave = shutil.ignore_patterns("files", "reading", "queue.sqlite*")
    shutil.copytree(home, place, ignore=leave)
    return place


def known_prints() -> None:
    """Put the pages of the made library into the index of prints, as a used one has them.

    Each of its decks is a root of its own, so that none needs to be compared with the others.
    """
    missing = db.session.scalars(
        select(AssetVersion.id)
        .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
        .where(PrintFile.id.is_(None))
        .order_by(AssetVersion.id)
    ).all()
    for first in range(0, len(missing), BATCH):
        some = db.session.scalars(
            select(AssetVersion).where(AssetVersion.id.in_(missing[first : first + BATCH]))
        )
        indexing.add(
            [
                indexing.NewFile(
                    version.id,
                    version.asset_id,
                    tracing.is_printed(version.family),
                    tracing.prints_of(version),
                    version.asset_id,
                )
                for version in some
            ],
            at=now(),
        )
        db.session.commit()


def measure(by: Person, count: int, readers: int = 2) -> dict[str, Any]:
    """The figures, floor first. Commits; raises RuntimeError when the files are there already."""
    newest = db.session.scalar(select(func.max(AssetVersion.id))) or 0
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(Path(folder), count + WARMING)
        files, warming = files[:count], files[count:]
        bare(warming, readers)
        floor = _measured(lambda: bare(files, readers))
        with queue().helping(readers):
            ingested(warming, by)
            run = _measured(lambda: ingested(files, by))
        size = sum(path.stat().st_size for path in files)
    pages = db.session.scalar(
        select(func.sum(AssetVersion.page_count)).where(AssetVersion.id > newest + len(warming))
    )
    least = floor.seconds["floor"]
    return {
        "files": len(files),
        "pages": int(pages or 0),
        "megabytes": round(size / 1e6, 1),
        "readers": readers,
        "floor_seconds": round(least, 2),
        **{f"{name}_seconds": round(value, 2) for name, value in run.seconds.items()},
        "share_in_readers": round(least / run.seconds["searchable"], 3),
        "share_until_compared": round(least / run.seconds["compared"], 3),
        "floor_readers": round(floor.readers, 2),
        "floor_processor": round(floor.readers + floor.own, 2),
        "ingest_processor": round(run.readers + run.own, 2),
        "of_it_readers": round(run.readers, 2),
        "share_of_processor": round((floor.readers + floor.own) / (run.readers + run.own), 3),
        "documents_a_minute": round(60 * len(files) / run.seconds["searchable"], 1),
    }
