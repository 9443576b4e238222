"""Which step a request may take from which state."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from collateral.requests.models import RequestState

LONGEST_TITLE = 200
LONGEST_TEXT = 4000


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
