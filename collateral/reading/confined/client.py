"""The worker's side of the fork server: start it, hand it a file, take what the child says.

Thread safe; each call blocks its own thread until the child and all it started are gone.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from collateral.logs import request_id
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.wire import BadAnswer

log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parents[2]
# The package's own start would load the web; a bare module in its place loads what is asked for.
_BOOT = """
import sys, types
package = types.ModuleType("collateral")
package.__path__ = [sys.argv[1]]
sys.modules["collateral"] = package
sys.path[:] = [p for p in sys.path if p.startswith((sys.prefix, sys.base_prefix))]
from collateral.reading.confined import zygote
zygote.main(int(sys.argv[2]))
"""
_GRACE = 15.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended. `cause` is done, wall, cpu, memory, folder, crash, answer or lost.

    `request` is the id of the request that it worked for, as the fork server was told it.
    """

    cause: str
    signal: int = 0
    code: int = 0
    peak_mb: float = 0.0
    seconds: float = 0.0
    pid: int = 0
    request: str = "-"


class Client:
    """One fork server and the calls in flight to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def run(
        self,
        target: str,
        spec: dict[str, Any],
        *,
        cage: Cage,
        file: Path | None = None,
        take: Callable[[bytes], None],
    ) -> Outcome:
        """Run `target` in a child that can read `file` and nothing else of anybody's.

        `take` is called in this thread with the bytes of the answer as they come; a BadAnswer
        that it raises ends the child. Raises OSError when the file cannot be opened.
        """
        request = {
            "target": target,
            "spec": spec,
            "cage": asdict(cage),
            "request": request_id.get(),
        }
        data = json.dumps(request).encode()
        outcome = self._attempt(data, cage, file, take)
        if outcome is None:
            self.close()
            outcome = self._attempt(data, cage, file, take) or Outcome("lost")
        log.info("child_ended", extra={"target": target, "child": asdict(outcome)})
        return outcome

    def begin(self) -> None:
        """Start the fork server where none runs. Does not wait until it has loaded its parsers."""
        with self._lock:
            ended = self._process is None or self._process.poll() is not None
            if ended or self._owner != os.getpid():
                self._start()

    def close(self) -> None:
        """End the fork server; the next call starts a new one."""
        with self._lock:
            self._discard()

    @property
    def server_pid(self) -> int | None:
        """The fork server's process, where one runs."""
        with self._lock:
            return self._process.pid if self._process and self._owner == os.getpid() else None

    def _attempt(
        self, data: bytes, cage: Cage, file: Path | None, take: Callable[[bytes], None]
    ) -> Outcome | None:
        """One try; None when the server was gone before it started the child."""
        descriptor = os.open(file or os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        mine, theirs = socket.socketpair()
        answer_read, answer_write = os.pipe()
        try:
            with mine:
                try:
                    self._send(data, [theirs.fileno(), answer_write, descriptor])
                except OSError:
                    return None
                finally:
                    theirs.close()
                    os.close(answer_write)
                return _listen(mine, answer_read, cage, take)
        finally:
            os.close(answer_read)
            os.close(descriptor)

    def _send(self, data: bytes, descriptors: list[int]) -> None:
        with self._lock:
            if self._owner != os.getpid() or self._control is None:
                self._start()
            assert self._control is not None
            socket.send_fds(self._control, [data], descriptors)

    def _start(self) -> None:
        self._discard()
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, str(_PACKAGE), str(theirs.fileno())],
                env={"OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        self._control, self._owner = mine, os.getpid()

    def _discard(self) -> None:
        control, process, owner = self._control, self._process, self._owner
        self._control = self._process = None
        if control is not None:
            control.close()
        if process is not None and owner == os.getpid():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listen(
    lifeline: socket.socket, answer: int, cage: Cage, take: Callable[[bytes], None]
) -> Outcome | None:
    """Take the answer and the server's reports until the child is gone.

    The clock is the server's; this side only guards against a server that stopped answering.
    """
    reports = b""
    started, answering, refused = False, True, False
    deadline = time.monotonic() + cage.wall_seconds + _GRACE
    poll = select.poll()
    poll.register(lifeline, select.POLLIN)
    poll.register(answer, select.POLLIN)
    while time.monotonic() < deadline:
        ready = dict(poll.poll(1000))
        if answering and answer in ready:
            data = os.read(answer, 1 << 20)
            if not data:
                answering = False
                poll.unregister(answer)
            elif not refused:
                refused = not _taken(data, take)
                if refused:
                    # Closing our half tells the server that nobody waits: it ends the child.
                    lifeline.shutdown(socket.SHUT_WR)
        elif lifeline.fileno() in ready:
            data = lifeline.recv(65536)
            if not data:
                return Outcome("lost") if started else None
            reports += data
            started = True
            last = reports.rstrip(b"\n").rpartition(b"\n")[2]
            if reports.endswith(b"\n") and b'"cause"' in last:
                return _outcome(json.loads(last), refused=refused)
    return Outcome("lost")


def _taken(data: bytes, take: Callable[[bytes], None]) -> bool:
    try:
        take(data)
    except BadAnswer:
        return False
    return True


def _outcome(report: dict[str, Any], *, refused: bool) -> Outcome:
    outcome = Outcome(**report)
    if refused:
        return replace(outcome, cause="answer")
    return outcome


_shared = Client()
atexit.register(_shared.close)


def shared() -> Client:
    """The fork server of this process, started with the first file."""
    return _shared


@contextlib.contextmanager
def separate() -> Any:
    """A fork server of one's own, ended at the end of the block."""
    client = Client()
    try:
        yield client
    finally:
        client.close()
