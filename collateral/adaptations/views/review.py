"""The page of one adaptation: page by page beside its source, what was said and decided."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import heat, queries, reviewing
from collateral.adaptations.models import Adaptation, Merging, Status
from collateral.adaptations.relations import Change
from collateral.adaptations.views import bp
from collateral.adaptations.views.comparing import compared
from collateral.adaptations.views.found import step_of
from collateral.adaptations.views.handing_in import confirming
from collateral.adaptations.views.wording import (
    duration_of,
    reason_labels,
    status_kind,
    status_label,
)
from collateral.clock import now
from collateral.db import db
from collateral.deals import queries as deals
from collateral.errors import NotFound


@bp.get("/adaptations/<int:adaptation_id>")
@requires(Permission.ADAPTATION_READ)
def detail(adaptation_id: int) -> ResponseReturnValue:
    """For its maker, until she confirmed it, the form; otherwise the comparison."""
    person = actor()
    adaptation = queries.get_visible(person, adaptation_id)
    mine = adaptation.person_id == person.id
    if mine and adaptation.confirmed_at is None:
        return confirming(adaptation)
    return review_page(adaptation)


def review_page(adaptation: Adaptation) -> str:
    """The comparison, with what the person may do."""
    person = actor()
    mine = adaptation.person_id == person.id
    everything = request.args.get("all") == "1"
    reviews = can(person, Permission.ADAPTATION_REVIEW, adaptation)
    labels = reason_labels()
    return render_template(
        "adaptations/review.html",
        adaptation=adaptation,
        comparison=compared(adaptation, person, everything=everything),
        everything=everything,
        mine=mine,
        step=step_of(adaptation),
        seen=queries.sees_source(person, adaptation),
        deal=_deal(adaptation),
        reasons=[labels.get(reason, reason) for reason in adaptation.reasons],
        took=duration_of(adaptation.minutes),
        status=(status_label(adaptation.status), status_kind(adaptation.status)),
        steps=[(each, status_label(each.status)) for each in queries.steps(adaptation)],
        others=_others(adaptation),
        may_decide=reviews and adaptation.status is Status.SUBMITTED,
        may_merge=reviews and adaptation.status in (Status.SUBMITTED, Status.ACCEPTED),
        asks_file=reviews and adaptation.merging is Merging.ASKS_FILE,
        merging=adaptation.merging is Merging.WAITING,
    )


def _deal(adaptation: Adaptation) -> dict[str, object] | None:
    """Its deal, where the reader may see that."""
    if adaptation.deal_id is None:
        return None
    try:
        deal = deals.get_visible(actor(), adaptation.deal_id)
    except NotFound:
        return None
    return {
        "id": deal.id,
        "name": deal.name,
        "url": url_for("deals.detail", deal_id=deal.id),
        "amount": deal.amount,
        "currency": deal.currency,
        "stage": deal.stage_label,
    }


def _others(adaptation: Adaptation) -> tuple[int, int, int] | None:
    """The page that most others edited, too."""
    if adaptation.source_version_id is None:
        return None
    edited = [
        page.source_page
        for page in adaptation.pages
        if page.change is Change.EDITED
        and page.source_page
        and page.source_version_id == adaptation.source_version_id
    ]
    return heat.same_change(adaptation.source_version_id, edited, without=adaptation.id)


@bp.post("/adaptations/<int:adaptation_id>/comments")
@requires(Permission.ADAPTATION_READ)
def comment(adaptation_id: int) -> ResponseReturnValue:
    """Say `text` about a `page`, or about all of it; `parent` is what it answers."""
    person = actor()
    adaptation = queries.get_visible(person, adaptation_id)
    page = request.form.get("page", type=int)
    said = reviewing.comment(
        adaptation,
        request.form.get("text", ""),
        by=person,
        at=now(),
        page=page or None,
        parent_id=request.form.get("parent", type=int),
    )
    db.session.commit()
    return redirect(
        url_for("adaptations.detail", adaptation_id=adaptation.id, _anchor=f"said-{said.id}"), 303
    )
