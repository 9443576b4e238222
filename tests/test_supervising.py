"""What is kept running: again when it died, where it is wanted, and stopped with the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from collateral.config import ROOT

KEEPER = """
import os, sys, time
from pathlib import Path
from collateral.supervising import Kept, be_called, keep

folder = Path(sys.argv[1])

def note(name):
    with (folder / name).open("a") as file:
        file.write(f"{os.getpid()}\\n")

def stands(rested):
    note("stands")
    time.sleep(600)

def comes_and_goes(rested):
    note("rested" if rested else "first")

wish = folder / "wish"

def wanted():
    there = wish.exists()
    wish.unlink(missing_ok=True)
    return there

be_called("keeper")
sys.exit(keep([Kept("standing", stands), Kept("coming", comes_and_goes, wanted)]))
"""


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(tmp_path)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def soon(found: Callable[[], list[int]]) -> list[int]:
    """What it finds, as soon as that is something."""
    deadline = time.monotonic() + 30
    while not (there := found()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return there


def noted(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_it_comes_when_it_is_wanted_and_again_when_it_died(
    keeper: subprocess.Popen[str], tmp_path: Path
) -> None:
    stands = tmp_path / "stands"
    (first,) = soon(lambda: noted(stands))
    assert {one.name() for one in psutil.Process(keeper.pid).children()} == {"standing"}
    assert not (tmp_path / "first").exists()
    for name in ("first", "rested"):
        (tmp_path / "wish").touch()
        soon(lambda name=name: noted(tmp_path / name))  # type: ignore[misc]

    os.kill(first, signal.SIGKILL)
    second = soon(lambda: noted(stands)[1:])[0]
    keeper.terminate()
    said = keeper.communicate(timeout=30)[1]
    assert keeper.returncode == 0
    assert not psutil.pid_exists(second)
    (line,) = said.splitlines()
    assert json.loads(line)["event"] == "process_ended"
    assert (json.loads(line)["which"], json.loads(line)["code"]) == ("standing", "-9")


def test_nobody_outlives_who_keeps_them(keeper: subprocess.Popen[str], tmp_path: Path) -> None:
    (child,) = soon(lambda: noted(tmp_path / "stands"))
    keeper.kill()
    keeper.wait()
    soon(lambda: [] if psutil.pid_exists(child) else [1])
