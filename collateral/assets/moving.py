"""Moving all files from one store to another while the library is in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from collateral.errors import NotFound
from collateral.storage import Storage, name_of


@dataclass
class Moved:
    """What became of the files, by number."""

    copied: int = 0
    there: int = 0
    """They were in the other store already, whole."""
    damaged: int = 0
    """Their bytes are not those of their name any more; they were not copied."""


def move(source: Storage, target: Storage, each: Callable[[Moved], None]) -> Moved:
    """Copy what the target lacks, each file checked by its hash; nothing is taken away.

    May be broken off and begun anew. Goes over the source again until nothing came while
    it was at work, so that only what is uploaded between its end and the change of the
    setting is left for a last run.

    Args:
        each: told after every file.
    """
    moved = Moved()
    seen: set[str] = set()
    while fresh := [name for name in source.names() if name not in seen]:
        for name in fresh:
            seen.add(name)
            _copy(name, source, target, moved)
            each(moved)
    return moved


def _copy(name: str, source: Storage, target: Storage, moved: Moved) -> None:
    size = source.size(name)
    if size is None:
        return  # deleted since the names were read
    if target.size(name) == size:
        moved.there += 1
        return
    try:
        with source.open(name) as file:
            if name_of(file) != name:
                moved.damaged += 1
                return
            file.seek(0)
            target.put(file)
    except NotFound:
        return
    moved.copied += 1
