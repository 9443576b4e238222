"""The audit trail: who did what, the newest first."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts import queries
from collateral.accounts.guard import requires
from collateral.accounts.permissions import Permission
from collateral.accounts.queries import TrailFilter
from collateral.accounts.views import bp
from collateral.accounts.views.actions import details, spoken, thing
from collateral.accounts.views.browser import asked_number, asked_words
from collateral.templating import reader_zone


@bp.get("/admin/audit")
@requires(Permission.ADMIN_AUDIT)
def audit() -> ResponseReturnValue:
    wanted = TrailFilter(
        action=asked_words("action"),
        person_id=asked_number("person"),
        kind=asked_words("kind"),
        object_id=asked_number("id"),
        since=_day("from"),
        until=_day("to"),
    )
    entries, more = queries.trail(wanted, reader_zone(), before=asked_number("before"))
    return render_template(
        "accounts/audit.html",
        entries=entries,
        spoken=spoken,
        thing=thing,
        details=details,
        more=more,
        wanted=wanted,
        action_options=[
            ("", _("everything")),
            *((action, spoken(action)) for action in queries.trail_actions()),
        ],
        actor_options=[
            ("", _("everybody")),
            *((actor.id, actor.name) for actor in queries.trail_actors()),
        ],
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # Where a year has a zone's midnight to begin with.
    return day if 1970 <= day.year <= 9000 else None
