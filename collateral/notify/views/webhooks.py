"""The pages of webhooks that tell other systems: which there are, and what each was told."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.config import Settings
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify import webhooks
from collateral.notify.delivering import PATIENCE
from collateral.notify.happenings import happenings, offered
from collateral.notify.models import DeliveryState, WebhookOut
from collateral.notify.views import bp

STEP = 50


@bp.get("/admin/webhooks")
@requires(Permission.ADMIN_CONNECTIONS)
def webhook_list() -> ResponseReturnValue:
    """Which there are, and a form for one more."""
    return _list({})


@bp.post("/admin/webhooks")
@requires(Permission.ADMIN_CONNECTIONS)
def add_webhook() -> ResponseReturnValue:
    """Make one; its secret is in this answer and nowhere else."""
    try:
        webhook, secret = webhooks.add_webhook(
            request.form.get("address", "").strip(),
            request.form.getlist("kinds"),
            by=actor(),
            at=now(),
            installation=_settings().secret_key,
            allowed=_settings().webhooks_to,
        )
    except (Invalid, WrongState) as error:
        db.session.rollback()
        return _list(error.fields or {"": error.sentence}), error.status
    db.session.commit()
    return _page(webhook, secret=secret)


@bp.get("/admin/webhooks/<int:webhook_id>")
@requires(Permission.ADMIN_CONNECTIONS)
def webhook(webhook_id: int) -> ResponseReturnValue:
    """One, with what it was told; `state` and `before` (an id) choose among that."""
    return _page(webhooks.get_webhook(webhook_id))


@bp.post("/admin/webhooks/<int:webhook_id>")
@requires(Permission.ADMIN_CONNECTIONS)
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Its address and kinds, or with `switch` whether it is on."""
    found = webhooks.get_webhook(webhook_id)
    switch = request.form.get("switch")
    try:
        webhooks.change_webhook(
            found,
            address=found.address if switch else request.form.get("address", "").strip(),
            kinds=found.kinds if switch else request.form.getlist("kinds"),
            active=switch == "on" if switch else found.active,
            by=actor(),
            allowed=_settings().webhooks_to,
        )
    except Invalid as error:
        db.session.rollback()
        return _page(webhooks.get_webhook(webhook_id), problems=error.fields), 400
    db.session.commit()
    flash(_("Kept."))
    return _back(webhook_id)


@bp.post("/admin/webhooks/<int:webhook_id>/secret")
@requires(Permission.ADMIN_CONNECTIONS)
def renew_secret(webhook_id: int) -> ResponseReturnValue:
    found = webhooks.get_webhook(webhook_id)
    secret = webhooks.renew_secret(found, by=actor(), installation=_settings().secret_key)
    db.session.commit()
    return _page(found, secret=secret)


@bp.post("/admin/webhooks/<int:webhook_id>/try")
@requires(Permission.ADMIN_CONNECTIONS)
def try_webhook(webhook_id: int) -> ResponseReturnValue:
    webhooks.try_out(webhooks.get_webhook(webhook_id), at=now())
    db.session.commit()
    flash(_("A message is on its way; what became of it stands below in a moment."), "info")
    return _back(webhook_id)


@bp.post("/admin/webhooks/<int:webhook_id>/remove")
@requires(Permission.ADMIN_CONNECTIONS)
def remove_webhook(webhook_id: int) -> ResponseReturnValue:
    webhooks.remove_webhook(webhooks.get_webhook(webhook_id), by=actor())
    db.session.commit()
    flash(_("The webhook is removed."))
    return redirect(to("notify.webhook_list"), 303)


@bp.post("/admin/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again")
@requires(Permission.ADMIN_CONNECTIONS)
def send_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    found = webhooks.get_webhook(webhook_id)
    webhooks.send_again(webhooks.get_delivery(found, delivery_id), at=now())
    db.session.commit()
    flash(_("It is sent again."), "info")
    return _back(webhook_id)


def _back(webhook_id: int) -> ResponseReturnValue:
    return redirect(to("notify.webhook", webhook_id=webhook_id), 303)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _list(problems: dict[str, str]) -> str:
    return render_template(
        "notify/webhooks.html",
        webhooks=webhooks.webhooks(),
        happenings=happenings(),
        offered=offered(),
        problems=problems,
        address=request.form.get("address", ""),
        chosen=request.form.getlist("kinds"),
    )


def _page(
    found: WebhookOut, secret: str | None = None, problems: dict[str, str] | None = None
) -> Response:
    asked = request.args.get("state", "")
    state = DeliveryState(asked) if asked in list(DeliveryState) else None
    rows = webhooks.deliveries(
        found, state=state, limit=STEP + 1, before=request.args.get("before", type=int)
    )
    given: dict[str, Any] = {"address": found.address, "chosen": found.kinds}
    if problems:
        given = {
            "address": request.form.get("address", ""),
            "chosen": request.form.getlist("kinds"),
        }
    answer = make_response(
        render_template(
            "notify/webhook.html",
            webhook=found,
            secret=secret,
            problems=problems or {},
            happenings=happenings(),
            offered=offered(),
            deliveries=rows[:STEP],
            older=rows[STEP - 1].id if len(rows) > STEP else None,
            counts=webhooks.delivery_counts(found),
            state=state,
            waiting=any(row.state is DeliveryState.WAITING and not row.tries for row in rows),
            patience=PATIENCE.days,
            **given,
        )
    )
    if secret:
        answer.headers["Cache-Control"] = "no-store"
    return answer
