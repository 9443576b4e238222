"""Workbooks: a page for each sheet; xlsx by openpyxl with betteroffice's picture, xls by xlrd."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from collateral.reading import sentences
from collateral.reading.formats.base import Source, Unreadable, damaged, locked
from collateral.reading.formats.card import CardDocument
from collateral.reading.formats.package import core_properties, open_package, package_notices
from collateral.reading.results import PageText
from collateral.reading.sentences import counted

if TYPE_CHECKING:
    from PIL import Image

_ROWS, _COLUMNS = 20_000, 200
_TALL, _WIDE = 1656, 1280


class Workbook(CardDocument):
    """An xlsx file and its cousins."""

    def __init__(self, source: Source) -> None:
        if source.kind.encrypted:
            raise locked(source.kind)
        if source.kind.extension == "xlsb":
            raise Unreadable(sentences.XLSB_NOT_READ)
        self._source = source
        self._archive = open_package(source)

    @cached_property
    def _book(self) -> Any:
        import openpyxl

        self._source.file.seek(0)
        try:
            return openpyxl.load_workbook(
                self._source.file, read_only=True, data_only=True, keep_links=False
            )
        except Exception as error:
            raise damaged(self._source.kind) from error

    @cached_property
    def page_count(self) -> int:  # type: ignore[override]
        return len(self._book.sheetnames)

    def properties(self) -> dict[str, str]:
        return core_properties(self._archive)

    def notices(self) -> list[str]:
        notices = package_notices(self._archive, self._source.kind.macros)
        hidden = sum(sheet.sheet_state != "visible" for sheet in self._book.worksheets)
        if hidden:
            notices.append(counted(sentences.ONE_HIDDEN_SHEET, sentences.HIDDEN_SHEETS, hidden))
        return notices

    def pages(self) -> Iterator[PageText]:
        for number, sheet in enumerate(self._book.worksheets, 1):
            text = table_text(_rows(sheet), self._source.limits.page_chars)
            yield PageText(number, sheet.title, text, hidden=sheet.sheet_state != "visible")

    def picture(self, number: int, width: int) -> Image.Image:
        from PIL import Image

        try:
            name = self._book.worksheets[number - 1].title
            png = self._drawing.render_png(
                name, scale=1.25, max_width=_WIDE * 2, max_height=_TALL * 2
            )
            return _trimmed(Image.open(io.BytesIO(png.bytes)).convert("RGB"))
        except Exception:
            return super().picture(number, width)

    @cached_property
    def _drawing(self) -> Any:
        import betteroffice_xlsx

        return betteroffice_xlsx.Workbook.open(self._source.data())


def _rows(sheet: Any) -> Iterator[list[str]]:
    try:
        for row in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True):
            yield ["" if value is None else str(value) for value in row]
    except Exception:
        return


def table_text(rows: Iterable[list[str]], limit: int) -> str:
    """Rows as lines with tabs between cells, empty ones left out, cut at `limit` characters."""
    lines, length = [], 0
    for row in rows:
        line = "\t".join(" ".join(cell.split()) for cell in row).strip("\t ")
        if line:
            lines.append(line)
            length += len(line)
        if length > limit:
            break
    return "\n".join(lines)


def _trimmed(image: Image.Image) -> Image.Image:
    """At most the top of a long sheet, at the width of a preview."""
    image = image.crop((0, 0, min(image.width, _WIDE), min(image.height, _TALL)))
    return image


class OldWorkbook(CardDocument):
    """An xls file."""

    def __init__(self, source: Source) -> None:
        import xlrd

        self._source = source
        try:
            self._book: Any = xlrd.open_workbook(file_contents=source.data(), on_demand=True)
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise locked(source.kind) from error
            raise damaged(source.kind) from error
        except Exception as error:
            raise damaged(source.kind) from error
        self.page_count = self._book.nsheets

    def properties(self) -> dict[str, str]:
        from collateral.reading.formats.ole import summary

        return summary(self._source.file)

    def notices(self) -> list[str]:
        return [sentences.MACROS] if self._source.kind.macros else []

    def pages(self) -> Iterator[PageText]:
        for number in range(1, (self.page_count or 0) + 1):
            sheet = self._book.sheet_by_index(number - 1)
            rows = (
                [_cell(value) for value in sheet.row_values(row, 0, _COLUMNS)]
                for row in range(min(sheet.nrows, _ROWS))
            )
            text = table_text(rows, self._source.limits.page_chars)
            yield PageText(number, sheet.name, text, hidden=sheet.visibility != 0)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
