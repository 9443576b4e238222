"""Dates, numbers and amounts, as a reader of English and one of German see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from collateral import templating
from collateral.clock import now

pytestmark = pytest.mark.either


@contextmanager
def read_in(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(), force_locale(language):
        yield


def spaced(text: str) -> str:
    """The text with plain spaces where it must not break."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("name", "arguments", "english", "german"),
    [
        ("date", (date(2026, 10, 12),), "12 Oct 2026", "12. Okt. 2026"),
        ("date", (date(2026, 10, 12), "short"), "12 Oct", "12. Okt."),
        ("date", (date(2026, 5, 1), "short"), "1 May", "1. Mai"),
        ("date", (None,), "", ""),
        ("number", (1204,), "1,204", "1.204"),
        ("number", (Decimal("0.5"),), "0.5", "0,5"),
        ("number", (None,), "", ""),
        ("percent", (0.37,), "37 %", "37 %"),
        ("percent", (0.375, 1), "37.5 %", "37,5 %"),
        ("money", (480_000, "EUR"), "€480,000", "480.000 €"),
        ("money", (Decimal("-1250.40"), "USD"), "-$1,250", "-1.250 $"),
        ("money", (None, "EUR"), "", ""),
        ("money_short", (1_350_000, "EUR"), "€1.35 M", "1,35 Mio. €"),
        ("money_short", (48_200, "EUR"), "€48 k", "48 Tsd. €"),
        ("money_short", (2_100_000_000, "EUR"), "€2.1 bn", "2,1 Mrd. €"),
        ("money_short", (480, "EUR"), "€480", "480 €"),
        ("duration", (59,), "59 s", "59 s"),
        ("duration", (130,), "2 min 10 s", "2 min 10 s"),
        ("duration", (7_800,), "2 h 10 min", "2 h 10 min"),
        ("bytes", (4_200_000,), "4.2 MB", "4,2 MB"),
        ("bytes", (512,), "512 B", "512 B"),
        ("bytes", (1_500_000_000,), "1.5 GB", "1,5 GB"),
    ],
)
def test_each_language_has_its_own_way(
    app: Flask, name: str, arguments: tuple[object, ...], english: str, german: str
) -> None:
    write = templating.FILTERS[name]
    with read_in(app, "en"):
        assert spaced(write(*arguments)) == english
    with read_in(app, "de"):
        assert spaced(write(*arguments)) == german


def test_thousands_are_set_apart_in_sentences_too(app: Flask) -> None:
    with read_in(app, "en"):
        assert (
            templating.translate_number("%(num)s deal", "%(num)s deals", 12_000) == "12,000 deals"
        )
    with read_in(app, "de"):
        assert templating.translate_number("%(num)s deal", "%(num)s deals", 1) == "1 Deal"


def test_a_figure_is_not_torn_from_its_unit(app: Flask) -> None:
    with read_in(app, "de"):
        assert " " not in templating.bytes_(2_147_483_648)
        assert " " not in templating.money(480_000, "EUR")
        assert " " not in templating.money_short(1_350_000, "EUR")


def test_a_day_that_is_near_is_named(app: Flask) -> None:
    today = now().astimezone(ZoneInfo(app.extensions["settings"].time_zone)).date()
    with read_in(app, "en"):
        assert templating.format_day(today) == "today"
        assert templating.format_day(today + timedelta(days=1)) == "tomorrow"
    with read_in(app, "de"):
        assert templating.format_day(today) == "heute"
        assert templating.format_day(today - timedelta(days=1)) == "gestern"


def test_a_day_within_a_week_has_its_weekday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime.fromisoformat("2026-11-18T12:00:00+00:00")
    monkeypatch.setattr(templating, "now", lambda: noon)
    with read_in(app, "en"):
        assert templating.format_day(date(2026, 11, 20)) == "Fri 20 Nov"
        assert templating.format_day(date(2026, 1, 20)) == "20 Jan"
        assert templating.format_day(date(2025, 1, 20)) == "20 Jan 2025"
    with read_in(app, "de"):
        assert templating.format_day(date(2026, 11, 20)) == "Fr. 20. Nov."
        assert templating.format_day(date(2025, 1, 20)) == "20. Jan. 2025"


def test_how_long_ago(app: Flask) -> None:
    with read_in(app, "en"):
        assert templating.ago(now() - timedelta(days=3, minutes=1)) == "3 days ago"
        assert templating.ago(now() - timedelta(seconds=59)) == "just now"
    with read_in(app, "de"):
        assert templating.ago(now() - timedelta(days=3, minutes=1)) == "vor 3 Tagen"


@pytest.mark.parametrize(("value", "ends"), [(0, ["0", "1"]), (35, ["35", "36"])])
def test_a_chart_of_equal_values_has_an_axis_in_whole_steps(
    app: Flask, value: int, ends: list[str]
) -> None:
    drawn = app.jinja_env.from_string(
        '{% import "components/ui.html" as ui with context %}'
        f'{{{{ ui.line_chart(["Jan", "Feb"], [{value}, {value}], "This year") }}}}'
    )
    with app.test_request_context():
        chart = drawn.render()
    axis = re.search(r'class="plot__y"[^>]*>(.*?)</div>', chart)
    assert axis
    assert re.findall(r"<span>([^<]+)</span>", axis[1]) == ends
