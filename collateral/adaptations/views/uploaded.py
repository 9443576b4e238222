"""What to do with an upload that looks like something the library has."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, require
from collateral.adaptations import uploads
from collateral.adaptations.views import bp
from collateral.assets import queries as assets
from collateral.clock import now
from collateral.db import db
from collateral.errors import Invalid


@bp.post("/assets/<int:asset_id>/origin")
@requires(Permission.ASSET_EDIT)
def origin(asset_id: int) -> ResponseReturnValue:
    """Say what an uploaded draft is to the asset that it looks like: `version`, `adaptation`,
    or `apart`, an asset of its own."""
    person, moment = actor(), now()
    asset = assets.get_visible(person, asset_id)
    require(person, Permission.ASSET_EDIT, asset)
    version = assets.get_version(asset, 1)
    known = uploads.near(person, [version.id]).get(version.id)
    if known is None:
        raise Invalid(_("It looks like nothing else any more."))
    target = known.asset
    answer = request.values.get("answer", "")
    if answer == "version":
        require(person, Permission.ASSET_EDIT, target)
        made = uploads.as_version(version, target, by=person, at=moment)
        db.session.commit()
        flash(_("Version %(number)s of “%(title)s” is being read. The draft stays as it is.",
                number=made.number, title=target.title))  # fmt: skip
        return redirect(url_for("assets.detail", asset_id=target.id), 303)
    if answer == "adaptation":
        adaptation = uploads.as_adaptation(version, target, by=person, at=moment)
        db.session.commit()
        return redirect(url_for("adaptations.detail", adaptation_id=adaptation.id), 303)
    if answer != "apart":
        raise Invalid(_("Say what it is."))
    uploads.settle(version, at=moment)
    db.session.commit()
    flash(_("It stays an asset of its own."))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)
