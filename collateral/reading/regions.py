"""Where two pictures of a page differ, found in a confined child from the previews of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, shared
from collateral.reading.confined.wire import Assembler, BadAnswer
from collateral.reading.pairs import bundled
from collateral.reading.work_regions import MOST

Box = tuple[int, int, int, int]
"""Left, top, width and height in thousandths of the page."""

_TARGET = "collateral.reading.work_regions:compare_pictures"
_ANSWER_MB = 8


@dataclass(frozen=True, slots=True)
class Regions:
    """What is to be marked in the picture before and in the one after."""

    was: tuple[Box, ...] = ()
    now: tuple[Box, ...] = ()


def differing(
    pairs: Mapping[int, tuple[Path, Path]], *, client: Client | None = None
) -> dict[int, Regions]:
    """By page, where the second picture differs from the first.

    Pages whose pictures could not be compared are left out; it never raises for what they hold.
    """
    if not pairs:
        return {}
    files = {
        f"{page}-{side}": path
        for page, both in pairs.items()
        for side, path in zip(("was", "now"), both, strict=True)
    }
    found: dict[int, Regions] = {}
    assembler = Assembler(_ANSWER_MB << 20)

    def take(data: bytes) -> None:
        for head, _ in assembler.feed(data):
            page, regions = _taken(head)
            if page in pairs:
                found[page] = regions

    cage = Cage(wall_seconds=120.0, cpu_seconds=90, memory_mb=700, answer_mb=_ANSWER_MB)
    with bundled(files) as bundle:
        (client or shared()).run(
            _TARGET, {"pages": sorted(pairs)}, cage=cage, file=bundle, take=take
        )
    return found


def _taken(head: dict[str, Any]) -> tuple[int, Regions]:
    try:
        return int(head["page"]), Regions(_boxes(head["was"]), _boxes(head["now"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer("regions with the wrong fields") from error


def _boxes(items: Any) -> tuple[Box, ...]:
    def place(value: Any) -> int:
        return max(0, min(1000, int(value)))

    return tuple(
        (place(left), place(top), place(width), place(height))
        for left, top, width, height in list(items)[:MOST]
    )
