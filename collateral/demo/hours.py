"""When people work and call: weekdays, from eight to six, where they live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from collateral.demo.company import Colleague

_HOURS = range(8, 18)
_BUSY = (4, 8, 9, 8, 4, 6, 9, 8, 6, 2)
_CALLS = (time(9, 30), time(11, 0), time(13, 30), time(14, 0), time(15, 30), time(10, 0))


def working_moment(
    rng: Random, near: datetime, who: Colleague, *, before: datetime | None = None
) -> datetime:
    """A moment in working hours on that day, or on the weekday after it; in UTC.

    With ``before`` the day goes back instead where the moment would not lie before it.
    """
    zone = ZoneInfo(who.time_zone)
    day = near.astimezone(zone).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    moment = _moment(rng, day, zone)
    while before is not None and moment >= before:
        day -= timedelta(days=1)
        if day.weekday() <= 4:
            moment = _moment(rng, day, zone)
    return moment


def _moment(rng: Random, day: date, zone: ZoneInfo) -> datetime:
    hour = rng.choices(_HOURS, _BUSY)[0]
    local = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), zone)
    return local.astimezone(UTC)


def next_call(rng: Random, now: datetime, who: Colleague, number: int) -> datetime:
    """When the rep's next call with a deal is; ``number`` counts the rep's open deals.

    The first is today where the day still has hours, the second tomorrow, whatever day of the
    week it is: whoever looks at the sample wants calls to look at. Later ones come on weekdays.
    """
    zone = ZoneInfo(who.time_zone)
    local = now.astimezone(zone)
    if number == 0:
        soon = local + timedelta(minutes=25)
        soon = soon.replace(minute=0, second=0, microsecond=0) + timedelta(
            minutes=30 * -(-soon.minute // 30)
        )
        if 7 <= soon.hour < 19 and soon.date() == local.date():
            return soon.astimezone(UTC)
    if number <= 1:
        at = datetime.combine(
            local.date() + timedelta(days=1), time(9, 30) if number else time(8, 30), zone
        )
        return at.astimezone(UTC)
    day = local.date() + timedelta(days=2 + number // 2 + rng.randrange(3))
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, rng.choice(_CALLS), zone).astimezone(UTC)
