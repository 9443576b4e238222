"""The decisions: accept as a variant, merge pages, decline; and the file that is asked for."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.adaptations import queries, reviewing
from collateral.adaptations.models import Adaptation
from collateral.adaptations.turns import DecidedMeanwhile
from collateral.adaptations.views import bp
from collateral.assets.operations import receive
from collateral.assets.uploads import takes_files
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import CollateralError, Invalid


@bp.errorhandler(DecidedMeanwhile)
def decided_meanwhile(error: DecidedMeanwhile) -> ResponseReturnValue:
    """Back to the page as it is now, with what the other did; nothing was overwritten."""
    return _back_with(error)


def _back_with(error: CollateralError) -> ResponseReturnValue:
    db.session.rollback()
    adaptation_id = int((request.view_args or {})["adaptation_id"])
    flash(error.sentence, "error")
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation_id), 303)


def _reviewed(adaptation_id: int) -> Adaptation:
    adaptation = queries.get_visible(actor(), adaptation_id)
    require(actor(), Permission.ADAPTATION_REVIEW, adaptation)
    return adaptation


def _revision() -> int | None:
    return request.form.get("revision", type=int)


def _back(adaptation: Adaptation) -> ResponseReturnValue:
    return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)


@bp.post("/adaptations/<int:adaptation_id>/accept")
@requires(Permission.ADAPTATION_REVIEW)
def accept(adaptation_id: int) -> ResponseReturnValue:
    """Offer it to others as a variant of its source."""
    adaptation = _reviewed(adaptation_id)
    variant = reviewing.accept(
        adaptation,
        by=actor(),
        at=now(),
        revision=_revision(),
        text=request.form.get("text", ""),
    )
    db.session.commit()
    url = url_for("assets.detail", asset_id=variant.id)
    text = _("Accepted. Others find it as a variant.")
    flash(cast(Any, {"text": text, "link": {"text": _("Open"), "url": url}}))
    return _back(adaptation)


@bp.post("/adaptations/<int:adaptation_id>/merge")
@requires(Permission.ADAPTATION_REVIEW)
def merge(adaptation_id: int) -> ResponseReturnValue:
    """Take the chosen `page`s into the next version."""
    adaptation = _reviewed(adaptation_id)
    pages = request.form.getlist("page", type=int)
    try:
        reviewing.merge(
            adaptation,
            pages,
            by=actor(),
            at=now(),
            revision=_revision(),
            text=request.form.get("text", ""),
        )
    except Invalid as error:
        return _back_with(error)
    db.session.commit()
    flash(
        ngettext(
            "%(num)s page goes into the next version",
            "%(num)s pages go into the next version",
            len(pages),
        )
    )
    return _back(adaptation)


@bp.post("/adaptations/<int:adaptation_id>/decline")
@requires(Permission.ADAPTATION_REVIEW)
def decline(adaptation_id: int) -> ResponseReturnValue:
    """Say no to it with a `reason`, or only to one `page` of it."""
    adaptation = _reviewed(adaptation_id)
    page = request.form.get("page", type=int)
    reason = request.form.get("reason", "")
    given: dict[str, Any] = {"by": actor(), "at": now(), "revision": _revision()}
    try:
        if page:
            reviewing.decline_page(adaptation, page, reason, **given)
        else:
            reviewing.decline(adaptation, reason, **given)
    except Invalid as error:
        return _back_with(error)
    db.session.commit()
    who = adaptation.person.name
    flash(_("Declined. %(person)s is told why.", person=who))
    return _back(adaptation)


@bp.post("/adaptations/<int:adaptation_id>/version")
@requires(Permission.ADAPTATION_REVIEW)
@takes_files
def take_version(adaptation_id: int) -> ResponseReturnValue:
    """The new `file` with the merged pages, where it could not be put together here."""
    adaptation = _reviewed(adaptation_id)
    given = request.files.get("file")
    if given is None or not given.filename:
        return _back_with(Invalid(_("Choose a file first.")))
    limit = cast(Settings, current_app.extensions["settings"]).max_upload
    received = receive(cast(Any, given.stream), given.filename, limit=limit)
    version = reviewing.take_version(adaptation, received, by=actor(), at=now())
    db.session.commit()
    flash(_("Version %(number)s is being read", number=version.number))
    return _back(adaptation)
