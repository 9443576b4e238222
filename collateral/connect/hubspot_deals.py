"""What HubSpot's deals say: stages and owners by name, companies, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from collateral.connect.crm import Found
from collateral.connect.hubspot_calls import Account
from collateral.connect.words import moment_of, words
from collateral.deals.rules import History

TOLD = 20
"""Values of a property's history that it tells at most."""
AT_ONCE = 100
"""Things that one call asks about."""
ALWAYS = ("dealstage", "pipeline", "hubspot_owner_id", "hs_merged_object_ids")


def merged_into(deal: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the deals that were merged into this one."""
    said = str((deal.get("properties") or {}).get("hs_merged_object_ids") or "")
    return tuple(part for part in said.replace(",", ";").split(";") if part)


@dataclass
class Deals:
    """Reads deals of one account."""

    account: Account
    fields: Mapping[str, str]
    zone: tzinfo
    stages: dict[str, dict[str, str]] = field(default_factory=dict)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, deals: Sequence[Mapping[str, Any]]) -> tuple[Found, ...]:
        """The deals of one page, as HubSpot tells them, with their companies. At most two calls
        more."""
        ids = [str(deal["id"]) for deal in deals]
        wanted = [path for path in self.fields.values() if path.startswith("company.")]
        linked = self.linked("deals", "companies", ids) if wanted and ids else {}
        companies = self.companies({found[0] for found in linked.values() if found})
        return tuple(
            self.found(deal, companies.get((linked.get(str(deal["id"])) or [""])[0], {}))
            for deal in deals
        )

    def found(self, deal: Mapping[str, Any], company: Mapping[str, Any]) -> Found:
        """One deal in our words; `company` holds the properties of its primary one, or nothing."""
        said = deal["properties"]
        stage = self.stages.get(said.get("dealstage") or "", {})
        email, name = self.owners.get(str(said.get("hubspot_owner_id") or ""), ("", ""))
        cells = {"owner": name, "owner_email": email, **stage}
        for ours, path in self.fields.items():
            if path:
                value = company.get(path[8:]) if path.startswith("company.") else said.get(path)
                cells[ours] = words(ours, value, self.zone)
        versions = (deal.get("propertiesWithHistory") or {}).get("dealstage") or []
        moves: list[tuple[str, datetime]] = []
        for version in sorted(versions, key=lambda each: moment_of(each["timestamp"])):
            label = self.stages.get(version["value"], {}).get("stage", version["value"])
            if label and (not moves or moves[-1][0] != label):
                moves.append((label, moment_of(version["timestamp"])))
        if moves:
            cells["stage_changed_on"] = moves[-1][1].isoformat()
        return Found(
            str(deal["id"]),
            cells,
            History(tuple(moves), whole=len(versions) < TOLD) if moves else None,
            merged_into(deal),
        )

    def linked(self, one: str, other: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """By id the ids of what it is linked with, the primary one first."""
        links: dict[str, list[Mapping[str, Any]]] = {}
        wanted: list[dict[str, str]] = [{"id": each} for each in ids]
        while wanted:
            asked = {"inputs": wanted[:AT_ONCE]}
            wanted = wanted[AT_ONCE:]
            answer = self.account.ask("crm.associations.v4.batch_api.get_page", one, other, asked)
            for each in answer["results"]:
                from_id = str(each["from"]["id"])
                links.setdefault(from_id, []).extend(each["to"])
                # What has more links than a page holds is asked for again, from there on.
                if (after := next_page(each)) is not None:
                    wanted.append({"id": from_id, "after": after})
        return {
            from_id: [
                str(link["toObjectId"])
                for link in sorted(there, key=lambda link: not _is_primary(link))
            ]
            for from_id, there in links.items()
        }

    def companies(self, ids: set[str]) -> dict[str, Mapping[str, Any]]:
        """By id the properties that are read of each. At most 100 ids."""
        if not ids:
            return {}
        names = {path[8:] for path in self.fields.values() if path.startswith("company.")}
        asked = {"inputs": [{"id": each} for each in sorted(ids)], "properties": sorted(names)}
        answer = self.account.ask("crm.companies.batch_api.read", asked, archived=False)
        return {str(each["id"]): each["properties"] for each in answer["results"]}

    def learn(self) -> None:
        """The names of stages and owners, which deals tell by number."""
        pipelines = self.account.ask("crm.pipelines.pipelines_api.get_all", "deals")
        for pipeline in pipelines["results"]:
            for stage in sorted(pipeline["stages"], key=lambda each: each.get("displayOrder", 0)):
                told = stage.get("metadata") or {}
                ended = str(told.get("isClosed", "false")).lower() == "true"
                won = ended and float(told.get("probability") or 0) == 1
                self.stages[stage["id"]] = {
                    "stage": stage["label"],
                    "won": "yes" if won else "no",
                    "closed": "yes" if ended else "no",
                }
        for archived in (False, True):
            after: str | None = None
            while True:
                answer = self.account.ask(
                    "crm.owners.owners_api.get_page", limit=100, after=after, archived=archived
                )
                for owner in answer["results"]:
                    name = f"{owner.get('firstName') or ''} {owner.get('lastName') or ''}".strip()
                    self.owners[str(owner["id"])] = (owner.get("email") or "", name)
                after = next_page(answer)
                if after is None:
                    break

    def properties(self) -> list[str]:
        """Names of what is asked for of each deal."""
        own = [path for path in self.fields.values() if path and not path.startswith("company.")]
        return list(dict.fromkeys([*own, *ALWAYS]))


_PRIMARY = 5
"""From a deal to its primary company."""


def _is_primary(link: Mapping[str, Any]) -> bool:
    return any(kind.get("typeId") == _PRIMARY for kind in link.get("associationTypes") or [])


def next_page(answer: Mapping[str, Any]) -> str | None:
    """Where the answer's next page begins; None at the last one."""
    after = ((answer.get("paging") or {}).get("next") or {}).get("after")
    return str(after) if after is not None else None
