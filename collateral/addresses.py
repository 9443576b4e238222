"""Addresses that a page has many of: of pages, previews and assets, told apart by numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from flask import request, url_for


def path_of(endpoint: str, **numbers: int) -> str:
    """As `url_for`, for addresses of numbers alone: a page of results has eighty."""
    return _pattern(request.script_root, endpoint, *numbers).format(**numbers)


@lru_cache(maxsize=64)
def _pattern(_root: str, endpoint: str, *names: str) -> str:
    """The address with a place for each of the numbers."""
    samples = {name: 1_000_000_000 + number for number, name in enumerate(names)}
    pattern = url_for(endpoint, **cast(Any, samples))
    for name, sample in samples.items():
        pattern = pattern.replace(str(sample), f"{{{name}}}")
    return pattern
