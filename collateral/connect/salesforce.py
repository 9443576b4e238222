"""Salesforce: opportunities, their stages, owners, accounts and meetings, by its REST interface.

Access by OAuth 2.0 for the app itself (client credentials), at the address of one's own domain.
`queryAll` tells deleted opportunities, too. Opportunities cannot be merged; accounts can, which
moves their opportunities, and an account that is renamed changes none of its opportunities:
therefore those of changed accounts are read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from collateral.clock import now
from collateral.connect.crm import Batch, CrmError, Found, Sample
from collateral.connect.salesforce_calls import Session
from collateral.connect.watermark import Watermark
from collateral.connect.words import moment_of, words
from collateral.deals.rules import History
from collateral.words import N_, Sentence

ACCOUNTS_AT_ONCE = 100
DEFAULTS = {
    "name": "Name",
    "account": "Account.Name",
    "amount": "Amount",
    "currency": "CurrencyIsoCode",
    "opened_on": "CreatedDate",
    "closed_on": "CloseDate",
    "next_call_at": "",
    "industry": "Account.Industry",
    "product": "",
    "region": "Account.BillingCountry",
}
FIXED = {
    "owner": "Owner.Name",
    "owner_email": "Owner.Email",
    "stage": "StageName",
    "won": "IsWon",
    "closed": "IsClosed",
}
_HISTORY = "(SELECT StageName, CreatedDate FROM OpportunityHistories ORDER BY CreatedDate)"
_OF_ACCOUNTS = ("Name", "Industry", "BillingCountry", "Type", "Rating")


@dataclass
class Salesforce:
    """One organisation; see crm.Source."""

    session: Session
    fields: Mapping[str, str]
    zone: tzinfo

    def batches(
        self,
        reached: Mapping[str, Any],
        gone_lately: frozenset[str],  # noqa: ARG002  what is back is among the changes here
    ) -> Iterator[Batch]:
        chosen = self._chosen()
        at = dict(reached)
        if "accounts" not in at:
            at["accounts"] = Watermark(since=self._newest_account()).kept()
        for found, gone, mark in self._changed(chosen, Watermark.of(at.get("deals")).begin()):
            at["deals"] = mark.kept()
            yield Batch(found, gone, reached=dict(at))
        for found, gone, mark in self._of_changed_accounts(
            chosen, Watermark.of(at["accounts"]).begin()
        ):
            at["accounts"] = mark.kept()
            yield Batch(found, gone, reached=dict(at))
        if "next_call_at" not in chosen:
            yield Batch(next_calls=self._meetings(), reached=dict(at))

    def _changed(
        self, chosen: Mapping[str, str], mark: Watermark
    ) -> Iterator[tuple[tuple[Found, ...], tuple[str, ...], Watermark]]:
        query = _query(*self._asked(chosen), _after(mark), "ORDER BY SystemModstamp, Id")
        for page in self.session.pages(query):
            if page:
                mark = mark.passed(_iso(page[-1]["SystemModstamp"]), page[-1]["Id"])
            yield *self._read(page, chosen), mark
        yield (), (), mark.end()

    def _of_changed_accounts(
        self, chosen: Mapping[str, str], mark: Watermark
    ) -> Iterator[tuple[tuple[Found, ...], tuple[str, ...], Watermark]]:
        changed = "SELECT Id, SystemModstamp FROM Account"
        query = _query(changed, _after(mark), "ORDER BY SystemModstamp, Id")
        for accounts in self.session.pages(query):
            for start in range(0, len(accounts), ACCOUNTS_AT_ONCE):
                some = accounts[start : start + ACCOUNTS_AT_ONCE]
                ids = ", ".join(f"'{each['Id']}'" for each in some)
                of_them = _query(*self._asked(chosen), f"WHERE AccountId IN ({ids})")
                for page in self.session.pages(of_them):
                    yield *self._read(page, chosen), mark
                mark = mark.passed(_iso(some[-1]["SystemModstamp"]), some[-1]["Id"])
                yield (), (), mark
        yield (), (), mark.end()

    def _newest_account(self) -> str | None:
        query = "SELECT SystemModstamp FROM Account ORDER BY SystemModstamp DESC LIMIT 1"
        newest = next(self.session.pages(query))
        return _iso(newest[0]["SystemModstamp"]) if newest else None

    def _meetings(self) -> dict[str, datetime]:
        """The next meeting of each opportunity that has one to come."""
        found: dict[str, datetime] = {}
        query = _query(
            "SELECT WhatId, StartDateTime FROM Event WHERE What.Type = 'Opportunity'",
            f"AND StartDateTime >= {_soql(now())} ORDER BY StartDateTime",
        )
        for page in self.session.pages(query, deleted=False):
            for event in page:
                found.setdefault(event["WhatId"], moment_of(event["StartDateTime"]))
        return found

    def sample(self) -> Sample:
        described = self.session.get("sobjects/Opportunity/describe")
        fields = [[each["name"], each["label"]] for each in described["fields"]]
        fields += [[f"Account.{name}", f"Account: {name}"] for name in _OF_ACCOUNTS]
        named = "SELECT MasterLabel FROM OpportunityStage WHERE IsActive = true ORDER BY SortOrder"
        stages = [each for page in self.session.pages(named, deleted=False) for each in page]
        names = ", ".join(f"Account.{name}" for name in _OF_ACCOUNTS)
        latest = _query(
            "SELECT FIELDS(ALL),",
            f"{names}, Owner.Name, Owner.Email",
            "FROM Opportunity ORDER BY LastModifiedDate DESC LIMIT 5",
        )
        rows = next(self.session.pages(latest, deleted=False))
        return Sample(
            sorted(fields, key=lambda pair: pair[1].casefold()),
            [each["MasterLabel"] for each in stages],
            [
                {name: words("", _value(row, name), self.zone) for name, _label in fields}
                | {name: words(name, _value(row, path), self.zone) for name, path in FIXED.items()}
                | {"external_id": row["Id"]}
                for row in rows
            ],
        )

    def find_note(self, deal: str, title: str) -> str:
        from simple_salesforce.format import format_soql

        query = format_soql("SELECT Id FROM Note WHERE ParentId = {} AND Title = {}", deal, title)
        found = next(self.session.pages(query, deleted=False))
        return str(found[0]["Id"]) if found else ""

    def write_note(self, deal: str, title: str, text: str, at: datetime) -> str:  # noqa: ARG002
        body = json.dumps({"ParentId": deal, "Title": title, "Body": text})
        made = self.session.post("sobjects/Note", body)
        return str(made["id"])

    # What is asked, and how answers are read.

    def _chosen(self) -> dict[str, str]:
        """Our field to its path, of those that this organisation has."""
        described = self.session.get("sobjects/Opportunity/describe")
        there = {each["name"] for each in described["fields"]}
        paths = {name: path for name, path in {**self.fields, **FIXED}.items() if path}
        lost = [path for path in paths.values() if "." not in path and path not in there]
        # Only organisations with several currencies have one for each opportunity.
        if unknown := [path for path in lost if path != DEFAULTS["currency"]]:
            raise CrmError(
                Sentence(
                    N_("An opportunity has no field “%(name)s” any more; settle the fields."),
                    {"name": unknown[0]},
                )
            )
        return {name: path for name, path in paths.items() if path not in lost}

    def _asked(self, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """The beginning of a query for opportunities with all that is read of them."""
        names = dict.fromkeys(["Id", "IsDeleted", "SystemModstamp", *chosen.values()])
        return "SELECT", ", ".join([*names, _HISTORY]), "FROM Opportunity"

    def _read(
        self, page: Sequence[Mapping[str, Any]], chosen: Mapping[str, str]
    ) -> tuple[tuple[Found, ...], tuple[str, ...]]:
        gone = tuple(each["Id"] for each in page if each["IsDeleted"])
        return tuple(self._found(each, chosen) for each in page if not each["IsDeleted"]), gone

    def _found(self, record: Mapping[str, Any], chosen: Mapping[str, str]) -> Found:
        cells = {
            name: words(name, _value(record, path), self.zone) for name, path in chosen.items()
        }
        moves: list[tuple[str, datetime]] = []
        histories = record.get("OpportunityHistories") or {"records": [], "done": True}
        records = list(histories["records"])
        while not histories["done"]:
            histories = self.session.more(histories["nextRecordsUrl"])
            records += histories["records"]
        for each in records:
            # A row for each change of stage, amount, or day: only the stage's are stages.
            if not moves or moves[-1][0] != each["StageName"]:
                moves.append((each["StageName"], moment_of(each["CreatedDate"])))
        if moves:
            cells["stage_changed_on"] = moves[-1][1].isoformat()
        return Found(record["Id"], cells, History(tuple(moves)) if moves else None)


def _query(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _after(mark: Watermark) -> str:
    if mark.at is None:
        return ""
    at = _soql(datetime.fromisoformat(mark.at))
    if not mark.id:
        return f"WHERE SystemModstamp >= {at}"
    return f"WHERE (SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{mark.id}'))"


def _soql(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )


def _iso(text: str) -> str:
    return moment_of(text).isoformat(timespec="milliseconds")


def _value(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
