"""A library of ours that is connected to a CRM's server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collateral.connect.models import Crm
from tests.connect.libraries import Library, connected


@pytest.fixture(params=list(Crm))
def library(
    request: pytest.FixtureRequest, empty_database: str, tmp_path: Path
) -> Iterator[Library]:
    with connected(request.param, empty_database, tmp_path / "library") as made:
        yield made
