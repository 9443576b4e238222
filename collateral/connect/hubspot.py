"""HubSpot: deals with their stages, owners, companies and next activity, by its CRM interface, v3.

The first load lists all deals; after that a search tells what changed, by HubSpot's own clock. What
a search cannot tell is asked for besides: archived deals are listed in every run, and deals that
are gone here but not in that list are read again, for they may be back. A deal that others were
merged into names them, also when it was archived since. A company that is renamed changes none of
its deals: those of changed companies are read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from collateral.connect.crm import Batch, CrmError, Sample
from collateral.connect.hubspot_calls import Account
from collateral.connect.hubspot_deals import ALWAYS, Deals, merged_into, next_page
from collateral.connect.watermark import Watermark
from collateral.connect.words import moment_of, words
from collateral.words import N_, Sentence

PAGE = 50
"""Deals in a call: HubSpot's most where their history is told."""
SEARCHED = 100
"""Deals in a page of a search."""
MOST_FOUND = 10_000
"""HubSpot tells no more of one search."""
DEFAULTS = {
    "name": "dealname",
    "account": "company.name",
    "amount": "amount",
    "currency": "deal_currency_code",
    "opened_on": "createdate",
    "closed_on": "closedate",
    "next_call_at": "notes_next_activity_date",
    "industry": "company.industry",
    "product": "",
    "region": "company.country",
}
_OF_COMPANIES = ("name", "industry", "country", "type")


@dataclass
class HubSpot:
    """One account; see crm.Source."""

    account: Account
    fields: Mapping[str, str]
    zone: tzinfo

    def __post_init__(self) -> None:
        self.deals = Deals(self.account, self.fields, self.zone)

    def batches(self, reached: Mapping[str, Any], gone_lately: frozenset[str]) -> Iterator[Batch]:
        self.deals.learn()
        at = dict(reached)
        if "deals" not in at:
            # What changes while the list is read is found by the search after it.
            at["then"] = at.get("then") or {
                "deals": self._newest("deals", "hs_lastmodifieddate"),
                "companies": self._newest("companies", "hs_lastmodifieddate"),
            }
            for deals, after in self._listed(at.get("list")):
                at["list"] = after
                yield Batch(self.deals.read(deals), reached=dict(at))
            then = at.pop("then")
            at.pop("list", None)
            at["deals"] = Watermark(since=then["deals"]).kept()
            at["companies"] = Watermark(since=then["companies"]).kept()
        for ids, mark in self._changed("deals", Watermark.of(at["deals"]).begin()):
            at["deals"] = mark.kept()
            yield from self._again(ids, at)
        for ids, mark in self._changed("companies", Watermark.of(at["companies"]).begin()):
            at["companies"] = mark.kept()
            yield from self._again(self._deals_of(ids), at)
        archived: set[str] = set()
        for gone in self._archived():
            archived.update(gone)
            yield Batch(gone=gone, reached=dict(at))
        yield from self._again(sorted(gone_lately - archived), at)

    def _again(self, ids: Sequence[str], at: Mapping[str, Any]) -> Iterator[Batch]:
        """These deals as they are now; how far we are is kept with the last of them."""
        parts = [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)]
        for part in parts:
            deals = self._with_history(part)
            # A search may tell a deal that was archived since; the list of those tells it, too.
            if part is not parts[-1]:
                yield Batch(self.deals.read(deals))
            else:
                yield Batch(self.deals.read(deals), reached=dict(at))
        if not parts:
            yield Batch(reached=dict(at))

    # Which deals.

    def _listed(self, after: str | None) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        while True:
            answer = self.account.ask(
                "crm.deals.basic_api.get_page",
                limit=PAGE,
                after=after,
                properties=self.deals.properties(),
                properties_with_history=["dealstage"],
                archived=False,
            )
            after = next_page(answer)
            yield answer["results"], after
            if after is None:
                return

    def _changed(self, kind: str, mark: Watermark) -> Iterator[tuple[list[str], Watermark]]:
        """Ids of what changed, oldest change first."""
        begun, after = mark, None
        while True:
            answer = self._search(kind, begun, after)
            found = answer["results"]
            if found:
                mark = mark.passed(_changed_at(found[-1]))
                yield [str(each["id"]) for each in found], mark
            after = next_page(answer)
            if after is None:
                break
            if int(after) + SEARCHED > MOST_FOUND:
                if mark.at == begun.at:
                    raise CrmError(
                        Sentence(
                            N_(
                                "More than 10,000 changes bear the same moment; read all deals"
                                " again."
                            )
                        )
                    )
                begun, after = mark, None  # the same moment is read again, and changes nothing
        yield [], mark.end()

    def _search(self, kind: str, since: Watermark, after: str | None) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
            "properties": ["hs_lastmodifieddate"],
            "limit": SEARCHED,
        }
        if since.at is not None:
            value = str(round(datetime.fromisoformat(since.at).timestamp() * 1000))
            condition = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": value}
            asked["filterGroups"] = [{"filters": [condition]}]
        if after is not None:
            asked["after"] = after
        return self._found_in(kind, asked)

    def _newest(self, kind: str, name: str) -> str | None:
        asked = {
            "sorts": [{"propertyName": name, "direction": "DESCENDING"}],
            "properties": [name],
            "limit": 1,
        }
        found = self._found_in(kind, asked)["results"]
        return _changed_at(found[0]) if found else None

    def _found_in(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        return self.account.ask(
            f"crm.{kind}.search_api.do_search", public_object_search_request=asked
        )

    def _archived(self) -> Iterator[tuple[str, ...]]:
        """Archived deals, and what was merged into them before: no list tells those."""
        after: str | None = None
        while True:
            answer = self.account.ask(
                "crm.deals.basic_api.get_page",
                limit=100,
                after=after,
                properties=["hs_merged_object_ids"],
                archived=True,
            )
            yield tuple(
                gone for each in answer["results"] for gone in (str(each["id"]), *merged_into(each))
            )
            after = next_page(answer)
            if after is None:
                return

    def _deals_of(self, companies: Sequence[str]) -> list[str]:
        return sorted(
            {
                deal
                for deals in self.deals.linked("companies", "deals", companies).values()
                for deal in deals
            }
        )

    def _with_history(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        if not ids:
            return []
        asked = {
            "inputs": [{"id": each} for each in ids],
            "properties": self.deals.properties(),
            "propertiesWithHistory": ["dealstage"],
        }
        answer = self.account.ask("crm.deals.batch_api.read", asked, archived=False)
        return list(answer["results"])

    def sample(self) -> Sample:
        self.deals.learn()
        answer = self.account.ask("crm.properties.core_api.get_all", "deals")
        fields = [[each["name"], each["label"]] for each in answer["results"]]
        latest = self._found_in(
            "deals",
            {
                "sorts": [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}],
                "properties": [*dict.fromkeys([name for name, _label in fields] + list(ALWAYS))],
                "limit": 5,
            },
        )["results"]
        linked = self.deals.linked("deals", "companies", [str(each["id"]) for each in latest])
        companies = self.deals.companies({found[0] for found in linked.values() if found})
        rows = []
        for deal in latest:
            company = companies.get((linked.get(str(deal["id"])) or [""])[0], {})
            read = self.deals.found(deal, company)
            rows.append(
                {name: words("", value, self.zone) for name, value in deal["properties"].items()}
                | {f"company.{name}": str(value or "") for name, value in company.items()}
                | {name: read.cells.get(name, "") for name in _READ}
                | {"external_id": read.external_id}
            )
        fields += [[f"company.{name}", f"Company: {name}"] for name in _OF_COMPANIES]
        labels = dict.fromkeys(stage["stage"] for stage in self.deals.stages.values())
        return Sample(sorted(fields, key=lambda pair: pair[1].casefold()), list(labels), rows)

    # Notes.

    def find_note(self, deal: str, title: str) -> str:
        linked = self.deals.linked("deals", "notes", [deal]).get(deal, [])
        for start in range(0, len(linked), 100):
            asked = {
                "inputs": [{"id": each} for each in linked[start : start + 100]],
                "properties": ["hs_note_body"],
            }
            answer = self.account.ask("crm.objects.notes.batch_api.read", asked)
            for note in answer["results"]:
                if _escaped(title) in (note["properties"].get("hs_note_body") or ""):
                    return str(note["id"])
        return ""

    def write_note(self, deal: str, title: str, text: str, at: datetime) -> str:
        body = "<br>".join(_escaped(line) for line in (title, *text.splitlines()))
        made = self.account.ask(
            "crm.objects.notes.basic_api.create",
            {
                "properties": {"hs_note_body": body, "hs_timestamp": at.isoformat()},
                "associations": [
                    {"to": {"id": deal}, "types": [_NOTE_TO_DEAL]},
                ],
            },
            writes=True,
        )
        return str(made["id"])


_READ = ("owner", "owner_email", "stage", "won", "closed", "stage_changed_on")
# https://developers.hubspot.com/docs/api/crm/associations: 214 is from a note to a deal.
_NOTE_TO_DEAL = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 214}


def _changed_at(record: Mapping[str, Any]) -> str:
    said = record["properties"].get("hs_lastmodifieddate") or record["updatedAt"]
    return moment_of(said).isoformat(timespec="milliseconds")


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))
