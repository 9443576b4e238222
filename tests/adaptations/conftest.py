"""A library with one published master that was read and indexed."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.adaptations.arranged import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A rep, two marketers, and the master."""
    del app
    return Scene.arrange()
