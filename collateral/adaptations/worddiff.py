"""Words put in and words taken out, in reading order. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from collateral.adaptations.prints import fold

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 4000


class Step(StrEnum):
    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Some text and what became of it."""

    step: Step
    text: str


def word_runs(before: str, after: str) -> list[Run]:
    """The two texts as one row of runs: kept, removed and added words.

    Joining the kept and removed runs gives `before` again (but for white space), the kept
    and added ones `after`. Case is kept on screen but is no change.
    """
    old, new = _pieces(before), _pieces(after)
    if len(old) + len(new) > 2 * LONGEST:
        return _by_line(before, after)
    return _runs(old, new, fold)


def _by_line(before: str, after: str) -> list[Run]:
    """Very long texts line by line: word by word they would take seconds."""
    return _runs(before.splitlines(keepends=True), after.splitlines(keepends=True), str)


def _runs(old: list[str], new: list[str], compared: Callable[[str], str]) -> list[Run]:
    matcher = SequenceMatcher(
        None, [compared(p) for p in old], [compared(p) for p in new], autojunk=False
    )
    runs: list[Run] = []
    for step, i1, i2, j1, j2 in matcher.get_opcodes():
        if step == "equal":
            _add(runs, Step.KEPT, new[j1:j2])
        else:
            _add(runs, Step.REMOVED, old[i1:i2])
            _add(runs, Step.ADDED, new[j1:j2])
    return runs


def _pieces(text: str) -> list[str]:
    """Words, signs and white space; runs of white space count as one space or line break."""
    return [
        ("\n" if "\n" in piece else " ") if piece.isspace() else piece
        for piece in _PIECES.findall(text)
    ]


def _add(runs: list[Run], step: Step, pieces: Sequence[str]) -> None:
    text = "".join(pieces)
    if not text:
        return
    if runs and runs[-1].step is step:
        runs[-1] = Run(step, runs[-1].text + text)
    else:
        runs.append(Run(step, text))
