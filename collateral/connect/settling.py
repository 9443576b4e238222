"""Connections to CRMs: set up, settled, switched; runs begun and ended. Nothing commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select, true, update

from collateral import sealing
from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.connect import hubspot, salesforce
from collateral.connect.calling import Caller
from collateral.connect.crm import Sample, Source
from collateral.connect.hubspot_calls import Account
from collateral.connect.models import Connection, Crm, RunState, SyncRun
from collateral.connect.salesforce_calls import Session
from collateral.db import db
from collateral.deals.presets import CRMS
from collateral.deals.values import Unreadable, parse_currency
from collateral.errors import Conflict, Invalid, NotFound, WrongState
from collateral.words import N_, Sentence, to_text

DEAD = timedelta(minutes=10)
"""A run that has done nothing for so long has died; a call and its waits take less."""
HUBSPOT = "https://api.hubapi.com"
DEFAULTS = {Crm.SALESFORCE: salesforce.DEFAULTS, Crm.HUBSPOT: hubspot.DEFAULTS}
SECRETS = {
    Crm.SALESFORCE: ("client_id", "client_secret"),
    Crm.HUBSPOT: ("token", "client_id", "client_secret", "refresh_token"),
}


def find(kind: Crm) -> Connection | None:
    """The connection of that kind."""
    return db.session.scalar(select(Connection).where(Connection.kind == kind))


def get(kind: Crm) -> Connection:
    """The connection of that kind. Raises NotFound."""
    connection = find(kind)
    if connection is None:
        raise NotFound(_("There is no connection to %(name)s yet.", name=NAMES[kind]))
    return connection


NAMES = {crm: CRMS[crm.value] for crm in Crm}


def set_up(
    kind: Crm,
    address: str,
    secrets: Mapping[str, str],
    *,
    by: Person | None,
    at: datetime,
    installation: str,
    anywhere: bool = False,
) -> Connection:
    """Connect to a CRM, or give its address and secrets anew; what came before stays.

    Args:
        secrets: by the names in SECRETS; one that is empty stays as it was.
        installation: SECRET_KEY, under which they are kept.
        anywhere: whether the address may be another than the CRM's own. For the command line,
            whose user may do all that this program may; a page must not send us about.

    Raises:
        Invalid: by field.
    """
    connection = find(kind)
    said = {name: value.strip() for name, value in secrets.items() if value.strip()}
    merged = _merged(connection, kind, said, installation)
    address = address_of(kind, address, anywhere=anywhere)
    missing = _missing(kind, merged)
    if missing:
        raise Invalid(
            _("Something is missing."), fields=dict.fromkeys(missing, _("It is missing."))
        )
    sealed = sealing.seal(merged, installation)
    if connection is None:
        connection = Connection(
            kind=kind, address=address, sealed=sealed, fields=dict(DEFAULTS[kind]), created_at=at
        )
        db.session.add(connection)
        db.session.flush()  # the audit trail names it
    connection.address, connection.sealed = address, sealed
    audit.record("connection.set_up", by=by, kind="connection", id=connection.id, crm=kind.value)
    return connection


def _merged(
    connection: Connection | None, kind: Crm, said: Mapping[str, str], installation: str
) -> dict[str, str]:
    """What was kept, with what is said anew. HubSpot is entered by a token or by an app's three
    secrets: who says the one means it instead of the other.

    Raises:
        Invalid: what was kept cannot be read, and nothing is said in its place.
    """
    if "token" in said:
        return {"token": said["token"]}
    if connection is None:
        return dict(said)
    try:
        kept = sealing.unseal(connection.sealed, installation)
    except Invalid:
        if not said:
            raise
        kept = {}
    if said and kind is Crm.HUBSPOT:
        kept.pop("token", None)
    return {**kept, **said}


def _missing(kind: Crm, secrets: Mapping[str, str]) -> list[str]:
    if kind is Crm.HUBSPOT and "token" in secrets:
        return []
    if kind is Crm.HUBSPOT and not secrets:
        return ["token"]
    wanted = [name for name in SECRETS[kind] if name != "token"]
    return [name for name in wanted if not secrets.get(name)]


def address_of(kind: Crm, text: str, *, anywhere: bool = False) -> str:
    """The address as it is called. Raises Invalid where it is none of that CRM's."""
    if kind is Crm.HUBSPOT and not text:
        return HUBSPOT
    if "://" not in text:
        text = f"https://{text}"
    sentence = (
        _("It is the address of your own domain, such as acme.my.salesforce.com.")
        if kind is Crm.SALESFORCE
        else _("It is api.hubapi.com.")
    )
    try:
        parts = urlsplit(text.strip().rstrip("/"))
    except ValueError as error:  # brackets that hold no IPv6 address
        raise Invalid(sentence, fields={"address": sentence}) from error
    host = parts.hostname or ""
    ours = {Crm.SALESFORCE: ".my.salesforce.com", Crm.HUBSPOT: ".hubapi.com"}[kind]
    plain = parts.scheme == "https" and host.endswith(ours) and parts.netloc == host
    if parts.path or parts.query or not host or not (plain or anywhere):
        raise Invalid(sentence, fields={"address": sentence})
    return f"{parts.scheme}://{parts.netloc}"


def settle(
    connection: Connection,
    fields: Mapping[str, str],
    stages: Mapping[str, str],
    currency: str,
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """Say which of the CRM's fields is which of ours, and what its stages mean.

    What is in already is read again by the next run that reads all deals.

    Raises:
        Invalid: by field.
        Conflict: deals are being fetched under the old ones.
    """
    if connection.claimed_at and connection.claimed_at > at - DEAD:
        raise Conflict(_("The deals are being fetched already."))
    problems = dict.fromkeys(set(fields) - set(DEFAULTS[connection.kind]), _("No such field."))
    if not fields.get("name"):
        problems["name"] = _("It is missing.")
    try:
        connection.currency = parse_currency(currency) if currency.strip() else None
    except Unreadable as error:
        problems["currency"] = str(error)
    if problems:
        raise Invalid(_("The fields cannot be read like this."), fields=problems)
    connection.fields = {name: fields.get(name, "") for name in DEFAULTS[connection.kind]}
    connection.stages = {label.casefold(): means for label, means in stages.items() if means}
    connection.reached = {}
    audit.record("connection.settled", by=by, kind="connection", id=connection.id)


def switch(connection: Connection, *, on: bool, by: Person | None) -> None:
    """Fetch by itself, or no more."""
    connection.active = on
    action = "connection.switched_on" if on else "connection.switched_off"
    audit.record(action, by=by, kind="connection", id=connection.id)


def switch_notes(connection: Connection, *, on: bool, by: Person | None, at: datetime) -> None:
    """Write notes of uses and visits from now on, or no more."""
    connection.writes_since = (connection.writes_since or at) if on else None
    action = "connection.notes_on" if on else "connection.notes_off"
    audit.record(action, by=by, kind="connection", id=connection.id)


def source_of(
    connection: Connection, *, installation: str, zone: tzinfo, sleep: Callable[[float], None]
) -> tuple[Source, Caller]:
    """What reads and writes this CRM. Raises Invalid where its secrets cannot be read."""
    call = Caller(sleep)
    secrets = sealing.unseal(connection.sealed, installation)
    fields: dict[str, Any] = dict(connection.fields)
    if connection.kind is Crm.SALESFORCE:
        session = Session(connection.address, secrets, call)
        return salesforce.Salesforce(session, fields, zone), call
    return hubspot.HubSpot(Account(connection.address, secrets, call), fields, zone), call


def keep_sample(connection: Connection, sample: Sample, *, at: datetime) -> None:
    """Show these of the CRM's deals on the page of fields."""
    connection.sample = {**asdict(sample), "at": at.isoformat()}


def keep_failed_sample(connection: Connection, sentence: str, *, at: datetime) -> None:
    """Say there why the CRM could not be asked; the deals that it told before stay."""
    connection.sample = {**connection.sample, "error": sentence, "at": at.isoformat()}


def begin(connection: Connection, *, whole: bool, at: datetime, alone: bool = False) -> SyncRun:
    """Begin a run; the one before it that died is ended.

    Args:
        alone: it is known that none is under way, whatever the last one left behind.

    Raises:
        Conflict: one is under way.
    """
    free = or_(Connection.claimed_at.is_(None), Connection.claimed_at < at - DEAD)
    claimed = db.session.execute(
        update(Connection)
        .where(Connection.id == connection.id, true() if alone else free)
        .values(claimed_at=at)
        .returning(Connection.id),
        execution_options={"synchronize_session": False},
    ).first()
    if claimed is None:
        raise Conflict(_("The deals are being fetched already."))
    for dead in db.session.scalars(
        select(SyncRun).where(
            SyncRun.connection_id == connection.id, SyncRun.state == RunState.RUNNING
        )
    ):
        dead.state, dead.finished_at = RunState.FAILED, at
        dead.error = to_text(Sentence(N_("It was broken off. What came before is kept.")))
    run = SyncRun(connection_id=connection.id, whole=whole, started_at=at)
    db.session.add(run)
    db.session.flush()  # its rows name it
    db.session.refresh(connection)
    run.whole = whole or not connection.reached
    return run


def end(run: SyncRun, connection: Connection, *, at: datetime, error: str | None = None) -> None:
    """Say what became of it. Raises WrongState where it has ended."""
    if run.state is not RunState.RUNNING:
        raise WrongState("This run has ended.")
    run.state = RunState.FAILED if error else RunState.DONE
    run.error, run.finished_at = error or run.error, at
    connection.claimed_at = None
