"""The asset page: its pages, what describes it, its versions, and use in a deal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.adaptations import families
from collateral.assets import queries
from collateral.assets.models import Asset, AssetVersion, ReadingState, Status
from collateral.assets.succession import successor
from collateral.assets.views import bp
from collateral.assets.views.feedback import Said, shown_feedback
from collateral.assets.views.noting import arrives, note
from collateral.assets.views.presenting import (
    links,
    shown_asset,
    shown_deal,
    shown_use,
    shown_versions,
)
from collateral.assets.views.viewing import first_hit, page_address, shown
from collateral.clock import now
from collateral.db import db
from collateral.deals import queries as deals
from collateral.errors import Invalid, NotFound
from collateral.requests import queries_feedback as opinions
from collateral.templating import address_with, reader_zone
from collateral.templating import translate as _
from collateral.usage import operations as usage
from collateral.usage import queries as uses
from collateral.usage.models import EventKind

LIKELY = 3
TABS = ("about", "versions", "used", "feedback")
JUST_SAID = timedelta(hours=24)


@bp.get("/assets/<int:asset_id>")
@requires(Permission.ASSET_READ)
def detail(asset_id: int) -> ResponseReturnValue:
    """The asset at its first page."""
    return page_of(asset_id, None, 1)


@bp.get("/assets/<int:asset_id>/pages/<int:page>")
@requires(Permission.ASSET_READ)
def page(asset_id: int, page: int) -> ResponseReturnValue:
    """The asset at that page of its current version."""
    return page_of(asset_id, None, page)


@bp.get("/assets/<int:asset_id>/versions/<int:number>")
@requires(Permission.ASSET_READ)
def version(asset_id: int, number: int) -> ResponseReturnValue:
    """The asset as it is, or was, in that version."""
    return page_of(asset_id, number, 1)


@bp.get("/assets/<int:asset_id>/versions/<int:number>/pages/<int:page>")
@requires(Permission.ASSET_READ)
def version_page(asset_id: int, number: int, page: int) -> ResponseReturnValue:
    """That page of that version."""
    return page_of(asset_id, number, page)


@bp.post("/assets/<int:asset_id>/use")
@requires(Permission.USE_DECLARE)
def use(asset_id: int) -> ResponseReturnValue:
    """Say that the asset was used in a deal: `other_deal` or `deal`, `stage` if not the present."""
    person = actor()
    asset = queries.get_visible(person, asset_id)
    deal_id = request.form.get("other_deal", type=int) or request.form.get("deal", type=int)
    if deal_id is None:
        raise Invalid(_("Choose a deal."), fields={"deal": _("Choose a deal.")})
    deal = deals.get_visible(person, deal_id)
    declared = usage.declare_use(
        asset, deal, by=person, at=now(), stage=request.form.get("stage") or None
    )
    db.session.commit()
    undo = url_for("usage.retract", use_id=declared.id)
    flash(cast(Any, {"text": _("Used in %(deal)s", deal=deal.account or deal.name), "undo": undo}))
    return redirect(url_for("assets.detail", asset_id=asset.id), 303)


def page_of(
    asset_id: int, number: int | None, page: int, *, said: Said | None = None
) -> ResponseReturnValue:
    """The asset page; with what was `said` and could not be taken it answers 400 with that."""
    person = actor()
    asset = queries.get_visible(
        person,
        asset_id,
        joinedload(Asset.owner).options(*queries.NAME_ONLY),
        joinedload(Asset.current_version),
        selectinload(Asset.terms),
        selectinload(Asset.tag_rows),
        selectinload(Asset.teams),
    )
    version = asset.current_version if number is None else queries.get_version(asset, number)
    if version is None:
        raise NotFound(_("This asset has no file."))
    if "from" in request.args and (find := request.args.get("find", "").strip()[:200]):
        hit = first_hit(version, page, find) or page
        return redirect(page_address(asset, version.number if number else None, hit, find=find))
    tab = "feedback" if said else request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    moment = now()
    history = queries.history(asset)
    may_edit = can(person, Permission.ASSET_EDIT, asset)
    answer = render_template(
        "assets/detail.html",
        asset=shown_asset(
            asset,
            version,
            moment.astimezone(reader_zone()).date(),
            with_terms=queries.vocabularies_in_use() if may_edit else (),
            with_teams=may_edit and queries.has_teams(),
        ),
        version=version,
        view=shown(asset, version, page, fixed=number is not None),
        fixed=number is not None,
        newer=_newer(asset, version),
        unread=_unread(asset, history),
        reading=version.state in (ReadingState.RECEIVED, ReadingState.READING),
        tab=tab,
        tabs=_tabs(),
        versions=shown_versions(asset, history, version, may_edit=may_edit),
        used=(
            [shown_use(use) for use in uses.uses_of_asset(asset, person)] if tab == "used" else []
        ),
        feedback=shown_feedback(asset, person, said or Said()) if tab == "feedback" else None,
        opinions=opinions.counts(asset.id),
        may_edit=may_edit,
        counts=uses.deal_counts([asset.id], person).get(asset.id),
        use=_use(asset),
        links=links(asset, version, person, fixed=number is not None),
        retired=_retired(asset),
        adapted=families.about(asset, history, person),
    )
    if arrives(asset_id):
        note(EventKind.VIEWED, version)
    return (answer, 400) if said else answer


def _use(asset: Asset) -> dict[str, object] | None:
    """The deals in which it may be used; nothing for what is not offered."""
    person = actor()
    if asset.status is not Status.PUBLISHED or not can(person, Permission.USE_DECLARE):
        return None
    chosen = request.args.get("deal", type=int)
    likely = [shown_deal(item) for item in deals.likely_deals(person, asset, LIKELY)]
    likely.sort(key=lambda deal: deal.id != chosen)
    return {
        "action": url_for("assets.use", asset_id=asset.id),
        "deals": likely,
        "source": url_for("deals.suggest"),
        "none": url_for("home.say", asset_id=asset.id),
        # After a download the deal is asked for once, and not again when it was just said.
        "ask": bool(likely) and not uses.said_since(person, asset, now() - JUST_SAID),
    }


def _tabs() -> dict[str, str]:
    """The address of each tab, beside the page that is shown."""
    return {tab: address_with(tab=None if tab == TABS[0] else tab) + "#more" for tab in TABS}


def _newer(asset: Asset, version: AssetVersion) -> AssetVersion | None:
    """The current version, when what is shown is another one."""
    current = asset.current_version
    return current if current and current.id != version.id else None


def _unread(asset: Asset, history: list[AssetVersion]) -> AssetVersion | None:
    """The newest version, when it is not yet, or cannot be, the current one."""
    newest = history[0] if history else None
    current = asset.current_version
    if newest is None or current is None or newest.number <= current.number:
        return None
    return newest if newest.state is not ReadingState.READY else None


def _retired(asset: Asset) -> dict[str, object] | None:
    """Why it was retired, and what took its place if the person may see that."""
    if asset.status is not Status.RETIRED:
        return None
    return {
        "at": asset.retired_at,
        "reason": asset.retire_reason or "",
        "replacement": successor(asset, actor()),
    }
