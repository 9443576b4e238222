"""Who uses the library during a soak: readers at their browsers, writers through the API."""

from __future__ import annotations

import json
import random
import re
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock
from urllib.parse import quote, urlsplit

WORDS = re.findall(
    r"\w+",
    "pump motor bearing sensor plant line machine downtime maintenance warning output scrap "
    "price quality shift energy failure report customer value",
)
ASSET = re.compile(r"/assets/(\d+)\b")
PICTURE = re.compile(r"/assets/\d+/versions/\d+/pages/\d+/preview-320\.webp(?:\?v=\w+)?")
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"
LONGEST_READING = 300.0
"""Seconds after which a file that has not been read counts as an error."""
NAMED = 40
"""So many errors are kept in words; all are counted."""


@dataclass
class Tally:
    """What was asked and how long the answers took, in milliseconds by kind of request.

    `reopened`: connections that the server had closed between two requests, as it may.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    failed: int = 0
    reopened: int = 0
    lock: Lock = field(default_factory=Lock)

    def took(self, kind: str, milliseconds: float) -> None:
        with self.lock:
            self.times[kind].append(milliseconds)

    def fault(self, sentence: str) -> None:
        with self.lock:
            self.failed += 1
            if len(self.errors) < NAMED:
                self.errors.append(sentence[:300])

    @property
    def requests(self) -> int:
        return sum(len(times) for times in self.times.values())


@dataclass
class Somebody:
    """One person with a connection that is kept open, as a browser's is."""

    url: str
    headers: dict[str, str]
    tally: Tally
    over: Event
    pause: float
    random: random.Random
    _connection: HTTPConnection | None = None

    def live(self, act: Callable[[], None]) -> None:
        """Do it again and again until all is over; a fault is noted and no reason to stop."""
        while not self.rest():
            try:
                act()
            except Exception as error:
                self.tally.fault(f"{type(error).__name__}: {error}")
        if self._connection is not None:
            self._connection.close()

    def rest(self) -> bool:
        """Wait as long as people do, now longer, now shorter; whether all is over."""
        return self.over.wait(self.random.expovariate(1 / self.pause))

    def ask(
        self,
        kind: str,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        more: dict[str, str] | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> tuple[str, bytes]:
        """Where it leads to, if it does, and the body of the answer; a wrong status is a fault."""
        headers = {**self.headers, **(more or {})}
        for again in (False, True):
            fresh = self._connection is None
            started = time.perf_counter()
            try:
                status, where, data = self._send(method, path, body, headers)
            except (OSError, HTTPException) as error:
                self._hang_up()
                if fresh or again:
                    self.tally.fault(f"{kind}: {method} {path}: {type(error).__name__}: {error}")
                    return "", b""
                with self.tally.lock:
                    self.tally.reopened += 1
                continue
            self.tally.took(kind, (time.perf_counter() - started) * 1000)
            if status not in expected:
                self.tally.fault(f"{kind}: {method} {path}: {status} {data[:200]!r}")
                return "", b""
            return where, data
        return "", b""

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        if self._connection is None:
            self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.getheader("Location", ""), response.read()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Reader(Somebody):
    """Searches, opens what was found, looks at its pictures, now and then downloads."""

    def visit(self) -> None:
        words = " ".join(self.random.sample(WORDS, self.random.choice((1, 1, 2))))
        _, page = self.ask("search", f"/library?q={quote(words)}")
        found = sorted(set(ASSET.findall(page.decode())))
        if not found or self.rest():
            return
        asset = self.random.choice(found)
        _, page = self.ask("asset page", f"/assets/{asset}")
        for picture in sorted(set(PICTURE.findall(page.decode())))[:3]:
            self.ask("preview", picture)
        if self.random.random() < 0.3 and not self.rest():
            self.download(asset)

    def download(self, asset: str) -> None:
        where, data = self.ask("download", f"/assets/{asset}/file", expected=(200, 302))
        if where:
            parts = urlsplit(where)
            started = time.perf_counter()
            store = HTTPConnection(parts.netloc, timeout=60)
            store.request("GET", f"{parts.path}?{parts.query}")
            answer = store.getresponse()
            data = answer.read()
            store.close()
            self.tally.took("download, from the store", (time.perf_counter() - started) * 1000)
            if answer.status != 200:
                self.tally.fault(f"download from the store: {answer.status} {data[:200]!r}")
        if not data:
            self.tally.fault(f"download of asset {asset}: nothing came")


@dataclass
class Writer(Somebody):
    """Uploads small files and waits until each can be used; says what was used in a deal."""

    new_file: Callable[[], bytes] = bytes
    deals: list[int] = field(default_factory=list)
    assets: list[int] = field(default_factory=list)

    def work(self) -> None:
        if not self.assets or self.random.random() < 0.6:
            self.upload()
        else:
            self.use()

    def upload(self) -> None:
        boundary, name = uuid.uuid4().hex, f"soak {uuid.uuid4().hex[:8]}"
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        body = (
            f'{head}"publish"\r\n\r\ntrue\r\n{head}"file"; filename="{name}.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        started = time.monotonic()
        _, answer = self.ask(
            "upload",
            "/api/v1/assets",
            method="POST",
            body=body + self.new_file() + f"\r\n--{boundary}--\r\n".encode(),
            more={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
            expected=(201,),
        )
        if not answer:
            return
        asset = int(json.loads(answer)["id"])
        while not self.over.wait(0.5):
            _, answer = self.ask("state of a file", f"/api/v1/assets/{asset}/versions/1")
            state = json.loads(answer)["state"] if answer else ""
            if state == "ready":
                self.tally.took("upload until it is read", (time.monotonic() - started) * 1000)
                self.assets.append(asset)
                return
            if state == "failed" or time.monotonic() - started > LONGEST_READING:
                self.tally.fault(f"asset {asset}: {state} after {time.monotonic() - started:.0f} s")
                return

    def use(self) -> None:
        said = {"asset": self.random.choice(self.assets), "stage": "evaluation"}
        self.ask(
            "use",
            f"/api/v1/deals/{self.random.choice(self.deals)}/uses",
            method="POST",
            body=json.dumps(said).encode(),
            more={"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex},
            expected=(200, 201),
        )
