"""Past events from elsewhere, as JSON lines: counted by the same rules, the same line once.

A line holds `at, kind, asset, person` and may hold `version, session, user_agent, deal`:
ids of the asset and the version's number, the person's e-mail, the deal's id in the CRM.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from collateral.accounts.models import Person
from collateral.assets.models import Asset, AssetVersion
from collateral.clock import now
from collateral.db import db, is_sqlite
from collateral.deals.models import Deal
from collateral.errors import Invalid
from collateral.usage import bulk, counting, partitions, recounting, rules
from collateral.usage.models import Event, EventKind, Retention
from collateral.usage.operations import AHEAD

FIELDS = frozenset(("at", "kind", "asset", "version", "person", "session", "user_agent", "deal"))
MOST_TOLD = 1000
A_DAY = timedelta(days=1)
BATCH = 1000


class _Refused(ValueError):
    """A sentence why the line is not taken."""


@dataclass
class EventImport:
    """What became of the lines: how many are new, were known, were refused and why."""

    new: int = 0
    known: int = 0
    refused: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)
    """Line number and sentence of the first thousand that were refused."""

    def refuse(self, line: int, why: str) -> None:
        self.refused += 1
        if len(self.reasons) < MOST_TOLD:
            self.reasons.append((line, why))


def make_room(lines: IO[bytes]) -> None:
    """Make the months of these lines, which are read to their end and from their start again.

    Said before the import, while its transaction holds nothing that this would wait for.
    """
    if is_sqlite():
        return
    zone, days = counting.zone(), set()
    for line in lines:
        with suppress(_Refused):
            days.add(rules.counting_day(_read(line)["at"], zone).replace(day=1))
    lines.seek(0)
    partitions.make(days)


def import_events(
    lines: Iterable[str | bytes], *, commit: Callable[[], None] | None = None
) -> EventImport:
    """Append the events of these lines and count the days that they touch.

    Args:
        commit: called after each day that is counted anew, by the edge that owns the
            transaction; None leaves all in one.

    Raises:
        Invalid: nothing but refused lines came.
    """
    result = EventImport()
    days: set[date] = set()
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    for batch in bulk.batches(numbered, BATCH):
        days |= _take(batch, result)
    if result.refused and not (result.new or result.known):
        line, why = result.reasons[0]
        raise Invalid(_("No line could be taken. Line %(line)s: %(why)s", line=line, why=why))
    if commit:
        commit()
    for _step in recounting.recount(recounting.around(days)):
        if commit:
            commit()
    return result


def _take(batch: Sequence[tuple[int, str | bytes]], result: EventImport) -> set[date]:
    said: list[tuple[int, dict[str, Any]]] = []
    for number, line in batch:
        try:
            said.append((number, _read(line)))
        except _Refused as error:
            result.refuse(number, str(error))
    known = _Known([words for _, words in said])
    rows: dict[str, bulk.EventRow] = {}
    for number, words in said:
        try:
            row = known.row(words)
        except _Refused as error:
            result.refuse(number, str(error))
        else:
            if row.key in rows:
                result.known += 1
            rows[str(row.key)] = row
    here = _keys_here(rows.values())
    fresh = [row for key, row in rows.items() if key not in here]
    result.known += len(rows) - len(fresh)
    result.new += len(fresh)
    result.reasons.sort()
    return bulk.load_events(fresh) if fresh else set()


def _keys_here(rows: Iterable[bulk.EventRow]) -> set[str]:
    places = [(row.key, row.at) for row in rows]
    if not places:
        return set()
    days = [at.date() for _, at in places]
    found = db.session.scalars(
        select(Event.key).where(
            tuple_(Event.key, Event.at).in_(places),
            Event.key.is_not(None),
            partitions.near(Event.day, min(days) - A_DAY, max(days) + A_DAY),
        )
    )
    return {key for key in found if key}


def _read(line: str | bytes) -> dict[str, Any]:
    try:
        words = json.loads(line)
    except ValueError:
        raise _Refused(_("It is no JSON.")) from None
    if not isinstance(words, dict):
        raise _Refused(_("It is no JSON object."))
    if unknown := set(words) - FIELDS:
        raise _Refused(_("There is no field “%(name)s”.", name=min(unknown)[:60]))
    try:
        words["at"] = datetime.fromisoformat(str(words["at"])).astimezone(UTC)
        words["kind"] = EventKind(words["kind"])
        words["asset"] = _whole(words["asset"])
        words["person"] = str(words["person"]).lower()
        if words.get("version") is not None:
            words["version"] = _whole(words["version"])
    except KeyError as error:
        raise _Refused(_("It has no %(field)s.", field=error.args[0])) from None
    except (ValueError, TypeError, OverflowError):
        raise _Refused(_("It has a value of the wrong kind.")) from None
    for name in ("session", "user_agent", "deal"):
        words[name] = str(words.get(name) or "")
    if len(words["session"]) > 60:
        raise _Refused(_("Its session is longer than 60 characters."))
    return words


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 31:
        raise ValueError
    return value


class _Known:
    """The assets, versions, people and deals that a batch speaks of, from four queries."""

    def __init__(self, said: Sequence[dict[str, Any]]) -> None:
        asset_ids = {words["asset"] for words in said}
        self.current = dict(
            db.session.execute(
                select(Asset.id, Asset.current_version_id).where(Asset.id.in_(asset_ids))
            ).all()
        )
        self.versions = {
            (asset_id, number): version_id
            for asset_id, number, version_id in db.session.execute(
                select(AssetVersion.asset_id, AssetVersion.number, AssetVersion.id).where(
                    AssetVersion.asset_id.in_(asset_ids)
                )
            )
        }
        self.people = dict(
            db.session.execute(
                select(Person.email, Person.id).where(
                    Person.email.in_({words["person"] for words in said})
                )
            ).all()
        )
        self.deals = dict(
            db.session.execute(
                select(Deal.external_id, Deal.id).where(
                    Deal.external_id.in_({words["deal"] for words in said if words["deal"]})
                )
            ).all()
        )
        self.dropped = db.session.scalar(select(Retention.dropped_before))
        self.latest = now() + AHEAD
        self.zone = counting.zone()

    def row(self, words: dict[str, Any]) -> bulk.EventRow:
        """The event of one line. Raises _Refused."""
        if words["asset"] not in self.current:
            raise _Refused(_("There is no asset %(id)s.", id=words["asset"]))
        number = words.get("version")
        version_id = (
            self.versions.get((words["asset"], number)) if number else self.current[words["asset"]]
        )
        if version_id is None:
            values = {"id": words["asset"], "number": number}
            raise _Refused(
                _("Asset %(id)s has no version %(number)s.", **values)
                if number
                else _("Asset %(id)s has no version yet.", **values)
            )
        if words["person"] not in self.people:
            raise _Refused(
                _("There is nobody with the e-mail “%(email)s”.", email=words["person"][:254])
            )
        if words["deal"] and words["deal"] not in self.deals:
            raise _Refused(_("There is no deal “%(id)s”.", id=words["deal"][:100]))
        if words["at"] > self.latest:
            raise _Refused(_("It lies in the future."))
        if words["at"].year < 1990:
            raise _Refused(_("It lies before 1990."))
        if self.dropped and rules.counting_day(words["at"], self.zone) < self.dropped:
            raise _Refused(
                _("Events before %(day)s are no longer kept.", day=self.dropped.isoformat())
            )
        return bulk.EventRow(
            at=words["at"],
            kind=words["kind"],
            asset_id=words["asset"],
            version_id=version_id,
            person_id=self.people[words["person"]],
            session=f"i{words['session']}" if words["session"] else None,
            user_agent=words["user_agent"],
            deal_id=self.deals.get(words["deal"]),
            key=_key(words),
        )


def _key(words: dict[str, Any]) -> str:
    """What makes a line the same line: all that it says, whatever the order and spelling."""
    said = {name: str(words[name]) for name in sorted(FIELDS & set(words)) if words[name]}
    said["at"] = (words["at"] + timedelta(0)).isoformat()
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
