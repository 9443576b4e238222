"""One deal at a time, as the API and the sample library bring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.db import db
from collateral.deals.gone import WITH_GONE
from collateral.deals.mapping import ColumnMapping
from collateral.deals.models import Deal, RowResult, StageChange
from collateral.deals.owners import all_people
from collateral.deals.rules import Facts, RowReader, differences
from collateral.deals.storing import all_words
from collateral.deals.values import DayOrder, Unreadable, at_midnight
from collateral.errors import Invalid

# The columns of `upsert_deal`, as the API names them; all are words, as in a file.
UPSERT_FIELDS = (
    "name",
    "account",
    "owner",
    "owner_email",
    "stage",
    "stage_changed_on",
    "amount",
    "currency",
    "opened_on",
    "closed_on",
    "won",
    "closed",
    "next_call_at",
    "industry",
    "product",
    "region",
)


def upsert_deal(
    external_id: str,
    given: Mapping[str, str | None],
    *,
    source: str = "api",
    at: datetime,
    history: Iterable[tuple[str, datetime]] = (),
    zone: tzinfo = UTC,
) -> tuple[Deal, RowResult]:
    """Make the deal of that id, or change what is given of it.

    Args:
        given: fields of UPSERT_FIELDS as words, read as a file's cells are: dates ISO 8601,
            a None clears. A new deal needs `name` and `stage`.
        history: the stages that it went through, as the CRM calls them, with their moments.

    Returns:
        The deal, flushed, and whether it is new, changed or unchanged.

    Raises:
        Invalid: by field, what cannot be read.
    """
    if unknown := set(given) - set(UPSERT_FIELDS):
        raise Invalid(
            _("There are unknown fields."),
            fields=dict.fromkeys(unknown, _("There is no such field.")),
        )
    deal = db.session.scalar(
        select(Deal).where(Deal.source == source, Deal.external_id == external_id),
        execution_options=WITH_GONE,
    )
    words = {name: value if value is not None else "" for name, value in given.items()}
    if deal is not None:
        words = _as_given(deal) | words
    heads = ["external_id", *words]
    reader = RowReader(
        heads,
        ColumnMapping({name: name for name in heads} | {"name": "name", "stage": "stage"})
        if {"name", "stage"} <= set(words)
        else _incomplete(words),
        all_words(),
        DayOrder.DAY_FIRST,
        zone,
    )
    try:
        facts = reader.read([external_id, *words.values()])
    except Unreadable as error:
        raise Invalid(error.sentence) from error
    return _store(deal, facts, source=source, at=at, history=history, reader=reader, zone=zone)


def _incomplete(words: Mapping[str, str]) -> ColumnMapping:
    missing = [name for name in ("name", "stage") if name not in words]
    raise Invalid(
        _("A new deal needs a name and a stage."),
        fields=dict.fromkeys(missing, _("It is missing.")),
    )


def _as_given(deal: Deal) -> dict[str, str]:
    """What must be read again together: a stage and the days that depend on it."""
    closes = deal.closed_on or deal.expected_on
    amount = {"amount": f"{deal.amount}", "currency": deal.currency or ""} if deal.amount else {}
    return {
        "name": deal.name,
        "stage": deal.stage_label,
        "opened_on": deal.opened_on.isoformat() if deal.opened_on else "",
        "closed_on": closes.isoformat() if closes else "",
        **amount,
    }


def _store(
    deal: Deal | None,
    facts: Facts,
    *,
    source: str,
    at: datetime,
    history: Iterable[tuple[str, datetime]],
    reader: RowReader,
    zone: tzinfo,
) -> tuple[Deal, RowResult]:
    values = dict(facts.values)
    if "owner_email" in values:
        values["owner_id"] = all_people().find(values["owner_email"], values["owner_name"])
    moves = [(label, moment) for label, moment in history]
    if deal is None:
        deal = Deal(source=source, external_id=facts.external_id, created_at=at, updated_at=at)
        db.session.add(deal)
        result = RowResult.NEW
        different = list(values)
        opened = values.get("opened_on")
        first = facts.stage_at or (at_midnight(opened, zone) if opened else at)
        moves = moves or [(values["stage_label"], first)]
    else:
        before = {name: getattr(deal, name) for name in values}
        different = differences(before, values)
        result = RowResult.CHANGED if different or deal.gone_at else RowResult.UNCHANGED
        deal.gone_at = None
        if "stage_label" in different and not moves:
            moves = [(values["stage_label"], facts.stage_at or at)]
    for name in different:
        setattr(deal, name, values[name])
    if different:
        deal.updated_at = at
    known = {(move.label, move.at) for move in deal.stages}
    for label, moment in moves:
        if (label, moment) not in known:
            stage = reader.words.stage.get(label.casefold(), "")
            deal.stages.append(StageChange(stage=stage, label=label, at=moment))
            result = RowResult.CHANGED if result is RowResult.UNCHANGED else result
    db.session.flush()  # a new one's id is its address
    return deal, result
