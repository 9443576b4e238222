"""Small attacks that a child tries on itself, to see whether a layer of its cage holds."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import Sender

Spec = dict[str, Any]


def hello(spec: Spec, sender: Sender, held: Held) -> None:
    """Does a child answer at all?"""
    del spec, held
    sender.send({"hello": True})


def spin(spec: Spec, sender: Sender, held: Held) -> None:
    """Work for ever."""
    del spec, sender, held
    while True:
        pass


def became_spare_user(spec: Spec, sender: Sender, held: Held) -> None:
    """Refused means here: what the worker's user may do is refused to this one."""
    del spec
    sender.send({"refused": held.own_user and os.geteuid() != 0})


def read_secret(spec: Spec, sender: Sender, held: Held) -> None:
    """Read a file that is none of this child's business."""
    del held
    try:
        Path(spec["secret"]).read_bytes()
    except PermissionError:
        sender.send({"refused": True})
    else:
        sender.send({"refused": False})


def connect(spec: Spec, sender: Sender, held: Held) -> None:
    """Reach a server on this machine."""
    del held
    try:
        with contextlib.closing(socket.create_connection(("127.0.0.1", spec["port"]), 2)):
            sender.send({"refused": False})
    except PermissionError:
        sender.send({"refused": True})


def start_process(spec: Spec, sender: Sender, held: Held) -> None:
    """Start a process."""
    del spec, held
    try:
        pid = os.fork()
    except PermissionError:
        sender.send({"refused": True})
        return
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    sender.send({"refused": False})
