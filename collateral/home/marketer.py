"""A marketer's home: what asks for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, func, select, true

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import queries as adaptations
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.assets.queries import VISIBLE, asking
from collateral.db import read
from collateral.home import numbers
from collateral.reports.overview import key_figures
from collateral.reports.presenting import figures
from collateral.requests import queries as requests
from collateral.requests import queries_feedback as feedback
from collateral.requests import queries_steps as steps
from collateral.search.cards import card
from collateral.search.engines.protocol import Sort
from collateral.search.queries import search
from collateral.search.requests import SearchRequest

REVIEW_AHEAD, EXPIRY_AHEAD = timedelta(days=14), timedelta(days=30)


@dataclass(frozen=True)
class Waiting:
    """One line of what waits; see templates/home/marketer.html."""

    icon: str
    title: str
    text: str
    url: str
    count: int
    tone: str = ""


def waiting(person: Person, today: date) -> list[Waiting]:
    """What asks for a decision, with its number; what does not, is left out. Five queries."""
    lines = [
        *_of_steps(person, today),
        *_of_reps(person),
        *_of_feedback(person),
        *_of_assets(person, today),
    ]
    return [line for line in lines if line.count]


def own_waiting(person: Person, today: date) -> list[Waiting]:
    """What asks something of a person who decides nothing else: steps that are still hers, and
    what is said of the assets that she owns. Two queries."""
    lines = [*_of_steps(person, today), *_of_feedback(person)]
    return [line for line in lines if line.count]


def _of_steps(person: Person, today: date) -> list[Waiting]:
    """Steps of requests that are hers and current, those that are overdue told apart."""
    found = steps.assigned(person, today)
    return [
        Waiting(
            "clock",
            _("Overdue steps"),
            _("of requests, assigned to you"),
            url_for("requests.board", mine=1, overdue=1),
            found.overdue,
            "warn",
        ),
        Waiting(
            "edit",
            _("Steps assigned"),
            _("of requests, yours now and not overdue"),
            url_for("requests.board", mine=1),
            found.steps - found.overdue,
        ),
    ]


def _of_feedback(person: Person) -> list[Waiting]:
    """What people say of assets and marketing has not looked at."""
    found = feedback.waiting(person)
    return [
        Waiting(
            "flag",
            _("Flagged"),
            _("as wrong or out of date"),
            url_for("requests.feedback"),
            found.flags,
            "warn",
        ),
        Waiting(
            "star",
            _("Rated low"),
            _("below 3 of 5 stars, by 3 people or more"),
            url_for("requests.feedback", list="low"),
            found.low,
        ),
    ]


def _of_reps(person: Person) -> list[Waiting]:
    """What reps wait for."""
    unanswered, taken_on = requests.to_answer(person)
    return [
        Waiting(
            "comment",
            _("Requests"),
            _("that nobody has taken on"),
            url_for("requests.index", state="open"),
            unanswered,
        ),
        Waiting(
            "edit",
            _("Requests that you make"),
            _("taken on by you"),
            url_for("requests.index", state="taken_on"),
            taken_on,
        ),
        Waiting(
            "merge",
            _("Adaptations to review"),
            _("submitted by reps"),
            url_for("adaptations.index"),
            adaptations.waiting(person),
        ),
    ]


def _of_assets(person: Person, today: date) -> list[Waiting]:
    """What the library itself waits for."""
    in_review, drafts, review, expiring, failed = _counts(person, today)
    return [
        Waiting(
            "check",
            _("In review"),
            _("waiting to be published"),
            _library(status="in_review"),
            in_review,
        ),
        Waiting(
            "clock",
            _("Reviews due"),
            _("within 14 days or overdue"),
            _library(freshness="review_due"),
            review,
            "warn",
        ),
        Waiting(
            "calendar",
            _("Expiring"),
            _("within 30 days or expired"),
            _library(freshness="expired"),
            expiring,
            "warn",
        ),
        Waiting("edit", _("Your drafts"), "", _library(status="draft"), drafts),
        Waiting(
            "warn", _("Files that could not be read"), "", url_for("reading.jobs"), failed, "bad"
        ),
    ]


def _counts(person: Person, today: date) -> Sequence[int]:
    """Assets in review, drafts of her own, reviews due, expiring, and files that could not be
    read. One query, in which each is found by an index of its own."""
    values = {
        "person_id": person.id,
        "review_until": today + REVIEW_AHEAD,
        "expiry_until": today + EXPIRY_AHEAD,
    }
    if can(person, Permission.ASSET_READ_ALL):
        return read(_COUNTED, values).one()
    return read(_COUNTED_SEEN, values | asking(person)).one()


def _counted(seen: ColumnElement[bool]) -> Select[Any]:
    return select(
        _count(seen, Asset.status == Status.IN_REVIEW),
        _count(seen, Asset.status == Status.DRAFT, Asset.owner_id == bindparam("person_id")),
        _published(seen, Asset.review_on <= bindparam("review_until")),
        _published(seen, Asset.expires_on <= bindparam("expiry_until")),
        _count(
            seen,
            AssetVersion.state == ReadingState.FAILED,
            # Said twice: the few that failed lead to their assets, not all assets to them.
            Asset.id == AssetVersion.asset_id,
            Asset.current_version_id == AssetVersion.id,
        ),
    )


def _count(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


def _published(seen: ColumnElement[bool], due: Any) -> Any:
    # By its date, which few have reached, and not by its status, which most have.
    others = [status for status in Status if status is not Status.PUBLISHED]
    return _count(due, Asset.status.not_in(others), seen)


# Made once: with every status and date it takes longer to put together than to answer.
_COUNTED, _COUNTED_SEEN = _counted(true()), _counted(VISIBLE)


def _library(**values: Any) -> str:
    return url_for("search.library", **values)


def context(person: Person, today: date) -> dict[str, Any]:
    """The context of home/marketer.html."""
    wanted = numbers.request_for(today)
    found = key_figures(person, wanted)
    return {
        "waiting": waiting(person, today),
        "figures": figures(found)[:4],
        "recent": [
            card(hit) for hit in search(person, SearchRequest(sort=Sort.NEWEST.value, limit=3)).hits
        ],
        "rising": numbers.used_most(person, wanted),
        **numbers.summary(person, wanted, found.currency),
    }
