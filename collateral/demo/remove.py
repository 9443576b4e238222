"""Takes the sample out of the library again, and leaves whatever is not the sample's.

What belongs to a sample asset, deal or collection is found by the foreign keys and goes with
it, whatever feature keeps it; what merely mentions one, such as a replacement, is cleared.
Links, packs and requests go with the person of the sample who made them.
People and teams of the sample go when nothing that stays names them. The others, such as those
who signed in and stand in the audit trail, are switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, select, update

from collateral.accounts.models import (
    ApiToken,
    OneTimeToken,
    Person,
    PersonRole,
    SignInSession,
    Team,
    TeamMember,
)
from collateral.adaptations.models import Adaptation
from collateral.assets.models import Asset, AssetVersion, Collection, SynonymGroup, Term
from collateral.db import Model, db
from collateral.deals.models import Deal
from collateral.notify.models import Notice, NoticeChoice, NoticeRhythm
from collateral.queue import after_commit
from collateral.reports import summing
from collateral.reports.models import WayToDownload
from collateral.requests.models import Request, RequestWaiting
from collateral.retirement.models import DocketRun
from collateral.search.jobs import index_pending
from collateral.search.models import Search, SearchOpening
from collateral.sharing.models import Pack, Share
from collateral.usage import running
from collateral.usage.models import DailySum, Level, MonthlySum, PersonSum
from collateral.usage.models_teams import TeamSet, TeamSetMember

_OF_A_PERSON = (
    PersonRole,
    TeamMember,
    SignInSession,
    OneTimeToken,
    ApiToken,
    Notice,
    NoticeChoice,
    NoticeRhythm,
    WayToDownload,
    RequestWaiting,
)


@dataclass(frozen=True)
class Removed:
    """How much went, and how many people had to stay, switched off."""

    assets: int
    deals: int
    people: int
    kept_people: int


def remove() -> Removed:
    """Take the sample out. Its files follow when the store is next swept."""
    assets, deals = _count(Asset), _count(Deal)
    _sums()
    for model in (Adaptation, Asset, Deal, Collection):
        _drop(_table(model), _table(model).c.sample)
    _drop_searches()
    _drop_of_people()
    _drop(_table(SynonymGroup), _table(SynonymGroup).c.sample)
    people, kept = _people()
    _drop_unnamed(TeamSet, own=(TeamSetMember,), among=None)
    _drop_unnamed(Team, own=())
    _drop_unnamed(Term, own=())
    _run(delete(DocketRun))  # it counted the sample's assets; the next one comes by itself
    db.session.expire_all()  # the statements above went past the session
    after_commit(index_pending)
    return Removed(assets, deals, people, kept)


def _count(model: type[Any]) -> int:
    return len(db.session.scalars(select(model.id).where(model.sample)).all())


def _sums() -> None:
    """Sums name assets and versions without a foreign key."""
    assets = select(Asset.id).where(Asset.sample)
    versions = select(AssetVersion.id).where(AssetVersion.asset_id.in_(assets))
    for model in (DailySum, MonthlySum):
        for levels, refs in (((Level.VERSION,), versions), ((Level.ASSET, Level.FAMILY), assets)):
            _run(delete(model).where(model.level.in_(levels), model.ref.in_(refs)))
    running.start_again()
    people = select(Person.id).where(Person.sample)
    _run(delete(PersonSum).where(PersonSum.person_id.in_(people)))


def _drop_searches() -> None:
    """What the sample's people looked for; openings name their search without a foreign key."""
    people = select(Person.id).where(Person.sample)
    searches = select(Search.id).where(Search.person_id.in_(people))
    _run(delete(SearchOpening).where(SearchOpening.search_id.in_(searches)))
    _run(delete(Search).where(Search.person_id.in_(people)))
    summing.start_again()


def _drop_of_people() -> None:
    """Their links, packs and requests, with their visits, items and who waits."""
    people = select(Person.id).where(Person.sample)
    _drop(_table(Share), _table(Share).c.person_id.in_(people))
    _drop(_table(Pack), _table(Pack).c.owner_id.in_(people))
    _drop(_table(Request), _table(Request).c.by_id.in_(people))


def _people() -> tuple[int, int]:
    before = _count(Person)
    _drop_unnamed(Person, own=_OF_A_PERSON)
    kept = _count(Person)
    switched_off = select(Person.id).where(Person.sample)
    _run(delete(SignInSession).where(SignInSession.person_id.in_(switched_off)))
    _run(delete(TeamMember).where(TeamMember.person_id.in_(switched_off)))
    _run(update(Person).where(Person.sample).values(active=False))
    return before - kept, kept


def _drop_unnamed(
    model: type[Any], *, own: Iterable[type[Model]], among: str | None = "sample"
) -> None:
    """Delete the rows that nothing names but what is their own, which goes with them."""
    table = _table(model)
    mine = {_table(one) for one in own}
    unnamed = [
        ~exists().where(column == table.c.id)
        for child, column in _referrers(table)
        if child not in mine
    ]
    ids = db.session.scalars(
        select(table.c.id).where(*([table.c[among]] if among else []), and_(*unnamed))
    ).all()
    _drop(table, table.c.id.in_(ids))


def _drop(table: Table, condition: ColumnElement[bool]) -> None:
    """Delete the rows with what belongs to them, and clear what mentions them."""
    inside = select(table.c.id).where(condition) if "id" in table.c else None
    if inside is not None:
        for child, column in _referrers(table):
            if column.nullable:
                _run(update(child).where(column.in_(inside)).values({column: None}))
        for child, column in _referrers(table):
            if not column.nullable:
                _drop(child, column.in_(inside))
    _run(delete(table).where(condition))


def _referrers(table: Table) -> Iterator[tuple[Table, Column[Any]]]:
    """Each column of any table that names a row of this one."""
    for child in db.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is table:
                yield child, key.parent


def _table(model: type[Any]) -> Table:
    return cast(Table, model.__table__)


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
