"""PowerPoint decks: text, notes and features by python-pptx, pictures by betteroffice."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from collateral.reading import sentences
from collateral.reading.formats import pptx_texts
from collateral.reading.formats.base import Document, NoPicture, Source, damaged, locked
from collateral.reading.formats.package import (
    core_properties,
    open_package,
    package_notices,
)
from collateral.reading.results import PageFeatures, PageText
from collateral.reading.sentences import counted

if TYPE_CHECKING:
    from PIL import Image

_POINT = 12700


class Deck(Document):
    """A pptx file and its cousins."""

    def __init__(self, source: Source) -> None:
        if source.kind.encrypted:
            raise locked(source.kind)
        self._source = source
        self._archive = open_package(source)
        self._hidden = self._noted = 0

    @cached_property
    def _deck(self) -> Any:
        import pptx

        # python-pptx opens only what calls itself a plain presentation; shows, templates and
        # macro decks have the same inside.
        self._source.file.seek(0)
        try:
            return pptx.Presentation(_plain_presentation(self._source))
        except Exception as error:
            raise damaged(self._source.kind) from error

    @cached_property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._deck.slides._sldIdLst)

    def properties(self) -> dict[str, str]:
        return core_properties(self._archive)

    def notices(self) -> list[str]:
        notices = package_notices(self._archive, self._source.kind.macros)
        if self._hidden:
            notices.append(
                counted(sentences.ONE_HIDDEN_SLIDE, sentences.HIDDEN_SLIDES, self._hidden)
            )
        if self._noted:
            notices.append(counted(sentences.ONE_NOTED_SLIDE, sentences.NOTED_SLIDES, self._noted))
        return notices

    def pages(self) -> Iterator[PageText]:
        self._hidden = self._noted = 0
        width, height = self._deck.slide_width or 0, self._deck.slide_height or 0
        for number, slide in enumerate(self._slides(), 1):
            hidden = slide is not None and slide._element.get("show") in ("0", "false")
            notes = pptx_texts.notes(slide)
            self._hidden += hidden
            self._noted += bool(notes)
            texts = [text for _, text in pptx_texts.shape_texts(slide)] if slide is not None else []
            yield PageText(
                number=number,
                title=pptx_texts.title(slide, texts),
                text="\n\n".join(texts),
                notes=notes,
                hidden=hidden,
                width=width / _POINT,
                height=height / _POINT,
            )

    def features(self) -> Iterator[PageFeatures]:
        from collateral.reading.formats.pptx_design import Designs
        from collateral.reading.formats.pptx_features import slide_features

        known: dict[str, str] = {}
        designs = Designs(known)
        size = (self._deck.slide_width or 1, self._deck.slide_height or 1)
        for number, slide in enumerate(self._slides(), 1):
            if slide is not None:
                yield slide_features(number, slide, size, known, designs)

    def _slides(self) -> Iterator[Any]:
        """Slides in the order of the deck; None for one whose part is missing."""
        part = self._deck.part
        for entry in self._deck.slides._sldIdLst:
            try:
                yield part.related_slide(entry.rId)
            except Exception:
                yield None

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import Image

        scale = width / max(1.0, self._drawing.width_emu / 9525)
        tall = self._drawing.height_emu / max(1, self._drawing.width_emu)
        if tall * width * width > self._source.limits.pixels / 4:
            raise NoPicture(sentences.SLIDE_TOO_TALL)
        try:
            png = self._drawing.render_png(number - 1, scale=scale)
        except Exception as error:
            raise NoPicture(sentences.SLIDE_NOT_DRAWN % {"page": number}) from error
        return Image.open(io.BytesIO(png.bytes))

    @property
    def picture_count(self) -> int:
        return int(self._drawing.slide_count)

    @cached_property
    def _drawing(self) -> Any:
        import betteroffice_pptx

        from collateral.reading.formats.pptx_fonts import fitted

        data, chosen = fitted(self._archive, self._source.data())
        try:
            deck = betteroffice_pptx.Presentation.open(data)
        except Exception as error:
            kind = {"kind": self._source.kind.label}
            raise NoPicture(sentences.NOT_DRAWN % kind) from error
        for name, face in chosen:
            deck.register_font(name, face.data, bold=face.bold, italic=face.italic)
        return deck


def _plain_presentation(source: Source) -> Any:
    """The file as python-pptx takes it: it knows one content type of the four that exist."""
    import pptx.parts.presentation
    from pptx.opc.package import PartFactory

    for media_type in (
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
        "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
    ):
        PartFactory.part_type_for[media_type] = pptx.parts.presentation.PresentationPart
    return source.file
