"""A server on a free port of 127.0.0.1 whose answers can be made to fail, one by one."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    TOO_MANY = "429"
    BROKEN = "500"
    UNAVAILABLE = "503"
    CUT = "it does what it is asked, and the connection is cut before the answer"
    HANGS = "it does what it is asked, and never answers"
    EXPIRED = "the token has expired"
    HALF = "half a page, then the connection is cut"
    GARBLED = "half a page that claims to be whole"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    token: str

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int
    body: Any
    heads: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """What all of them do: count calls, fail where told, let in who has the token."""

    faults: dict[int, Fault] = field(default_factory=dict)
    """By the number of the call, from 1, how it fails."""
    calls: int = 0
    paths: list[str] = field(default_factory=list)
    retry_after: str = "7"
    address: str = ""

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def expire(self) -> Answer:
        """End the token that is out, and say so."""
        raise NotImplementedError

    def limited(self) -> Answer:
        return Answer(429, {"message": "Too many."}, {"Retry-After": self.retry_after})

    @contextmanager
    def running(self) -> Iterator[Server]:
        server = Quiet(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class Quiet(ThreadingHTTPServer):
    """A client that goes away in the middle is nothing to speak of."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(of: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            asked = Asked(
                self.command, parts.path, parse_qs(parts.query), self.rfile.read(length), token
            )
            of.calls += 1
            of.paths.append(f"{self.command} {parts.path}")
            fault = of.faults.pop(of.calls, None)
            if fault is Fault.TOO_MANY:
                self._send(of.limited())
            elif fault is Fault.BROKEN:
                self._send(Answer(500, "Something went wrong"))
            elif fault is Fault.UNAVAILABLE:
                self._send(Answer(503, [{"errorCode": "SERVER_UNAVAILABLE", "message": "Later"}]))
            elif fault is Fault.EXPIRED:
                self._send(of.expire())
            else:
                self._send(of.answer(asked), fault)

        do_POST = do_GET

        def _send(self, answer: Answer, fault: Fault | None = None) -> None:
            body = json.dumps(answer.body).encode()
            if fault is Fault.HANGS:
                self.close_connection = True
                self.connection.settimeout(30)
                with suppress(OSError):
                    self.connection.recv(1)  # until the client has lost its patience
                return
            if fault is Fault.CUT:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            sent = body if fault is None else body[: len(body) // 2]
            self.send_response(answer.status)
            for name, value in answer.heads.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            told = len(sent) if fault is Fault.GARBLED else len(body)
            self.send_header("Content-Length", str(told))
            self.end_headers()
            self.wfile.write(sent)
            if fault is Fault.HALF:
                self.close_connection = True

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
