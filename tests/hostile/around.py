"""What stands around a confined child: its process, and the folder that it must reach."""

from __future__ import annotations

import time
from pathlib import Path


def gone(pid: int, wait: float = 10) -> bool:
    """Whether a process ended, or does within `wait` seconds."""
    end = time.monotonic() + wait
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.02)


def open_to_all(folder: Path) -> None:
    """pytest's folders are the tester's alone; a child with a user of its own must reach one."""
    for path in (folder, *folder.parents):
        if path.name.startswith(("pytest", "popen", "test_")) or path == folder:
            path.chmod(0o755)
