"""Making a link: for whom, in which deal, what it asks of its reader."""

from __future__ import annotations

from flask import current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import joinedload

from collateral.accounts.guard import actor, requires
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission
from collateral.assets import queries as assets
from collateral.assets.models import Asset
from collateral.clock import now
from collateral.db import db
from collateral.deals import queries as deals
from collateral.deals.models import Deal
from collateral.errors import Invalid, NotFound
from collateral.sharing import operations, packing, queries
from collateral.sharing.forms import ShareForm
from collateral.sharing.models import Pack, Share
from collateral.sharing.operations import Asking
from collateral.sharing.views import bp
from collateral.templating import reader_zone

LIKELY = 3


@bp.get("/shares/new")
@requires(Permission.SHARE_CREATE)
def new() -> ResponseReturnValue:
    """The form, for `asset` (repeated), `pack`, `deal`."""
    chosen, pack, deal = _asked()
    form = ShareForm(formdata=None)
    if deal is not None:
        form.recipient.data = deal.account
    return _page(form, chosen, pack, deal)


@bp.post("/shares/new")
@requires(Permission.SHARE_CREATE)
def create() -> ResponseReturnValue:
    """Make the link, or add `more` assets to the form first (`step=add`)."""
    chosen, pack, deal = _asked()
    form = ShareForm()
    if request.form.get("step") == "add" or "without" in request.form:
        return _page(form, chosen, pack, deal)
    if not form.validate():
        return _page(form, chosen, pack, deal), 400
    try:
        share, token = operations.create(
            chosen,
            form.wishes(reader_zone()),
            by=actor(),
            at=now(),
            asking=asking(),
            deal=deal,
            pack=pack,
        )
    except Invalid as error:
        db.session.rollback()
        form.blame(error)
        return _page(form, chosen, pack, deal), 400
    db.session.commit()
    return shown_once(share, token)


def asking() -> Asking:
    """This browser, for the events that it leaves."""
    return Asking(
        session_key=f"s{current_user.row_id}", user_agent=request.headers.get("User-Agent", "")
    )


def shown_once(share: Share, token: str) -> ResponseReturnValue:
    """The page with the address, in the answer itself: nothing keeps it afterwards."""
    base_url = current_app.extensions["settings"].base_url
    answer = make_response(
        render_template(
            "sharing/made.html",
            share=share,
            address=f"{base_url}/s/{token}",
            titles=[
                asset.title for asset in queries.contents([share.id], actor()).get(share.id, [])
            ]
            or ([share.pack.title] if share.pack else []),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _asked() -> tuple[list[Asset], Pack | None, Deal | None]:
    """What the address or the form names. Raises NotFound for what she may not see."""
    values = request.values
    person = actor()
    ids = values.getlist("asset", type=int)[: operations.MOST_ASSETS]
    more = values.get("more", type=int)
    without = values.get("without", type=int)
    wanted = [each for each in dict.fromkeys([*ids, *([more] if more else [])]) if each != without]
    chosen = assets.get_many(person, wanted, joinedload(Asset.current_version))
    if len(chosen) < len(wanted):
        raise NotFound(_("There is no such asset."))
    pack_id = values.get("pack", type=int)
    pack = packing.get_own(person, pack_id) if pack_id else None
    return chosen, pack, _deal(person, chosen, pack)


def _deal(person: Person, chosen: list[Asset], pack: Pack | None) -> Deal | None:
    """The deal that was chosen; on a fresh form the pack's or the likeliest one, which a key
    takes back."""
    given = request.values.get("other_deal", type=int) or request.values.get("deal", type=int)
    if given:
        return deals.get_visible(person, given)
    if "deal" in request.values:
        return None
    if pack is not None and pack.deal is not None:
        return pack.deal
    likely = deals.likely_deals(person, chosen[0] if chosen else None, 1)
    return likely[0].deal if likely else None


def _page(form: ShareForm, chosen: list[Asset], pack: Pack | None, deal: Deal | None) -> str:
    person = actor()
    likely = [
        item.deal for item in deals.likely_deals(person, chosen[0] if chosen else None, LIKELY)
    ]
    if deal is not None and deal.id not in {each.id for each in likely}:
        likely.insert(0, deal)
    return render_template(
        "sharing/new.html",
        form=form,
        chosen=chosen,
        previews=assets.first_previews(chosen) if chosen else {},
        pack=pack,
        deal=deal,
        likely=likely,
        deal_source=url_for("deals.suggest"),
        asset_source=url_for("sharing.suggest"),
        exposed=queries.exposed([asset.id for asset in chosen]),
    )


@bp.get("/shares/suggest")
@requires(Permission.SHARE_CREATE)
def suggest() -> ResponseReturnValue:
    """Published assets with the words of `q`."""
    found = queries.sendable(actor(), request.args.get("q", "")[:200])
    items = [{"value": asset.id, "title": asset.title, "hint": _("Published")} for asset in found]
    return {"groups": [{"label": "", "items": items}] if items else []}
