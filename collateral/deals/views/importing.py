"""Bringing a file of deals in: upload, columns, a try, the import, its report."""

from __future__ import annotations

from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from collateral import csv_out, underway
from collateral.accounts.guard import actor, requires
from collateral.accounts.permissions import Permission
from collateral.assets.uploads import AROUND_A_FILE, takes_form_of
from collateral.clock import now
from collateral.db import db
from collateral.deals import csv_files, jobs, mapping, operations, queries, reporting
from collateral.deals.forms import UploadForm
from collateral.deals.models import ImportRun, ImportState, RowResult
from collateral.deals.presenting import stage_labels
from collateral.deals.presets import FIELDS, PRESETS, REQUIRED
from collateral.deals.rules import outcome_and_stage
from collateral.deals.values import DayOrder
from collateral.deals.views import bp
from collateral.errors import Invalid, NotFound
from collateral.queue import after_commit
from collateral.storage import storage
from collateral.templating import address_with
from collateral.words import N_

AT_ONCE = 512 << 10
"""Files up to this many bytes are read in the request; larger ones by a job."""
SAMPLE = 5
STAGES_LOOKED_AT = 20_000


@bp.get("/deals/import")
@requires(Permission.DEAL_IMPORT)
def import_page() -> ResponseReturnValue:
    """Where a file is dropped, and the imports so far."""
    return render_template("deals/import.html", form=UploadForm(), runs=queries.recent_runs())


@bp.post("/deals/import")
@requires(Permission.DEAL_IMPORT)
@takes_form_of(csv_files.LARGEST + AROUND_A_FILE)
def import_file() -> ResponseReturnValue:
    """Take the file and go on to its columns."""
    form = UploadForm()
    if not form.validate_on_submit():
        return render_template("deals/import.html", form=form, runs=queries.recent_runs()), 400
    upload = form.file.data
    try:
        run = operations.receive(upload.stream, upload.filename or "", by=actor(), at=now())
    except Invalid as error:
        form.file.errors = [error.sentence]
        return render_template("deals/import.html", form=form, runs=queries.recent_runs()), 400
    db.session.commit()
    return redirect(url_for("deals.import_run", run_id=run.id), 303)


@bp.get("/deals/import/<int:run_id>")
@requires(Permission.DEAL_IMPORT)
def import_run(run_id: int) -> ResponseReturnValue:
    """The import where it stands: its columns, its progress, or its report."""
    run = queries.get_run(run_id)
    if run.state in (ImportState.MAPPING, ImportState.FAILED) and run.sha256:
        return _columns(run, mapping.from_json(run.mapping), {})
    return _report(run)


@bp.post("/deals/import/<int:run_id>")
@requires(Permission.DEAL_IMPORT)
def import_start(run_id: int) -> ResponseReturnValue:
    """Settle the columns and start; `act` is `try` for a dry run, else `import`."""
    run = queries.get_run(run_id)
    try:
        chosen = mapping.from_json(_given(run))
        operations.choose_mapping(run, chosen, dry_run=request.form.get("act") == "try")
    except Invalid as error:
        db.session.rollback()
        run = queries.get_run(run_id)
        return _columns(run, _tolerant(run), error.fields or {"": error.sentence}, 400)
    large = _is_large(run)
    run.started_at = None
    if large:
        after_commit(jobs.carry_out, run.id)
    db.session.commit()
    if not large:
        jobs.carry_out(run.id)
        run = queries.get_run(run_id)
        if run.state is ImportState.DONE and not run.dry_run:
            flash(
                _("%(new)s deals came in, %(changed)s changed.", new=run.new, changed=run.changed)
            )
    return redirect(url_for("deals.import_run", run_id=run_id), 303)


@bp.get("/deals/import/<int:run_id>.csv")
@requires(Permission.DEAL_IMPORT)
def import_report(run_id: int) -> ResponseReturnValue:
    """The report of each line that was not unchanged, as CSV."""
    run = queries.get_run(run_id)
    if run.state is not ImportState.DONE:
        raise NotFound
    rows = (
        (row.line, row.result, row.external_id, row.name, " ".join(row.notes))
        for row in reporting.report_of(run).rows
    )
    return csv_out.attachment(
        f"import-{run.id}.csv", ("line", "result", "deal id", "name", "notes"), rows
    )


_TABS = {
    RowResult.NEW: N_("New"),
    RowResult.CHANGED: N_("Changed"),
    RowResult.REFUSED: N_("Refused"),
}


def _is_large(run: ImportRun) -> bool:
    return (storage().size(run.sha256 or "0" * 64) or 0) > AT_ONCE


def _given(run: ImportRun) -> dict[str, Any]:
    form = request.form
    preset = form.get("preset", run.preset)
    return {
        "columns": {name: form[f"column-{name}"] for name in FIELDS if form.get(f"column-{name}")},
        "stages": dict(zip(form.getlist("stage-word"), form.getlist("stage-means"), strict=False)),
        "day_order": form.get("day_order") or None,
        "currency": form.get("currency") or None,
        "preset": preset if preset in PRESETS else "",
    }


def _tolerant(run: ImportRun) -> mapping.ColumnMapping:
    """What was chosen, as far as it can be shown again."""
    given = _given(run)
    order = given["day_order"]
    return mapping.ColumnMapping(
        columns=given["columns"],
        stages={word.casefold(): means for word, means in given["stages"].items() if means},
        day_order=DayOrder(order) if order in {"dmy", "mdy"} else None,
        currency=given["currency"],
        preset=given["preset"],
    )


def _columns(
    run: ImportRun, chosen: mapping.ColumnMapping, problems: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    if run.sha256 is None:
        raise NotFound
    with storage().local(run.sha256) as path:
        table = csv_files.inspect(path)
        lines = [line for line in islice(table.lines(), SAMPLE * 4) if not line.blank][:SAMPLE]
        words = _stage_words(table, chosen)
    labels = stage_labels()
    ours = {slug.casefold(): slug for slug in labels} | {
        label.casefold(): slug for slug, label in labels.items()
    }
    stages = []
    for word in words:
        outcome, slug = outcome_and_stage(word, chosen, ours)
        stages.append((word, slug if outcome.value == "open" else outcome.value))
    page = render_template(
        "deals/mapping.html",
        run=run,
        chosen=chosen,
        problems=problems,
        heads=[head for head in table.heads if head],
        pairs=[(head, head) for head in table.heads if head],
        table=table,
        lines=lines,
        fields=FIELDS,
        required=REQUIRED,
        presets=PRESETS,
        stages=stages,
        labels=labels,
    )
    return page, status


def _stage_words(table: csv_files.Table, chosen: mapping.ColumnMapping) -> list[str]:
    """The different words in the column of stages, in the order they come, forty at most."""
    head = chosen.columns.get("stage", "")
    if head not in table.heads:
        return []
    place = table.heads.index(head)
    found: dict[str, None] = {}
    for line in islice(table.lines(), STAGES_LOOKED_AT):
        if place < len(line.cells) and (word := line.cells[place].strip()):
            found.setdefault(word)
            if len(found) == 40:
                break
    return list(found)


def _report(run: ImportRun) -> ResponseReturnValue:
    wanted = request.args.get("result", "")
    result = RowResult(wanted) if wanted in {member.value for member in RowResult} else None
    after = request.args.get("after", 0, type=int)
    busy = run.state in (ImportState.WAITING, ImportState.RUNNING)
    return render_template(
        "deals/import_report.html",
        run=run,
        result=result,
        rows=queries.run_rows(run, result=result, after=after, limit=200),
        tabs=[
            {
                "text": _(text),
                "url": address_with(result=kind.value, after=None),
                "current": result is kind,
                "count": getattr(run, kind.value),
            }
            for kind, text in _TABS.items()
        ],
        busy=busy,
        progress=underway.told(jobs.progress_of(run.id)) if busy else None,
    )
