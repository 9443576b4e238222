"""What is told of requests and of flags, and to whom."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from collateral.accounts.permissions import Permission
from collateral.notify.happenings import Happening, declare_happening
from collateral.notify.kinds import Facts, Kind, declare
from collateral.requests.models_feedback import FlagReason, FlagState
from collateral.requests.models_steps import StepKind
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
STEP_NAMES = {
    StepKind.BRIEF: N_("Brief"),
    StepKind.DRAFT: N_("Draft"),
    StepKind.REVIEW: N_("Review"),
    StepKind.APPROVAL: N_("Approval"),
    StepKind.PUBLICATION: N_("Publication"),
}

STEP_ASSIGNED = declare(
    Kind(
        "step_assigned",
        N_("A step of a request that is mine now"),
        sentence=lambda f: _(
            "“%(title)s” is at your step: %(step)s by %(day)s.",
            title=f["title"],
            step=_(STEP_NAMES[StepKind(int(f["step"]))]),
            day=_day(f),
        ),
        address=_address,
        needs=Permission.REQUEST_ANSWER,
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


FLAG_REASONS = {
    FlagReason.WRONG: N_("Something in it is wrong"),
    FlagReason.OUT_OF_DATE: N_("It is out of date"),
    FlagReason.OLD_LOOK: N_("It has an old name, logo or look"),
    FlagReason.NOT_TO_BE_SENT: N_("It must not go to customers"),
    FlagReason.OTHER: N_("Something else"),
}


def _feedback(facts: Facts) -> str:
    return f"/assets/{facts['asset']}?tab=feedback#more"


def _flagged(facts: Facts) -> str:
    sentence = _(
        "%(name)s flags “%(title)s”: %(what)s",
        name=facts["name"],
        title=facts["title"],
        what=facts["sentence"] or _(FLAG_REASONS[FlagReason(str(facts["reason"]))]),
    )
    return str(sentence)


def _resolved(facts: Facts) -> str:
    if facts["state"] == FlagState.MENDED.value:
        said = _("What you flagged in “%(title)s” is mended.", title=facts["title"])
    else:
        said = _("What you flagged in “%(title)s” is not so.", title=facts["title"])
    return f"{said} {facts['note']}".rstrip()


FLAGGED = declare(
    Kind(
        "asset_flagged",
        N_("An asset of mine is flagged"),
        sentence=_flagged,
        address=_feedback,
        about=("asset",),
    )
)
FLAG_RESOLVED = declare(
    Kind(
        "flag_resolved",
        N_("What I flagged is resolved"),
        sentence=_resolved,
        address=_feedback,
        about=("asset",),
    )
)
