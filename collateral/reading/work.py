"""What the confined child does with its file: one step after the other, each failing alone.

Everything is sent on as soon as it is known, so that what a later step breaks is not lost.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from collateral.logs import request_id
from collateral.reading import formats, sentences
from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import FILE, Sender
from collateral.reading.fonts import STAND_INS, faces
from collateral.reading.formats.base import Document, NoPicture, Source, Unreadable
from collateral.reading.kinds import FileKind
from collateral.reading.language import language_of
from collateral.reading.pictures import previews
from collateral.reading.results import PREVIEW_WIDTHS, Limits, Step

_SAMPLE = 20_000
LONG = 5
"""Pages from which on it is worth to open a file twice, so that others need not wait."""
_WITHOUT_LANGUAGE = {"archive", "image", "video"}


def prepare() -> None:
    """Called once before any fork: what is dear to build and the same for every file."""
    from PIL import Image

    for module in pkgutil.iter_modules(formats.__path__):
        importlib.import_module(f"{formats.__name__}.{module.name}")
    Image.preinit()
    language_of("Words to warm the model with.")
    for family in STAND_INS:
        faces(family)


def read_file(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """Read the file on descriptor FILE as `spec` says: kind, limits, steps, first_page."""
    del held
    Work(spec, sender).run()


class Work:
    """The steps over one file."""

    def __init__(self, spec: dict[str, Any], sender: Sender) -> None:
        self._sender = sender
        self._limits = Limits(**spec["limits"])
        self._kind = FileKind(**spec["kind"])
        self._steps = [Step(step) for step in spec["steps"]]
        self._first_page = int(spec.get("first_page", 1))
        self._brief = bool(spec.get("brief"))
        self._failed = False
        self._words: list[str] = []
        self._document: Document

    def run(self) -> None:
        """Open, do each step, say how long it took."""
        from collateral.reading.formats.opening import open_document

        begun = time.perf_counter()
        with os.fdopen(os.dup(FILE), "rb") as file:
            file.seek(0)
            try:
                self._document = open_document(Source(file, self._kind, self._limits))
            except Unreadable as reason:
                self._sender.send({"frame": "fatal", "sentence": str(reason)})
                return
            self._sender.send({"frame": "opened", "seconds": time.perf_counter() - begun})
            doing: dict[Step, Callable[[], None]] = {
                Step.TEXT: self._text,
                Step.LANGUAGE: self._language,
                Step.FIRST_PREVIEW: lambda: self._previews(1, 1),
                Step.PREVIEWS: lambda: self._previews(max(2, self._first_page), None),
                Step.FEATURES: self._features,
            }
            for step in self._steps:
                if step is Step.PREVIEWS and self._leaves_the_rest():
                    self._sender.send({"frame": "rest"})
                    return
                with self._step(step):
                    doing[step]()

    def _leaves_the_rest(self) -> bool:
        return self._brief and not self._failed and self._document.picture_count >= LONG

    @contextmanager
    def _step(self, step: Step) -> Iterator[None]:
        self._sender.send({"frame": "begin", "step": step})
        begun = time.perf_counter()
        failure = fault = None
        try:
            yield
        except (Unreadable, NoPicture) as reason:
            failure = str(reason)
        except MemoryError:
            failure = sentences.NEEDS_TOO_MUCH
        except Exception as error:
            failure = sentences.NOT_UNDERSTOOD % {"kind": self._kind.label}
            fault = _where(error)
        self._failed = self._failed or failure is not None
        seconds = time.perf_counter() - begun
        head = {"frame": "end", "step": step, "failure": failure, "seconds": seconds}
        if fault is not None:
            head |= {"fault": fault, "request": request_id.get()}
        self._sender.send(head)

    def _text(self) -> None:
        total = 0
        count = self._document.page_count
        for page in self._document.pages():
            if page.number > self._limits.pages or total > self._limits.text_chars:
                break
            most = self._limits.page_chars
            fields = asdict(page) | {"text": page.text[:most], "notes": page.notes[:most]}
            total += len(page.text) + len(page.notes)
            self._remember(page.text)
            self._sender.send({"frame": "page", **fields})
        self._sender.send({
            "frame": "facts",
            "page_count": count,
            "properties": _attempt(self._document.properties, {}),
            "notices": _attempt(self._document.notices, []),
        })  # fmt: skip

    def _remember(self, text: str) -> None:
        if sum(map(len, self._words)) < _SAMPLE:
            self._words.append(text[:_SAMPLE])

    def _language(self) -> None:
        if self._kind.family in _WITHOUT_LANGUAGE:
            return
        if not self._words:
            for page in self._document.pages():
                self._remember(page.text)
        sample = " ".join(" ".join(self._words).split())[:_SAMPLE]
        language = language_of(sample)
        if language is not None:
            self._sender.send({"frame": "language", "language": language})

    def _previews(self, first: int, last: int | None) -> None:
        count = min(self._document.picture_count, self._limits.preview_pages)
        if count == 0:
            raise NoPicture(sentences.NOTHING_TO_DRAW)
        last = count if last is None else min(last, count)
        reason = None
        for number in range(first, last + 1):
            self._sender.send({"frame": "drawing", "page": number})
            try:
                image = self._document.picture(number, PREVIEW_WIDTHS[-1])
                made = previews(image)
            except (NoPicture, Unreadable) as error:
                reason = reason or str(error)
                continue
            except Exception:
                reason = reason or sentences.PAGE_NOT_DRAWN % {"page": number}
                continue
            for width, height, data in made:
                head = {"frame": "preview", "page": number, "width": width, "height": height}
                self._sender.send(head, data)
        if reason is not None:
            raise NoPicture(reason)
        note = getattr(self._document, "card_note", None)
        if note and first == 1 and getattr(self._document, "drew_card", False):
            self._sender.send({"frame": "notice", "sentence": note})

    def _features(self) -> None:
        for features in self._document.features():
            if features.page > self._limits.pages:
                break
            self._sender.send({"frame": "features", **asdict(features)})


def _where(error: Exception) -> str:
    """What went wrong in which line of whose code; nothing of what the file says."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    # Not by the module traceback: that opens files, which this process may not.
    place = f" at {PurePath(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
    return type(error).__name__ + place


def _attempt(ask: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return ask()
    except Exception:
        return otherwise
