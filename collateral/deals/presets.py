"""Which column of an export holds what: known CRMs, and guesses for any other file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from collateral.deals.models import Outcome
from collateral.words import N_

# Our field to how people call it, in the order of the mapping page.
FIELDS: dict[str, str] = {
    "external_id": N_("Deal's id"),
    "name": N_("Name"),
    "account": N_("Account"),
    "owner": N_("Owner (e-mail or name)"),
    "owner_email": N_("Owner's e-mail"),
    "stage": N_("Stage"),
    "stage_changed_on": N_("Reached that stage on"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "opened_on": N_("Opened on"),
    "closed_on": N_("Closes or closed on"),
    "won": N_("Is won (yes or no)"),
    "closed": N_("Is closed (yes or no)"),
    "next_call_at": N_("Next call"),
    "industry": N_("Industry"),
    "product": N_("Product"),
    "region": N_("Region"),
}
REQUIRED = ("external_id", "name", "stage")
DATES = ("stage_changed_on", "opened_on", "closed_on", "next_call_at")


@dataclass(frozen=True)
class Preset:
    """A CRM's own words: for each field the heads of its column, best first."""

    key: str
    label: str
    columns: Mapping[str, tuple[str, ...]]
    signs: tuple[str, ...]
    """Heads that only this CRM's exports have."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """The CRM's stage, in lower case, to the slug of ours."""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


CRMS = {"salesforce": "Salesforce", "hubspot": "HubSpot"}
"""What the CRMs are called that we know; by the source of their deals."""

_WON = {"closed won": Outcome.WON, "closedwon": Outcome.WON, "won": Outcome.WON}
_LOST = {"closed lost": Outcome.LOST, "closedlost": Outcome.LOST, "lost": Outcome.LOST}
_ENDS = {
    **_WON,
    **_LOST,
    "gewonnen": Outcome.WON,
    "verloren": Outcome.LOST,
    "gagné": Outcome.WON,
    "perdu": Outcome.LOST,
}

SALESFORCE = Preset(
    key="salesforce",
    label=N_("Salesforce opportunities"),
    columns={
        "external_id": ("Opportunity ID", "Opportunity ID (18)", "Id", "OpportunityId"),
        "name": ("Opportunity Name", "Name"),
        "account": ("Account Name", "Account.Name", "AccountName", "Account"),
        "owner": ("Opportunity Owner", "Owner.Name", "Owner"),
        "owner_email": ("Opportunity Owner: Email", "Opportunity Owner Email", "Owner.Email"),
        "stage": ("Stage", "StageName"),
        "stage_changed_on": ("Last Stage Change Date", "LastStageChangeDate"),
        "amount": ("Amount", "Amount (converted)"),
        "currency": ("Amount Currency", "Opportunity Currency", "CurrencyIsoCode", "Currency"),
        "opened_on": ("Created Date", "CreatedDate"),
        "closed_on": ("Close Date", "CloseDate"),
        "won": ("Won", "IsWon"),
        "closed": ("Closed", "IsClosed"),
        "next_call_at": ("Next Activity Date", "NextActivityDate", "Next Meeting"),
        "industry": ("Industry", "Account.Industry", "Account: Industry"),
        "product": ("Product", "Product Family", "Product Name", "Product__c"),
        "region": ("Region", "Territory", "Billing Country", "Region__c"),
    },
    signs=("Opportunity Name", "Opportunity ID", "StageName", "Opportunity Owner"),
    stages={
        "prospecting": "discovery",
        "qualification": "discovery",
        "needs analysis": "discovery",
        "value proposition": "evaluation",
        "id. decision makers": "evaluation",
        "perception analysis": "evaluation",
        "proposal/price quote": "proposal",
        "negotiation/review": "negotiation",
    },
    outcomes=_ENDS,
)
HUBSPOT = Preset(
    key="hubspot",
    label=N_("HubSpot deals"),
    columns={
        "external_id": ("Record ID", "Deal ID", "Record ID - Deal", "hs_object_id"),
        "name": ("Deal Name", "dealname"),
        "account": (
            "Associated Company (Primary)",
            "Associated Company",
            "Primary Associated Company",
            "Company name",
        ),
        "owner": ("Deal owner", "hubspot_owner_id"),
        "owner_email": ("Deal owner email", "Owner email"),
        "stage": ("Deal Stage", "dealstage"),
        "stage_changed_on": ("Date entered current stage", "hs_v2_date_entered_current_stage"),
        "amount": ("Amount", "amount"),
        "currency": ("Currency", "deal_currency_code"),
        "opened_on": ("Create Date", "createdate"),
        "closed_on": ("Close Date", "closedate"),
        "won": ("Is Closed Won", "hs_is_closed_won"),
        "closed": ("Is Deal Closed?", "Is closed (numeric)", "hs_is_closed"),
        "next_call_at": (
            "Next Activity Date",
            "Next Meeting Start Time",
            "notes_next_activity_date",
        ),
        "industry": ("Industry", "industry"),
        "product": ("Product", "Deal Product"),
        "region": ("Region", "Territory"),
    },
    signs=("Deal Stage", "dealstage", "Deal Name", "Record ID"),
    stages={
        "appointment scheduled": "discovery",
        "appointmentscheduled": "discovery",
        "qualified to buy": "discovery",
        "qualifiedtobuy": "discovery",
        "presentation scheduled": "evaluation",
        "presentationscheduled": "evaluation",
        "decision maker bought-in": "proposal",
        "decisionmakerboughtin": "proposal",
        "contract sent": "negotiation",
        "contractsent": "negotiation",
    },
    outcomes=_ENDS,
)
OTHER = Preset(
    key="",
    label=N_("Another file"),
    columns={
        "external_id": ("External ID", "Deal ID", "ID", "Opportunity ID", "Record ID", "Deal"),
        "name": ("Name", "Deal Name", "Title", "Opportunity", "Opportunity Name", "Deal"),
        "account": ("Account", "Account Name", "Company", "Customer", "Organization", "Kunde"),
        "owner": ("Owner", "Rep", "Sales Rep", "Owner Name", "Deal owner", "Verantwortlich"),
        "owner_email": ("Owner Email", "Owner E-mail", "Rep Email", "Email"),
        "stage": ("Stage", "Stage Name", "Status", "Phase", "Deal Stage"),
        "stage_changed_on": ("Stage Changed On", "Stage Since"),
        "amount": ("Amount", "Value", "Deal Value", "Betrag", "Wert"),
        "currency": ("Currency", "Währung"),
        "opened_on": (
            "Opened On",
            "Opened",
            "Created",
            "Created Date",
            "Created On",
            "Create Date",
        ),
        "closed_on": ("Closed On", "Close Date", "Closed", "Closes On", "Expected Close Date"),
        "won": ("Won", "Is Won"),
        "closed": ("Is Closed",),
        "next_call_at": ("Next Call", "Next Call At", "Next Meeting", "Next Activity Date"),
        "industry": ("Industry", "Branche"),
        "product": ("Product", "Produkt"),
        "region": ("Region", "Territory", "Country"),
    },
    signs=(),
    outcomes=_ENDS,
)
PRESETS: dict[str, Preset] = {preset.key: preset for preset in (SALESFORCE, HUBSPOT, OTHER)}


def plain(text: str) -> str:
    """A head without case, spaces and marks, for comparing."""
    return re.sub(r"[\W_]+", "", text.casefold())


def recognise(heads: Iterable[str]) -> Preset:
    """The CRM whose export this is, else the preset for any other file."""
    seen = {plain(head) for head in heads}
    hits = {
        preset.key: sum(plain(sign) in seen for sign in preset.signs)
        for preset in (SALESFORCE, HUBSPOT)
    }
    best = max(hits, key=lambda key: hits[key])
    return PRESETS[best] if hits[best] else OTHER


def guess_columns(preset: Preset, heads: Iterable[str]) -> dict[str, str]:
    """For each field that the file has a column for, that column's head."""
    by_plain: dict[str, str] = {}
    for head in heads:
        by_plain.setdefault(plain(head), head)
    found: dict[str, str] = {}
    for name, names in preset.columns.items():
        for candidate in names:
            if plain(candidate) in by_plain:
                found[name] = by_plain[plain(candidate)]
                break
    return found
