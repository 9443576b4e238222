"""Tables as CSV that no spreadsheet takes for formulas.

All cells are quoted, those that begin like a formula get an apostrophe before them, and a
byte order mark says that it is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from flask import Response, stream_with_context

from collateral.db import COPY, db

Cell = str | int | float | Decimal | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Cell) -> str:
    """The cell's text. Numbers stay as they are, also negative ones; words cannot calculate."""
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str):
        text = value.replace("\x00", "")
        # Some programs skip what is blank before they look for a sign.
        return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text
    return str(value)


def lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file in pieces, from the mark on."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([safe(cell) for cell in head])
    for count, row in enumerate(rows, 1):
        writer.writerow([safe(cell) for cell in row])
        if count % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def attachment(filename: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table to keep; `filename` is ASCII and ours.

    The rows are read when the view is over and its session with it: they ask the database when
    the first is read, in a session of their own that lives until the last. What was asked before
    is gone on PostgreSQL, which closes a cursor with its transaction.
    """
    old = db.session.info.get(COPY, False)

    def told() -> Iterator[str]:
        db.session.info[COPY] = old
        yield from lines(head, rows)

    response = Response(stream_with_context(told()), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
