"""One's own adaptations, and those that wait for a decision."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import queries
from collateral.adaptations.views import bp
from collateral.adaptations.views.wording import reason_labels, status_kind, status_label


@bp.get("/adaptations")
@requires(Permission.ADAPTATION_READ)
def index() -> ResponseReturnValue:
    """`?tab=review` what waits, `decided` what was decided, `own` one's own."""
    person = actor()
    reviews = can(person, Permission.ADAPTATION_REVIEW)
    tabs = ["review", "decided", "own"] if reviews else ["own"]
    tab = request.args.get("tab", tabs[0])
    tab = tab if tab in tabs else tabs[0]
    listed = (
        queries.own(person) if tab == "own" else queries.to_review(person, decided=tab == "decided")
    )
    names = {"review": _("To review"), "decided": _("Decided"), "own": _("Your own")}
    return render_template(
        "adaptations/list.html",
        listed=listed,
        tab=tab,
        tabs=[
            {
                "text": names[each],
                "url": url_for("adaptations.index", tab=each),
                "current": each == tab,
                "count": queries.waiting(person) if each == "review" else None,
            }
            for each in tabs
        ],
        labels=reason_labels(),
        status=lambda status: (status_label(status), status_kind(status)),
    )
