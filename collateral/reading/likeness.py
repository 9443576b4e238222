"""How alike pictures of pages look, found in a confined child from their previews."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, shared
from collateral.reading.confined.wire import Assembler, BadAnswer
from collateral.reading.pairs import bundled

_TARGET = "collateral.reading.work_likeness:compare_looks"
_ANSWER_MB = 8


def likeness(
    ones: Mapping[int, Path], others: Mapping[int, Path], *, client: Client | None = None
) -> dict[tuple[int, int], float]:
    """By pair of keys the correlation of the two pictures' brightness, -1 to 1.

    Pictures that could not be opened, or show next to nothing, are left out; it never raises for
    what they hold.
    """
    if not ones or not others:
        return {}
    sides = {"one": dict(ones), "other": dict(others)}
    files = {f"{side}-{key}": path for side, own in sides.items() for key, path in own.items()}
    found: dict[tuple[int, int], float] = {}
    assembler = Assembler(_ANSWER_MB << 20)

    def take(data: bytes) -> None:
        for head, _ in assembler.feed(data):
            for one, other, alike in _taken(head):
                if one in ones and other in others:
                    found[one, other] = alike

    cage = Cage(wall_seconds=60.0, cpu_seconds=45, memory_mb=500, answer_mb=_ANSWER_MB)
    spec = {side: sorted(own) for side, own in sides.items()}
    with bundled(files) as bundle:
        (client or shared()).run(_TARGET, spec, cage=cage, file=bundle, take=take)
    return found


def _taken(head: dict[str, Any]) -> list[tuple[int, int, float]]:
    try:
        one = int(head["one"])
        return [
            (one, int(other), max(-1.0, min(1.0, float(alike)))) for other, alike in head["alike"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer("likeness with the wrong fields") from error
