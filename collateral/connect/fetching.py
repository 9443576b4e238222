"""One run: what a CRM brings, batch by batch, into deals. Nothing commits; the job does.

What a batch brings and how far the CRM's changes are in with it are written together, so that
wherever a run is broken off, the next one goes on without a gap; what is read twice changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import insert

from collateral.connect import merging
from collateral.connect.crm import Batch, Found, Source
from collateral.connect.models import Connection, SyncRow, SyncRun
from collateral.db import db, table
from collateral.deals import gone
from collateral.deals.mapping import ColumnMapping
from collateral.deals.owners import match_owners
from collateral.deals.presets import FIELDS
from collateral.deals.rules import RowReader
from collateral.deals.storing import Given, Storing, all_words, set_next_calls
from collateral.deals.values import DayOrder, Unreadable
from collateral.words import to_text

BACK_WITHIN = timedelta(days=90)
"""For so long HubSpot can bring a deal back; Salesforce for 15 days."""
HEADS = ["external_id", *(name for name in FIELDS if name != "external_id")]


def steps(
    connection: Connection, run: SyncRun, source: Source, *, at: datetime, zone: tzinfo
) -> Iterator[None]:
    """Fetch; after each step the rows and the watermark are to be committed together."""
    match_owners(connection.source)
    reader = reader_for(connection, zone)
    storing = Storing(connection.source, at=at, zone=zone)
    gone_lately = frozenset(gone.gone_since(connection.source, at - BACK_WITHIN))
    reached = {} if run.whole and not connection.reached.get("whole") else connection.reached
    yield
    for batch in source.batches({**reached}, gone_lately):
        take(connection, run, batch, storing, reader)
        if batch.reached:
            # A whole run that is broken off goes on as one.
            connection.reached = {**batch.reached, **({"whole": True} if run.whole else {})}
        yield
    connection.reached = {k: v for k, v in connection.reached.items() if k != "whole"}
    yield


def take(
    connection: Connection, run: SyncRun, batch: Batch, storing: Storing, reader: RowReader
) -> None:
    """Bring one batch into deals, and count it in the run."""
    given = _read(run, batch.deals, reader)
    for told in storing.take(given, reader):
        setattr(run, told.result.value, getattr(run, told.result.value) + 1)
    run.gone += len(gone.remove(connection.source, batch.gone, at=storing.at))
    for deal in batch.deals:
        if deal.merged:
            run.merged += merging.merge(
                connection.source, deal.external_id, deal.merged, at=storing.at
            )
    if batch.next_calls is not None:
        run.changed += set_next_calls(connection.source, dict(batch.next_calls), at=storing.at)


def reader_for(connection: Connection, zone: tzinfo) -> RowReader:
    """Reads this CRM's deals as its files are read: by the same rules."""
    known = [name for name in HEADS if _is_told(connection, name)]
    mapping = ColumnMapping(
        columns={name: name for name in known},
        stages=connection.stages,
        currency=connection.currency,
        preset=connection.source,
    )
    return RowReader(known, mapping, all_words(), DayOrder.DAY_FIRST, zone)


_ALWAYS = ("external_id", "owner", "owner_email", "stage", "stage_changed_on", "won", "closed")


def _is_told(connection: Connection, name: str) -> bool:
    return name in _ALWAYS or bool(connection.fields.get(name))


def cells_of(reader: RowReader, found: Found) -> list[str]:
    """The deal as a line under the reader's heads."""
    said = {"external_id": found.external_id, **found.cells}
    return [said.get(name, "") for name in reader.places]


def _read(run: SyncRun, deals: Sequence[Found], reader: RowReader) -> list[Given]:
    given: dict[str, Given] = {}
    refused = []
    for found in deals:
        try:
            facts = reader.read(cells_of(reader, found))
        except Unreadable as error:
            run.refused += 1
            refused.append(
                {
                    "run_id": run.id,
                    "number": run.refused,
                    "external_id": found.external_id[:100],
                    "name": found.cells.get("name", "")[:300],
                    "why": to_text(error.sentence),
                }
            )
        else:
            # A page may tell a deal twice when it changes meanwhile; the later one holds.
            given[facts.external_id] = Given(0, facts, found.history)
    if refused:
        db.session.execute(insert(table(SyncRow)), refused)
    return list(given.values())
