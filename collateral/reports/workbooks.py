"""Tables as an XLSX workbook, in constant memory, in which no word is a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from flask import Response

from collateral.csv_out import Cell, safe
from collateral.reports.sheets import Sheet

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576."""
MOST_CHARACTERS = 32_767


def write(to: Path, sheets: Sequence[Sheet]) -> None:
    """Write the workbook. Words stay words, whatever they begin with; each row is let go."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(to),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": str(to.parent),
        },
    )
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:31])
        page.freeze_panes(1, 0)
        for column, name in enumerate(sheet.head):
            page.write_string(0, column, name, bold)
        for number, row in enumerate(sheet.rows, 1):
            if number > MOST_ROWS:
                break
            for column, value in enumerate(row):
                _cell(page, number, column, value, day)
    book.close()


def _cell(page: object, row: int, column: int, value: Cell, day: object) -> None:
    write_number, write_string = page.write_number, page.write_string  # type: ignore[attr-defined]
    if value is None or value == "":
        return
    if isinstance(value, (int, float, Decimal)):
        write_number(row, column, float(value))
    elif isinstance(value, date) and not isinstance(value, datetime):
        page.write_datetime(row, column, value, day)  # type: ignore[attr-defined]
    else:
        # With the apostrophe, too: who saves it as CSV keeps what is safe.
        write_string(row, column, safe(value)[:MOST_CHARACTERS])


def opened(sheets: Sequence[Sheet]) -> IO[bytes]:
    """The workbook's file, open for reading; it is gone from the disk when it is closed."""
    with TemporaryDirectory(prefix="collateral-") as folder:
        path = Path(folder) / "report.xlsx"
        write(path, sheets)
        return path.open("rb")


def attachment(filename: str, sheets: Sequence[Sheet]) -> Response:
    """The workbook to keep; `filename` is ASCII and ours."""
    pieces = _pieces(opened(sheets))
    next(pieces)  # so that closing the answer, read or not, closes the file
    response = Response(pieces, mimetype=MEDIA)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield b""
        while piece := file.read(1 << 16):
            yield piece
