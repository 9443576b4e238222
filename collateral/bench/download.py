"""A large file over HTTP, and as little as can be done: the kernel sends the bare file down a
socket, with nothing else in the process that sends it. Where nginx is installed the file is asked
for behind it, too: then nginx sends it, and ours says which.

All are read in the same way, into a buffer that is thrown away, in the same run.
"""

from __future__ import annotations

import io
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import select

from collateral.assets.models import Asset, AssetVersion, Status
from collateral.bench import proxied
from collateral.bench.homes import Measured, somebody
from collateral.bench.serving import cookie_of, cpu_seconds, served
from collateral.db import db
from collateral.storage import storage

_BARE = """
import os, socket, sys
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        taken, _ = server.accept()
        with taken, open(sys.argv[1], "rb") as file:
            size, sent = os.fstat(file.fileno()).st_size, 0
            while sent < size:
                sent += os.sendfile(taken.fileno(), file.fileno(), sent, size - sent)
"""


def measure(made: Measured, megabytes: int, times: int) -> dict[str, Any]:
    """Megabytes a second, both ways in turn, at the median; and what of them is the floor's."""
    size = megabytes * 1_000_000
    asset_id, sha256 = _large(size)
    cookie = cookie_of(made.app, somebody())
    ours, bare = [], []
    with (
        storage().local(sha256) as path,
        served(made.environ, made.port) as (connection, server),
        _sender(path) as port,
    ):
        _over_http(connection, asset_id, cookie, size)
        _over_socket(port, size)
        before = cpu_seconds(server)
        for _ in range(times):
            # In turn, so that what else the machine does falls on both.
            ours.append(_speed(size, lambda: _over_http(connection, asset_id, cookie, size)))
            bare.append(_speed(size, lambda: _over_socket(port, size)))
        processor = (cpu_seconds(server) - before) * 1000 / times
    behind = _behind_nginx(made, asset_id, cookie, size, times)
    median, floor = statistics.median(ours), statistics.median(bare)
    return {
        "megabytes": megabytes,
        "times": times,
        "download_mb_a_second": round(median),
        "slowest_mb_a_second": round(min(ours)),
        "bare_file_mb_a_second": round(floor),
        "share_of_bare": round(median / floor, 2),
        "processor_ms_a_download": round(processor, 1),
        **({"behind_nginx_mb_a_second": round(statistics.median(behind))} if behind else {}),
    }


def _behind_nginx(made: Measured, asset_id: int, cookie: str, size: int, times: int) -> list[float]:
    """Megabytes a second of each download that nginx sends; none where it is not installed."""
    nginx = proxied.program()
    if nginx is None:
        return []
    environ = made.environ | {"SEND_FILES": proxied.SENT_BY_PROXY}
    with (
        served(environ, made.port),
        proxied.proxy(nginx, made.port, made.home / "files") as connection,
    ):
        _over_http(connection, asset_id, cookie, size)
        return [
            _speed(size, lambda: _over_http(connection, asset_id, cookie, size))
            for _ in range(times)
        ]


def _large(size: int) -> tuple[int, str]:
    """A published asset's id whose file has so many bytes, and the file's name. Commits."""
    kept = storage().put(io.BytesIO(os.urandom(1000) * (size // 1000)))
    asset = db.session.scalars(
        select(Asset).where(Asset.status == Status.PUBLISHED).order_by(Asset.id).limit(1)
    ).one()
    version = db.session.get_one(AssetVersion, asset.current_version_id)
    version.sha256, version.bytes = kept.sha256, kept.size
    db.session.commit()
    return asset.id, kept.sha256


@contextmanager
def _sender(path: Path) -> Iterator[int]:
    """A process that sends the file to whoever connects; its port."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _BARE, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def _speed(size: int, fetch: Callable[[], None]) -> float:
    started = time.perf_counter()
    fetch()
    return size / 1e6 / (time.perf_counter() - started)


def _over_http(connection: HTTPConnection, asset_id: int, cookie: str, size: int) -> None:
    connection.request("GET", f"/assets/{asset_id}/file", headers={"Cookie": cookie})
    response = connection.getresponse()
    buffer, got = bytearray(1 << 20), 0
    while count := response.readinto(buffer):
        got += count
    if response.status != 200 or got != size:
        raise RuntimeError(f"The download answered {response.status} with {got} bytes.")


def _over_socket(port: int, size: int) -> None:
    buffer, got = bytearray(1 << 20), 0
    with socket.create_connection(("127.0.0.1", port)) as taken:
        while count := taken.recv_into(buffer):
            got += count
    if got != size:
        raise RuntimeError(f"The bare file came with {got} bytes.")
