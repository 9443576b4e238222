"""Keep the processes of an installation running: start again what dies, stop all on SIGTERM.

Nothing but the standard library is loaded here, so that the process which only waits takes ten
megabytes and not a hundred: `collateral run` becomes this program when all else is done. It is
run by its path, apart from the package, whose modules have names of the library's own.

    python -I supervising.py '{"web": ["gunicorn", …], "worker": [ … ]}'
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from types import FrameType

SUPERVISED = "COLLATERAL_SUPERVISED"


def become(commands: dict[str, list[str]]) -> None:
    """Replace this program by one that keeps these processes; does not return."""
    os.execv(sys.executable, [sys.executable, "-I", __file__, json.dumps(commands)])  # noqa: S606


def keep(commands: dict[str, list[str]]) -> int:
    """Start them, start again what dies, stop them on SIGTERM or SIGINT. Blocks."""
    running = {name: _start(command) for name, command in commands.items()}
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        time.sleep(0.3)
        for name, process in running.items():
            if process.poll() is not None and not stopping:
                _say(name, process.returncode)
                time.sleep(0.5)
                running[name] = _start(commands[name])
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    environ = {**os.environ, SUPERVISED: "1"}
    return subprocess.Popen(command, env=environ, start_new_session=True)


def _say(name: str, code: int) -> None:
    """One line as logs.py writes them."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"at": at, "level": "error", "logger": "collateral.supervising"}
    line |= {"event": "process_ended", "request": "-", "which": name, "code": str(code)}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def stop_with_parent() -> None:
    """End this process when the one that started it is gone, even if that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(keep(json.loads(sys.argv[1])))
