"""Deals brought in from a CSV of the CRM."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.datastructures import FileStorage

from collateral.accounts.permissions import Permission
from collateral.api.auth import actor
from collateral.api.calls import Call
from collateral.api.files import TakeFile
from collateral.clock import now
from collateral.deals import operations
from collateral.deals.models import RowResult


class ImportGiven(Struct, forbid_unknown_fields=True):
    """`mapping`: JSON of `columns` (field to head), `stages`, `day_order`, `currency`,
    `preset`; what it does not say is recognised by the heads."""

    mapping: Annotated[str, Meta(max_length=100_000)] | UnsetType = UNSET
    preset: Literal["salesforce", "hubspot"] | UnsetType = UNSET
    source: Annotated[str, Meta(min_length=1, max_length=40)] | UnsetType = UNSET
    dry_run: bool = False


class ImportedRow(Struct, forbid_unknown_fields=True):
    """What became of one line, and why or with what left out."""

    line: int
    result: RowResult
    external_id: str
    name: str
    notes: list[str]


class Imported(Struct, forbid_unknown_fields=True):
    """What the import did, or in a dry run would do; lines that change nothing are counted."""

    dry_run: bool
    new: int
    changed: int
    unchanged: int
    refused: int
    rows: list[ImportedRow]


@Call(
    "POST",
    "/deals/import",
    permission=Permission.DEAL_IMPORT,
    does="Take in deals from a CSV of the CRM.",
    more="A bad line is refused with its reason and the others go in; the same file twice "
    "changes nothing.",
    form=ImportGiven,
    file=TakeFile.READ,
    answers=Imported,
    fails=(507,),
)
def import_deals(body: ImportGiven, file: FileStorage) -> Imported:
    report = operations.import_deals(
        cast(Any, file.stream),
        file.filename or "deals.csv",
        by=actor(),
        at=now(),
        mapping=operations.load_json(body.mapping) if body.mapping else None,
        preset=body.preset or None,
        source=body.source or "",
        dry_run=body.dry_run,
    )
    return Imported(
        dry_run=report.dry_run,
        new=report.new,
        changed=report.changed,
        unchanged=report.unchanged,
        refused=report.refused,
        rows=[
            ImportedRow(row.line, row.result, row.external_id, row.name, list(row.notes))
            for row in report.rows
        ],
    )
