"""How long a committed change stays unfound, with a real web process and a real worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import select

from collateral.accounts.models import Person
from collateral.assets.models import Asset, Status
from collateral.assets.queries import visible
from collateral.bench.search import Figure
from collateral.bench.serving import cookie_of, served, timed_get
from collateral.db import db

TOO_LONG = 30


def measure(app: Flask, rep: Person, environ: dict[str, str], changes: int) -> dict[str, Any]:
    """Give assets new titles, one after the other, and ask until each is found.

    Raises:
        RuntimeError: a change was not found within half a minute.
    """
    port = int(environ["BASE_URL"].rsplit(":", 1)[1])
    cookie = cookie_of(app, rep)
    ids = db.session.scalars(
        select(Asset.id)
        .where(visible(rep), Asset.status == Status.PUBLISHED)
        .order_by(Asset.id)
        .limit(changes + 1)
    ).all()
    taken = []
    with _worker(environ), served(environ, port) as (connection, _server):
        timed_get(connection, "/library?q=warm", cookie)
        for number, asset_id in enumerate(ids):
            word = f"follow{time.time_ns()}x{number}"
            db.session.get_one(Asset, asset_id).title = f"Follows {word}"
            db.session.commit()
            started = time.perf_counter()
            link = re.compile(rf"/assets/{asset_id}\b")
            while not link.search(_page(connection, word, cookie)):
                if time.perf_counter() - started > TOO_LONG:
                    raise RuntimeError(f"Asset {asset_id} was not found within {TOO_LONG} s.")
                time.sleep(0.02)
            taken.append((time.perf_counter() - started) * 1000)
    # The first one waits until the worker has started and done what was left to it.
    return {"figures": [vars(Figure.of("a change until it is found", taken[1:]))]}


def _page(connection: Any, word: str, cookie: str) -> str:
    return timed_get(connection, f"/library?q={quote(word)}", cookie)[1].decode()


@contextmanager
def _worker(environ: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "collateral", "worker"], env={**os.environ, **environ}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
