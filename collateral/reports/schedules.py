"""Reports that go to chosen people by mail: when they are due, and who ended hers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.assets.queries import visible
from collateral.clock import now
from collateral.db import db, is_id
from collateral.errors import Invalid, NotFound
from collateral.reports.card_sheets import SCORECARD, asset_of
from collateral.reports.models import ReportReader, ReportSchedule, Rhythm, SavedView
from collateral.reports.readers import choosable
from collateral.reports.sheets import REPORTS

PURPOSE = "a report by mail"
MOST_READERS = 50
NO_REPORT, NO_MAIL = _("There is no such report."), _("There is no such report by mail.")


def latest_due(schedule: ReportSchedule, at: datetime, zone: ZoneInfo) -> datetime:
    """The last moment, up to now, at which it was to be sent: at its hour in the maker's zone."""
    local = at.astimezone(zone)
    day = local.date()
    if schedule.rhythm is Rhythm.MONTHLY:
        day = day.replace(day=1)
    else:
        day -= timedelta(days=(day.weekday() - schedule.weekday) % 7)
    moment = datetime(day.year, day.month, day.day, schedule.hour, tzinfo=zone)
    if moment <= at:
        return moment
    earlier = day - timedelta(days=7 if schedule.rhythm is Rhythm.WEEKLY else 1)
    if schedule.rhythm is Rhythm.MONTHLY:
        earlier = earlier.replace(day=1)
    return datetime(earlier.year, earlier.month, earlier.day, schedule.hour, tzinfo=zone)


def due(at: datetime) -> list[tuple[int, int]]:
    """Schedule and person of each mail that is due."""
    schedules = db.session.scalars(
        select(ReportSchedule).options(
            joinedload(ReportSchedule.owner), selectinload(ReportSchedule.readers)
        )
    )
    return [
        (schedule.id, reader.person_id)
        for schedule in schedules
        for reader in schedule.readers
        if _is_due(schedule, reader, at)
    ]


def _is_due(schedule: ReportSchedule, reader: ReportReader, at: datetime) -> bool:
    moment = latest_due(schedule, at, ZoneInfo(schedule.owner.time_zone))
    return reader.stopped_at is None and reader.sent_at < moment


def take(schedule_id: int, person_id: int, at: datetime) -> datetime | None:
    """Mark it as sent where it is still due; answers the moment of the mail before."""
    schedule = db.session.get(ReportSchedule, schedule_id)
    reader = db.session.get(ReportReader, (schedule_id, person_id))
    if schedule is None or reader is None or not _is_due(schedule, reader, at):
        return None
    before = reader.sent_at
    taken = db.session.execute(
        update(ReportReader)
        .where(
            ReportReader.schedule_id == schedule_id,
            ReportReader.person_id == person_id,
            ReportReader.sent_at == before,
        )
        .values(sent_at=at)
        .returning(ReportReader.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    return before if taken else None


def give_back(schedule_id: int, person_id: int, before: datetime) -> None:
    """It could not be sent after all."""
    db.session.execute(
        update(ReportReader)
        .where(ReportReader.schedule_id == schedule_id, ReportReader.person_id == person_id)
        .values(sent_at=before)
        .execution_options(synchronize_session=False)
    )


def make(
    owner: Person,
    report: str,
    query: dict[str, str],
    *,
    readers: Collection[int],
    rhythm: Rhythm,
    weekday: int,
    hour: int,
    at: datetime,
) -> ReportSchedule:
    """Send the report, or the scorecard of the query's `asset`, to these people from now on.

    Raises:
        Invalid: nobody, too many, or somebody who cannot be chosen.
        NotFound: no such report, or an asset that she may not see.
    """
    if report == SCORECARD:
        asset_of(query, owner)
    elif report not in REPORTS:
        raise NotFound(NO_REPORT)
    chosen = set(readers)
    _check_readers(chosen, owner)
    schedule = ReportSchedule(
        owner_id=owner.id,
        report=report,
        query=query,
        rhythm=rhythm,
        weekday=weekday,
        hour=hour,
        created_at=at,
        readers=[ReportReader(person_id=person_id, sent_at=at) for person_id in sorted(chosen)],
    )
    db.session.add(schedule)
    db.session.flush()  # its id stands in the audit trail
    audit.record("report.scheduled", by=owner, kind="report_schedule", id=schedule.id)
    return schedule


def _check_readers(chosen: Collection[int], owner: Person) -> None:
    if not chosen:
        raise _wrong_readers(_("Choose at least one person."))
    if len(chosen) > MOST_READERS:
        raise _wrong_readers(_("Choose at most %(most)s people.", most=MOST_READERS))
    if len(choosable(owner, chosen)) < len(set(chosen)):
        raise _wrong_readers(_("Somebody chosen cannot get reports. Choose anew."))


def _wrong_readers(sentence: object) -> Invalid:
    return Invalid(sentence, fields={"readers": sentence})


def of(person: Person) -> Sequence[ReportSchedule]:
    """Those that she made, and those that she gets; the latest first."""
    gets = select(ReportReader.schedule_id).where(
        ReportReader.person_id == person.id, ReportReader.stopped_at.is_(None)
    )
    return (
        db.session.scalars(
            select(ReportSchedule)
            .where((ReportSchedule.owner_id == person.id) | ReportSchedule.id.in_(gets))
            .options(
                joinedload(ReportSchedule.owner),
                selectinload(ReportSchedule.readers).joinedload(ReportReader.person),
            )
            .order_by(ReportSchedule.id.desc())
        )
        .unique()
        .all()
    )


def titles(person: Person, schedules: Iterable[ReportSchedule]) -> dict[str, str]:
    """By id, as it stands among the filters, the assets of scorecards that she may see."""
    ids = {text for one in schedules if is_id(text := str(one.query.get("asset", "")))}
    rows = db.session.execute(
        select(Asset.id, Asset.title).where(Asset.id.in_(map(int, ids)), visible(person))
    )
    return {str(asset_id): title for asset_id, title in rows}


def end(schedule_id: int, person: Person, at: datetime) -> None:
    """Its maker ends it for all, a reader for herself. Raises NotFound for all others."""
    schedule = db.session.get(ReportSchedule, schedule_id)
    if schedule is None:
        raise NotFound(NO_MAIL)
    if schedule.owner_id == person.id:
        audit.record("report.unscheduled", by=person, kind="report_schedule", id=schedule.id)
        db.session.delete(schedule)
        return
    stop(schedule_id, person.id, at)


def stop(schedule_id: int, person_id: int, at: datetime) -> None:
    """She gets it no more. Raises NotFound where she never got it."""
    reader = db.session.get(ReportReader, (schedule_id, person_id))
    if reader is None:
        raise NotFound(NO_MAIL)
    reader.stopped_at = reader.stopped_at or at


def token_for(schedule_id: int, person_id: int, secret: str) -> str:
    """What stands in her address for ending it; whoever holds it can end this mail alone."""
    return str(URLSafeSerializer(secret, salt=PURPOSE).dumps([schedule_id, person_id]))


def of_token(token: str, secret: str) -> tuple[int, int]:
    """Schedule and person of an address. Raises NotFound for every other text."""
    try:
        schedule_id, person_id = URLSafeSerializer(secret, salt=PURPOSE).loads(token)
    except (BadSignature, ValueError, TypeError):
        sentence = _("This address is not complete. Take it from the mail once more.")
        raise NotFound(sentence) from None
    return int(schedule_id), int(person_id)


# Saved views


def views_of(person: Person) -> Sequence[SavedView]:
    return db.session.scalars(
        select(SavedView).where(SavedView.person_id == person.id).order_by(SavedView.name)
    ).all()


def save_view(person: Person, name: str, report: str, query: dict[str, str]) -> SavedView:
    """Keep the filters under a name; a name that she has already gets the new ones.

    Raises:
        Invalid: no name.
        NotFound: no such report.
    """
    name = " ".join(name.split())[:100]
    if not name:
        sentence = _("A view needs a name.")
        raise Invalid(sentence, fields={"name": sentence})
    if report not in REPORTS:
        raise NotFound(NO_REPORT)
    view = db.session.scalar(
        select(SavedView).where(SavedView.person_id == person.id, SavedView.name == name)
    )
    if view is None:
        view = SavedView(person_id=person.id, name=name, created_at=now())
        db.session.add(view)
    view.report, view.query = report, query
    return view


def forget_view(person: Person, view_id: int) -> None:
    """Raises NotFound for a view that is not hers."""
    view = db.session.get(SavedView, view_id)
    if view is None or view.person_id != person.id:
        raise NotFound(_("There is no such view."))
    db.session.delete(view)
