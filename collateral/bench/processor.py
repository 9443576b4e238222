"""Processor time of this process, its readers and others, as the kernel counts it."""

from __future__ import annotations

import time


def spent(server: int | None) -> tuple[float, float]:
    """Seconds of a fork server with the children that it has waited for, and of this process."""
    import psutil

    try:
        readers = 0.0 if server is None else sum(psutil.Process(server).cpu_times()[:4])
    except psutil.NoSuchProcess:
        readers = 0.0
    return readers, time.process_time()


def spent_by_all(top: int) -> float:
    """Seconds of a process and of all that it started, directly or not, and that is over or not."""
    import psutil

    total = 0.0
    for process in (psutil.Process(top), *psutil.Process(top).children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue  # its parent has waited for it meanwhile
    return total
