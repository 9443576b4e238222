"""A stretch of days, cut into whole months and what is left over at its ends. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both within."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    def each_day(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.days)]

    def before(self) -> Period:
        """What it is compared with: as many days before it, or the same days of months before.

        From the first of a month on, it goes back by whole months: 1 to 20 November is
        compared with 1 to 20 October, a quarter with the quarter before.
        """
        if self.first.day == 1:
            count = len(self.months())
            last = _months_back(self.last, count)
            if next_month(self.last) - timedelta(days=1) == self.last:
                last = self.first - timedelta(days=1)
            return Period(_months_back(self.first, count), last)
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def months(self) -> list[date]:
        """The first days of the months that it touches."""
        month, found = self.first.replace(day=1), []
        while month <= self.last:
            found.append(month)
            month = next_month(month)
        return found

    def parts(self) -> Parts:
        """The whole months within, and the days before and after them."""
        whole = [
            month
            for month in self.months()
            if month >= self.first and next_month(month) - timedelta(days=1) <= self.last
        ]
        if not whole:
            return Parts(None, [self])
        first, after = whole[0], next_month(whole[-1])
        rest = []
        if self.first < first:
            rest.append(Period(self.first, first - timedelta(days=1)))
        if after <= self.last:
            rest.append(Period(after, self.last))
        return Parts(Period(first, whole[-1]), rest)

    def spans(self, today: date) -> Spans:
        """The same where sums can be taken away: a month of which more days lie within than
        without is read as a whole, less the others. Days after today hardly have any sums."""
        whole: list[date] = []
        more: list[Period] = []
        less: list[Period] = []
        for month in self.months():
            last = next_month(month) - A_DAY
            inside = Period(max(month, self.first), min(last, self.last))
            outside = [
                days
                for days in (Period(month, inside.first - A_DAY), Period(inside.last + A_DAY, last))
                if days.days
            ]
            over = (Period(days.first, min(days.last, today)) for days in outside)
            if sum(days.days for days in over) > inside.days:
                more.append(inside)
            else:
                whole.append(month)
                less += outside
        return Spans(Period(whole[0], whole[-1]) if whole else None, more, less)


@dataclass(frozen=True)
class Parts:
    """How a period is read from the sums."""

    months: Period | None
    """From the first to the last month, each by its first day."""
    days: list[Period]


@dataclass(frozen=True)
class Spans:
    """The same where sums can be taken away: the months and the days of `more`, without those
    of `less`."""

    months: Period | None
    more: list[Period]
    less: list[Period]


def _months_back(day: date, count: int) -> date:
    """The same day so many months before, or that month's last."""
    first = day.replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), next_month(first) - timedelta(1))


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
