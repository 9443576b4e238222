"""Downloads and previews. What one may not see is not there, on every byte."""

from __future__ import annotations

from flask import Response, request
from flask_babel import lazy_gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets import downloads, queries
from collateral.assets.views import bp
from collateral.assets.views.noting import note
from collateral.deals import queries as deals
from collateral.errors import Invalid, NotFound
from collateral.usage.models import EventKind


@bp.get("/assets/<int:asset_id>/file")
@requires(Permission.ASSET_READ)
def file(asset_id: int) -> Response:
    """The original, as an attachment; `?version=N` an older one, `?deal=ID` what it is for."""
    asset = queries.get_visible(actor(), asset_id)
    version = queries.get_version(asset, request.args.get("version", type=int))
    deal_id = request.args.get("deal", type=int)
    deal = deals.get_visible(actor(), deal_id) if deal_id is not None else None
    response = downloads.send_original(version)
    try:
        if downloads.begins_a_download(response):
            note(EventKind.DOWNLOADED, version, deal=deal)
    except BaseException:
        response.close()
        raise
    return response


@bp.get("/assets/<int:asset_id>/media")
@requires(Permission.ASSET_READ)
def media(asset_id: int) -> Response:
    """A video for the player in the page, `?version=N` an older one. The page was the view."""
    asset = queries.get_visible(actor(), asset_id)
    version = queries.get_version(asset, request.args.get("version", type=int))
    if not downloads.plays(version):
        raise Invalid(_("Browsers do not play this file."))
    return downloads.send_media(version)


@bp.get("/assets/<int:asset_id>/versions/<int:number>/pages/<int:page>/preview-<int:width>.webp")
@requires(Permission.ASSET_READ)
def preview(asset_id: int, number: int, page: int, width: int) -> Response:
    """A page's picture, 320 or 1280 wide."""
    if width not in (320, 1280):
        raise NotFound(_("Previews are 320 or 1280 wide."))
    sha256 = queries.preview_of(actor(), asset_id, number, page, width)
    return downloads.send_preview(sha256, request.args.get("v"))
