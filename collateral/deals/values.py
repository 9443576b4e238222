"""What the words in a CRM's columns mean: days, moments, amounts, currencies, ids. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from collateral.amounts import with_point
from collateral.words import N_, Sentence

LARGEST = Decimal("999999999999.99")
EARLIEST, LATEST = date(1970, 1, 1), date(2199, 12, 31)


class DayOrder(StrEnum):
    """What stands first in 03/04/2026."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Unreadable(ValueError):
    """The value is not what its column should hold.

    raise Unreadable(N_("“%(text)s” is no date."), text=text)
    """

    def __init__(self, text: str, /, **values: str | int | Sentence) -> None:
        super().__init__(text)
        self.sentence = Sentence(text, values)

    def __str__(self) -> str:
        return str(self.sentence)


_ISO = re.compile(
    r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_THREE = re.compile(
    r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])?\.?(?:[Mm]\.?)?)?$"
)
_NAMED = re.compile(
    r"^(?:(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.? (\d{1,2})),?[ -](\d{4})$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass
class OrderEvidence:
    """What a file's own dates say about which number is the day."""

    day_first: str = ""
    """A date that can only be read with the day first."""
    month_first: str = ""
    either: str = ""
    """A date that reads both ways and means two different days."""

    def look(self, text: str) -> None:
        """Take note of one value."""
        match = _THREE.match(text.strip())
        if not match or match[2] == ".":
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self.day_first = self.day_first or text
        elif second > 12 >= first:
            self.month_first = self.month_first or text
        elif first != second:
            self.either = self.either or text

    def order(self) -> DayOrder:
        """The one order that fits.

        Raises:
            Unreadable: the dates contradict one another, or all of them read both ways.
        """
        if self.day_first and self.month_first:
            raise Unreadable(
                N_(
                    "The dates mix two orders: “%(day)s” has the day first, “%(month)s” the "
                    "month. Say which one stands first; lines in the other order are then refused."
                ),
                day=self.day_first,
                month=self.month_first,
            )
        if self.either and not (self.day_first or self.month_first):
            raise Unreadable(
                N_(
                    "Dates such as “%(text)s” can be read with the day or with the month first, "
                    "and no date in the file settles it. Say which one stands first."
                ),
                text=self.either,
            )
        return DayOrder.MONTH_FIRST if self.month_first else DayOrder.DAY_FIRST


def day_order(values: Iterable[str]) -> DayOrder:
    """The order of day and month in these dates. Raises Unreadable when it cannot be told."""
    evidence = OrderEvidence()
    for value in values:
        evidence.look(value)
    return evidence.order()


def parse_moment(text: str, order: DayOrder, zone: tzinfo = UTC) -> datetime:
    """A moment, aware. Without a time it is midnight, without a zone it is `zone`'s.

    Raises:
        Unreadable: it is no date, or one outside of 1970 to 2199.
    """
    text = text.strip()
    offset = ""
    if match := _ISO.match(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6))
        offset = match[7] or ""
    elif match := _THREE.match(text):
        first, second_, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        day_first = match[2] == "." or order is DayOrder.DAY_FIRST
        day, month = (first, second_) if day_first else (second_, first)
        hour, minute, second = (int(match[n] or 0) for n in (5, 6, 7))
        if match[8]:
            if not 1 <= hour <= 12:
                raise Unreadable(N_("“%(text)s” is no time of day."), text=text)
            hour = hour % 12 + (12 if match[8] in "Pp" else 0)
    elif (match := _NAMED.match(text)) and (match[2] or match[3])[:3].lower() in _MONTHS:
        day, year = int(match[1] or match[4]), int(match[5])
        month = _MONTHS.index((match[2] or match[3])[:3].lower()) + 1
        hour = minute = second = 0
    else:
        raise Unreadable(N_("“%(text)s” is no date."), text=text)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset) or zone)
    except ValueError as error:
        raise Unreadable(N_("“%(text)s” is no date."), text=text) from error
    if not EARLIEST <= moment.date() <= LATEST:
        raise Unreadable(N_("“%(text)s” is outside of 1970 to 2199."), text=text)
    return moment


def _zone(offset: str) -> tzinfo | None:
    if not offset:
        return None
    if offset in ("Z", "UTC"):
        return UTC
    return datetime.strptime(offset.replace(":", ""), "%z").tzinfo


def parse_day(text: str, order: DayOrder) -> date:
    """A day; a time after it is left out. Raises Unreadable."""
    return parse_moment(text, order).date()


def at_midnight(day: date, zone: tzinfo = UTC) -> datetime:
    """The moment at which the day begins there."""
    return datetime.combine(day, time(), tzinfo=zone)


_SYMBOLS = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY", "zł": "PLN", "₹": "INR"}
_AMOUNT = re.compile(r"^(?P<before>[^\d().,+-]*)(?P<number>[\d.,'’\s  ]*\d)(?P<after>[^\d]*)$")


@dataclass(frozen=True)
class Amount:
    value: Decimal
    currency: str | None
    """Of the symbol or code beside it; None when there was none."""


def parse_amount(text: str) -> Amount:
    """An amount as CRMs write it: 1,234.50 or 1.234,50 or 1 234,50 or €1,200 or USD 1200.

    Raises:
        Unreadable: it is no amount, negative, or larger than 999,999,999,999.99.
    """
    text = text.strip()
    match = _AMOUNT.match(text)
    if not match:
        negative = re.match(r"^\W*[-(]", text)
        raise Unreadable(
            N_("“%(text)s” is negative.") if negative else N_("“%(text)s” is no amount."), text=text
        )
    try:
        value = Decimal(with_point(match["number"])).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise Unreadable(N_("“%(text)s” is no amount."), text=text) from error
    if value > LARGEST:
        raise Unreadable(N_("“%(text)s” is larger than any deal."), text=text)
    return Amount(value, _currency_beside(match["before"].strip() or match["after"].strip(), text))


def _currency_beside(word: str, text: str) -> str | None:
    if not word:
        return None
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    try:
        return parse_currency(word)
    except Unreadable:
        raise Unreadable(N_("“%(text)s” is no amount."), text=text) from None


def parse_currency(text: str) -> str:
    """An ISO 4217 code. Raises Unreadable."""
    from babel.numbers import is_currency

    code = text.strip().upper()
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    if not is_currency(code):
        raise Unreadable(N_("“%(text)s” is no currency."), text=text.strip())
    return code


_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_id(text: str) -> str:
    """The long form of a Salesforce id: reports give 15 characters, exports 18.

    The three more say which of the fifteen are capitals, five at a time, lowest first.
    """
    if not re.fullmatch(r"[0-9A-Za-z]{15}", text):
        return text
    suffix = ""
    for part in (text[0:5], text[5:10], text[10:15]):
        suffix += _ID_ALPHABET[sum(1 << n for n, c in enumerate(part) if c.isupper())]
    return text + suffix


_YES = {"1", "true", "yes", "y", "x", "ja", "oui", "si", "sí", "wahr"}
_NO = {"", "0", "false", "no", "n", "nein", "non", "falsch"}


def parse_yes(text: str) -> bool:
    """Whether a box was ticked. Raises Unreadable."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable(N_("“%(text)s” is neither yes nor no."), text=text.strip())
