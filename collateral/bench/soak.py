"""A library in use for as long as one likes: readers, writers and a bulk ingest at once.

It is a library of this measurement's own (`collateral run` in a new home), or one that runs:
then the settings around this command are that library's, and its processes are on this machine.
Reported are all requests and faults, the time of each kind of request, the memory of the first
and of the last quarter of the time, and what `collateral check` says afterwards.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from collateral.accounts import operations as accounts
from collateral.accounts import tokens
from collateral.accounts.models import Person, Role
from collateral.assets.models import Asset, AssetVersion, ReadingState
from collateral.bench.search import Figure
from collateral.bench.serving import answering, cookie_of
from collateral.bench.soak_memory import watched
from collateral.bench.soak_people import PERSON, WORDS, Reader, Tally, Writer
from collateral.clock import now
from collateral.config import ROOT
from collateral.db import db
from collateral.deals.models import Deal

STOCK = 40
"""Files that are there before it begins."""
SETTLES = 600.0
"""Seconds after the end within which all that was uploaded must have been read and indexed."""


@dataclass(frozen=True)
class Soak:
    """How long and how much: `readers` and `writers` rest for `pause` and `writer_pause` seconds
    in the mean; `bulk` files are ingested at once when a quarter of the time is over."""

    minutes: float
    readers: int
    writers: int
    bulk: int
    pause: float
    writer_pause: float
    seed: int


@contextmanager
def running(environ: dict[str, str]) -> Iterator[int]:
    """`collateral run` with these settings, until the end of the block; its process."""
    port = environ["BASE_URL"].rsplit(":", 1)[1]
    command = [sys.executable, "-m", "collateral", "run", "--port", port]
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL)
    connection = HTTPConnection("127.0.0.1", int(port), timeout=60)
    try:
        answering(connection, process)
        connection.close()
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def measure(app: Flask, environ: dict[str, str], soak: Soak) -> dict[str, Any]:
    """Use the library at BASE_URL, which runs. `environ` gives a command its settings."""
    url, seconds = environ["BASE_URL"], soak.minutes * 60
    tally, over, files = Tally(), Event(), Files(soak.seed)
    with tempfile.TemporaryDirectory(prefix="collateral-soak-") as folder:
        with app.app_context():
            crowd, owner = _crowd(app, soak, tally, over, files)
            db.session.rollback()
        ingest = ["ingest", "--publish", "--owner", owner]
        stock, bulk = Path(folder) / "stock", Path(folder) / "bulk"
        for place, number in ((stock, STOCK), (bulk, soak.bulk)):
            files.write(place, number)
        _command(environ, *ingest, str(stock))
        threads = [Thread(target=live) for live in crowd]
        with watched(url, max(1.0, min(5.0, seconds / 200))) as memory:
            for thread in threads:
                thread.start()
            over.wait(seconds / 4)
            began = time.monotonic()
            ingested = _command(environ, *ingest, str(bulk)) if soak.bulk else ""
            bulk_seconds = time.monotonic() - began
            over.wait(max(0.0, seconds * 3 / 4 - bulk_seconds))
            over.set()
            for thread in threads:
                thread.join()
        settled = _settle(app)
        checked = subprocess.run(
            [sys.executable, "-m", "collateral", "check"],
            env=environ, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    return {
        "minutes": soak.minutes,
        "readers": soak.readers,
        "writers": soak.writers,
        "bulk_files": soak.bulk,
        "bulk_seconds": round(bulk_seconds, 1),
        "bulk_said": ingested.strip().splitlines()[-1:],
        "requests": tally.requests,
        "errors": tally.failed,
        "connections_reopened": tally.reopened,
        "first_errors": tally.errors,
        "settled_seconds": settled,
        "check": "clean" if checked.returncode == 0 else checked.stdout + checked.stderr,
        "figures": [vars(Figure.of(kind, times)) for kind, times in sorted(tally.times.items())],
        "memory": memory.quarters(),
    }


class Files:
    """Small PDF files, each with bytes and words of its own."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = Lock()

    def new(self) -> bytes:
        from fpdf import FPDF

        # The maker of PDFs is not meant for several threads at once.
        with self._lock:
            pdf = FPDF()
            for number in range(3):
                pdf.add_page()
                pdf.set_font("helvetica", size=14)
                words = " ".join(self._random.choices(WORDS, k=80))
                pdf.multi_cell(0, 8, f"{uuid.uuid4().hex} {number + 1}: {words}")
            return bytes(pdf.output())

    def write(self, folder: Path, number: int) -> None:
        folder.mkdir()
        for n in range(number):
            words = " ".join(self._random.sample(WORDS, 3))
            (folder / f"{words} {n}.pdf").write_bytes(self.new())


def _crowd(
    app: Flask, soak: Soak, tally: Tally, over: Event, files: Files
) -> tuple[list[Callable[[], None]], str]:
    """What each of them does until it is over, and the address of one more, whose folders are
    ingested. New people of the library, who stay in it."""
    url, run = app.extensions["settings"].base_url, uuid.uuid4().hex[:6]
    crowd: list[Callable[[], None]] = []

    def somebody(kind: str, n: int, roles: list[Role]) -> Person:
        address = f"{kind}{n}-{run}@soak.example"
        person = accounts.add_person(address, f"{kind} {n}", roles, by=None)
        db.session.commit()
        return person

    for n in range(soak.readers):
        person = somebody("reader", n, [Role.REP])
        with app.app_context():  # one of its own: signing in ends the session before it
            cookie = cookie_of(app, person)
        headers = {"Cookie": cookie, "Accept": "text/html", "User-Agent": PERSON}
        mind = random.Random(f"{soak.seed} reader {n}")
        reader = Reader(url, headers, tally, over, soak.pause, mind)
        crowd.append(lambda reader=reader: reader.live(reader.visit))  # type: ignore[misc]
    for n in range(soak.writers):
        person = somebody("writer", n, [Role.MARKETER, Role.REP])
        _, text = tokens.create(person, "soak", ["read", "write"], by=None, at=now())
        deals = [_deal(person, f"{run}-{n}-{number}") for number in range(3)]
        db.session.add_all(deals)
        db.session.commit()
        writer = Writer(
            url, {"Authorization": f"Bearer {text}"}, tally, over, soak.writer_pause,
            random.Random(f"{soak.seed} writer {n}"),
            new_file=files.new, deals=[deal.id for deal in deals],
        )  # fmt: skip
        crowd.append(lambda writer=writer: writer.live(writer.work))  # type: ignore[misc]
    return crowd, somebody("folders", 0, [Role.MARKETER]).email


def _deal(owner: Person, number: str) -> Deal:
    return Deal(
        source="soak",
        external_id=number,
        name=f"Deal {number}",
        owner_id=owner.id,
        owner_email=owner.email,
        stage="evaluation",
        opened_on=now().date(),
    )


def _command(environ: dict[str, str], *arguments: str) -> str:
    """What it printed. Raises RuntimeError where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "collateral", *arguments],
        env=environ, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"collateral {arguments[0]}: {done.stdout[-500:]}{done.stderr[-1000:]}")
    return done.stdout


def _settle(app: Flask) -> float | None:
    """Seconds until everything has been read and indexed; None where it never was."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < SETTLES:
        with app.app_context():
            unread = db.session.scalar(
                select(func.count(AssetVersion.id)).where(
                    AssetVersion.state.in_([ReadingState.RECEIVED, ReadingState.READING])
                )
            )
            behind = db.session.scalar(
                select(func.count(Asset.id)).where(Asset.indexed_revision < Asset.revision)
            )
        if not unread and not behind:
            return round(passed, 1)
        time.sleep(1)
    return None


def whole(environ: dict[str, str]) -> dict[str, str]:
    """These settings with what else a program needs of its environment."""
    return {**os.environ, **environ}


def table(result: dict[str, Any]) -> str:
    """Requests, times and memory in lines."""
    lines = [
        f"{result['minutes']} minutes, {result['readers']} readers, {result['writers']} writers, "
        f"{result['bulk_files']} files at once in {result['bulk_seconds']} s",
        f"{result['requests']} requests, {result['errors']} errors, "
        f"{result['connections_reopened']} connections reopened; all read and indexed after "
        f"{result['settled_seconds']} s; check: {result['check']}",
        *result["first_errors"],
        f"{'milliseconds':<34}{'median':>9}{'p95':>9}{'worst':>10}{'n':>8}",
    ]
    lines += [
        f"{each['name']:<34}{each['median']:>9.1f}{each['p95']:>9.1f}{each['worst']:>10.1f}"
        f"{each['count']:>8}"
        for each in result["figures"]
    ]
    heads = "".join(f"{number:>9}" for number in ("first", "second", "third", "last"))
    # What it grew by: from the first to the second half of the last quarter.
    lines.append(f"{'megabytes by quarter of the time':<34}{heads}{'grew':>9}{'most':>9}")
    for each in result["memory"]:
        quarters = "".join(f"{size:>9.1f}" for size in each["quarters_mb"])
        grew = f"{each['still_grew_mb']:>+9.1f}"
        lines.append(f"{each['process']:<34}{quarters}{grew}{each['most_mb']:>9.1f}")
    return "\n".join(lines)
