"""The sample's collections: what Kelvane's people have put together for one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collateral.assets.models import Collection, CollectionItem, CollectionKind
from collateral.db import db


@dataclass(frozen=True)
class Shelf:
    title: str
    summary: str
    kind: CollectionKind
    owner: str
    assets: tuple[str, ...]


SHELVES = (
    Shelf(
        "Downtime, food and drink",
        "From the first figure to the board: in the order in which it is usually sent.",
        CollectionKind.FEATURED,
        "ines.duarte",
        (
            "stop-cost-sheet",
            "cost-of-unplanned-downtime",
            "hollis-dairy",
            "stop-cost-calculator",
            "live-in-twelve-weeks",
            "board-paper",
        ),
    ),
    Shelf(
        "For the meeting with IT",
        "Send the first before the meeting and the others after it.",
        CollectionKind.FEATURED,
        "karim.aziz",
        (
            "security-briefing",
            "edge-eg4",
            "edge-security-architecture",
            "predict-service-description",
        ),
    ),
    Shelf(
        "First calls",
        "What we open with, by product.",
        CollectionKind.SHARED,
        "tove.berg",
        (
            "kelvane-in-ten-minutes",
            "stop-cost-sheet",
            "trace-in-forty-seconds",
            "discovery-questions",
            "objections-sap-pm",
        ),
    ),
    Shelf(
        "Deutsch",
        "Alles, was es auf Deutsch gibt und noch stimmt.",
        CollectionKind.SHARED,
        "lena.vogel",
        (
            "kelvane-in-zehn-minuten",
            "kosten-ungeplanter-stillstaende",
            "hollis-dairy-de",
            "predict-auf-einer-seite",
            "stillstandsrechner",
            "predict-fuer-molkereien",
            "oberland-kaeserei",
            "ostara-chemicals-de",
        ),
    ),
    Shelf(
        "Lindau",
        "",
        CollectionKind.PERSONAL,
        "maja.brandt",
        ("predict-for-breweries", "cost-of-unplanned-downtime", "hollis-dairy-de"),
    ),
)


def load_collections(people: Mapping[str, int], assets: Mapping[str, int], *, at: datetime) -> None:
    """Put the sample's collections into the library."""
    for shelf in SHELVES:
        collection = Collection(
            title=shelf.title,
            summary=shelf.summary,
            kind=shelf.kind,
            owner_id=people[shelf.owner],
            created_at=at,
            updated_at=at,
            sample=True,
        )
        collection.items = [
            CollectionItem(asset_id=assets[key], position=position)
            for position, key in enumerate(shelf.assets, 1)
            if key in assets
        ]
        db.session.add(collection)
