"""Speaks the documented CRM interface of HubSpot, v3 and v4, as far as the connector uses it.

Lists with `paging.next.after`, `archived` and `propertiesWithHistory`; searches with filters, one
sort, and no more than `most` results; batch reads; associations; owners; pipelines; properties;
notes; a token of a private app or one that a refresh token gives; errors with `category`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

from tests.connect.servers.failing import Answer, Asked, Server

STAGES = {
    "appointmentscheduled": ("Appointment scheduled", False, 0.2),
    "contractsent": ("Contract sent", False, 0.8),
    "closedwon": ("Closed won", True, 1.0),
    "closedlost": ("Closed lost", True, 0.0),
}


@dataclass
class HubSpotServer(Server):
    deals: dict[str, dict[str, Any]] = field(default_factory=dict)
    """id: properties, `archived`, `company`, `history` (pairs of stage and moment)."""
    companies: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 3
    linked_page: int = 2
    """Links that are told of one thing at a time."""
    most: int = 10_000
    tokens: int = 1
    _order: list[int] = field(default_factory=list)
    _ordered: tuple[int, str] = (0, "")

    def expire(self) -> Answer:
        self.tokens += 1
        return self._unknown_token()

    def _unknown_token(self) -> Answer:
        return Answer(401, {"category": "EXPIRED_AUTHENTICATION", "message": "The token expired."})

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/v1/token":
            said = parse_qs(asked.body.decode())
            if said["refresh_token"] != ["a refresh token"]:
                return Answer(400, {"message": "missing or unknown refresh token"})
            return Answer(200, {"access_token": f"token {self.tokens}", "expires_in": 1800})
        if asked.token != f"token {self.tokens}":
            return self._unknown_token()
        routes: dict[str, Callable[[Asked], Any]] = {
            "/crm/v3/objects/deals": self._list,
            "/crm/v3/objects/deals/search": lambda a: self._search(a, self.deals),
            "/crm/v3/objects/companies/search": lambda a: self._search(a, self.companies),
            "/crm/v3/objects/deals/batch/read": self._read_deals,
            "/crm/v3/objects/companies/batch/read": lambda a: self._read(a, self.companies),
            "/crm/v3/objects/notes/batch/read": lambda a: self._read(a, self.notes),
            "/crm/v3/objects/notes": self._write_note,
            "/crm/v4/associations/deals/companies/batch/read": self._companies_of,
            "/crm/v4/associations/companies/deals/batch/read": self._deals_of,
            "/crm/v4/associations/deals/notes/batch/read": self._notes_of,
            "/crm/v3/owners/": self._owners,
            "/crm/v3/pipelines/deals": self._pipelines,
            "/crm/v3/properties/deals": self._properties,
        }
        route = routes.get(asked.path)
        return Answer(200, route(asked)) if route else Answer(404, {"message": asked.path})

    def _list(self, asked: Asked) -> Any:
        archived = asked.query["archived"][0].lower() == "true"
        after = asked.query.get("after", [""])[0]
        now = (len(self.deals), next(reversed(self.deals), ""))
        if now != self._ordered:
            self._ordered, self._order = now, sorted(int(i) for i in self.deals)
        start = bisect_right(self._order, int(after)) if after else 0
        rest = (str(i) for i in islice(self._order, start, None))
        rest = (i for i in rest if self.deals[i].get("archived", False) is archived)
        told = list(islice(rest, self.page + 1))
        more, told = len(told) > self.page, told[: self.page]
        return {
            "results": [self._deal(i, history=not archived) for i in told],
            **_paging(told[-1] if more else None),
        }

    def _deal(self, deal: str, *, history: bool) -> dict[str, Any]:
        row = self.deals[deal]
        told = {"id": deal, "properties": row["properties"], "archived": row.get("archived", False)}
        if history:
            moves = [{"value": s, "timestamp": at} for s, at in reversed(row["history"])]
            told["propertiesWithHistory"] = {"dealstage": moves}
        return told

    def _search(self, asked: Asked, table: dict[str, dict[str, Any]]) -> Any:
        said = asked.json()
        rows = [(i, r) for i, r in table.items() if not r.get("archived")]
        for group in said.get("filterGroups") or []:
            for condition in group["filters"]:
                assert condition["operator"] == "GTE"
                rows = [
                    (i, r)
                    for i, r in rows
                    if _millis(r["properties"][condition["propertyName"]])
                    >= int(condition["value"])
                ]
        (sort,) = said["sorts"]
        rows.sort(
            key=lambda pair: pair[1]["properties"][sort["propertyName"]],
            reverse=sort["direction"] == "DESCENDING",
        )
        start = int(said.get("after") or 0)
        end = start + min(self.page, said["limit"])
        assert end <= self.most + self.page
        told = [{"id": i, "properties": r["properties"]} for i, r in rows[start:end]]
        return {
            "total": len(rows),
            "results": told,
            **_paging(str(end) if end < len(rows) else None),
        }

    def _read_deals(self, asked: Asked) -> Any:
        ids = [each["id"] for each in asked.json()["inputs"]]
        live = [i for i in ids if i in self.deals and not self.deals[i].get("archived")]
        return {"status": "COMPLETE", "results": [self._deal(i, history=True) for i in live]}

    def _read(self, asked: Asked, table: dict[str, dict[str, Any]]) -> Any:
        ids = [each["id"] for each in asked.json()["inputs"]]
        return {
            "results": [{"id": i, "properties": table[i]["properties"]} for i in ids if i in table]
        }

    def _companies_of(self, asked: Asked) -> Any:
        return self._linked(asked, lambda i: [self.deals[i]["company"]] if i in self.deals else [])

    def _deals_of(self, asked: Asked) -> Any:
        return self._linked(
            asked, lambda c: [i for i, d in self.deals.items() if d["company"] == c]
        )

    def _notes_of(self, asked: Asked) -> Any:
        return self._linked(
            asked, lambda d: [i for i, note in self.notes.items() if note["deal"] == d]
        )

    def _linked(self, asked: Asked, linked: Callable[[str], list[str]]) -> Any:
        results = []
        for each in asked.json()["inputs"]:
            found = [i for i in linked(each["id"]) if i]
            start = int(each.get("after") or 0)
            end = start + self.linked_page
            links = [
                {"toObjectId": int(i), "associationTypes": [{"typeId": 5}]}
                for i in found[start:end]
            ]
            if links:
                more = _paging(str(end) if end < len(found) else None)
                results.append({"from": {"id": each["id"]}, "to": links, **more})
        return {"status": "COMPLETE", "results": results}

    def _write_note(self, asked: Asked) -> Any:
        said = asked.json()
        made = str(900 + len(self.notes))
        self.notes[made] = {
            "properties": said["properties"],
            "deal": said["associations"][0]["to"]["id"],
        }
        return {"id": made}

    def _owners(self, asked: Asked) -> Any:
        if asked.query["archived"][0].lower() == "true":
            return {"results": []}
        return {"results": [{"id": i, **owner} for i, owner in self.owners.items()]}

    def _pipelines(self, _asked: Asked) -> Any:
        stages = [
            {
                "id": stage,
                "label": label,
                "displayOrder": place,
                "metadata": {"isClosed": str(closed).lower(), "probability": str(chance)},
            }
            for place, (stage, (label, closed, chance)) in enumerate(STAGES.items())
        ]
        return {"results": [{"id": "default", "label": "Sales", "stages": stages}]}

    def _properties(self, _asked: Asked) -> Any:
        names = ("dealname", "dealstage", "amount", "deal_currency_code", "createdate", "closedate")
        return {"results": [{"name": name, "label": name} for name in names]}


def _paging(after: str | None) -> dict[str, Any]:
    return {"paging": {"next": {"after": after}}} if after is not None else {}


def _millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
