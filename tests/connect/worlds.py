"""Small CRMs with a year in them: what the servers tell, and what we should know in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, Self

from collateral.connect.models import Crm
from tests.connect.servers.hubspot import STAGES, HubSpotServer
from tests.connect.servers.salesforce import SalesforceServer, stamp

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
BEGAN = datetime(2026, 3, 1, 8, tzinfo=UTC)
OWNERS = {"1": ("ada@example.com", "Ada"), "2": ("bob@example.com", "Bob")}


class World(Protocol):
    CHANGES = ("rename", "move on", "win", "new", "delete", "restore", "rename account", "merge")
    server: Any
    secrets: dict[str, str]
    source: str
    amid_the_list: int
    """The number of a call of the first load when some of the deals are in."""

    def running(self) -> Any: ...
    def deals(self) -> dict[str, Any]: ...
    def notes(self) -> list[str]: ...
    def change(self, what: str, number: int) -> None: ...


class _Year:
    """A server in which something happens every twenty minutes."""

    server: Any
    clock: datetime

    @contextmanager
    def running(self) -> Iterator[Self]:
        with self.server.running():
            yield self

    def _now(self) -> datetime:
        self.clock += timedelta(minutes=20)
        return self.clock


class SalesforceWorld(_Year):
    """Ten opportunities of three accounts, several changed at the same moment."""

    source = "salesforce"
    amid_the_list = 6

    def __init__(self) -> None:
        self.secrets = {"client_id": "a key", "client_secret": "a secret of theirs"}
        self.server = SalesforceServer()
        self.clock = BEGAN
        self.server.users = {i: {"Email": m, "Name": n} for i, (m, n) in OWNERS.items()}
        for number in range(3):
            self.server.accounts[f"001{number:015d}"] = {
                "Id": f"001{number:015d}",
                "Name": f"Account {number}",
                "Industry": "Food",
                "SystemModstamp": stamp(self._now()),
            }
        for number in range(10):
            self._new(number)
        for number in (1, 4):
            event = {
                "WhatId": self._id(number),
                "StartDateTime": stamp(AT + timedelta(days=number)),
            }
            self.server.events.append(event)

    def _id(self, number: int) -> str:
        return f"006{number:015d}"

    def _new(self, number: int) -> None:
        # The first five were all loaded at one moment.
        at = self._now() if number >= 5 else self.clock
        self.server.opportunities[self._id(number)] = {
            "Id": self._id(number),
            "IsDeleted": False,
            "SystemModstamp": stamp(at),
            "Name": f"Deal {number}",
            "AccountId": f"001{number % 3:015d}",
            "OwnerId": str(1 + number % 2),
            "StageName": "Prospecting",
            "Amount": 1000.5 + number,
            "CurrencyIsoCode": "EUR",
            "CreatedDate": stamp(at),
            "CloseDate": "2026-12-24",
            "IsWon": False,
            "IsClosed": False,
            "History": [("Prospecting", stamp(at))],
        }

    def change(self, what: str, number: int) -> None:
        if what == "new":
            self._new(len(self.server.opportunities))
            return
        if what == "rename account":
            account = self.server.accounts[f"001{number % 3:015d}"]
            account["Name"], account["SystemModstamp"] = f"{account['Name']} AG", stamp(self._now())
            return
        deal = self.server.opportunities[self._id(number)]
        deal["SystemModstamp"] = stamp(self._now())
        if what == "rename":
            deal["Name"] += " once more"
        elif what in ("delete", "restore", "merge"):  # opportunities cannot be merged
            deal["IsDeleted"] = what != "restore"
        else:
            deal["StageName"] = "Closed Won" if what == "win" else "Proposal/Price Quote"
            deal["IsWon"] = deal["IsClosed"] = what == "win"
            deal["History"] = [*deal["History"], (deal["StageName"], deal["SystemModstamp"])]

    def notes(self) -> list[str]:
        return [f"{note['Title']} {note['Body']}" for note in self.server.notes]

    def deals(self) -> dict[str, Any]:
        calls = {
            e["WhatId"]: datetime.fromisoformat(e["StartDateTime"]) for e in self.server.events
        }
        return {
            deal["Id"]: (
                deal["Name"],
                self.server.accounts[deal["AccountId"]]["Name"],
                deal["StageName"],
                "won" if deal["IsWon"] else "open",
                f"{deal['Amount']:.2f}",
                OWNERS[deal["OwnerId"]][0],
                calls.get(deal["Id"]),
                _told(deal["History"], lambda stage: stage),
            )
            for deal in self.server.opportunities.values()
            if not deal["IsDeleted"]
        }


class HubSpotWorld(_Year):
    """Ten deals of three companies, several changed at the same moment."""

    source = "hubspot"
    amid_the_list = 10

    def __init__(self) -> None:
        self.secrets = {
            "client_id": "an app",
            "client_secret": "a secret of theirs",
            "refresh_token": "a refresh token",
        }
        self.server = HubSpotServer()
        self.clock = BEGAN
        self.server.owners = {i: {"email": m, "firstName": n} for i, (m, n) in OWNERS.items()}
        for number in range(3):
            said = {"name": f"Company {number}", "hs_lastmodifieddate": _iso(self._now())}
            self.server.companies[str(700 + number)] = {"properties": said}
        for number in range(10):
            self._new(number)

    def _new(self, number: int) -> None:
        at = _iso(self._now() if number >= 5 else self.clock)
        self.server.deals[str(100 + number)] = {
            "company": str(700 + number % 3),
            "history": [("appointmentscheduled", at)],
            "properties": {
                "dealname": f"Deal {number}",
                "dealstage": "appointmentscheduled",
                "pipeline": "default",
                "amount": f"{1000.5 + number}",
                "deal_currency_code": "EUR",
                "hubspot_owner_id": str(1 + number % 2),
                "createdate": at,
                "closedate": "2026-12-24T10:00:00.000Z",
                "hs_lastmodifieddate": at,
                "notes_next_activity_date": "2026-11-09T10:00:00Z" if number == 4 else None,
            },
        }

    def change(self, what: str, number: int) -> None:
        if what == "new":
            self._new(max(int(key) for key in self.server.deals) - 99)
            return
        at = _iso(self._now())
        if what == "rename account":
            company = self.server.companies[str(700 + number % 3)]["properties"]
            company["name"], company["hs_lastmodifieddate"] = f"{company['name']} AG", at
            return
        key, other = str(100 + number), str(100 + (number + 1) % 10)
        if key not in self.server.deals:
            return  # it was merged away
        deal = self.server.deals[key]
        said = deal["properties"]
        if what == "delete":
            deal["archived"] = True
        elif what == "restore":
            deal["archived"] = False
        elif what == "merge":
            there = self.server.deals.get(other)
            if there is None or deal.get("archived") or there.get("archived"):
                return
            # The one that was merged away is in no list, not even that of archived deals.
            self.server.deals.pop(other)
            merged = [each.get("hs_merged_object_ids") for each in (said, there["properties"])]
            said["hs_merged_object_ids"] = ";".join([*filter(None, merged), other])
            said["hs_lastmodifieddate"] = at
        else:
            said["hs_lastmodifieddate"] = at
            if what == "rename":
                said["dealname"] += " once more"
            else:
                said["dealstage"] = "closedwon" if what == "win" else "contractsent"
                deal["history"] = [*deal["history"], (said["dealstage"], at)]

    def notes(self) -> list[str]:
        return [note["properties"]["hs_note_body"] for note in self.server.notes.values()]

    def deals(self) -> dict[str, Any]:
        return {
            key: (
                said["dealname"],
                self.server.companies[deal["company"]]["properties"]["name"],
                STAGES[said["dealstage"]][0],
                "won" if said["dealstage"] == "closedwon" else "open",
                f"{float(said['amount']):.2f}",
                OWNERS[said["hubspot_owner_id"]][0],
                datetime.fromisoformat(said["notes_next_activity_date"])
                if said["notes_next_activity_date"]
                else None,
                _told(deal["history"], lambda stage: STAGES[stage][0]),
            )
            for key, deal in self.server.deals.items()
            if not deal.get("archived")
            for said in [deal["properties"]]
        }


def _told(history: list[tuple[str, str]], name: Callable[[str], str]) -> list[Any]:
    """Each stage that is another than the one before it."""
    found: list[Any] = []
    for stage, at in history:
        if not found or found[-1][0] != name(stage):
            found.append((name(stage), datetime.fromisoformat(at)))
    return found


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


WORLDS: dict[Crm, Callable[[], Any]] = {
    Crm.SALESFORCE: SalesforceWorld,
    Crm.HUBSPOT: HubSpotWorld,
}
