"""Every engine, by the one suite of expectations."""

from __future__ import annotations

from pathlib import Path

import pytest

from collateral.search.engines.protocol import Engine
from collateral.search.engines.whoosh import WhooshEngine
from tests.search.expectations import Expectations

ENGINES = {"whoosh": lambda folder: WhooshEngine(folder / "index")}


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An engine of each kind, with nothing in it yet."""
    made: Engine = ENGINES[request.param](tmp_path)
    return made


class TestEngines(Expectations):
    """The suite is inherited; what an engine alone can do is tested in a file of its own."""
