"""The forms of a report: JSON, or the tables of its page as CSV and workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from flask import Response
from msgspec import Struct

from collateral import csv_out, replica
from collateral.accounts.permissions import Permission
from collateral.api import report_shapes as shapes
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.paging import cursor_at, position_of
from collateral.api.shapes import Named
from collateral.clock import now
from collateral.reports import asking, workbooks
from collateral.reports.asking import ReportRequest
from collateral.reports.card_sheets import influence_sheets
from collateral.reports.sheets import REPORTS, Sheet
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

Shape = TypeVar("Shape", bound=Struct)
Answered = TypeVar("Answered", bound=Callable[..., Struct | Response])
FILES = ("text/csv", workbooks.MEDIA)
TABLES = {**REPORTS, "influence": influence_sheets}
"""The tables of each report by its name in the address."""


def report(
    name: str,
    *,
    does: str,
    answers: type[Struct],
    query: type[shapes.ReportQuery] = shapes.ReportQuery,
) -> Callable[[Answered], Answered]:
    """Declare the call of a report: whoever may read reports, in any of their forms; 404 where
    the team is not hers to ask for."""
    return Call(
        "GET",
        f"/reports/{name}",
        permission=Permission.REPORT_READ,
        does=does,
        query=query,
        answers=answers,
        media=FILES,
        fails=(404,),
    )


def asked(query: shapes.Narrowed) -> ReportRequest:
    """What the pages' own reading makes of the query; from here on the copy may answer."""
    replica.read_from_copy()
    return asking.read(query.as_address(), counting_day(now(), zone()))


def workbook(name: str, wanted: ReportRequest) -> Response:
    """All tables of the report, as its page gives them."""
    return workbooks.attachment(f"{name}.xlsx", REPORTS[name](actor(), wanted))


def in_form(
    query: shapes.ReportQuery, name: str, worked_out: Callable[[ReportRequest], Shape]
) -> Shape | Response:
    """What was worked out as JSON; or the tables that the report's page gives, the first as CSV."""
    wanted = asked(query)
    if query.format == "json":
        return worked_out(wanted)
    return tables(name, query.format, TABLES[name](actor(), wanted))


def tables(name: str, form: str, sheets: Sequence[Sheet]) -> Response:
    """A workbook of all, or a CSV of the first."""
    if form == "xlsx":
        return workbooks.attachment(f"{name}.xlsx", sheets)
    return csv_out.attachment(f"{name}.csv", sheets[0].head, list(sheets[0].rows))


def page_of(cursor: str | None, limit: int) -> tuple[int, int]:
    """The number of the page, from 1, and its length."""
    page, length = position_of(cursor) or (1, limit)
    return page, length


def next_page(page: int, pages: int, limit: int) -> str | None:
    return cursor_at((page + 1, limit)) if page < pages else None


def table(name: str, kind: type[Struct], rows: Iterable[Struct]) -> Response:
    # Read here and now: the answer is sent when the session is gone.
    return csv_out.attachment(name, heads(kind), [cells(row) for row in rows])


def heads(kind: type[Struct]) -> list[str]:
    """A thing takes two columns, its id and title; an amount two, itself and its currency."""
    found: list[str] = []
    for name, wanted in kind.__annotations__.items():
        if "Named" in str(wanted):
            found += [f"{name}_id", name]
        elif "Money" in str(wanted):
            found += [name, f"{name}_currency"]
        else:
            found.append(name)
    return found


def cells(row: Struct) -> list[csv_out.Cell]:
    found: list[csv_out.Cell] = []
    for name, wanted in type(row).__annotations__.items():
        value: Any = getattr(row, name)
        if isinstance(value, Named):
            found += [value.id, value.title]
        elif "Money" in str(wanted):
            found += [Decimal(value.amount), value.currency] if value else [None, None]
        else:
            found.append(value)
    return found
