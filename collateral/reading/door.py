"""The one way in: a file on disk becomes what it says and shows, whatever it does to its reader."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from collateral.reading import office, rendering, sentences
from collateral.reading.collect import Collected
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client, Outcome, shared
from collateral.reading.confined.wire import Assembler
from collateral.reading.kinds import EMPTY, KINDS, FileKind
from collateral.reading.results import ALL, DEFAULT, Limits, PageText, Reading, Seconds, Step

__all__ = ["read"]

Progress = Callable[[Step, Reading], None]

_TARGET = "collateral.reading.work:read_file"
_PICTURES = (Step.FIRST_PREVIEW, Step.PREVIEWS)
_CAUSES = {
    "wall": sentences.TOOK_TOO_LONG,
    "cpu": sentences.TOO_MUCH_WORK,
    "memory": sentences.NEEDS_MORE_MEMORY,
    "answer": sentences.SAID_TOO_MUCH,
    "crash": sentences.READER_FAILED,
    "lost": sentences.INTERRUPTED,
}


def read(
    path: Path,
    kind: FileKind,
    out: Path,
    *,
    want: frozenset[Step] = ALL,
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    client: Client | None = None,
    brief: bool = False,
    known: Reading | None = None,
) -> Reading:
    """Read the file at `path` in a confined child; previews are written into the folder `out`.

    `progress` is called in this thread after each step with all that is known by then: text
    first, then the first page's preview, then the others. Never raises for what a file holds;
    raises OSError when `path` cannot be opened or `out` not written.

    A `brief` reading of a long file leaves all pages after the first, and says so by `rest`: the
    other steps are then another reading's, which is told what is `known`.
    """
    begun = time.monotonic()
    collected = Collected.going_on(out, limits, known) if known else Collected(out, limits)
    refusal = _refusal(path, kind, limits)
    if refusal is not None:
        return _finish(collected, want, begun, fatal=refusal)
    door = _Door(path, kind, collected, want, progress, client or shared(), begun, brief)
    if kind.family == "video":
        door.video()
    else:
        door.document()
    return _finish(collected, want, begun)


class _Door:
    """One reading under way: runs children until every wanted step was tried."""

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        collected: Collected,
        want: frozenset[Step],
        progress: Progress | None,
        client: Client,
        begun: float,
        brief: bool,
    ) -> None:
        self.path, self.kind, self.want = path, kind, want
        self.collected = collected
        self.client = client
        self._progress = progress
        self._begun = begun
        self._brief = brief
        self._tried_again = False

    def steps(
        self, steps: list[Step], *, path: Path | None = None, kind: FileKind | None = None
    ) -> None:
        """Do these steps, going on after the one that a child died in."""
        first_page = 2
        while steps:
            outcome = self._child(steps, path or self.path, kind or self.kind, first_page)
            collected = self.collected
            if collected.fatal is not None or self._leaves_the_rest():
                return
            left = [step for step in steps if step not in collected.done]
            if not left:
                return
            if outcome.cause == "lost" and not self._tried_again:
                # The fork server itself was ended: that says nothing about the file.
                self._tried_again, steps = True, left
                continue
            failed = collected.running or left[0]
            sentence = self._sentence(outcome)
            if failed is Step.PREVIEWS and collected.drawing >= first_page:
                # One page killed its drawer: say so, and go on behind it.
                first_page = collected.drawing + 1
                collected.failures.setdefault(failed, sentence)
                if outcome.cause in ("crash", "memory") and first_page <= len(collected.pages):
                    continue
            collected.failures.setdefault(failed, sentence)
            collected.done.add(failed)
            collected.running = None
            self.report(failed)
            steps = [step for step in left if step is not failed]
            if outcome.cause in ("wall", "cpu", "lost"):
                for step in steps:
                    collected.failures.setdefault(step, sentence)
                return

    def _leaves_the_rest(self) -> bool:
        """Whether the other pages are for another time. Nobody else may say so."""
        self.collected.rest = self.collected.rest and self._brief
        return self.collected.rest

    def document(self) -> None:
        """Text and the rest by the reader; pictures by LibreOffice where it draws them better."""
        steps = [step for step in Step if step in self.want]
        pictures = [step for step in steps if step in _PICTURES]
        collected = self.collected
        if pictures and office.prints(self.kind):
            self.steps([step for step in steps if step not in _PICTURES])
            if collected.fatal is None and not self._printed(pictures):
                self.steps(pictures)
            return
        self.steps(steps)
        drawn = collected.previews or collected.fatal
        if pictures and not drawn and office.could_print(self.kind):
            self._printed(pictures)

    def _printed(self, pictures: list[Step]) -> bool:
        """Draw from LibreOffice's print; whether anything was drawn."""
        collected = self.collected
        self._brief = False  # a print is not made twice
        before = dict(collected.failures), set(collected.done)
        begun = time.monotonic()
        with office.printed(self.client, self.path, self.kind, collected.limits) as pdf:
            collected.seconds["office"] = time.monotonic() - begun
            if pdf is not None:
                again = [Step.TEXT] if self.kind.family == "document" else []
                if again and Step.TEXT in self.want:
                    # The print decides where pages end: words and pictures must agree.
                    collected.replace_pages()
                self.steps([*again, *pictures], path=pdf, kind=KINDS["pdf"])
        if collected.previews:
            return True
        collected.fatal = None
        collected.failures, collected.done = before
        return False

    def video(self) -> None:
        """A video has one page: its poster frame, its length for properties."""
        collected, limits = self.collected, self.collected.limits
        if not rendering.ffmpeg_installed():
            collected.failures |= dict.fromkeys(_PICTURES, sentences.NO_FFMPEG)
            collected.pages[1] = PageText(1)
            return
        begun = time.monotonic()
        with rendering.clip(self.client, self.path, self.kind, limits) as clip:
            collected.seconds["ffmpeg"] = time.monotonic() - begun
            if clip is None:
                collected.fatal = sentences.DAMAGED % {"kind": self.kind.label}
                return
            collected.pages[1] = PageText(1, width=float(clip.width), height=float(clip.height))
            collected.page_count = 1
            collected.properties = clip.properties
            collected.done |= {Step.TEXT, Step.LANGUAGE}
            self.report(Step.TEXT)
            if clip.poster is None:
                collected.failures |= dict.fromkeys(_PICTURES, sentences.NO_FRAME)
                return
            steps: list[Step] = [Step.FIRST_PREVIEW, Step.FEATURES]
            steps = [step for step in steps if step in self.want]
            self.steps(steps, path=clip.poster, kind=rendering.POSTER)

    def report(self, step: Step) -> None:
        """Tell the caller that a step is over."""
        if self._progress is not None:
            self._progress(step, _finish(self.collected, self.want, self._begun))

    def _child(self, steps: list[Step], path: Path, kind: FileKind, first_page: int) -> Outcome:
        limits = self.collected.limits
        left = max(1.0, limits.wall_seconds - (time.monotonic() - self._begun))
        cage = Cage(
            wall_seconds=left,
            cpu_seconds=limits.cpu_seconds,
            memory_mb=rendering.memory_mb(kind, limits),
            answer_mb=limits.answer_mb,
        )
        spec = {
            "kind": asdict(kind),
            "limits": asdict(limits),
            "steps": [step.value for step in steps],
            "first_page": first_page,
            "brief": self._brief,
        }
        assembler = Assembler(limits.answer_mb << 20)

        def take(data: bytes) -> None:
            for head, blob in assembler.feed(data):
                finished = self.collected.take(head, blob)
                if finished is not None:
                    self.report(finished)

        outcome = self.client.run(_TARGET, spec, cage=cage, file=path, take=take)
        self.collected.seconds["child"] = self.collected.seconds.get("child", 0.0) + outcome.seconds
        return outcome

    def _sentence(self, outcome: Outcome) -> str:
        limits = self.collected.limits
        allowed = {
            "wall": {"seconds": round(limits.wall_seconds)},
            "cpu": {"seconds": limits.cpu_seconds},
            "memory": {"most": rendering.memory_mb(self.kind, limits)},
            "answer": {"most": limits.answer_mb},
        }
        return _CAUSES.get(outcome.cause, sentences.READER_FAILED) % allowed.get(outcome.cause, {})


def _refusal(path: Path, kind: FileKind, limits: Limits) -> str | None:
    if kind.media_type == EMPTY.media_type:
        return sentences.EMPTY_FILE
    if path.stat().st_size > limits.file_mb << 20:
        return sentences.TOO_LARGE % {"most": f"{limits.file_mb:,}"}
    return None


def _finish(
    collected: Collected, want: frozenset[Step], begun: float, fatal: str | None = None
) -> Reading:
    """The reading as it stands."""
    fatal = fatal or collected.fatal
    failures = dict(collected.failures)
    if fatal is not None:
        failures |= {step: fatal for step in want if step not in collected.done}
    pages = tuple(collected.pages[number] for number in sorted(collected.pages))
    previews = tuple(collected.previews[key] for key in sorted(collected.previews))
    notices = list(collected.notices)
    missing = None
    if not previews and want & set(_PICTURES):
        missing = fatal or next((failures[step] for step in _PICTURES if step in failures), None)
    elif Step.PREVIEWS in failures:
        shown = len({preview.page for preview in previews})
        said = {"shown": shown, "pages": len(pages) or shown, "reason": failures[Step.PREVIEWS]}
        notices.append(sentences.SOME_PREVIEWS % said)
    error = fatal
    if error is None and not pages and not previews and failures:
        error = next(failures[step] for step in Step if step in failures)
    steps = {name: round(value, 4) for name, value in collected.seconds.items() if name != "child"}
    return Reading(
        pages=pages,
        page_count=collected.page_count if collected.page_count is not None else len(pages) or None,
        language=collected.language,
        previews=previews,
        preview_missing=missing,
        error=error,
        notices=tuple(notices),
        failures=failures,
        properties=dict(collected.properties),
        features=tuple(collected.features[number] for number in sorted(collected.features)),
        rest=collected.rest,
        seconds=Seconds(round(time.monotonic() - begun, 4), round(sum(steps.values()), 4), steps),
    )
