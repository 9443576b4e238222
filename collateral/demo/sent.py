"""Links and packs as rows, a few statements each, and the events that they leave.

Each link's address is thrown away as it is made, as that of any link is once it was shown: its
maker can give it a new one. Nobody is told of a visit that lies months back, nor is another
system: so the rows are written here, and not by the operations that tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert

from collateral.accounts.sessions import hash_token
from collateral.db import db
from collateral.demo.loaded import Loaded
from collateral.demo.packed import MadePack
from collateral.demo.reading_links import BROWSERS, Reading
from collateral.demo.sending import Link
from collateral.sharing.models import (
    Opening,
    Outcome,
    Pack,
    PackItem,
    Seen,
    Share,
    ShareItem,
    Visit,
    VisitPage,
)
from collateral.sharing.rules import new_token
from collateral.usage.bulk import EventRow, load_events
from collateral.usage.models import EventKind

Visited = tuple[int, Link, Reading, int]
"""The link's id, the link, one reading of it, and the visit's id."""


def load_packs(packs: Sequence[MadePack], loaded: Loaded) -> dict[str, int]:
    """The packs with their items; answers what the title of each became."""
    rows = [
        Pack(
            title=made.pack.title,
            owner_id=loaded.people[made.pack.owner],
            deal_id=loaded.deals.get(made.deal),
            follows=made.pack.follows,
            cover=made.pack.bound,
            contents=made.pack.bound,
            created_at=made.at,
            updated_at=made.at,
            items=[
                PackItem(
                    position=position,
                    asset_id=loaded.assets[asset],
                    version_id=loaded.versions[asset, version],
                    page=page,
                )
                for position, (asset, version, page) in enumerate(made.items, 1)
            ],
        )
        for made in packs
    ]
    db.session.add_all(rows)
    db.session.flush()  # links name their ids
    return {pack.title: pack.id for pack in rows}


def load_links(links: Sequence[Link], packs: Mapping[str, int], loaded: Loaded) -> set[date]:
    """The links with all that became of them, not yet counted; answers the days to count.

    Links come in order of time, so that their ids do."""
    if not links:
        return set()
    ids = _inserted(Share, [_share(link, packs, loaded) for link in links])
    _insert(
        ShareItem,
        (
            {"share_id": share_id, "position": position, "asset_id": loaded.assets[asset]}
            for share_id, link in zip(ids, links, strict=True)
            if not link.pack
            for position, asset in enumerate(link.assets, 1)
        ),
    )
    read = [
        (share_id, link, reading)
        for share_id, link in zip(ids, links, strict=True)
        for reading in link.readings
    ]
    visit_ids = _inserted(Visit, [_visit(*one) for one in read]) if read else []
    visits = [(*one, visit_id) for one, visit_id in zip(read, visit_ids, strict=True)]
    _insert(VisitPage, (row for visit in visits for row in _pages(visit, loaded)))
    _insert(Opening, [*map(_opening, visits), *_fetched(ids, links)])
    _insert(Seen, _seen(visits, loaded))
    return load_events(
        [
            *(event for link in links for event in _sending(link, loaded)),
            *(event for visit in visits for event in _opened(visit, loaded)),
        ]
    )


def _inserted(model: type[Share] | type[Visit], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The new ids, in the order of the rows."""
    made = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(made, rows))


def _insert(model: type[Any], rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> None:
    if listed := list(rows):
        db.session.execute(insert(model), listed)


def _share(link: Link, packs: Mapping[str, int], loaded: Loaded) -> dict[str, Any]:
    first = min((one.began for one in link.readings if not one.own), default=None)
    return {
        "token_hash": hash_token(new_token()),
        "person_id": loaded.people[link.by],
        "deal_id": loaded.deals.get(link.deal),
        "pack_id": packs.get(link.pack),
        "recipient": link.recipient,
        "recipient_email": link.email,
        "expires_at": link.expires,
        "email_gate": bool(link.allowed),
        "allowed": list(link.allowed),
        "download": link.download,
        "watermark": link.watermark,
        "created_at": link.at,
        "revoked_at": link.revoked,
        "revoked_by_id": loaded.people[link.by] if link.revoked else None,
        "visited_at": first,
    }


def _visit(share_id: int, _link: Link, reading: Reading) -> dict[str, Any]:
    return {
        "share_id": share_id,
        "visitor": _visitor(share_id, reading),
        "email": reading.email,
        "device": reading.device,
        "started_at": reading.opened,
        "last_at": reading.ended,
        "seconds": reading.seconds,
        "downloads": reading.downloads,
        "outcome": _outcome(reading),
    }


def _visitor(share_id: int, reading: Reading) -> str:
    return hashlib.sha256(f"sample/{share_id}/{reading.reader}".encode()).hexdigest()[:40]


def _outcome(reading: Reading) -> Outcome:
    return Outcome.OWN_TEAM if reading.own else Outcome.VISIT


def _pages(visit: Visited, loaded: Loaded) -> Iterator[dict[str, Any]]:
    _, _, reading, visit_id = visit
    for page in reading.pages:
        yield {
            "visit_id": visit_id,
            "version_id": loaded.versions[page.asset, page.version],
            "page": page.page,
            "asset_id": loaded.assets[page.asset],
            "seconds": page.seconds,
        }


def _opening(visit: Visited) -> dict[str, Any]:
    share_id, _, reading, visit_id = visit
    return {
        "share_id": share_id,
        "at": reading.opened,
        "outcome": _outcome(reading),
        "program": BROWSERS[reading.device][:120],
        "visit_id": visit_id,
    }


def _fetched(ids: Sequence[int], links: Sequence[Link]) -> Iterator[dict[str, Any]]:
    for share_id, link in zip(ids, links, strict=True):
        for one in link.fetched:
            yield {
                "share_id": share_id,
                "at": one.at,
                "outcome": Outcome(one.outcome),
                "program": one.program[:120],
                "visit_id": None,
            }


def _seen(visits: Sequence[Visited], loaded: Loaded) -> Iterator[dict[str, Any]]:
    """By link and asset the first moment at which a buyer saw something of it."""
    known = set()
    for share_id, _, reading, _ in visits:  # of each link in order of time
        for asset, _, at in reading.openings():
            if not reading.own and (share_id, asset) not in known:
                known.add((share_id, asset))
                yield {"share_id": share_id, "asset_id": loaded.assets[asset], "at": at}


def _sending(link: Link, loaded: Loaded) -> Iterator[EventRow]:
    for asset, version in link.sent:
        yield EventRow(
            at=link.at,
            kind=EventKind.SHARED,
            asset_id=loaded.assets[asset],
            version_id=loaded.versions[asset, version],
            person_id=loaded.people[link.by],
            session=link.session or None,
            deal_id=loaded.deals.get(link.deal),
        )


def _opened(visit: Visited, loaded: Loaded) -> Iterator[EventRow]:
    share_id, link, reading, visit_id = visit
    for asset, version, at in reading.openings():
        yield EventRow(
            at=at,
            kind=EventKind.OPENED,
            asset_id=loaded.assets[asset],
            version_id=loaded.versions[asset, version],
            session=f"v{visit_id}",
            user_agent=BROWSERS[reading.device],
            deal_id=loaded.deals.get(link.deal),
            visitor=_visitor(share_id, reading),
            sender_id=loaded.people[link.by],
            own_team=reading.own,
        )
