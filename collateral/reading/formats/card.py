"""A card drawn from a page's words, for files whose own layout cannot be drawn here."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from collateral.reading.formats.base import Document, NoPicture, Source
from collateral.reading.lettering import width, write
from collateral.reading.results import PageText
from collateral.reading.sentences import NO_WORDS, WORDS_ONLY

if TYPE_CHECKING:
    from PIL import Image

_WIDTH = 1280
_INK, _SOFT, _PAPER, _EDGE = (33, 37, 41), (108, 117, 125), (255, 255, 255), (222, 226, 230)
_MARGIN = 96
_TITLE, _BODY, _LABEL = 46, 26, 22


class CardDocument(Document):
    """A document whose pages are shown as cards. Subclasses give `_source` and `pages`."""

    _source: Source
    card_height = 1656
    card_note = WORDS_ONLY
    drew_card = False

    @property
    def _word(self) -> str:
        return self._source.kind.label

    @cached_property
    def _cards(self) -> list[PageText]:
        return list(self.pages())

    @property
    def picture_count(self) -> int:
        return len(self._cards)

    def picture(self, number: int, width: int) -> Image.Image:  # noqa: ARG002
        page = self._cards[number - 1]
        if not page.title.strip() and not page.text.strip():
            raise NoPicture(NO_WORDS % {"kind": self._word})
        self.drew_card = True
        return draw_card(page.title, page.text, self._source.kind.label, self.card_height)


def draw_card(title: str, text: str, label: str, height: int) -> Image.Image:
    """White paper with the title large, the words below it as far as they go, the kind beneath."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDTH, height), _PAPER)
    draw = ImageDraw.Draw(image)
    bottom = height - _MARGIN
    top = _MARGIN
    first, _, rest = text.lstrip().partition("\n")
    if title and " ".join(first.split()) == " ".join(title.split()):
        text = rest
    for line in _wrap(title, _TITLE, bold=True)[:3]:
        top = _write(draw, line, top, _TITLE, _INK, bold=True)
    if title:
        top += _BODY
    for paragraph in text.expandtabs(4).splitlines()[:200]:
        for line in _wrap(paragraph, _BODY, bold=False):
            if top + _BODY * 1.5 > bottom - _LABEL:
                break
            top = _write(draw, line, top, _BODY, _INK, bold=False)
        if not paragraph.strip():
            top += _BODY // 2
        if top + _BODY * 1.5 > bottom - _LABEL:
            break
    draw.line((_MARGIN, bottom, _WIDTH - _MARGIN, bottom), fill=_EDGE, width=2)
    _write(draw, label, bottom + 16, _LABEL, _SOFT, bold=False)
    return image


def _wrap(text: str, size: int, *, bold: bool) -> list[str]:
    """Lines that fit; breaks at spaces, and between any two CJK characters."""
    room = _WIDTH - 2 * _MARGIN
    lines: list[str] = []
    line = ""
    for word in _words(text[:4000]):
        if line and width(line + word.rstrip(), size, bold=bold) > room:
            lines.append(line.rstrip())
            line = ""
            word = word.lstrip()
        while width(word, size, bold=bold) > room and len(word) > 1:
            cut = max(1, len(word) * room // max(1, width(word, size, bold=bold)) - 1)
            lines.append(word[:cut])
            word = word[cut:]
        line += word
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> list[str]:
    words, current = [], ""
    for char in text:
        if char == " ":
            words.append(current + char)
            current = ""
        elif "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7ff":
            words += [current, char]
            current = ""
        else:
            current += char
    return [word for word in [*words, current] if word]


def _write(
    draw: Any, line: str, top: int, size: int, colour: tuple[int, int, int], *, bold: bool
) -> int:
    """Where the next line begins."""
    write(draw, line, (_MARGIN, top + size), size, colour, bold=bold)
    return top + round(size * 1.45)
