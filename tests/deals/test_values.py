"""Days, amounts and ids as CRMs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.deals.mapping import from_json
from collateral.deals.values import (
    DayOrder,
    Unreadable,
    day_order,
    parse_amount,
    parse_currency,
    parse_day,
    parse_moment,
    salesforce_id,
)

D, M = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-03-04", M, date(2026, 3, 4)),
        ("2026/3/4", M, date(2026, 3, 4)),
        ("2026-03-04T23:59:00Z", D, date(2026, 3, 4)),
        ("2026-03-04 08:12", D, date(2026, 3, 4)),
        ("03/04/2026", D, date(2026, 4, 3)),
        ("03/04/2026", M, date(2026, 3, 4)),
        ("3/4/26", M, date(2026, 3, 4)),
        ("3/4/2026, 2:30 PM", M, date(2026, 3, 4)),
        ("03.04.2026", M, date(2026, 4, 3)),
        ("3-4-2026", D, date(2026, 4, 3)),
        ("4 Mar 2026", D, date(2026, 3, 4)),
        ("March 4, 2026", D, date(2026, 3, 4)),
        ("29.02.2028", D, date(2028, 2, 29)),
    ],
)
def test_days(text: str, order: DayOrder, day: date) -> None:
    assert parse_day(text, order) == day


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-02-30", "13/13/2026", "0001-01-01", "45987", "4 Foo 2026", "1/2/2026 25:00"],
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_day(text, D)


def test_moments_keep_their_zone() -> None:
    assert parse_moment("2026-03-04T10:00:00+02:00", D) == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert parse_moment("3/4/2026 12:05 AM", M) == datetime(2026, 3, 4, 0, 5, tzinfo=UTC)


def test_the_order_of_day_and_month() -> None:
    assert day_order(["03/04/2026", "25/12/2026"]) is D
    assert day_order(["03/04/2026", "12/25/2026"]) is M
    assert day_order(["2026-03-04", "03.04.2026", "", "4/4/2026"]) is D
    with pytest.raises(Unreadable):
        day_order(["03/04/2026", "05/06/2026"])
    with pytest.raises(Unreadable):
        day_order(["13/04/2026", "04/13/2026"])


@given(
    st.lists(st.dates(date(1970, 1, 1), date(2199, 12, 31)), min_size=1, max_size=20),
    st.sampled_from([D, M]),
)
def test_an_order_that_is_told_is_the_one_that_the_dates_were_written_in(
    days: list[date], order: DayOrder
) -> None:
    shape = "%d/%m/%Y" if order is D else "%m/%d/%Y"
    texts = [day.strftime(shape) for day in days]
    try:
        told = day_order(texts)
    except Unreadable:
        assert all(day.day <= 12 for day in days)
    else:
        assert [parse_day(text, told) for text in texts] == days


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1200", "1200", None),
        ("1,200", "1200", None),
        ("1.200", "1200", None),
        ("1,200.50", "1200.50", None),
        ("1.200,50", "1200.50", None),
        ("1 200,5", "1200.50", None),
        ("1’200.00", "1200", None),
        ("1.234.567", "1234567", None),
        ("1200.5", "1200.50", None),
        ("1234.500", "1234.50", None),
        ("€1,200", "1200", "EUR"),
        ("1 200,00 €", "1200", "EUR"),
        ("USD 1200", "1200", "USD"),
        ("0", "0", None),
    ],
)
def test_amounts(text: str, value: str, currency: str | None) -> None:
    amount = parse_amount(text)
    assert (amount.value, amount.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["", "-5", "(5.00)", "much", "1e9", "=1+1", "9999999999999999", "12 apples", "1,2.3,4x"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_amount(text)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_and_a_day_or_says_why_not(text: str) -> None:
    for read in (parse_amount, lambda t: parse_moment(t, D), parse_currency):
        try:
            read(text)
        except Unreadable as error:
            assert str(error).endswith(".")


def test_a_salesforce_id_has_one_long_form() -> None:
    assert salesforce_id("500A0000006hWzN") == "500A0000006hWzNIAU"
    assert salesforce_id("500A0000006hWzNIAU") == "500A0000006hWzNIAU"
    assert salesforce_id("D-17") == "D-17"


def test_a_mapping_of_columns_alone_may_name_the_currencys_column() -> None:
    mapping = from_json({"name": "Title", "currency": "Currency"})
    assert mapping.columns == {"name": "Title", "currency": "Currency"}


def test_a_currency_alone_is_the_setting() -> None:
    assert from_json({"currency": "EUR"}).currency == "EUR"
