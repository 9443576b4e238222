"""Bytes as they flow in: never all in memory, never beyond the cap, never half of them kept."""

from __future__ import annotations

import io
import resource
from typing import Any

import pytest
from flask import Flask

from collateral.assets import blobs
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.storage import storage
from tests.assets.files import incoming, send
from tests.factories import make_asset
from tests.support import SignedInClient


class Endless(io.RawIOBase):
    """A body that is made as it is read, in no memory at all."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self.parts: list[Any] = [head, size, tail]

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        given = self._next(len(target))
        target[: len(given)] = given
        return len(given)

    def _next(self, count: int) -> bytes:
        head, size, tail = self.parts
        if head:
            self.parts[0] = head[count:]
            return head[:count]
        if size:
            given = min(size, count)
            self.parts[1] = size - given
            return bytes(given)
        self.parts[2] = tail[count:]
        return tail[:count]


def post_stream(client: SignedInClient, size: int, *, length: bool) -> Any:
    head = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n"
    )
    tail = b"\r\n--edge--\r\n"
    environ: dict[str, Any] = {
        "wsgi.input": Endless(head, size, tail),
        "CONTENT_TYPE": "multipart/form-data; boundary=edge",
    }
    if length:
        environ["CONTENT_LENGTH"] = str(len(head) + size + len(tail))
    else:
        environ |= {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.post(
        "/upload/file",
        headers={"Accept": "application/json"},
        environ_overrides=environ,
    )


@pytest.fixture
def small_cap(bare_app: Flask) -> int:
    from dataclasses import replace

    cap = 40 << 20
    bare_app.extensions["settings"] = replace(bare_app.extensions["settings"], max_upload=cap)
    return cap


@pytest.mark.parametrize("length", [True, False])
def test_t31_one_byte_over_the_cap_is_refused_with_flat_memory(
    small_cap: int, marketer: SignedInClient, length: bool
) -> None:
    """Threat 31: neither the size nor its absence fills memory or disk."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = post_stream(marketer, small_cap + 1, length=length)
    assert answer.status_code == 413
    assert "40 MiB" in answer.json["detail"]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 16 << 10, f"{grown} KiB more"
    assert incoming() == []
    assert list(storage().names()) == []


def test_the_cap_itself_is_taken_with_flat_memory(small_cap: int, marketer: SignedInClient) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = post_stream(marketer, small_cap, length=False)
    assert answer.status_code == 201
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 24 << 10, f"{grown} KiB more"
    assert db.session.get_one(AssetVersion, answer.json["id"]).bytes == small_cap


def test_a_broken_upload_leaves_nothing_behind(marketer: SignedInClient) -> None:
    """The body ends in the middle of the file, as when a connection breaks."""
    head = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        b"the first half of the"
    )
    answer = marketer.post(
        "/upload/file", data=head, content_type="multipart/form-data; boundary=edge"
    )
    assert answer.status_code in (400, 403)
    assert incoming() == []
    assert list(storage().names()) == []
    assert db.session.query(Asset).count() == 0


def test_no_transaction_is_open_while_bytes_flow(
    marketer: SignedInClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collateral.assets import uploads

    seen: list[bool] = []

    class Watched(uploads.Upload):
        def write(self, chunk: Any) -> int:
            session = db.session()
            seen.append(session.in_transaction())
            return super().write(chunk)

    monkeypatch.setattr(uploads, "Upload", Watched)
    assert send(marketer, b"words " * 50_000, "a.txt").status_code == 201
    assert seen
    assert not any(seen)


def test_files_that_no_row_names_go_after_an_hour(app: Flask) -> None:
    kept = make_asset().versions[0].sha256
    orphan = storage().put(io.BytesIO(b"nobody's")).sha256
    assert blobs.remove_orphans() == 0
    assert blobs.remove_orphans(older_than=-1) == 1
    assert storage().size(orphan) is None
    assert storage().size(kept) is not None
