"""The list of deals and the page of one."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission, can
from collateral.clock import now
from collateral.deals import queries
from collateral.deals.listing import DealRequest, list_deals
from collateral.deals.models import Deal, Outcome
from collateral.deals.presenting import (
    source_name,
    stage_labels,
    stage_line,
    suggestion,
    term_names,
)
from collateral.deals.views import bp


@bp.get("/deals")
@requires(Permission.DEAL_READ)
def index() -> ResponseReturnValue:
    """The deals that the person may see: `q`, `outcome`, `stage`, `owner`, `sort`, `page`."""
    person = actor()
    asked = _request()
    page = list_deals(person, asked)
    from collateral.usage import queries as usage

    return render_template(
        "deals/list.html",
        asked=asked,
        page=page,
        sees_any=bool(page.deals) or queries.sees_any(person),
        outcomes=list(Outcome),
        stages=stage_labels(),
        used=usage.use_counts([deal.id for deal in page.deals], person),
    )


def _request() -> DealRequest:
    args = request.args
    outcome = args.get("outcome", "open")
    return DealRequest(
        q=args.get("q", "")[:200],
        outcome=Outcome(outcome) if outcome in {member.value for member in Outcome} else None,
        stage=args.get("stage", "")[:80],
        owner=args.get("owner", "")[:20],
        sort=args.get("sort", "next_call"),
        down=args.get("down") == "1",
        page=min(args.get("page", 1, type=int), 100_000),
    )


@bp.get("/deals/<int:deal_id>")
@requires(Permission.DEAL_READ)
def detail(deal_id: int) -> ResponseReturnValue:
    """One deal: its facts, its stages, what was used in it."""
    person = actor()
    deal = queries.get_visible(person, deal_id, joinedload(Deal.owner), selectinload(Deal.stages))
    from collateral.home.suggested import shown_suggestions
    from collateral.sharing import packing, visited
    from collateral.usage import confirming
    from collateral.usage import queries as usage

    labels = stage_labels()
    sent = visited.sent_in(deal, person)
    uses = usage.uses_of_deal(deal, person)
    open_ = deal.outcome == Outcome.OPEN
    suggestions = shown_suggestions(deal, person, now()) if open_ else []
    return render_template(
        "deals/detail.html",
        deal=deal,
        source=source_name(deal.source),
        line=stage_line(deal),
        terms=term_names(deal),
        labels=labels,
        uses=uses,
        taken_back=confirming.taken_back(deal, person),
        suggestions=suggestions,
        packs=packing.of(person, deal=deal),
        to_pack=packing.to_pack(
            [use.asset for use in uses] + [asset for each in sent for asset in each.assets],
            [(item.asset_id, item.title) for item in suggestions],
        ),
        to_confirm=not open_
        and can(person, Permission.DEAL_EDIT, deal)
        and confirming.confirmation_of(deal) is None,
        sent=sent,
        reads=visited.read_by_page([each.share.id for each in sent], person),
    )


@bp.get("/deals/suggest")
@requires(Permission.DEAL_READ)
def suggest() -> ResponseReturnValue:
    """Open deals with the words of `q`, for choosing one: own ones first."""
    found = queries.find_open(actor(), request.args.get("q", "")[:200])
    items = [suggestion(deal) | {"url": url_for("deals.detail", deal_id=deal.id)} for deal in found]
    return {"groups": [{"label": "", "items": items}] if items else []}
