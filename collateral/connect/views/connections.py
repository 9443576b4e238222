"""The pages of connections to CRMs: which there are, access, fields and stages, runs."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.clock import now
from collateral.config import Settings
from collateral.connect import jobs, presenting, settling
from collateral.connect.models import Connection, Crm, RunState, SyncRow, SyncRun
from collateral.connect.views import bp
from collateral.db import db
from collateral.deals.jobs import zone
from collateral.deals.owners import unmatched
from collateral.deals.presenting import stage_labels
from collateral.deals.presets import FIELDS
from collateral.errors import Invalid
from collateral.queue import after_commit

RUNS = 20
ROWS = 200


@bp.get("/admin/connections")
@requires(Permission.ADMIN_CONNECTIONS)
def connections() -> ResponseReturnValue:
    """Both CRMs, connected or not."""
    known = {each.kind: each for each in db.session.scalars(select(Connection))}
    last = {each.kind: _last_runs(each, 1) for each in known.values()}
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "connect/list.html",
        kinds=list(Crm),
        names=settling.NAMES,
        known=known,
        last=last,
        provider=settings.identity_provider,
        answer_to=settings.base_url + url_for("accounts.single_sign_on_answer"),
    )


@bp.get("/admin/connections/<kind>")
@requires(Permission.ADMIN_CONNECTIONS)
def connection(kind: str) -> ResponseReturnValue:
    """One connection: its runs, owners who are nobody here, switches; where it has none, access."""
    crm = _kind(kind)
    found = settling.find(crm)
    if found is None:
        return _access(crm, None, {})
    runs = _last_runs(found, RUNS)
    shown = _shown_run(runs)
    return render_template(
        "connect/connection.html",
        connection=found,
        name=settling.NAMES[crm],
        runs=runs,
        run=shown,
        rows=_rows(shown),
        busy=_is_busy(runs),
        owners=unmatched(found.source),
    )


def _last_runs(of: Connection, limit: int) -> list[SyncRun]:
    found = select(SyncRun).where(SyncRun.connection_id == of.id).order_by(SyncRun.id.desc())
    return list(db.session.scalars(found.limit(limit)))


def _is_busy(runs: list[SyncRun]) -> bool:
    """Whether one runs, or was asked for (after the run of that id) and has not begun."""
    asked_after = request.args.get("after", type=int)
    awaited = asked_after is not None and not any(run.id > asked_after for run in runs)
    return awaited or any(run.state is RunState.RUNNING for run in runs)


def _shown_run(runs: list[SyncRun]) -> SyncRun | None:
    wanted = request.args.get("run", 0, type=int)
    return next((run for run in runs if run.id == wanted), runs[0] if runs else None)


def _rows(run: SyncRun | None) -> list[SyncRow]:
    if run is None:
        return []
    found = select(SyncRow).where(SyncRow.run_id == run.id).order_by(SyncRow.number).limit(ROWS)
    return list(db.session.scalars(found))


@bp.route("/admin/connections/<kind>/access", methods=["GET", "POST"])
@requires(Permission.ADMIN_CONNECTIONS)
def access(kind: str) -> ResponseReturnValue:
    """Its address and secrets. What was given is never shown again."""
    crm = _kind(kind)
    found = settling.find(crm)
    if request.method == "GET":
        return _access(crm, found, {})
    secrets = {name: request.form.get(name, "") for name in settling.SECRETS[crm]}
    try:
        made = settling.set_up(
            crm,
            request.form.get("address", ""),
            secrets,
            by=actor(),
            at=now(),
            installation=current_app.extensions["settings"].secret_key,
        )
    except Invalid as error:
        db.session.rollback()
        return _access(crm, settling.find(crm), error.fields or {"": error.sentence}, 400)
    made.sample = {}
    after_commit(jobs.look, made.id)
    db.session.commit()
    return redirect(url_for("connect.fields", kind=kind), 303)


def _access(
    crm: Crm, found: Connection | None, problems: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "connect/access.html",
        kind=crm,
        name=settling.NAMES[crm],
        connection=found,
        problems=problems,
        address=request.form.get("address", found.address if found else ""),
    )
    return page, status


@bp.route("/admin/connections/<kind>/fields", methods=["GET", "POST"])
@requires(Permission.ADMIN_CONNECTIONS)
def fields(kind: str) -> ResponseReturnValue:
    """Which field is which and what its stages mean, with a few real deals read like that."""
    found = settling.find(_kind(kind))
    if found is None:
        return redirect(url_for("connect.connection", kind=kind), 303)
    if request.method == "GET":
        return _fields(found, {})
    chosen = {name: request.form.get(f"field-{name}", "") for name in found.fields}
    words, meanings = request.form.getlist("stage-word"), request.form.getlist("stage-means")
    try:
        settling.settle(
            found,
            chosen,
            dict(zip(words, meanings, strict=False)),
            request.form.get("currency", ""),
            by=actor(),
            at=now(),
        )
    except Invalid as error:
        db.session.rollback()
        return _fields(settling.get(found.kind), error.fields, 400)
    if request.form.get("act") == "try":
        page = _fields(found, {})
        db.session.rollback()
        return page
    db.session.commit()
    flash(_("Kept. The next run reads all deals like this."))
    return redirect(url_for("connect.connection", kind=kind), 303)


def _fields(found: Connection, problems: dict[str, str], status: int = 200) -> ResponseReturnValue:
    labels = stage_labels()
    page = render_template(
        "connect/fields.html",
        connection=found,
        name=settling.NAMES[found.kind],
        problems=problems,
        sample=found.sample,
        labels=labels,
        field_names={name: FIELDS[name] for name in settling.DEFAULTS[found.kind]},
        stages=presenting.stages(found, labels),
        preview=presenting.preview(found, zone()),
    )
    return page, status


@bp.post("/admin/connections/<kind>/look")
@requires(Permission.ADMIN_CONNECTIONS)
def look(kind: str) -> ResponseReturnValue:
    """Ask the CRM anew for its fields and a few deals."""
    found = settling.find(_kind(kind))
    if found is not None:
        found.sample = {}
        after_commit(jobs.look, found.id)
        db.session.commit()
    return redirect(url_for("connect.fields", kind=kind), 303)


@bp.post("/admin/connections/<kind>/sync")
@requires(Permission.ADMIN_CONNECTIONS)
def sync(kind: str) -> ResponseReturnValue:
    """Fetch now: what changed, or with `all` every deal."""
    found = settling.find(_kind(kind))
    if found is not None:
        after_commit(jobs.sync_whole if request.form.get("all") else jobs.sync, found.id)
        ended = (run.id for run in _last_runs(found, 2) if run.state is not RunState.RUNNING)
        after = next(ended, 0)
        db.session.commit()
        flash(_("The deals are being fetched."), "info")
        return redirect(url_for("connect.connection", kind=kind, after=after), 303)
    return redirect(url_for("connect.connection", kind=kind), 303)


@bp.post("/admin/connections/<kind>/switch")
@requires(Permission.ADMIN_CONNECTIONS)
def switch(kind: str) -> ResponseReturnValue:
    """`fetch` or `notes` to `on` or `off`."""
    found = settling.find(_kind(kind))
    form: Any = request.form
    if found is not None:
        if "fetch" in form:
            settling.switch(found, on=form["fetch"] == "on", by=actor())
        if "notes" in form:
            settling.switch_notes(found, on=form["notes"] == "on", by=actor(), at=now())
        db.session.commit()
        flash(_("Kept."))
    return redirect(url_for("connect.connection", kind=kind), 303)


def _kind(text: str) -> Crm:
    if text not in {kind.value for kind in Crm}:
        abort(404)
    return Crm(text)
