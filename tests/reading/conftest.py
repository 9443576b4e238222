"""Reading through the real door: a confined child for every file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from collateral.reading import door
from collateral.reading.results import ALL, DEFAULT, Limits, Reading, Step
from collateral.reading.sniff import identify

Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a file as an upload is read; previews go to a folder of the test's."""
    out = tmp_path / "previews"
    out.mkdir()

    def _read(
        path: Path, name: str = "", want: frozenset[Step] = ALL, limits: Limits = DEFAULT
    ) -> Reading:
        return door.read(path, identify(path, name or path.name), out, want=want, limits=limits)

    return _read
