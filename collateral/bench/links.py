"""What a buyer waits for: the link's first page, the picture on it, and what the page sends back.

Each over HTTP to a real server, beside the barest route of the same server. A buyer has no
session: only the cookies that the page itself gave.
"""

from __future__ import annotations

import json
import re
import time
from html import unescape
from http.client import HTTPConnection
from typing import Any

from flask import Flask

from collateral.accounts.models import Person
from collateral.bench.homes import Measured, somebody
from collateral.bench.pages import LEAST, TIMES, looked
from collateral.bench.pictured import pictured
from collateral.bench.search import Figure
from collateral.bench.serving import cpu_seconds, served, timed_get
from collateral.clock import now
from collateral.db import db
from collateral.sharing import operations
from collateral.sharing.operations import Asking, Wishes

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
SHARES = 3


def measure(made: Measured) -> dict[str, Any]:
    """The figures of page, picture and beat."""
    tokens = [_link(made.app, somebody()) for _ in range(SHARES)]
    with served(made.environ, made.port) as (connection, server):
        floor = [timed_get(connection, LEAST, "")[0] for _ in range(TIMES)]
        page = looked("a link's first page", connection, server, f"/s/{tokens[0]}", "")
        opened = Opened.at(connection, f"/s/{tokens[1]}")
        picture = looked("its picture", connection, server, opened.picture, opened.cookie)
        beats = opened.beats(connection, server)
    return {"floor": vars(Figure.of(f"barest route: {LEAST}", floor)),
            "figures": [page, picture, beats]}  # fmt: skip


def _link(app: Flask, maker: Person) -> str:
    """The token of a new link to an asset that has pictures. Commits."""
    with app.test_request_context():
        asset = pictured()
        _share, token = operations.create(
            [asset],
            Wishes(recipient="A buyer"),
            by=db.session.get_one(Person, maker.id),
            at=now(),
            asking=Asking(session_key=None, user_agent="bench"),
        )
        db.session.commit()
    return token


class Opened:
    """An opened page as its script sees it."""

    def __init__(self, page: str, cookie: str) -> None:
        self.cookie = cookie
        self.beat = _in(page, r'data-buyer-beat="([^"]+)"')
        self.csrf = _in(page, r'data-csrf="([^"]+)"')
        self.beacon = _in(page, r'data-beacon="([^"]+)"')
        self.picture = _in(page, r'src="(/s/[^"]+\.webp[^"]*)"')

    @classmethod
    def at(cls, connection: HTTPConnection, path: str) -> Opened:
        headers = {"Accept": "text/html", "User-Agent": BROWSER, "Sec-Fetch-Dest": "document"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        given = response.headers.get_all("Set-Cookie") or []
        return cls(response.read().decode(), "; ".join(each.partition(";")[0] for each in given))

    def beats(self, connection: HTTPConnection, server: int) -> dict[str, Any]:
        """Messages of the page, each with some seconds on a page.

        Raises:
            RuntimeError: one was not taken.
        """
        taken, before = [], cpu_seconds(server)
        for number in range(TIMES):
            body = json.dumps({"beacon": self.beacon, "pages": [[1, 1 + number % 5, 4.0]]})
            started = time.perf_counter()
            connection.request(
                "POST",
                self.beat,
                body,
                {
                    "Cookie": self.cookie,
                    "X-CSRFToken": self.csrf,
                    "Content-Type": "application/json",
                    "User-Agent": BROWSER,
                },
            )
            response = connection.getresponse()
            response.read()
            taken.append((time.perf_counter() - started) * 1000)
            if response.status != 204:
                raise RuntimeError(f"A beat was answered {response.status}.")
        processor = (cpu_seconds(server) - before) * 1000 / TIMES
        return vars(Figure.of("a beat of the page", taken)) | {
            "processor": round(processor, 1),
            "bytes": 0,
            "packed": 0,
        }


def _in(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise RuntimeError(f"The buyer's page has nothing like {pattern}.")
    return unescape(found[1])
