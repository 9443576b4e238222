"""Editing one asset: the whole form, one field in its place, and the comparison of two editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Team
from collateral.accounts.permissions import Permission, require
from collateral.assets import editing, queries
from collateral.assets.editing import FIELDS, EditedMeanwhile
from collateral.assets.forms import EditForm
from collateral.assets.merging import Clash, Edit, Value
from collateral.assets.models import Asset
from collateral.assets.views import bp
from collateral.assets.views.pictured import pictured
from collateral.assets.views.suggested import offered
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid, NotFound


@dataclass(frozen=True)
class Compared:
    """One field that two people changed; the texts as a reader understands them."""

    name: str
    label: str
    mine: str
    theirs: str
    both: str | None


@bp.route("/assets/<int:asset_id>/edit", methods=["GET", "POST"])
@requires(Permission.ASSET_EDIT)
def edit(asset_id: int) -> ResponseReturnValue:
    """What describes the asset, all of it or one `?field=`.

    Sent with `base`, the values that the form was opened with. Where somebody changed the same
    in between, both are shown; what was typed comes back as `mine`, with `keep-NAME` (mine,
    theirs or both) for each field. A script that puts the form into the asset's page is
    answered with 200, so that a browser notes no failure where there is only a question.
    """
    asset = queries.get_visible(actor(), asset_id)
    require(actor(), Permission.ASSET_EDIT, asset)
    form, field = _form(), request.values.get("field", "")
    if field and field not in form:
        raise NotFound(_("There is no such field."))
    if field:
        form.only(field)
    form.show(asset)
    if request.method != "POST":
        return _page(asset, form, field, editing.snapshot(asset))
    base = editing.unpack(request.form.get("base", ""))
    if not base:
        raise Invalid(_("This form is not one of ours; load the page again."))
    settled = "mine" in request.form
    if not settled and not form.validate():
        return _page(asset, form, field, base, 400)
    edits = _settled(base) if settled else _typed(base, form)
    try:
        editing.edit(asset, edits, by=actor(), at=now())
    except Invalid as error:
        db.session.rollback()
        form.blame(error)
        return _page(asset, form, field, base, 400)
    except EditedMeanwhile as error:
        return _comparison(asset, form, field, edits, error)
    db.session.commit()
    if not _by_script():
        flash(_("Saved"))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


def _form() -> EditForm:
    form = EditForm()
    teams = db.session.scalars(select(Team).order_by(Team.name)).all()
    form.offer(queries.terms_by_vocabulary(), teams)
    return form


def _typed(base: Mapping[str, Value], form: EditForm) -> dict[str, Edit]:
    """What stands in the form, of fields that it was opened with."""
    return {
        name: Edit(base[name], editing.tidy(name, value))
        for name, value in form.values().items()
        if name in base
    }


def _settled(base: Mapping[str, Value]) -> dict[str, Edit]:
    """What the person decided, having seen both."""
    mine = editing.unpack(request.form["mine"])
    was = editing.unpack(request.form.get("was", ""))
    edits = {}
    for name, value in mine.items():
        keep = request.form.get(f"keep-{name}", "mine")
        if name not in base or keep == "theirs":
            continue
        if keep == "both":
            clash = Clash(was.get(name, ()), value, base[name])
            value = clash.joined() if clash.both is None else clash.both
        edits[name] = Edit(base[name], value)
    return edits


def _page(
    asset: Asset, form: EditForm, field: str, base: Mapping[str, Value], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "assets/edit.html",
        asset=pictured([asset])[0],
        form=form,
        field=field,
        base=editing.pack(base),
        offered=offered(asset) if status == 200 and not field else [],
    )
    return page, 200 if _by_script() else status


def _comparison(
    asset: Asset,
    form: EditForm,
    field: str,
    edits: Mapping[str, Edit],
    error: EditedMeanwhile,
) -> ResponseReturnValue:
    """Both, side by side. What is saved now is read again, for the next try to begin with."""
    found, base, at = error.clashes, editing.snapshot(asset), asset.updated_at
    wanted = {name: one for name, one in edits.items() if one.changes}
    shown = [_compared(name, found[name], form) for name in FIELDS if name in found]
    others = [form.label_of(name) for name in FIELDS if name in wanted and name not in found]
    db.session.rollback()
    page = render_template(
        "assets/compare.html",
        asset=pictured([asset])[0],
        field=field,
        compared=shown,
        others=others,
        saved_at=at,
        who=error.who,
        base=editing.pack(base),
        mine=editing.pack({name: one.now for name, one in wanted.items()}),
        was=editing.pack({name: one.was for name, one in wanted.items()}),
    )
    return page, 200 if _by_script() else 409


def _compared(name: str, clash: Clash, form: EditForm) -> Compared:
    both = clash.both
    if both is None and name == "summary" and clash.mine and clash.theirs:
        both = clash.joined()
    return Compared(
        name,
        form.label_of(name),
        form.spoken(name, clash.mine),
        form.spoken(name, clash.theirs),
        None if both is None else form.spoken(name, both),
    )


def _by_script() -> bool:
    return "X-Fragment" in request.headers
