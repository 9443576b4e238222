"""What a hostile file might make its reader do. Run only inside the cage, by test_confinement."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import Sender

Spec = dict[str, Any]


def _try(sender: Sender, name: str, attempt: Any) -> None:
    """Say whether an attempt came through."""
    try:
        attempt()
    except (OSError, MemoryError) as error:
        sender.send({"attack": name, "through": False, "why": type(error).__name__})
    else:
        sender.send({"attack": name, "through": True, "why": ""})


def spin(spec: Spec, sender: Sender, held: Held) -> None:
    while True:
        pass


def spin_ignoring_the_limit(spec: Spec, sender: Sender, held: Held) -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def fill_memory(spec: Spec, sender: Sender, held: Held) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(b"x" * (32 << 20)))


def segfault(spec: Spec, sender: Sender, held: Held) -> None:
    ctypes.string_at(1)


def abort(spec: Spec, sender: Sender, held: Held) -> None:
    os.abort()


def fork_bomb(spec: Spec, sender: Sender, held: Held) -> None:
    started = 0
    for _ in range(200):
        try:
            pid = os.fork()
        except OSError:
            continue
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        started += 1
    sender.send({"attack": "fork", "through": started > 0, "why": ""})


def hide_a_grandchild(spec: Spec, sender: Sender, held: Held) -> None:
    """Fork twice into a session of its own, then end as if nothing were."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    time.sleep(0.2)


def write_files(spec: Spec, sender: Sender, held: Held) -> None:
    def outside() -> None:
        Path(spec["folder"], "written").write_bytes(b"x")

    def in_tmp() -> None:
        Path("/tmp/collateral-attack").write_bytes(b"x")

    def sparse() -> None:
        descriptor = os.open("/dev/shm/collateral-attack", os.O_CREAT | os.O_WRONLY)
        os.ftruncate(descriptor, 1 << 40)

    def hidden_memory() -> None:
        os.memfd_create("hoard")

    for name, attempt in {
        "outside": outside, "tmp": in_tmp, "sparse": sparse, "memfd": hidden_memory,
    }.items():  # fmt: skip
        _try(sender, name, attempt)


def read_files(spec: Spec, sender: Sender, held: Held) -> None:
    _try(sender, "passwd", lambda: Path("/etc/passwd").read_bytes())
    _try(sender, "secret", lambda: Path(spec["secret"]).read_bytes())
    _try(sender, "environment", lambda: Path(f"/proc/{spec['worker']}/environ").read_bytes())
    _try(sender, "server", lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes())
    _try(sender, "listing", lambda: list(Path(spec["folder"]).iterdir()))


def reach_out(spec: Spec, sender: Sender, held: Held) -> None:
    def tcp() -> None:
        socket.create_connection(("127.0.0.1", spec["port"]), 2).close()

    def udp() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box:
            box.sendto(b"canary", ("127.0.0.1", spec["port"]))

    def abstract() -> None:
        with socket.socket(socket.AF_UNIX) as box:
            box.connect("\0" + spec["socket"])

    for name, attempt in {"tcp": tcp, "udp": udp, "unix": abstract}.items():
        _try(sender, name, attempt)


def touch_others(spec: Spec, sender: Sender, held: Held) -> None:
    def program() -> None:
        os.execv("/bin/sh", ["sh", "-c", "true"])

    def trace() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(16, os.getppid(), None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    _try(sender, "signal", lambda: os.kill(os.getppid(), 0))
    _try(sender, "signal the worker", lambda: os.kill(spec["worker"], 0))
    _try(sender, "ptrace", trace)
    _try(sender, "exec", program)


def flood(spec: Spec, sender: Sender, held: Held) -> None:
    for _ in range(10_000):
        sender.send({"filler": "x" * 100_000})


def lie_about_sizes(spec: Spec, sender: Sender, held: Held) -> None:
    os.write(4, b"\xff" * 64)


def oversized_json(spec: Spec, sender: Sender, held: Held) -> None:
    text = b'{"filler": "' + b"x" * (2 << 20) + b'"}'
    os.write(4, len(text).to_bytes(4, "big") + bytes(4) + text)


def speak_nonsense(spec: Spec, sender: Sender, held: Held) -> None:
    os.write(4, (4).to_bytes(4, "big") + bytes(4) + b"oops")


def stay(spec: Spec, sender: Sender, held: Held) -> None:
    sender.send({"pid": os.getpid()})
    time.sleep(600)


def forged_answer(spec: Spec, sender: Sender, held: Held) -> None:
    sender.send({"frame": "preview", "page": 1, "width": 10, "height": 10}, b"#!/bin/sh\n" * 10)
