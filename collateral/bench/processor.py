"""Processor time of this process and of its readers, as the kernel counts it."""

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
