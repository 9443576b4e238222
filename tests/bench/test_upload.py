"""What the measurement of uploads sends, and how far it says that files have come."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from collateral.accounts.models import Role
from collateral.assets import operations
from collateral.bench import upload
from collateral.bench.browser import Browser
from collateral.clock import now
from collateral.db import db
from collateral.reading import jobs
from collateral.search.jobs import index_pending
from tests.assets.files import make_deck
from tests.factories import make_person


def test_the_word_that_is_looked_for_stands_on_the_last_of_the_pages() -> None:
    pages = PdfReader(io.BytesIO(upload.document("wanted", 8, 1))).pages
    assert ["wanted" in page.extract_text() for page in pages] == [False] * 7 + [True]


class UploadPage(BaseHTTPRequestHandler):
    """Gives a token with the page, and takes a file from whoever shows it and the cookie."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(200, b'<meta name="csrf-token" content="secret">', "visit=7; Path=/")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        cookies = self.headers["Cookie"].split("; ")
        knows = self.headers["X-CSRFToken"] == "secret" and "visit=7" in cookies
        said = {"asset": 5, "sent": body.count(b"%PDF"), "cookies": len(cookies)}
        self.answer(201 if knows else 400, json.dumps(said).encode())

    def answer(self, status: int, body: bytes, cookie: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), UploadPage)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_sent_as_the_upload_page_sends_it(app: Flask, port: int, tmp_path: Path) -> None:
    path = tmp_path / "one.pdf"
    path.write_bytes(b"%PDF-1.7")
    browser = Browser(app, make_person(Role.MARKETER), port)
    # The session's cookie, and the one that came with the page.
    assert browser.upload(path) == {"asset": 5, "sent": 1, "cookies": 2}
    browser._cookies.clear()
    with pytest.raises(RuntimeError, match="400"):
        browser.upload(path)
    browser.close()


def test_a_file_is_searchable_before_it_has_been_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, ids = make_person(Role.MARKETER), []
    monkeypatch.setattr("collateral.queue.Queue.send", lambda *_args: None)
    for word in ("pump", "motor"):
        deck = make_deck(*(f"{word} {number}" for number in range(5)))
        received = operations.receive(io.BytesIO(deck), f"{word}.pptx")
        asset = operations.create_asset(received, by=owner, at=now())
        db.session.commit()
        ids.append(asset.current_version_id or 0)
    jobs.read_version(ids[0])  # as far as its first page, for the other one waits
    assert upload.so_far(0) == {"searchable": set(), "first_picture": {ids[0]}, "read": set()}
    index_pending()
    assert upload.so_far(0)["searchable"] == {ids[0]}
    jobs.read_version(ids[1])
    jobs.read_the_rest(ids[0])
    index_pending()
    assert list(upload.so_far(0).values()) == [set(ids)] * 3
    assert upload.so_far(ids[0])["read"] == {ids[1]}
