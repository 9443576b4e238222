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

from sqlalchemy import ColumnElement, func, select

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
from collateral.working import helping

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
    """Seconds until all are received, read and drawn, and found by search."""
    started = time.monotonic()
    taken = [taking.take(path, by=by, publish=True, limit=1 << 31) for path in files]
    if any(each.version_id is None for each in taken):
        raise RuntimeError("The library has some of these files already.")
    seconds = {"received": time.monotonic() - started}
    _wait(AssetVersion.state.in_((ReadingState.RECEIVED, ReadingState.READING)))
    seconds["read"] = time.monotonic() - started
    _wait(Asset.indexed_revision < Asset.revision)
    return seconds | {"searchable": time.monotonic() - started}


def compared() -> dict[str, float]:
    """Seconds until the pages of all are in the index of prints, too."""
    started = time.monotonic()
    _wait((AssetVersion.state == ReadingState.READY) & PrintFile.id.is_(None))
    return {"compared": time.monotonic() - started}


def _wait(missing: ColumnElement[bool]) -> None:
    """Until there is no such asset."""
    left = (
        select(AssetVersion.id)
        .join(Asset, Asset.id == AssetVersion.asset_id)
        .outerjoin(PrintFile, PrintFile.version_id == AssetVersion.id)
        .where(missing)
        .order_by(AssetVersion.id.desc())
        .limit(1)
    )
    while db.session.scalar(left) is not None:
        db.session.rollback()
        time.sleep(LOOK_EVERY)
    db.session.rollback()


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


def measure(by: Person, count: int, readers: int) -> dict[str, Any]:
    """The figures, floor first. Commits; raises RuntimeError when the files are there already."""
    newest = db.session.scalar(select(func.max(AssetVersion.id))) or 0
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(Path(folder), count + WARMING)
        files, warming = files[:count], files[count:]
        bare(warming, readers)
        floor = _measured(lambda: bare(files, readers))
        with helping(queue(), readers):
            ingested(warming, by)
            compared()
            run = _measured(lambda: ingested(files, by))
            rest = _measured(compared)
        size = sum(path.stat().st_size for path in files)
    pages = db.session.scalar(
        select(func.sum(AssetVersion.page_count)).where(AssetVersion.id > newest + len(warming))
    )
    least = floor.seconds["floor"]
    until_compared = run.seconds["searchable"] + rest.seconds["compared"]
    bare_processor = floor.readers + floor.own
    processor = run.readers + run.own
    return {
        "files": len(files),
        "pages": int(pages or 0),
        "megabytes": round(size / 1e6, 1),
        "readers": readers,
        "floor_seconds": round(least, 2),
        **{f"{name}_seconds": round(value, 2) for name, value in run.seconds.items()},
        "compared_seconds": round(until_compared, 2),
        "share_in_readers": round(least / run.seconds["searchable"], 3),
        "share_until_compared": round(least / until_compared, 3),
        "floor_processor": round(bare_processor, 2),
        "ingest_processor": round(processor, 2),
        "of_it_readers": round(run.readers, 2),
        "comparing_processor": round(rest.own, 2),
        "processor_in_readers": round(bare_processor / processor, 3),
        "processor_until_compared": round(bare_processor / (processor + rest.own), 3),
        "documents_a_minute": round(60 * len(files) / run.seconds["searchable"], 1),
    }
