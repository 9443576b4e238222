"""Plays what Kelvane's reps asked for, as the year left it: open, taken on, made, declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from collateral.demo.asking import WANTED, Wanted
from collateral.demo.catalogue import Sample
from collateral.demo.company import person
from collateral.demo.hours import working_moment
from collateral.demo.played import PlayedDeal
from collateral.requests.models_steps import StepKind
from collateral.requests.rules import spread


@dataclass(frozen=True)
class Waiter:
    """Who waits, since when, and for which deal, if for one."""

    person: str
    at: datetime
    deal: str


REVIEWERS = ("ines.duarte", "lena.vogel")
"""Who looks at what others make; of two the first who did not make it."""


@dataclass(frozen=True)
class Stepped:
    """A step of its production; `done_at` is None where it is not done."""

    number: int
    assignee: str
    due: date
    done_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """A request as it stands, with the moment of its last change and its steps."""

    wanted: Wanted
    at: datetime
    changed: datetime
    due: date | None
    waiting: tuple[Waiter, ...]
    began: datetime
    """When it was taken on, where it was."""
    steps: tuple[Stepped, ...] = ()

    @property
    def state(self) -> str:
        if self.wanted.asset:
            return "made"
        if self.wanted.reason:
            return "declined"
        return "taken_on" if self.wanted.maker else "open"


def play_requests(
    rng: Random,
    now: datetime,
    start: datetime,
    samples: Sequence[Sample],
    deals: Sequence[PlayedDeal],
) -> list[Asked]:
    """Those that were asked since the library began, in order of time."""
    known = {sample.key: sample for sample in samples}
    asked = []
    for wanted in WANTED:
        asker = person(wanted.by)
        before = now - timedelta(minutes=30)
        at = working_moment(rng, now - timedelta(days=wanted.days), asker, before=before)
        if at < start or (wanted.asset and wanted.asset not in known):
            continue
        changed = _changed(rng, now, wanted, at, known)
        waiting = [Waiter(wanted.by, at, _deal(rng, deals, wanted, wanted.by, at))]
        for key in wanted.waiting:
            joined = at + rng.uniform(0.1, 0.9) * ((changed if changed > at else now) - at)
            waiting.append(Waiter(key, joined, _deal(rng, deals, wanted, key, joined)))
        waiting.sort(key=lambda waiter: waiter.at)
        due = None if wanted.due is None else now + timedelta(days=wanted.due)
        if wanted.asset:
            due = changed + timedelta(days=4)
        day = due.date() if due else None
        began = at + (changed - at) * 0.4 if wanted.asset else changed
        steps = _steps(wanted, began, day, changed if wanted.asset else now)
        asked.append(Asked(wanted, at, changed, day, tuple(waiting), began, steps))
    return sorted(asked, key=lambda one: one.at)


def _changed(
    rng: Random, now: datetime, wanted: Wanted, at: datetime, known: Mapping[str, Sample]
) -> datetime:
    """When its last step was: of what was made, soon after it was published."""
    if wanted.asset:
        return now - timedelta(days=known[wanted.asset].age) + timedelta(minutes=40)
    if wanted.maker or wanted.reason:
        return at + timedelta(days=min(wanted.days / 2, 8)) * rng.uniform(0.3, 1)
    return at


def _steps(
    wanted: Wanted, began: datetime, due: date | None, until: datetime
) -> tuple[Stepped, ...]:
    """Those done share the time until then; of what is made the last was done at its end."""
    if not wanted.maker or due is None:
        return ()
    reviewer = next(key for key in REVIEWERS if key != wanted.maker)
    days = spread(began.date(), due, len(StepKind))
    done = len(StepKind) if wanted.asset else wanted.done
    parts = done if wanted.asset else done + 1
    return tuple(
        Stepped(
            kind,
            reviewer if kind in (StepKind.REVIEW, StepKind.APPROVAL) else wanted.maker,
            day,
            began + (until - began) * kind / parts if kind <= done else None,
        )
        for kind, day in zip(StepKind, days, strict=True)
    )


def _deal(rng: Random, deals: Sequence[PlayedDeal], wanted: Wanted, who: str, at: datetime) -> str:
    """A deal of that person's which was open then and is of the product, if it names one."""
    own = [
        deal.external_id
        for deal in deals
        if deal.owner == who
        and deal.opened < at
        and (deal.closed is None or deal.closed > at)
        and wanted.product in ("", deal.product)
    ]
    return rng.choice(own) if own else ""
