"""What the processes of a running library take while it is used, looked at every few seconds."""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event, Thread
from typing import Any

import psutil

from collateral.preloaded import NAME, WEB, WORKER

KINDS = {NAME: "what they share", WEB: "web", WORKER: "worker"}


@dataclass
class Memory:
    """Megabytes (proportional set size) by kind of process, summed, one number for each look."""

    looks: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def quarters(self) -> list[dict[str, Any]]:
        """Mean of each quarter of the time, how much more the last one's second half has than its
        first, and the most there was."""
        return [
            {
                "process": kind,
                "quarters_mb": [round(statistics.fmean(part), 1) for part in _quarters(sizes)],
                "still_grew_mb": round(_grew(_quarters(sizes)[-1]), 1),
                "most_mb": round(max(sizes), 1),
            }
            for kind, sizes in sorted(self.looks.items())
        ]


def _quarters(sizes: list[float]) -> list[list[float]]:
    """Four parts of it, in order, none of them empty."""
    bounds = [len(sizes) * number // 4 for number in range(5)]
    return [sizes[a : max(b, a + 1)] for a, b in pairwise(bounds)]


def _grew(sizes: list[float]) -> float:
    """By how much the mean of the second half is above that of the first."""
    middle = len(sizes) // 2
    return statistics.fmean(sizes[middle:]) - statistics.fmean(sizes[: middle or 1])


@contextmanager
def watched(url: str, every: float) -> Iterator[Memory]:
    """The memory of the library that BASE_URL says is at `url`, while the block lasts.

    Its processes are those of this machine that were started with that setting, and their
    children; what the block starts itself is not.
    """
    memory, over = Memory(), Event()
    own = {os.getpid(), os.getppid()}
    members = [process for process in psutil.process_iter() if _serves(process, url, own)]
    if not members:
        raise RuntimeError(f"No process of this machine serves {url}.")

    def watch() -> None:
        while not over.wait(every):
            look(memory, members)

    look(memory, members)
    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        over.set()
        watcher.join()


def look(memory: Memory, members: list[psutil.Process]) -> None:
    """One look at all of them; who has gone in between takes nothing."""
    sizes: dict[str, float] = defaultdict(float)
    seen: set[int] = set()
    for member in members:
        try:
            family = [member, *member.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            if process.pid in seen:
                continue
            seen.add(process.pid)
            try:
                sizes[_kind(process)] += process.memory_full_info().pss / 1e6
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    sizes["all"] = sum(sizes.values())
    for kind in {*memory.looks, *sizes}:
        memory.looks[kind].append(sizes.get(kind, 0.0))


def _serves(process: psutil.Process, url: str, own: set[int]) -> bool:
    try:
        return process.pid not in own and process.environ().get("BASE_URL") == url
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _kind(process: psutil.Process) -> str:
    words = process.cmdline()
    if "worker" in words:  # one alone, on a machine of several
        return "worker"
    return KINDS.get(process.name(), "readers of files")
