"""A deck put together from the pages of two, in a confined child: the next version of the one.

Only what is certain to arrive whole is done: slides of the same design, without parts of a kind
that could be left behind. Everything else ends in a sentence that says which page stands in the
way, and a person makes the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from collateral.reading.collect import clean
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, shared
from collateral.reading.confined.wire import Assembler, BadAnswer
from collateral.reading.pairs import bundled
from collateral.reading.sentences import NOT_PUT_TOGETHER

_TARGET = "collateral.reading.work_assembling:assemble"
_ANSWER_MB = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the base deck, by the page numbers that it has before any change.

    Attributes:
        do: put page `page` of the other deck in the place of `at`, behind it (0: in front of
            all), or take `at` out. A move takes `at` from its place and puts it right behind
            the deck's own page `page` (0: in front of all), where that stands by then.
    """

    do: Literal["replace", "insert", "drop", "move"]
    at: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class Assembled:
    """The new file, or the sentence that says why there is none."""

    path: Path | None
    sentence: str | None = None


@contextmanager
def assembled(
    base: Path, other: Path, steps: Sequence[Step], *, client: Client | None = None
) -> Iterator[Assembled]:
    """The base deck with these steps done; its file is gone after the block.

    Both must be pptx files. Never raises for what they hold.
    """
    with tempfile.TemporaryDirectory(prefix="collateral-reading-") as folder:
        target = Path(folder, "assembled.pptx")
        outcome = _Outcome(target)
        cage = Cage(wall_seconds=120.0, cpu_seconds=90, answer_mb=_ANSWER_MB)
        spec = {"steps": [{"do": step.do, "at": step.at, "page": step.page} for step in steps]}
        with bundled({"base": base, "other": other}) as bundle:
            ended = (client or shared()).run(
                _TARGET, spec, cage=cage, file=bundle, take=outcome.take
            )
        whole = outcome.complete and ended.cause == "done" and outcome.sentence is None
        yield Assembled(target) if whole else Assembled(None, outcome.sentence or NOT_PUT_TOGETHER)


class _Outcome:
    """What the child sends: the file in pieces, then its end, or a sentence."""

    def __init__(self, target: Path) -> None:
        self.sentence: str | None = None
        self.complete = False
        self._target = target
        self._assembler = Assembler(_ANSWER_MB << 20)

    def take(self, data: bytes) -> None:
        for head, blob in self._assembler.feed(data):
            self._frame(head, blob)

    def _frame(self, head: dict[str, Any], blob: bytes) -> None:
        match head.get("frame"):
            case "piece":
                with self._target.open("ab") as file:
                    file.write(blob)
            case "end":
                self.complete = self._target.exists()
            case "refused":
                try:
                    self.sentence = clean(head["sentence"], 400)
                except (KeyError, TypeError) as error:
                    raise BadAnswer("a refusal without a sentence") from error
            case _:
                raise BadAnswer("unknown frame")
