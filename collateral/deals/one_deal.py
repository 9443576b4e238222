"""One deal at a time, as the API and the sample library bring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from collateral.db import db
from collateral.deals.gone import WITH_GONE
from collateral.deals.mapping import ColumnMapping
from collateral.deals.models import Deal, Outcome, RowResult, StageChange
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

ENDED_AS = {Outcome.WON: {"won": "yes"}, Outcome.LOST: {"closed": "yes"}}
"""How a row says that a deal has ended, whatever its stage is called."""


def _words(deal: Deal | None, given: Mapping[str, str | None]) -> dict[str, str]:
    """The fields as a file's line has them, with those that the deal has already."""
    if unknown := set(given) - set(UPSERT_FIELDS):
        raise Invalid(
            _("There are unknown fields."),
            fields=dict.fromkeys(unknown, _("There is no such field.")),
        )
    words = {name: value if value is not None else "" for name, value in given.items()}
    if deal is not None:
        return _as_given(deal, given) | words
    if missing := {"name", "stage"} - set(words):
        raise Invalid(
            _("A new deal needs a name and a stage."),
            fields=dict.fromkeys(sorted(missing), _("It is missing.")),
        )
    return words


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
    deal = db.session.scalar(
        select(Deal).where(Deal.source == source, Deal.external_id == external_id),
        execution_options=WITH_GONE,
    )
    words = _words(deal, given)
    heads = ["external_id", *words]
    mapping = ColumnMapping({name: name for name in heads})
    reader = RowReader(heads, mapping, all_words(), DayOrder.DAY_FIRST, zone)
    try:
        facts = reader.read([external_id, *words.values()])
    except Unreadable as error:
        raise Invalid(error.sentence) from error
    if deal is not None and "stage" not in given and facts.values["outcome"] is Outcome.OPEN:
        # What a file's own mapping made of the CRM's word, the word alone does not say.
        facts.values["stage"] = deal.stage
    return _store(deal, facts, source=source, at=at, history=history, reader=reader, zone=zone)


def _as_given(deal: Deal, given: Mapping[str, object]) -> dict[str, str]:
    """What must be read again together: a stage, whether it ended the deal, and the days and
    the currency that hang on others."""
    closes = deal.closed_on or deal.expected_on
    known = {
        "name": deal.name,
        "stage": deal.stage_label,
        "opened_on": deal.opened_on.isoformat() if deal.opened_on else "",
        "closed_on": closes.isoformat() if closes else "",
    }
    if deal.amount is not None:
        known |= {"amount": f"{deal.amount}", "currency": deal.currency or ""}
    if not {"stage", "won", "closed"} & set(given):
        known |= ENDED_AS.get(deal.outcome, {})
    return known


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
    moves = list(history)
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
    if _add_moves(deal, moves, reader) and result is RowResult.UNCHANGED:
        result = RowResult.CHANGED
    db.session.flush()  # a new one's id is its address
    return deal, result


def _add_moves(deal: Deal, moves: Iterable[tuple[str, datetime]], reader: RowReader) -> bool:
    """Add the stages that are not known of the deal yet; whether there were any."""
    known = {(move.label, move.at) for move in deal.stages}
    new = [move for move in moves if move not in known]
    for label, moment in new:
        stage = reader.words.stage.get(label.casefold(), "")
        deal.stages.append(StageChange(stage=stage, label=label, at=moment))
    return bool(new)
