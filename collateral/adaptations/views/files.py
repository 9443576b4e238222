"""The file of an adaptation and the pictures of its pages."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.adaptations import queries
from collateral.adaptations.views import bp
from collateral.assets.downloads import send_kept, send_preview

WIDTHS = (320, 1280)


@bp.get("/adaptations/<int:adaptation_id>/file")
@requires(Permission.ADAPTATION_READ)
def file(adaptation_id: int) -> ResponseReturnValue:
    """The file as it was handed in, as an attachment."""
    adaptation = queries.get_visible(actor(), adaptation_id)
    return send_kept(
        adaptation.sha256, adaptation.media_type, adaptation.filename, adaptation.created_at
    )


@bp.get("/adaptations/<int:adaptation_id>/pages/<int:page>/preview-<int:width>.webp")
@requires(Permission.ADAPTATION_READ)
def preview(adaptation_id: int, page: int, width: int) -> ResponseReturnValue:
    """The picture of a page; with the right `v` its address never shows anything else."""
    if width not in WIDTHS:
        abort(404)
    sha256 = queries.preview_of(actor(), adaptation_id, page, width)
    return send_preview(sha256, request.args.get("v"))
