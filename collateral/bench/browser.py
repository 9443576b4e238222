"""Somebody at a browser: one connection that is kept open, the cookies, the form's token."""

from __future__ import annotations

import json
import re
import uuid
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from flask import Flask

from collateral.accounts.models import Person
from collateral.bench.serving import cookie_of
from collateral.bench.soak_people import PERSON

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Browser:
    """A person who is signed in at a server of this machine."""

    def __init__(self, app: Flask, person: Person, port: int) -> None:
        with app.app_context():
            name, _, value = cookie_of(app, person).partition("=")
        self._cookies = {name: value}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._token = ""

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return self._ask("GET", path, None, {"Accept": "text/html"})

    def page(self, path: str) -> str:
        """A page that is there. Raises RuntimeError for any other answer than 200."""
        status, body = self.get(path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}.")
        return body.decode()

    def upload(self, file: Path) -> dict[str, Any]:
        """Send a file as the queue of the upload page does; what is said of it.

        Raises RuntimeError where it was not taken.
        """
        if not self._token:
            found = _TOKEN.search(self.page("/upload"))
            if found is None:
                raise RuntimeError("The upload page has no token.")
            self._token = found[1]
        boundary = uuid.uuid4().hex
        head = f"--{boundary}\r\nContent-Disposition: form-data; name="
        before = f'{head}"file"; filename="{file.name}"\r\n\r\n'.encode()
        body = before + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        asked = kind | {"X-CSRFToken": self._token, "Accept": "application/json"}
        status, answer = self._ask("POST", "/upload/file", body, asked)
        if status != 201:
            raise RuntimeError(f"{file.name} was answered with {status}: {answer[:200]!r}")
        said: dict[str, Any] = json.loads(answer)
        return said

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(
            method, path, body, {**headers, "Cookie": cookies, "User-Agent": PERSON}
        )
        response = self._connection.getresponse()
        self._remember(response)
        return response.status, response.read()

    def _remember(self, response: HTTPResponse) -> None:
        for line in response.msg.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
