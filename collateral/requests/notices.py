"""What is told of requests, and to whom."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Facts, Kind, declare
from collateral.templating import format_date
from collateral.words import N_


def _address(facts: Facts) -> str:
    return f"/requests/{facts['request']}"


def _day(facts: Facts) -> str:
    return format_date(date.fromisoformat(str(facts["due_on"])))


ASKED = declare(
    Kind(
        "request_asked",
        N_("A new request"),
        sentence=lambda f: _("%(name)s asks for “%(title)s”.", name=f["name"], title=f["title"]),
        address=_address,
    )
)
TAKEN_ON = declare(
    Kind(
        "request_taken_on",
        N_("A request that I wait for is taken on"),
        sentence=lambda f: _(
            "%(name)s makes “%(title)s” by %(day)s.",
            name=f["name"],
            title=f["title"],
            day=_day(f),
        ),
        address=_address,
    )
)
ASSIGNED = declare(
    Kind(
        "request_assigned",
        N_("A request that I am to make"),
        sentence=lambda f: _(
            "You are to make “%(title)s” by %(day)s.", title=f["title"], day=_day(f)
        ),
        address=_address,
    )
)
MADE = declare(
    Kind(
        "request_made",
        N_("A request that I wait for is made"),
        sentence=lambda f: _("“%(title)s” is made.", title=f["title"]),
        address=_address,
    )
)
DECLINED = declare(
    Kind(
        "request_declined",
        N_("A request that I wait for is declined"),
        sentence=lambda f: _("“%(title)s” will not be made.", title=f["title"]),
        address=_address,
    )
)
REQUESTED = declare_happening(
    Happening("request.asked", N_("Somebody asks for what is missing"), _address)
)
