"""Speaks the documented REST of Salesforce, as far as the connector uses it.

OAuth 2.0 client credentials with `instance_url`; `query` and `queryAll` with pages of
`nextRecordsUrl` and locators that die with their session; deleted records by `IsDeleted`;
`OpportunityHistories` as a subquery; `describe`; `Sforce-Limit-Info`; creating `Note`; errors as
lists of `errorCode` and `message`. Of SOQL it reads the queries that the connector sends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from tests.connect.servers.failing import Answer, Asked, Server

STAGES = ("Prospecting", "Proposal/Price Quote", "Closed Won", "Closed Lost")
FIELDS = (
    "Id", "IsDeleted", "SystemModstamp", "Name", "StageName", "Amount", "CurrencyIsoCode",
    "CreatedDate", "CloseDate", "IsWon", "IsClosed", "LastModifiedDate", "Product__c",
)  # fmt: skip


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}+0000"
    )


@dataclass
class SalesforceServer(Server):
    opportunities: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, str]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    page: int = 3
    used: int = 18
    tokens: int = 1
    locators: dict[str, tuple[list[Any], int]] = field(default_factory=dict)

    def expire(self) -> Answer:
        self.tokens += 1
        return self._unknown_session()

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        if asked.token != f"session {self.tokens}":
            return self._unknown_session()
        path = asked.path.removeprefix("/services/data/v60.0/")
        if path == "sobjects/Opportunity/describe":
            return self._ok({"fields": [{"name": name, "label": name} for name in FIELDS]})
        if path == "sobjects/Note":
            self.notes.append({"Id": f"002{len(self.notes)}", **asked.json()})
            return self._ok({"id": self.notes[-1]["Id"], "success": True}, 201)
        kind, _, locator = path.partition("/")
        if kind in ("query", "queryAll"):
            if locator:
                return self._more(locator)
            return self._query(asked.query["q"][0], deleted=kind == "queryAll")
        return Answer(404, [{"errorCode": "NOT_FOUND", "message": path}])

    def _token(self, asked: Asked) -> Answer:
        said = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
        if (said["grant_type"], said["client_id"], said["client_secret"]) != (
            "client_credentials",
            "a key",
            "a secret of theirs",
        ):
            return Answer(400, {"error": "invalid_client"})
        return Answer(200, {"access_token": f"session {self.tokens}", "instance_url": self.address})

    def _unknown_session(self) -> Answer:
        self.locators.clear()
        return Answer(
            401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]
        )

    def _ok(self, body: Any, status: int = 200) -> Answer:
        return Answer(status, body, {"Sforce-Limit-Info": f"api-usage={self.used}/5000"})

    def _more(self, locator: str) -> Answer:
        if locator not in self.locators:
            return Answer(
                400, [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
            )
        records, start = self.locators[locator]
        return self._page(records, start)

    def _page(self, records: list[Any], start: int) -> Answer:
        end = start + self.page
        body: dict[str, Any] = {
            "totalSize": len(records),
            "done": end >= len(records),
            "records": records[start:end],
        }
        if not body["done"]:
            locator = f"01g{len(self.locators)}-{end}"
            self.locators[locator] = (records, end)
            body["nextRecordsUrl"] = f"/services/data/v60.0/query/{locator}"
        return self._ok(body)

    def _query(self, query: str, *, deleted: bool) -> Answer:
        if found := re.search(r"FROM Note WHERE ParentId = '(.*)' AND Title = '(.*)'", query):
            parent, title = found[1], found[2].replace("\\'", "'")
            return self._page(
                [n for n in self.notes if (n["ParentId"], n["Title"]) == (parent, title)], 0
            )
        if "FROM OpportunityStage" in query:
            return self._page([{"MasterLabel": name} for name in STAGES], 0)
        if "FROM Event" in query:
            since = query.split("StartDateTime >= ")[1].split()[0]
            return self._page([e for e in self.events if e["StartDateTime"][:23] >= since[:23]], 0)
        table = self.accounts if "FROM Account" in query else self.opportunities
        rows = [row for row in table.values() if deleted or not row.get("IsDeleted")]
        rows = [row for row in rows if _fits(row, query)]
        rows.sort(key=lambda row: (row["SystemModstamp"], row["Id"]), reverse="DESC" in query)
        if "LIMIT" in query:
            rows = rows[: int(query.split("LIMIT ")[1])]
        if table is self.opportunities:
            rows = [self._joined(row) for row in rows]
        return self._page([dict(row) for row in rows], 0)

    def _joined(self, row: dict[str, Any]) -> dict[str, Any]:
        moves = [{"StageName": s, "CreatedDate": at} for s, at in row["History"]]
        return {
            **{name: value for name, value in row.items() if name not in ("History", "AccountId")},
            "Account": self.accounts.get(row["AccountId"]),
            "Owner": self.users.get(row.get("OwnerId", "")),
            "OpportunityHistories": {"totalSize": len(moves), "done": True, "records": moves}
            if moves
            else None,
        }


def _fits(row: dict[str, Any], query: str) -> bool:
    where = query.partition(" WHERE ")[2]
    if found := re.match(r"AccountId IN \((.*)\)", where):
        return f"'{row['AccountId']}'" in found[1]
    at = row["SystemModstamp"][:23]
    if found := re.match(
        r"\(SystemModstamp > (\S+) OR \(SystemModstamp = \S+ AND Id > '(.*)'", where
    ):
        return (at, row["Id"]) > (found[1][:23], found[2])
    if found := re.match(r"SystemModstamp >= (\S+)", where):
        return at >= found[1][:23]
    return True
