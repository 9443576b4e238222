"""The docket: what is proposed, what was decided, what is left in peace."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral import csv_out
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets.models import Vocabulary
from collateral.db import db, is_id
from collateral.queue import send
from collateral.retirement import board, board_choices, board_rows, jobs, presenting
from collateral.retirement.board_rows import BoardRequest, Show
from collateral.retirement.models import Stopped
from collateral.retirement.views import bp
from collateral.templating import address_with, money_short
from collateral.usage.team_sets import teams_for

KEPT = ("show", "stopped", "type", "product", "team", "owner", "sort")


def asked() -> BoardRequest:
    """What the address asks for; what it does not know, it leaves out."""
    args = request.args
    shows, stops = {show.value for show in Show}, {stop.value for stop in Stopped}
    return BoardRequest(
        show=Show(args["show"]) if args.get("show") in shows else Show.OPEN,
        stopped=Stopped(args["stopped"]) if args.get("stopped") in stops else None,
        type=args.get("type", "")[:80],
        product=args.get("product", "")[:80],
        team_id=int(args["team"]) if is_id(args.get("team", "")) else None,
        owner_id=int(args["owner"]) if is_id(args.get("owner", "")) else None,
        sort=args.get("sort", "surest") if args.get("sort") in board_rows.SORTS else "surest",
        page=min(request.args.get("page", 1, type=int), 100_000),
    )


@bp.get("/docket")
@requires(Permission.DOCKET)
def docket() -> ResponseReturnValue:
    """Assets proposed for retirement, with their evidence: `show`, `stopped`, `type`,
    `product`, `team`, `owner`, `sort`, `page`."""
    wanted = asked()
    found = board.board(actor(), wanted)
    everything = [("", _("all"))]
    return render_template(
        "retirement/docket.html",
        wanted=wanted,
        found=found,
        tiles=presenting.tiles(
            list(found.tiles),
            lambda cost: money_short(cost, found.currency),
            lambda stopped: address_with(stopped=stopped, show=None, page=None),
        ),
        lines=presenting.lines(list(found.rows)),
        in_peace=[
            (line, presenting.needs(line.row.item))
            for line in presenting.lines(list(found.in_peace))
        ],
        needs=presenting.needs,
        choice_name=presenting.choice_name,
        types=everything + board_choices.terms(Vocabulary.TYPE),
        products=everything + board_choices.terms(Vocabulary.PRODUCT),
        teams=everything + [(str(team.id), team.name) for team in teams_for(actor())],
        owners=[("", _("anyone")), *((str(i), name) for i, name in board_choices.owners(actor()))],
        sorts=[
            ("surest", _("surest first")),
            ("cost", _("dearest first")),
            ("deals", _("most deals passed")),
            ("oldest", _("oldest first")),
        ],
        kept={name: request.args[name] for name in KEPT if request.args.get(name)},
    )


@bp.get("/docket.csv")
@requires(Permission.DOCKET)
def docket_csv() -> ResponseReturnValue:
    """Every asset of the docket so narrowed."""
    found = board.all_rows(actor(), asked())
    return csv_out.attachment(
        "docket.csv",
        ("id", "title", "owner", "published", "standing", "deals", "expected uses", "uses",
         "downloads and openings", "shown", "views", "chance this is wrong", "where it stopped",
         "used in its place", "its deals since", "its deals before", "open deals", "cost",
         "currency", "decision", "reason"),
        (
            (
                row.asset.id, row.asset.title, row.asset.owner.name, row.asset.published_at,
                row.item.standing.value, round(row.item.deals, 1), round(row.item.expected, 2),
                row.item.uses, row.item.signs, row.item.shown, row.item.views,
                round(row.item.wrong, 4), row.item.stopped.value,
                row.successor.title if row.successor else "",
                row.item.facts["its_deals"] if row.successor else None,
                row.item.facts["its_deals_before"] if row.successor else None,
                row.open_deals,
                row.asset.cost_amount, row.asset.cost_currency,
                row.decision.choice.value if row.decision else "",
                row.decision.reason if row.decision else "",
            )
            for row in found
        ),
    )  # fmt: skip


@bp.get("/docket/method")
@requires(Permission.DOCKET)
def method() -> ResponseReturnValue:
    """How the docket decides what it proposes."""
    return render_template("retirement/method.html", run=board.latest())


@bp.post("/docket/again")
@requires(Permission.DOCKET)
def again() -> ResponseReturnValue:
    """Work the docket out now, from what was counted up to this moment."""
    db.session.commit()
    send(jobs.work_out)
    flash(_("The docket is being worked out; load this page again in a moment."), "info")
    return redirect(url_for("retirement.docket"), 303)
