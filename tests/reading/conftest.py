"""Reading through the real door: a confined child for every file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from collateral.reading import door, office
from collateral.reading.results import ALL, DEFAULT, Limits, Reading, Step
from collateral.reading.sniff import identify
from tests.reading.makers import own_temporary_folder

Read = Callable[..., Reading]


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where this process puts its temporary folders, so that what it leaves is seen."""
    with own_temporary_folder(monkeypatch) as folder:
        yield folder


@pytest.fixture
def no_queue(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that loses everything."""
    monkeypatch.setattr("collateral.queue.Queue.send", lambda *_args: None)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read a file as an upload is read, without LibreOffice; previews go to the test's folder."""
    monkeypatch.setattr(office, "program", lambda: None)
    out = tmp_path / "previews"
    out.mkdir()

    def _read(
        path: Path, name: str = "", want: frozenset[Step] = ALL, limits: Limits = DEFAULT
    ) -> Reading:
        return door.read(path, identify(path, name or path.name), out, want=want, limits=limits)

    return _read
