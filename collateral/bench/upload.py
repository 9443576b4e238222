"""Uploads as people make them: through the upload page, read by the worker of `collateral run`.

One after the other: from the first byte that is sent until a search in the library finds the
document by a word that stands in nothing else, and until the thumbnail on that result is there.
Then very many at once, as the page sends them, until the last of them is searchable, has its
first page's picture, and has been read and drawn to its end; beside the floor, the same files
through the bare confined readers and renderers with nothing done to what comes back.
"""

from __future__ import annotations

import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, func, select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion, Page, ReadingState
from collateral.bench import ingest
from collateral.bench.browser import Browser
from collateral.bench.processor import spent, spent_by_all
from collateral.bench.search import Figure
from collateral.bench.soak import running, whole
from collateral.bench.soak_people import WORDS
from collateral.clock import now
from collateral.db import db
from collateral.demo.catalogue import catalogue
from collateral.demo.files.make import make_file
from collateral.demo.load import SEED
from collateral.reading.confined.client import shared

LOOKS_EVERY = 0.05
AT_ONCE = 2
"""So many files the upload page sends at the same time."""
READERS = 2
"""So many files `collateral run` reads at the same time."""
TOO_LONG = 600.0
WARMING = 2
ENDS = ("searchable", "first_picture", "read")
ENDED = (ReadingState.READY, ReadingState.FAILED)


def one_by_one(
    app: Flask, by: Person, environ: dict[str, str], times: int, pages: int
) -> dict[str, Any]:
    """Seconds of one upload at a time; the first comes to a worker that rests."""
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, running(whole(environ)) as top:
        browser = Browser(app, by, port)
        browser.page("/library?q=warm")
        processor = 0.0
        for number in range(times + 1):
            word = f"w{uuid.uuid4().hex[:12]}"
            path = Path(folder) / f"upload {number}.pdf"
            path.write_bytes(document(word, pages, number))
            _at_rest(app)
            before = spent_by_all(top)
            for name, seconds in _one(browser, path, word).items():
                taken.setdefault(name, []).append(seconds * 1000)
            _at_rest(app)
            processor += (spent_by_all(top) - before) if number else 0.0
        browser.close()
    later = {name: times[1:] for name, times in taken.items()}
    return {
        "uploads": times,
        "pages": pages,
        "processor_ms_an_upload": round(processor * 1000 / times, 1),
        "first_to_a_resting_worker_ms": round(taken["searchable, with thumbnail"][0], 1),
        "figures": [vars(Figure.of(name, each)) for name, each in later.items()],
    }


def document(word: str, pages: int, seed: int) -> bytes:
    """A PDF of so many pages of words with a drawing on each; `word` stands on the last one."""
    from fpdf import FPDF

    random = Random(seed)
    pdf = FPDF()
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.set_font("helvetica", "B", size=18)
        pdf.cell(0, 12, f"{number}. {' '.join(random.choices(WORDS, k=4))}")
        pdf.ln(16)
        pdf.set_font("helvetica", size=11)
        last = f" {word}" if number == pages else ""
        pdf.multi_cell(0, 6, " ".join(random.choices(WORDS, k=220)) + last)
        for bar in range(8):
            pdf.set_fill_color(*(random.randrange(60, 240) for _ in range(3)))
            high = random.randrange(10, 60)
            pdf.rect(30 + bar * 18, 260 - high, 12, high, style="F")
    return bytes(pdf.output())


def _one(browser: Browser, path: Path, word: str) -> dict[str, float]:
    started = time.perf_counter()
    said = browser.upload(path)
    seconds = {"answered": time.perf_counter() - started}
    found = re.compile(rf"/assets/{said['asset']}\b")
    picture = re.compile(rf"/assets/{said['asset']}/versions/\d+/pages/1/preview-320\.webp[^\"\s]*")
    while True:
        shown = browser.page(f"/library?q={word}")
        if found.search(shown):
            seconds.setdefault("searchable", time.perf_counter() - started)
            seen = picture.search(shown)
            if seen and browser.get(seen[0].replace("&amp;", "&"))[0] == 200:
                return seconds | {"searchable, with thumbnail": time.perf_counter() - started}
        if time.perf_counter() - started > TOO_LONG:
            raise RuntimeError(f"{path.name} was not found within {TOO_LONG} s.")
        time.sleep(LOOKS_EVERY)


def _at_rest(app: Flask) -> None:
    """Until every file has been read, and every change can be found."""
    with app.app_context():
        unread = select(AssetVersion.id).where(AssetVersion.state.not_in(ENDED)).limit(1)
        behind = select(Asset.id).where(Asset.indexed_revision < Asset.revision).limit(1)
        while db.session.scalar(unread) or db.session.scalar(behind):
            db.session.rollback()
            time.sleep(LOOKS_EVERY)
        db.session.rollback()


def many(
    app: Flask, by: Person, environ: dict[str, str], count: int, folder: Path | None
) -> dict[str, Any]:
    """Seconds, and documents a minute, of very many files at once; `folder` has further ones."""
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    with tempfile.TemporaryDirectory() as place:
        made = mixed(Path(place), count + WARMING)
        files, warming = made[:count], made[count:]
        files += _further(folder)
        ingest.bare(warming, READERS)
        before = spent(shared().server_pid)
        floor = ingest.bare(files, READERS)["floor"]
        readers = spent(shared().server_pid)[0] - before[0]
        shared().close()
        with running(whole(environ)) as top:
            with app.app_context():
                newest = db.session.scalar(select(func.max(AssetVersion.id))) or 0
            _sent(app, by, port, warming)
            _until_read(app, newest)
            with app.app_context():
                newest = db.session.scalar(select(func.max(AssetVersion.id))) or 0
            used = spent_by_all(top)
            started = time.monotonic()
            with _sending(lambda: _sent(app, by, port, files)) as sent:
                seconds = _reached(app, newest, len(files), started)
            seconds = {"received": sent() - started} | seconds
            used = spent_by_all(top) - used
        size = sum(path.stat().st_size for path in files)
    rates = {
        f"documents_a_minute_{name}": round(60 * len(files) / seconds[name], 1) for name in ENDS
    }
    return {
        "files": len(files),
        "megabytes": round(size / 1e6, 1),
        "floor_seconds": round(floor, 2),
        **{f"{name}_seconds": round(value, 2) for name, value in seconds.items()},
        **rates,
        "documents_a_minute_floor": round(60 * len(files) / floor, 1),
        "share_in_readers": round(floor / seconds["read"], 3),
        "processor_seconds": round(used, 2),
        "floor_processor_seconds": round(readers, 2),
        "processor_in_readers": round(readers / used, 3),
    }


def mixed(folder: Path, count: int) -> list[Path]:
    """So many different files: the sample company's decks, PDFs, documents, sheets and pictures,
    and each of them again under another name until there are enough."""
    samples = catalogue(now().year)
    files = []
    for number in range(count):
        again, at = divmod(number, len(samples))
        sample = samples[at]
        if again:
            sample = replace(sample, title=f"{sample.title} {again + 1}")
        path = folder / f"{again + 1} {sample.filename}"
        path.write_bytes(make_file(sample, 1, seed=SEED + again))
        files.append(path)
    return _once(files)


def _further(folder: Path | None) -> list[Path]:
    """Files of a folder that are none of the made ones; hidden ones and lists left out."""
    if folder is None:
        return []
    return _once([path for path in sorted(folder.iterdir()) if path.is_file()])


def _once(files: list[Path]) -> list[Path]:
    return list({path.read_bytes(): path for path in files}.values())


def _sent(app: Flask, by: Person, port: int, files: list[Path]) -> float:
    """Send the files, two at a time; when the last was answered."""
    browsers = [Browser(app, by, port) for _ in range(AT_ONCE)]
    left = iter(files)

    def send(browser: Browser) -> None:
        for path in left:
            browser.upload(path)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, browsers))
    for browser in browsers:
        browser.close()
    return time.monotonic()


@contextmanager
def _sending(send: Callable[[], float]) -> Iterator[Callable[[], float]]:
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(send)
        yield under_way.result


def _reached(app: Flask, beyond: int, count: int, started: float) -> dict[str, float]:
    """Seconds until all have come so far."""
    reached: dict[str, set[int]] = {}
    seconds: dict[str, float] = {}
    with app.app_context():
        while len(seconds) < len(ENDS):
            for name, ids in so_far(beyond).items():
                # What was searchable is written anew when it is published: it counts once.
                reached.setdefault(name, set()).update(ids)
                if len(reached[name]) >= count:
                    seconds.setdefault(name, time.monotonic() - started)
            db.session.rollback()
            if time.monotonic() - started > TOO_LONG:
                raise RuntimeError(f"Not all were read within {TOO_LONG} s: {seconds}")
            time.sleep(LOOKS_EVERY * 4)
    return seconds


def so_far(beyond: int) -> dict[str, set[int]]:
    """Of the versions with higher numbers those that are searchable by now, those whose first
    page has its picture, and those that have been read to their end."""
    over = AssetVersion.state.in_(ENDED)
    indexed = Asset.indexed_revision >= Asset.revision
    drawn = select(Page.id).where(
        Page.version_id == AssetVersion.id, Page.number == 1, Page.preview_320.is_not(None)
    )
    tests: tuple[ColumnElement[bool], ...] = (
        (AssetVersion.text_at.is_not(None) | over) & indexed,
        drawn.exists() | over,
        over & indexed,
    )
    return {
        name: set(
            db.session.scalars(
                select(AssetVersion.id)
                .join(Asset, Asset.id == AssetVersion.asset_id)
                .where(AssetVersion.id > beyond, test)
            )
        )
        for name, test in zip(ENDS, tests, strict=True)
    }


def _until_read(app: Flask, beyond: int) -> None:
    _reached(app, beyond, WARMING, time.monotonic())
