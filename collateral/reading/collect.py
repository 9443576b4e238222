"""Taking the child's word, and believing none of it: every field is checked before it is kept.

The child has had a foreign file in its hands and may say anything. Names of files, sizes and
counts are this side's; text is cleaned of what databases and terminals choke on.
"""

from __future__ import annotations

import logging
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collateral.reading.confined.wire import BadAnswer
from collateral.reading.results import (
    PREVIEW_WIDTHS,
    Box,
    Limits,
    PageFeatures,
    PagePicture,
    PageText,
    Preview,
    Reading,
    Step,
)  # fmt: skip

log = logging.getLogger(__name__)

# NUL and lone surrogates are refused by databases; other control characters say nothing.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_HEX = re.compile(r"[0-9a-f]*")
_SENTENCE = 400
_ITEMS = 5000
_DESIGNED = 200


@dataclass
class Collected:
    """What has come so far, from one child or from several in turn."""

    out: Path
    limits: Limits
    pages: dict[int, PageText] = field(default_factory=dict)
    page_count: int | None = None
    language: str | None = None
    previews: dict[tuple[int, int], Preview] = field(default_factory=dict)
    features: dict[int, PageFeatures] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    failures: dict[Step, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    fatal: str | None = None
    running: Step | None = None
    drawing: int = 0
    done: set[Step] = field(default_factory=set)
    replacing: bool = False
    printing: bool = False
    rest: bool = False

    @classmethod
    def going_on(cls, out: Path, limits: Limits, known: Reading) -> Collected:
        """Begun with what an earlier reading found, which left the rest to this one."""
        return cls(
            out,
            limits,
            pages={page.number: page for page in known.pages},
            page_count=known.page_count,
            language=known.language,
            previews={(each.page, each.width): each for each in known.previews},
            notices=list(known.notices),
            properties=dict(known.properties),
            done={Step.TEXT, Step.LANGUAGE, Step.FIRST_PREVIEW},
        )

    def replace_pages(self) -> None:
        """The pages that come next take the place of those known; if none come, these stay."""
        self.replacing = self.printing = True

    def take(self, head: dict[str, Any], blob: bytes) -> Step | None:
        """Keep one frame; the step that it finishes, if it does. Raises BadAnswer on nonsense."""
        handler = getattr(self, f"_on_{head.get('frame')}", None)
        if handler is None:
            raise BadAnswer("unknown frame")
        try:
            finished: Step | None = handler(head, blob)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BadAnswer("a frame with the wrong fields") from error
        return finished

    def _on_fatal(self, head: dict[str, Any], _: bytes) -> None:
        self.fatal = clean(head["sentence"], _SENTENCE)

    def _on_opened(self, head: dict[str, Any], _: bytes) -> None:
        self._spent("open", head)

    def _on_begin(self, head: dict[str, Any], _: bytes) -> None:
        self.running = Step(head["step"])

    def _on_end(self, head: dict[str, Any], _: bytes) -> Step:
        step = Step(head["step"])
        self.running = None
        self.done.add(step)
        if head["failure"] is not None:
            self.failures[step] = clean(head["failure"], _SENTENCE)
        if "fault" in head:
            log.warning(
                "step_failed",
                extra={
                    "step": step.value,
                    "fault": clean(head["fault"], 200),
                    "child_request": clean(head["request"], 64),
                },
            )
        self._spent(step.value, head)
        return step

    def _on_page(self, head: dict[str, Any], _: bytes) -> None:
        number = self._number(head["number"])
        if self.replacing:
            self.pages.clear()
            self.replacing = False
        most = self.limits.page_chars
        self.pages[number] = PageText(
            number=number,
            title=clean(head["title"], 300),
            text=clean(head["text"], most),
            notes=clean(head["notes"], most),
            hidden=head["hidden"] is True,
            width=_size(head["width"]),
            height=_size(head["height"]),
        )

    def _on_facts(self, head: dict[str, Any], _: bytes) -> None:
        count = head["page_count"]
        self.page_count = None if count is None else max(0, min(int(count), 1_000_000))
        if self.printing:
            return  # who made the print, and when, says nothing of the file
        self.properties = {
            clean(key, 40): clean(value, 300)
            for key, value in list(dict(head["properties"]).items())[:30]
        }
        for sentence in list(head["notices"])[:20]:
            self.add_notice(clean(sentence, _SENTENCE))

    def _on_notice(self, head: dict[str, Any], _: bytes) -> None:
        self.add_notice(clean(head["sentence"], _SENTENCE))

    def _on_rest(self, _head: dict[str, Any], _: bytes) -> None:
        self.rest = {Step.TEXT, Step.FIRST_PREVIEW} <= self.done and not self.failures

    def _on_language(self, head: dict[str, Any], _: bytes) -> None:
        if not _LANGUAGE.fullmatch(str(head["language"])):
            raise ValueError("language")
        self.language = head["language"]

    def _on_drawing(self, head: dict[str, Any], _: bytes) -> None:
        self.drawing = self._number(head["page"])

    def _on_preview(self, head: dict[str, Any], blob: bytes) -> None:
        page = self._number(head["page"])
        width, height = webp_size(blob)
        small, large = PREVIEW_WIDTHS
        if width > large or height > large * 5:
            raise ValueError("preview too large")
        # A picture narrower than the small one comes twice as it is: first as that one.
        first = width < small and (page, small) not in self.previews
        slot = small if width == small or first else large
        path = self.out / f"{page:05d}-{slot}.webp"
        path.write_bytes(blob)
        self.previews[page, slot] = Preview(page, width, height, path)

    def _on_features(self, head: dict[str, Any], _: bytes) -> None:
        page = self._number(head["page"])
        design = head["design"]
        self.features[page] = PageFeatures(
            page=page,
            texts=tuple(clean(text, 20_000) for text in head["texts"][:_ITEMS]),
            pictures=tuple(_picture(page, item) for item in head["pictures"][:_ITEMS]),
            boxes=tuple(_box(item) for item in head["boxes"][:_ITEMS]),
            charts=tuple(
                tuple(_finite(value) for value in series[:2000]) for series in head["charts"][:200]
            ),
            design=None
            if design is None
            else tuple(clean(text, 2000) for text in design[:_DESIGNED]),
            backdrop=tuple(_picture(page, item) for item in head["backdrop"][:_DESIGNED]),
        )

    def add_notice(self, sentence: str) -> None:
        """Keep a sentence once."""
        if sentence and sentence not in self.notices:
            self.notices.append(sentence)

    def _number(self, value: object) -> int:
        if not isinstance(value, int) or not 1 <= value <= self.limits.pages:
            raise ValueError("page number")
        return value

    def _spent(self, name: str, head: dict[str, Any]) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + max(0.0, _finite(head["seconds"]))


def clean(value: object, most: int) -> str:
    """Text without what a database would refuse, at most `most` characters."""
    if not isinstance(value, str):
        raise TypeError("not text")
    return _UNWANTED.sub("", value[: most * 2])[:most]


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height out of a WebP header. Raises ValueError when it is none."""
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("not a WebP picture")
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        raise ValueError("a WebP picture of the wrong length")
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    elif kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    else:
        raise ValueError("an unknown kind of WebP picture")
    if not width or not height:
        raise ValueError("an empty picture")
    return width, height


def _finite(value: object) -> float:
    """A number that a database takes; JSON as Python reads it knows others."""
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _size(value: object) -> float:
    number = _finite(value)
    return round(number, 2) if 0 <= number < 1e7 else 0.0


def _picture(page: int, item: dict[str, Any]) -> PagePicture:
    sha, phash = str(item["sha256"]), str(item["phash"])
    if len(sha) != 64 or len(phash) not in (0, 16) or not _HEX.fullmatch(sha + phash):
        raise ValueError("hash")
    return PagePicture(page, sha, phash, min(1.0, max(0.0, _finite(item["area"]))))


def _box(item: dict[str, Any]) -> Box:
    place = (max(-100, min(100, int(item[name]))) for name in ("x", "y", "width", "height"))
    return Box(clean(item["kind"], 40), *place)
