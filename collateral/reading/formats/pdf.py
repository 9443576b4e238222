"""PDFs: text and pictures by pdfium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collateral.reading import sentences
from collateral.reading.formats.base import Document, NoPicture, Source, damaged, first_line, locked
from collateral.reading.results import PageFeatures, PageText

if TYPE_CHECKING:
    from PIL import Image

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_TALLEST = 4


class Pdf(Document):
    """A PDF file, also one that another program made for a preview."""

    def __init__(self, source: Source) -> None:
        import pypdfium2

        self._source = source
        try:
            self._pdf: Any = pypdfium2.PdfDocument(source.file)
            self.page_count = len(self._pdf)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
                raise locked(source.kind) from error
            raise damaged(source.kind) from error
        if self.page_count == 0:
            raise damaged(source.kind)

    def properties(self) -> dict[str, str]:
        names = {
            "Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords",
            "CreationDate": "created", "ModDate": "modified", "Creator": "made_with",
        }  # fmt: skip
        found = self._pdf.get_metadata_dict(skip_empty=True)
        return {
            names[key]: _date(value) if key.endswith("Date") else value[:300]
            for key, value in found.items()
            if key in names
        }

    def notices(self) -> list[str]:
        import pypdfium2.raw as raw

        notices = []
        if self._pdf.count_attachments() > 0:
            notices.append(sentences.FILES_INSIDE)
        if raw.FPDFDoc_GetJavaScriptActionCount(self._pdf) > 0:
            notices.append(sentences.JAVASCRIPT)
        return notices

    def pages(self) -> Iterator[PageText]:
        import pypdfium2

        for number in range(1, (self.page_count or 0) + 1):
            try:
                page = self._pdf[number - 1]
                width, height = page.get_size()
                textpage = page.get_textpage()
                text = textpage.get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
                textpage.close()
                page.close()
            except pypdfium2.PdfiumError:
                yield PageText(number)
                continue
            yield PageText(number, first_line(text), text.strip(), width=width, height=height)

    def features(self) -> Iterator[PageFeatures]:
        from collateral.reading.formats.pdf_features import page_features

        known: dict[str, tuple[str, str]] = {}
        for text in self.pages():
            page = self._pdf[text.number - 1]
            yield page_features(text.number, page, text.text, known)
            page.close()

    def picture(self, number: int, width: int) -> Image.Image:
        import pypdfium2

        try:
            page = self._pdf[number - 1]
            page_width, page_height = page.get_size()
            if page_width <= 0 or page_height <= 0:
                raise NoPicture(sentences.PAGE_WITHOUT_SIZE % {"page": number})
            scale = min(width / page_width, width * _TALLEST / page_height)
            bitmap = page.render(scale=scale, may_draw_forms=self._forms(), rev_byteorder=True)
            image: Image.Image = bitmap.to_pil().convert("RGB")
            bitmap.close()
            page.close()
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise NoPicture(sentences.PAGE_NOT_DRAWN % {"page": number}) from error
        return image

    def _forms(self) -> bool:
        """Form fields are drawn as filled in; their scripts are not part of this build."""
        if self._pdf.formenv is None and self._pdf.get_formtype() > 0:
            self._pdf.init_forms()
        return self._pdf.formenv is not None


def _date(value: str) -> str:
    """D:20210304... as 2021-03-04."""
    digits = value.removeprefix("D:")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}" if digits.isdigit() else value[:40]
