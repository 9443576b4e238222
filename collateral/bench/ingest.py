"""Ingest into a library of a given size, beside the bare readers and renderers.

The same files are read twice, by as many readers at once: bare, each through the confined
door into a folder and forgotten; then ingested, from the first byte to the last preview in
the database and the last word in the index. The ratio says how much of the wall time of an
ingest is the readers' and renderers' own.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from collateral.accounts.models import Person
from collateral.assets import ingest as taking
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import db
from collateral.demo.catalogue import catalogue
from collateral.demo.files.make import make_file
from collateral.demo.load import SEED
from collateral.queue import queue
from collateral.reading import door
from collateral.reading.sniff import identify

LOOK_EVERY = 0.05


def make_files(folder: Path, count: int) -> list[Path]:
    """The first `count` files of the sample company: decks, PDFs, documents, sheets, pictures."""
    made = []
    for sample in catalogue(now().year)[:count]:
        path = folder / sample.filename
        path.write_bytes(make_file(sample, 1, seed=SEED))
        made.append(path)
    return made


def bare(files: list[Path], readers: int) -> float:
    """Seconds in which the files are read and rendered, with nothing done to what comes back."""

    def read(path: Path) -> None:
        with tempfile.TemporaryDirectory() as out:
            door.read(path, identify(path, path.name), Path(out))

    started = time.monotonic()
    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(read, files))
    return time.monotonic() - started


def ingested(files: list[Path], by: Person, readers: int) -> dict[str, float]:
    """Seconds until all are read and until all can be found, and the pages and bytes of them."""
    started = time.monotonic()
    with queue().helping(readers):
        taken = [taking.take(path, by=by, publish=True, limit=1 << 31) for path in files]
        received = time.monotonic() - started
        while taking.look(taken):
            time.sleep(LOOK_EVERY)
        read = time.monotonic() - started
        while _behind():
            time.sleep(LOOK_EVERY)
        found = time.monotonic() - started
    pages = db.session.scalar(
        select(func.sum(AssetVersion.page_count)).where(
            AssetVersion.id.in_([t.version_id for t in taken])
        )
    )
    return {"received": received, "read": read, "searchable": found, "pages": float(pages or 0)}


def _behind() -> bool:
    db.session.rollback()
    return bool(
        db.session.scalar(select(func.count()).where(Asset.indexed_revision < Asset.revision))
    )


def measure(by: Person, count: int, readers: int = 2) -> dict[str, Any]:
    """The figures, floor first: the bare run also warms what both need."""
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(Path(folder), count)
        size = sum(path.stat().st_size for path in files)
        # The fork server and its parsers are started before either run.
        bare(files[:2], 1)
        floor = bare(files, readers)
        seconds = ingested(files, by, readers)
    return {
        "files": len(files),
        "pages": int(seconds.pop("pages")),
        "megabytes": round(size / 1e6, 1),
        "readers": readers,
        "floor_seconds": round(floor, 2),
        **{f"{name}_seconds": round(value, 2) for name, value in seconds.items()},
        "share_in_readers": round(floor / seconds["searchable"], 3),
        "documents_a_minute": round(60 * len(files) / seconds["searchable"], 1),
    }
