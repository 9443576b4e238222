"""Which step a request may take from which state, when its production's steps are due, and what
ratings come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from collateral.requests.models import RequestState

LONGEST_TITLE = 200
LONGEST_TEXT = 4000
LONGEST_SENTENCE = 500
FEWEST_RATINGS = 3
LOW_MEAN = 3


class Step(StrEnum):
    JOIN = "join"
    TAKE_ON = "take_on"
    ANSWER = "answer"
    DECLINE = "decline"
    REOPEN = "reopen"


_FROM = {
    Step.JOIN: {RequestState.OPEN, RequestState.TAKEN_ON},
    # Taking on again gives it to somebody else or another day.
    Step.TAKE_ON: {RequestState.OPEN, RequestState.TAKEN_ON},
    Step.ANSWER: {RequestState.OPEN, RequestState.TAKEN_ON},
    Step.DECLINE: {RequestState.OPEN, RequestState.TAKEN_ON},
    Step.REOPEN: {RequestState.TAKEN_ON, RequestState.MADE, RequestState.DECLINED},
}


def may(step: Step, state: RequestState) -> bool:
    return state in _FROM[step]


def is_overdue(state: RequestState, due_on: date | None, today: date) -> bool:
    """Taken on, and the day on which it was to be there is past."""
    return state is RequestState.TAKEN_ON and due_on is not None and due_on < today


def spread(begins: date, due_on: date, count: int) -> list[date]:
    """The days of `count` steps that share the days from one to the other evenly: in order, none
    before the first day, the last one on the last. All on that day where it is not later."""
    days = max((due_on - begins).days, 0)
    return [due_on - timedelta(days=days - days * each // count) for each in range(1, count + 1)]


@dataclass(frozen=True)
class Ratings:
    """How many there are, and how many stars they give in all."""

    count: int = 0
    stars: int = 0

    @property
    def mean(self) -> float | None:
        """From 1 to 5; None where nobody rated."""
        return self.stars / self.count if self.count else None


def counted(current: Ratings, every: Ratings) -> Ratings:
    """Those that an asset's mean is of: the current version's from three on, else all versions'.

    A new version would otherwise begin with the faults of the one before, or with the word of
    its first reader alone.
    """
    return current if current.count >= FEWEST_RATINGS else every


def is_low(ratings: Ratings) -> bool:
    """Whether marketing should look at it: three ratings or more, and a mean below 3.

    Two people may share a bad day; from three on a mean below the middle of the scale says
    that more were let down than helped.
    """
    return ratings.count >= FEWEST_RATINGS and ratings.stars < LOW_MEAN * ratings.count
