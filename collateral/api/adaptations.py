"""Adaptations: handed in, looked at, decided on."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from collateral.accounts.permissions import Permission, require
from collateral.adaptations import operations, queries, reviewing
from collateral.adaptations.models import Adaptation, Status
from collateral.adaptations.operations import Answers
from collateral.adaptations.turns import DecidedMeanwhile
from collateral.api.adaptation_shapes import AdaptationDetail, NewAdaptation, detail
from collateral.api.asset_shapes import tag_of
from collateral.api.auth import actor
from collateral.api.calls import Answer, Call
from collateral.api.conditions import edits_expected, no_lost_race
from collateral.api.deals import find_deal
from collateral.api.files import TakeFile
from collateral.api.shapes import address
from collateral.assets import queries as assets
from collateral.assets.operations import Received
from collateral.clock import now
from collateral.db import db

Text = Annotated[str, Meta(max_length=5000)]


class Accepting(Struct, forbid_unknown_fields=True):
    """What is said to its maker."""

    note: Text = ""


class MergingPages(Struct, forbid_unknown_fields=True):
    """`pages` are numbers of its own edited or new pages; `dropped` pages of the source that
    shall go, too."""

    pages: list[Annotated[int, Meta(ge=1)]] = field(default_factory=list)
    dropped: list[Annotated[int, Meta(ge=1)]] = field(default_factory=list)
    note: Text = ""


class Declining(Struct, forbid_unknown_fields=True):
    """`page` declines that page alone."""

    reason: Annotated[str, Meta(min_length=1, max_length=5000)]
    page: Annotated[int, Meta(ge=1)] | None = None


@Call(
    "POST",
    "/adaptations",
    permission=Permission.ADAPTATION_MAKE,
    does="Hand in a file that was adapted from something in the library.",
    more="It is read and traced afterwards: GET it until `state` is `ready`.",
    form=NewAdaptation,
    file=TakeFile.KEPT,
    answers=AdaptationDetail,
    statuses=(201,),
    fails=(404, 507),
)
def hand_in_adaptation(body: NewAdaptation, file: Received) -> Answer:
    person, moment = actor(), now()
    source = assets.get_visible(person, body.source) if body.source else None
    deal = find_deal(body.deal) if body.deal else None
    adaptation = operations.hand_in(file, by=person, at=moment, asset=source)
    answers = Answers(
        title=body.title,
        asset=source,
        deal=deal,
        reasons=body.reasons,
        note=body.note,
        minutes=body.minutes,
        submit=body.submit == "true",
    )
    if adaptation.traced_at is None:
        operations.answer_ahead(adaptation, answers, at=moment)
    elif adaptation.status is Status.PRIVATE:
        operations.confirm(adaptation, answers, by=person, at=moment)
    location = address(f"/adaptations/{adaptation.id}")
    return _answer(adaptation, {"Location": location})


@Call(
    "GET",
    "/adaptations/<int:adaptation_id>",
    permission=Permission.ADAPTATION_READ,
    does="One adaptation: where each of its pages came from, and what was decided.",
    answers=AdaptationDetail,
    edits=True,
)
def get_adaptation(adaptation_id: int) -> Answer:
    return _answer(queries.get_visible(actor(), adaptation_id))


@Call(
    "POST",
    "/adaptations/<int:adaptation_id>/accept",
    permission=Permission.ADAPTATION_REVIEW,
    does="Offer an adaptation to others as a variant of its source.",
    body=Accepting,
    body_optional=True,
    answers=AdaptationDetail,
    fails=(409,),
    edits=True,
)
def accept_adaptation(adaptation_id: int, body: Accepting) -> Answer:
    adaptation = _reviewed(adaptation_id)
    with no_lost_race(DecidedMeanwhile):
        reviewing.accept(
            adaptation, by=actor(), at=now(), revision=edits_expected(), text=body.note
        )
    return _answer(adaptation)


@Call(
    "POST",
    "/adaptations/<int:adaptation_id>/merge",
    permission=Permission.ADAPTATION_REVIEW,
    does="Take pages of an adaptation into the next version of its source.",
    more="`merging` says how far the next version is; `asks_file` that a person must make it.",
    body=MergingPages,
    answers=AdaptationDetail,
    fails=(409,),
    edits=True,
)
def merge_adaptation(adaptation_id: int, body: MergingPages) -> Answer:
    adaptation = _reviewed(adaptation_id)
    pages = [*body.pages, *(-number for number in body.dropped)]
    with no_lost_race(DecidedMeanwhile):
        reviewing.merge(
            adaptation, pages, by=actor(), at=now(), revision=edits_expected(), text=body.note
        )
    return _answer(adaptation)


@Call(
    "POST",
    "/adaptations/<int:adaptation_id>/decline",
    permission=Permission.ADAPTATION_REVIEW,
    does="Decline an adaptation, or one page of it, with a reason.",
    body=Declining,
    answers=AdaptationDetail,
    fails=(409,),
    edits=True,
)
def decline_adaptation(adaptation_id: int, body: Declining) -> Answer:
    adaptation = _reviewed(adaptation_id)
    person, moment, revision = actor(), now(), edits_expected()
    with no_lost_race(DecidedMeanwhile):
        if body.page is not None:
            reviewing.decline_page(
                adaptation, body.page, body.reason, by=person, at=moment, revision=revision
            )
        else:
            reviewing.decline(adaptation, body.reason, by=person, at=moment, revision=revision)
    return _answer(adaptation)


def _reviewed(adaptation_id: int) -> Adaptation:
    adaptation = queries.get_visible(actor(), adaptation_id)
    require(actor(), Permission.ADAPTATION_REVIEW, adaptation)
    return adaptation


def _answer(adaptation: Adaptation, headers: dict[str, str] | None = None) -> Answer:
    db.session.flush()
    shown = detail(adaptation, actor())
    return Answer(shown, {**(headers or {}), "ETag": tag_of(adaptation.revision)})
