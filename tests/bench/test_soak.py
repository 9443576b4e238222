"""What a soak counts as a fault, and what it says of memory."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from collateral.bench.soak import Files
from collateral.bench.soak_memory import Memory, look
from collateral.bench.soak_people import Somebody, Tally


class HangsUp(BaseHTTPRequestHandler):
    """Answers and hangs up without a word, as servers do with connections that rest for long."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), HangsUp)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_connection_that_was_closed_meanwhile_is_no_fault_and_a_wrong_answer_is(
    address: str,
) -> None:
    tally = Tally()
    one = Somebody(address, {}, tally, threading.Event(), 1.0, random.Random(1))
    for _ in range(3):
        assert one.ask("page", "/") == ("", b"ok")
    assert (tally.failed, tally.reopened, len(tally.times["page"])) == (0, 2, 3)
    assert one.ask("page", "/broken") == ("", b"")
    assert tally.failed == 1
    assert "500" in tally.errors[0]
    one._hang_up()


def test_nobody_there_is_a_fault_at_once() -> None:
    tally = Tally()
    one = Somebody("http://127.0.0.1:1", {}, tally, threading.Event(), 1.0, random.Random(1))
    assert one.ask("page", "/") == ("", b"")
    assert (tally.failed, tally.reopened) == (1, 0)


def test_memory_is_told_by_quarters_of_the_time() -> None:
    memory = Memory()
    memory.looks["web"] += [100.0, 102.0, 500.0, 110.0, 110.0, 110.0, 120.0, 124.0]
    assert memory.quarters() == [
        {
            "process": "web",
            "quarters_mb": [101.0, 305.0, 110.0, 122.0],
            "still_grew_mb": 4.0,
            "most_mb": 500.0,
        }
    ]
    memory.looks["web"][1:] = []
    alone = memory.quarters()[0]
    assert (alone["quarters_mb"][0], alone["still_grew_mb"]) == (100.0, 0.0)


def test_a_look_tells_of_each_kind_of_process_and_of_all() -> None:
    memory = Memory()
    for _ in range(3):
        look(memory, [psutil.Process()])
    kinds = set(memory.looks) - {"all"}
    assert {len(sizes) for sizes in memory.looks.values()} == {3}
    assert memory.looks["all"][-1] == sum(memory.looks[kind][-1] for kind in kinds) > 1


def test_no_two_files_are_the_same() -> None:
    files = Files(1)
    assert files.new()[:5] == b"%PDF-"
    assert len({files.new() for _ in range(3)}) == 3
