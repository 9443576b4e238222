"""What every template may use: addresses with a hash, the nonce, numbers, dates, amounts.

Filters write for people in the reader's language and time zone; nothing here reads
the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import get_locale, get_translations, gettext
from flask_login import current_user
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from collateral.clock import now
from collateral.words import from_text, in_words


def csp_nonce() -> str:
    """This response's nonce for our own scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def asset_url(path: str) -> str:
    """A static file's address with the hash of its bytes, so that it may be kept for ever."""
    return _address(path, int(monotonic()))


@lru_cache(maxsize=512)
def _address(path: str, _second: int) -> str:
    """The same, looked up once a second: a page names some files eighty times."""
    folder = str(current_app.static_folder)
    try:
        stamp = (Path(folder) / path).stat().st_mtime
    except FileNotFoundError:
        stamp = 0.0
    # Not url_for: an error page for a host name that is not ours has no routes to look at.
    return f"{current_app.static_url_path}/{quote(path)}?v={_digest(folder, path, stamp)}"


@lru_cache(maxsize=512)
def _digest(folder: str, path: str, _stamp: float) -> str:
    file = Path(folder) / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "0"


def import_map(paths: Sequence[str]) -> Markup:
    """The scripts' plain addresses to those that `asset_url` gives, as a browser's import map."""
    return _import_map(tuple(paths), int(monotonic()))


@lru_cache(maxsize=4)
def _import_map(paths: tuple[str, ...], _second: int) -> Markup:
    """The same, looked up once a second."""
    plain = f"{current_app.static_url_path}/"
    return htmlsafe_json_dumps({"imports": {plain + path: asset_url(path) for path in paths}})


def language() -> str:
    """The reader's language: `en`, `de`."""
    return _spoken()[1] if g else "en"


_locale = language


def reader_zone() -> ZoneInfo:
    """The signed-in person's time zone, else the installation's."""
    if has_request_context() and current_user and current_user.is_authenticated:
        return ZoneInfo(current_user.person.time_zone)
    return ZoneInfo(current_app.extensions["settings"].time_zone)


def format_date(value: date | datetime | None, style: str = "medium") -> str:
    """12 Oct 2026; short: 12 Oct; in German 12. Okt. 2026 and 12. Okt."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(reader_zone()).date()
    return _date(value, _day_form() + ("" if style == "short" else " y"), _locale())


@lru_cache(maxsize=2048)
def _date(day: date, form: str, locale: str) -> str:
    return dates.format_date(day, form, locale)


def _day_form() -> str:
    # Not the locale's own: English alone would write the month first.
    return "d. MMM" if _locale().startswith("de") else "d MMM"


def format_time(value: datetime | None) -> str:
    """14:00."""
    if value is None:
        return ""
    return dates.format_time(value, "HH:mm", tzinfo=reader_zone(), locale=_locale())


def format_datetime(value: datetime | None) -> str:
    """12 Oct 2026, 14:00."""
    return f"{format_date(value)}, {format_time(value)}" if value else ""


def format_day(value: date | datetime | None) -> str:
    """Today, tomorrow, Fri 20 Nov, else the date."""
    if value is None:
        return ""
    today = now().astimezone(reader_zone()).date()
    day = value.astimezone(reader_zone()).date() if isinstance(value, datetime) else value
    away = (day - today).days
    if away in (-1, 0, 1):
        return str((gettext("yesterday"), gettext("today"), gettext("tomorrow"))[away + 1])
    if abs(away) < 7:
        return dates.format_date(day, f"EEE {_day_form()}", locale=_locale())
    return format_date(day, "short") if day.year == today.year else format_date(day)


def ago(value: datetime | None) -> str:
    """3 days ago; of less than a minute no seconds, which nobody counts."""
    if value is None:
        return ""
    away = value - now()
    if timedelta(minutes=-1) < away <= timedelta():
        return str(gettext("just now"))
    if abs(away) > timedelta(days=2):
        away = timedelta(hours=round(away / timedelta(hours=1)))  # the same words, kept for longer
    return _ago(away, _locale())


@lru_cache(maxsize=2048)
def _ago(away: timedelta, locale: str) -> str:
    return dates.format_timedelta(away, add_direction=True, locale=locale)


def weekday(value: date) -> str:
    """Thursday 19 November; in German Donnerstag, 19. November."""
    form = "EEEE, d. MMMM" if _locale().startswith("de") else "EEEE d MMMM"
    return dates.format_date(value, form, locale=_locale())


def number(value: int | float | Decimal | None) -> str:
    """1,204."""
    if isinstance(value, int) and -1000 < value < 1000:
        return str(value)  # the same in each of our languages, and nearly all that is counted
    return "" if value is None else numbers.format_decimal(value, locale=_locale())


def percent(value: float | None, digits: int = 0) -> str:
    """37 % of a share between 0 and 1."""
    return "" if value is None else f"{number(round(value * 100, digits))} %"


def money(amount: Decimal | float | None, currency: str | None) -> str:
    """€480,000; in German 480.000 €."""
    if amount is None:
        return ""
    form = "¤#,##0" if _locale().startswith("en") else "#,##0\u00a0¤"
    return numbers.format_currency(
        round(amount), currency or "EUR", form, locale=_locale(), currency_digits=False
    )


def money_short(amount: Decimal | float | None, currency: str | None) -> str:
    """€1.35 M; in German 1,35 Mio. €."""
    if amount is None:
        return ""
    value = float(amount)
    german = _locale().startswith("de")
    for size, letter, word in ((1e9, "bn", "Mrd."), (1e6, "M", "Mio."), (1e3, "k", "Tsd.")):
        if abs(value) >= size:
            symbol = numbers.get_currency_symbol(currency or "EUR", locale=_locale())
            short = number(round(value / size, 2 if size > 1e3 else 0))
            return f"{short}\u00a0{word}\u00a0{symbol}" if german else f"{symbol}{short} {letter}"
    return money(amount, currency)


def duration(seconds: float | None) -> str:
    """2 min 10 s; 2 h 10 min."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def bytes_(size: int | None) -> str:
    """4.2 MB."""
    if size is None:
        return ""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            figure = number(round(value, 1 if value < 10 and unit != "B" else 0))
            return f"{figure}\N{NO-BREAK SPACE}{unit}"
        value /= 1000
    raise AssertionError


FILTERS: dict[str, Callable[..., str]] = {
    "date": format_date,
    "time": format_time,
    "datetime": format_datetime,
    "day": format_day,
    "weekday": weekday,
    "ago": ago,
    "number": number,
    "percent": percent,
    "money": money,
    "money_short": money_short,
    "duration": duration,
    "bytes": bytes_,
    "in_words": in_words,
    "from_text": from_text,
}


def address_with(**changes: Any) -> str:
    """The present address with some query values changed; None removes one, a list repeats it."""
    values = request.args.to_dict(flat=False)
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value if isinstance(value, list) else [str(value)]
    query = urlencode(values, doseq=True)
    return iri_to_uri(request.path + ("?" + query if query else ""))


def _spoken() -> tuple[Any, str, Any]:
    """The locale in force, its name and its translations; looked up once, not for each word."""
    here = g._get_current_object().__dict__
    kept: tuple[Any, str, Any] | None = here.get("spoken")
    # What flask_babel keeps is another one while `force_locale` is at work, and at first none.
    in_force = getattr(here.get("_flask_babel"), "babel_locale", None)
    if kept is None or kept[0] is not in_force or in_force is None:
        locale = get_locale()
        kept = here["spoken"] = (locale, str(locale or "en"), get_translations())
    return kept


def translate(message: str, **values: Any) -> str:
    """`_()` in templates, as flask_babel's gettext."""
    text: str = _spoken()[2].ugettext(message)
    return text % values if values else text


def translate_number(singular: str, plural: str, num: int, **values: Any) -> str:
    """`ngettext()` in templates, as flask_babel's; thousands are set apart as everywhere."""
    text: str = _spoken()[2].ungettext(singular, plural, num)
    return text % {"num": number(num), **values}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset_url=asset_url,
        import_map=import_map,
        csp_nonce=csp_nonce,
        address_with=address_with,
        now=now,
        _=translate,
        gettext=translate,
        ngettext=translate_number,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
