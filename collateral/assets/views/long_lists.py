"""Lists of up to two hundred rows with fields in each: the page brings the first, its script asks
for the others in parts (`fetchRest` in static/js/rest.js) at the page's own address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import request

T = TypeVar("T")

FIRST_ROWS = 20
ROWS_A_PART = 60


def first_rows(rows: Sequence[T]) -> tuple[list[T], list[list[T]]]:
    """The rows of this answer, and the parts in which the others are asked for."""
    if "X-Fragment" in request.headers:
        return list(rows), []
    left = rows[FIRST_ROWS:]
    parts = [list(left[at : at + ROWS_A_PART]) for at in range(0, len(left), ROWS_A_PART)]
    return list(rows[:FIRST_ROWS]), parts
