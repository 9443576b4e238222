"""The library that reports are measured on, made straight in SQL, deterministic from a seed.

Assets, people in teams, deals, uses, events over three years, and searches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Index, insert, select, text

from collateral.accounts.models import Person, PersonRole, Role, SignInSession, Team, TeamMember
from collateral.assets.models import Asset, AssetTerm, AssetVersion, Status, Term, Vocabulary
from collateral.clock import now
from collateral.db import db, is_sqlite, table
from collateral.deals.models import Deal, Outcome
from collateral.usage import counting, partitions
from collateral.usage.models import Event, Use
from collateral.usage.rules import counting_day
from collateral.usage.team_sets import set_for

DAYS, PEOPLE, TEAMS, DEALS, USES, ASSETS = 1095, 200, 8, 4000, 20_000, 10_000
SIGN_INS = 5000
MANAGER, MARKETER = 1, 2
BATCH = 5000
MULTIPLIER = 2_654_435_761  # Knuth's, to scatter ids over assets, people and moments


def build(events: int) -> dict[str, float]:
    """Fill an empty database; commits in steps. Answers the seconds that each of them took."""
    end = counting_day(now(), counting.zone())
    first = end - timedelta(days=DAYS - 1)
    took: dict[str, float] = {}
    _people()
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("assets", lambda: _assets(first)),
        ("deals", lambda: _deals(first)),
        ("events", lambda: _events(events, first)),
        ("indexes", lambda: _index(table(Event).indexes)),
        ("searches", lambda: _searches(max(1000, events // 20), first)),
        ("sign_ins", lambda: _sign_ins(events)),
        ("statistics", _analyze),
    )
    for name, step in steps:
        started = time.monotonic()
        step()
        db.session.commit()
        took[f"built_{name}_seconds"] = round(time.monotonic() - started, 1)
    return took


def _analyze() -> None:
    """What PostgreSQL does by itself after a while: it plans by what it knows of the tables."""
    if not is_sqlite():
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.execute(text("vacuum analyze"))


def _bulk(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(table(model)), rows[start : start + BATCH])


def _people() -> None:
    _bulk(Team, [{"id": n, "name": f"Team {n}", "sample": False} for n in range(1, TEAMS + 1)])
    _bulk(
        Person,
        [
            {"id": n, "email": f"p{n}@example.com", "name": f"Person {n}", "active": True,
             "time_zone": "UTC", "locale": "en", "theme": "system", "sample": False,
             "created_at": now()}
            for n in range(1, PEOPLE + 1)
        ],
    )  # fmt: skip
    _bulk(
        PersonRole,
        [
            {"person_id": MANAGER, "role": Role.MANAGER},
            {"person_id": MARKETER, "role": Role.MARKETER},
        ]
        + [{"person_id": n, "role": Role.REP} for n in range(3, PEOPLE + 1)],
    )
    _bulk(
        TeamMember,
        [{"person_id": n, "team_id": n % TEAMS + 1} for n in range(1, PEOPLE + 1)],
    )
    db.session.flush()
    for team_id in range(1, TEAMS + 1):
        set_for(None, frozenset({team_id}))


def _assets(first: date) -> None:
    stages = [(n, Vocabulary.STAGE, f"stage-{n}") for n in range(1, 6)]
    products = [(n + 10, Vocabulary.PRODUCT, f"product-{n}") for n in range(1, 7)]
    _bulk(
        Term,
        [
            {"id": n, "vocabulary": v, "slug": slug, "label": slug, "position": n}
            for n, v, slug in stages + products
        ],
    )
    published = datetime(first.year, first.month, first.day, tzinfo=counting.zone())
    _bulk(
        Asset,
        [
            {"id": n, "title": f"Asset {n}", "summary": "", "status": Status.PUBLISHED,
             "owner_id": 1, "created_by_id": 1, "published_at": published, "cost_amount": 1000,
             "cost_currency": "EUR", "created_at": published, "updated_at": published,
             "current_version_id": None}
            for n in range(1, ASSETS + 1)
        ],
    )  # fmt: skip
    _bulk(
        AssetVersion,
        [
            {"id": n, "asset_id": n, "number": 1, "sha256": f"{n:064d}", "bytes": 1,
             "filename": "a.pdf", "family": "pdf", "label": "PDF", "state": "ready",
             "media_type": "application/pdf", "created_by_id": 1,
             "created_at": published}
            for n in range(1, ASSETS + 1)
        ],
    )  # fmt: skip
    _bulk(
        AssetTerm,
        [{"asset_id": n, "term_id": n % 5 + 1} for n in range(1, ASSETS + 1)]
        + [{"asset_id": n, "term_id": n % 6 + 11} for n in range(1, ASSETS + 1)],
    )
    db.session.flush()
    db.session.execute(text("update asset set current_version_id = id"))


def _deals(first: date) -> None:
    ends = (Outcome.WON, Outcome.LOST, Outcome.OPEN)
    rows, uses = [], []
    for n in range(1, DEALS + 1):
        opened = first + timedelta(days=n * MULTIPLIER % (DAYS - 90))
        outcome = ends[n % 3]
        rows.append(
            {"id": n, "source": "csv", "external_id": str(n), "name": f"Deal {n}", "account": "",
             "owner_id": n % PEOPLE + 1, "owner_email": "", "owner_name": "",
             "stage": f"stage-{n % 5 + 1}", "stage_label": "", "amount": 1000, "currency": "EUR",
             "industry": "", "product": f"product-{n % 6 + 1}", "region": "", "opened_on": opened,
             "closed_on": None if outcome is Outcome.OPEN else opened + timedelta(days=80),
             "outcome": outcome, "created_at": now(), "updated_at": now(), "sample": False}
        )  # fmt: skip
    for n in range(1, USES + 1):
        day = first + timedelta(days=n * MULTIPLIER % DAYS)
        person = n % PEOPLE + 1
        uses.append(
            {"id": n, "asset_id": (n * MULTIPLIER >> 8) % (ASSETS // 4) + 1, "version_id": None,
             "deal_id": n % DEALS + 1, "person_id": person, "team_set_id": person % TEAMS + 1,
             "stage": f"stage-{n // DEALS % 5 + 1}", "day": day, "evidence": "declared",
             "at": datetime(day.year, day.month, day.day, 12, tzinfo=counting.zone()),
             "created_at": now()}
        )  # fmt: skip
    _bulk(Deal, rows)
    db.session.flush()
    _bulk(Use, uses)
    db.session.flush()


def _events(events: int, first: date) -> None:
    """Each with an asset, a person and a second of its own, evenly over the three years."""
    part = 500_000
    day, moment = _days_and_moments(first)
    partitions.make(first + timedelta(days=n) for n in range(DAYS))
    # An index is made faster of what is there than row by row.
    for index in table(Event).indexes:
        index.drop(db.session.connection())
    db.session.commit()
    for start in range(1, events + 1, part):
        last = min(start + part - 1, events)
        if not is_sqlite():
            # Rows that refer to what was made above need not be looked up one by one. It takes
            # a superuser, as a database for measuring mostly has.
            db.session.execute(text("set local session_replication_role = replica"))
        db.session.execute(
            text(
                f"""
            insert into event
                (id, at, day, kind, asset_id, version_id, person_id, who, session, team_set_id,
                 kept)
            select n, {moment}, {day},
                case when n % 10 < 6 then 'shown' when n % 10 < 9 then 'viewed'
                     else 'downloaded' end,
                asset, asset, person, 'p' || person,
                'p' || person || '/s' || case when n % {_step(events)} = 9 then n else n % 5000 end
                    || '/' || {day}, person % {TEAMS} + 1,
                {"1" if is_sqlite() else "true"}
            from (select n, (n * {MULTIPLIER} / 65536) % {ASSETS} + 1 as asset,
                         (n * 40503 / 7) % {PEOPLE} + 1 as person,
                         cast(n * 1.0 / {events} * {DAYS * 86400 - 1} as {_whole()}) as second
                  from ({_numbers(start, last)}) as numbers) as scattered
            """
            )
        )
        db.session.commit()


def _step(events: int) -> int:
    """Each so many events there is a download soon after a sign-in; as many at any size."""
    return max(10, events // SIGN_INS // 10 * 10)


def _index(indexes: Iterable[Index]) -> None:
    for index in sorted(indexes, key=lambda index: str(index.name)):
        index.create(db.session.connection())
        db.session.commit()


def _sign_ins(events: int) -> None:
    """Some seconds or minutes before each of those downloads, by who made it."""
    rows = db.session.execute(
        select(Event.id, Event.person_id, Event.at).where(Event.id % _step(events) == 9)
    ).all()
    _bulk(
        SignInSession,
        [
            {"id": row.id, "token_hash": f"{row.id:064d}", "person_id": row.person_id,
             "created_at": row.at - timedelta(seconds=20 + row.id * MULTIPLIER % 600),
             "seen_at": row.at, "user_agent": ""}
            for row in rows
        ],
    )  # fmt: skip


def _whole() -> str:
    return "integer" if is_sqlite() else "bigint"


def _numbers(start: int, last: int) -> str:
    if is_sqlite():
        return (
            f"with recursive c(n) as (select {start} union all select n + 1 from c"
            f" where n < {last}) select n from c"
        )
    return f"select cast(g as bigint) as n from generate_series({start}, {last}) as g"


def _days_and_moments(first: date) -> tuple[str, str]:
    if is_sqlite():
        return (
            f"date('{first}', '+' || (second / 86400) || ' days')",
            f"strftime('%Y-%m-%d %H:%M:%S.000000', '{first}', '+' || second || ' seconds')",
        )
    return (
        f"(date '{first}' + cast(second / 86400 as integer))",
        f"(timestamptz '{first} 00:00:00+00' + second * interval '1 second')",
    )


def _searches(searches: int, first: date) -> None:
    _day, moment = _days_and_moments(first)
    db.session.execute(
        text(
            f"""
        insert into search (id, at, person_id, session, query, filters, total, near, milliseconds)
        select n, {moment}, (n * 40503 / 7) % {PEOPLE} + 1, '', 'words ' || (n * {MULTIPLIER} /
            65536) % 1500, '{{}}', case when n % 5 = 0 then 0 else 20 end, 0, 5
        from (select n, cast(n * 1.0 / {searches} * {DAYS * 86400 - 1} as {_whole()}) as second
              from ({_numbers(1, searches)}) as numbers) as scattered
        """
        )
    )
