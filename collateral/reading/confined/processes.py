"""Finding and ending every descendant of a child, however it tried to get away."""

from __future__ import annotations

import contextlib
import os
import signal
import time

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1024 * 1024)


def table() -> dict[int, tuple[int, int, str]]:
    """Every process now: pid to (parent, session, state)."""
    found: dict[int, tuple[int, int, str]] = {}
    with os.scandir("/proc") as entries:
        for entry in entries:
            if not entry.name.isdigit():
                continue
            try:
                with open(f"/proc/{entry.name}/stat", "rb") as file:  # noqa: PTH123 - hot loop
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = (int(fields[1]), int(fields[3]), fields[0].decode())
    return found


def descendants(of: int) -> set[int]:
    """All that `of` started, directly or not, or that still bears its session."""
    processes = table()
    family = {pid for pid, (_, session, _) in processes.items() if session == of}
    family.add(of)
    grown = True
    while grown:
        more = {pid for pid, (parent, _, _) in processes.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return family - {of}


def memory_mb(pid: int) -> float:
    """Resident memory of one process; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123 - hot loop
            return int(file.read().split()[1]) * _PAGE_MB
    except (OSError, IndexError, ValueError):
        return 0.0


def end(pid: int) -> None:
    """Kill a child with its group and everything it started, until nothing of it is left.

    The leader goes last, so that its session number cannot be given to somebody else meanwhile.
    """
    deadline = time.monotonic() + 5
    while family := {child for child in descendants(pid) if _alive(child)}:
        for child in family:
            _kill(child)
        if time.monotonic() > deadline:
            break
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    _kill(pid)


def reap_strays(known: set[int]) -> None:
    """End what was handed to this process by the death of its parents, and bury the dead.

    Burying one may hand over its children in turn, so look again until nobody is left.
    """
    while strays := _children() - known:
        for pid in strays:
            _kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> set[int]:
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children", "rb") as file:  # noqa: PTH123 - hot loop
            return set(map(int, file.read().split()))
    except OSError:
        return {pid for pid, (parent, _, _) in table().items() if parent == me}


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - hot loop
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
