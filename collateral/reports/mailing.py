"""One report for one person by mail: HTML with pictures of its charts, its tables attached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import dates
from flask import current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from collateral import csv_out, mail
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.clock import now
from collateral.db import db
from collateral.errors import CollateralError
from collateral.reports import asking, drawing, schedules, workbooks
from collateral.reports.card_sheets import SCORECARD, asset_of, sheets_of
from collateral.reports.models import ReportSchedule
from collateral.reports.sheets import Sheet
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

MOST_SHOWN = 15
MOST_ATTACHED = 20_000
"""Rows of a table that go with a mail; the page has all."""


def names() -> dict[str, str]:
    """The reports, as they are called."""
    return {
        "overview": _("Overview"),
        "assets": _("Assets"),
        "coverage": _("Coverage"),
        "adoption": _("Adoption"),
        "search": _("Search"),
        "ignored": _("Ignored"),
        "changes": _("What reps change"),
        "worth": _("Waste and worth"),
        SCORECARD: _("Scorecard"),
    }


def weekdays() -> list[str]:
    """From Monday on, in the reader's language."""
    locale = str(get_locale() or "en")
    return [dates.format_date(date(2026, 11, 23 + n), "EEEE", locale=locale) for n in range(7)]


def send(schedule_id: int, person_id: int) -> None:
    """Make and send the mail; nothing goes to who may read no reports any more."""
    schedule = db.session.get(ReportSchedule, schedule_id)
    person = db.session.get(Person, person_id)
    if schedule is None or person is None or not can(person, Permission.REPORT_READ):
        return
    message = compose(schedule, person, now())
    # Reading opened a transaction that need not wait for the mail.
    db.session.rollback()
    if message is not None:
        mail.send(message)


def compose(schedule: ReportSchedule, person: Person, at: datetime) -> EmailMessage | None:
    """What she may see of the report; None where it is no longer hers to ask for (its team)."""
    try:
        query = cast(dict[str, str], schedule.query)
        request = asking.read(query, counting_day(at, zone()))
        sheets = [_read(each) for each in sheets_of(schedule.report, query, person, request)]
        about = asset_of(query, person).title if schedule.report == SCORECARD else ""
    except CollateralError:
        return None
    settings = current_app.extensions["settings"]
    token = schedules.token_for(schedule.id, person.id, settings.secret_key)
    end = f"{settings.base_url}/reports/mail/{token}"
    pictures = [_picture(sheet) for sheet in sheets]
    with force_locale(person.locale):
        title = ": ".join(part for part in (names()[schedule.report], about) if part)
        message = mail.compose(
            person.email,
            _("%(report)s, %(first)s to %(last)s", report=title, first=request.period.first,
              last=request.period.last),
            "report",
            locale=person.locale,
            heading=title,
            request=request,
            by=schedule.owner.name,
            counted_to=at.astimezone(ZoneInfo(person.time_zone)),
            parts=[
                (sheet, list(sheet.rows)[:MOST_SHOWN], f"chart{place}" if pictures[place] else "")
                for place, sheet in enumerate(sheets)
            ],
            address=settings.base_url + _path(schedule.report, query),
            definitions=f"{settings.base_url}/reports/definitions",
            end=end,
        )  # fmt: skip
    _add_pictures(message, pictures)
    _attach(message, schedule.report, sheets)
    message["List-Unsubscribe"] = f"<{end}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _path(report: str, query: dict[str, str]) -> str:
    """The address of the report's page, with its filters."""
    if report == SCORECARD:
        filters = {name: value for name, value in query.items() if name != "asset"}
        return f"/reports/assets/{query['asset']}?{urlencode(filters)}"
    return f"/reports/{report}?{urlencode(query)}"


def _read(sheet: Sheet) -> Sheet:
    """The sheet with as many of its rows as a mail takes, in memory."""
    rows: list[Sequence[csv_out.Cell]] = []
    for row in sheet.rows:
        if len(rows) >= MOST_ATTACHED:
            break
        rows.append(row)
    return replace(sheet, rows=rows)


def _picture(sheet: Sheet) -> bytes | None:
    svg = drawing.chart_of(sheet, list(sheet.rows))
    return drawing.png(svg) if svg else None


def _add_pictures(message: EmailMessage, pictures: list[bytes | None]) -> None:
    html: Any = message.get_body(("html",))
    for place, picture in enumerate(pictures):
        if picture:
            html.add_related(picture, "image", "png", cid=f"<chart{place}>")


def _attach(message: EmailMessage, report: str, sheets: list[Sheet]) -> None:
    with workbooks.opened(sheets) as file:
        message.add_attachment(
            file.read(),
            maintype="application",
            subtype=workbooks.MEDIA.partition("/")[2],
            filename=f"{report}.xlsx",
        )
    for sheet in sheets:
        message.add_attachment(
            "".join(csv_out.lines(sheet.head, sheet.rows)).encode(),
            maintype="text",
            subtype="csv",
            filename=f"{sheet.name}.csv",
        )
