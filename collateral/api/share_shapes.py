"""How links and their visits look here, and what is taken of a link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from collateral.api.shapes import Id, Named, Somebody, somebody
from collateral.assets.models import Asset
from collateral.sharing.models import Share, Visit

Address = Annotated[str, Meta(max_length=254)]
Moment = Annotated[datetime, Meta(tz=True)]


class NewShare(Struct, forbid_unknown_fields=True):
    """`assets` in the order of the viewer. `recipient`: a name or an e-mail address. `allowed`
    lists addresses and domains, and asks for the e-mail gate, too."""

    assets: Annotated[list[Id], Meta(min_length=1, max_length=30)]
    recipient: Annotated[str, Meta(min_length=1, max_length=200)]
    recipient_email: Address = ""
    deal: Id | None = None
    expires_at: Moment | None = None
    passcode: Annotated[str, Meta(max_length=100)] = ""
    email_gate: bool = False
    allowed: Annotated[list[Address], Meta(max_length=200)] = []
    download: bool = False
    watermark: bool = False


class PageSeen(Struct, forbid_unknown_fields=True):
    """A page and for how many seconds it was seen."""

    asset: int
    version: int
    number: int
    seconds: float


class VisitDetail(Struct, forbid_unknown_fields=True):
    """One visit that counts. `email`: what the reader proved at the gate."""

    at: datetime
    seconds: float
    device: str
    email: str
    downloads: int
    pages: list[PageSeen]


class ShareInDeal(Struct, forbid_unknown_fields=True):
    """A link that was sent in a deal, with its visits that count; `assets` is empty for a pack."""

    id: int
    assets: list[Named]
    recipient: str
    created_at: datetime
    live: bool
    visits: list[VisitDetail]


class ShareDetail(Struct, forbid_unknown_fields=True):
    """A tracked link. `live`: neither switched off nor over. `openings`: how often it was
    asked for, by what became of it; only `visit` counts."""

    id: int
    assets: list[Named]
    deal: Named | None
    recipient: str
    recipient_email: str
    maker: Somebody | None
    created_at: datetime
    expires_at: datetime | None
    live: bool
    passcode: bool
    email_gate: bool
    allowed: list[str]
    download: bool
    watermark: bool
    visits: list[VisitDetail]
    openings: dict[str, int]


class ShareMade(ShareDetail, forbid_unknown_fields=True):
    """A new link with its address, which is told this once; null when it was told before."""

    url: str | None


def visit_shape(visit: Visit, numbers: dict[int, int]) -> VisitDetail:
    """The visit; `numbers` are the versions' numbers by id, of those that the reader may see."""
    return VisitDetail(
        at=visit.started_at,
        seconds=visit.seconds,
        device=visit.device,
        email=visit.email,
        downloads=visit.downloads,
        pages=[
            PageSeen(page.asset_id, numbers[page.version_id], page.page, page.seconds)
            for page in visit.pages
            if page.version_id in numbers
        ],
    )


def share_values(share: Share, assets: Sequence[Asset], *, live: bool) -> dict[str, object]:
    """The fields of a link but for what became of it."""
    return {
        "id": share.id,
        "assets": [Named(asset.id, asset.title) for asset in assets],
        "deal": Named(share.deal.id, share.deal.name) if share.deal else None,
        "recipient": share.recipient,
        "recipient_email": share.recipient_email,
        "maker": somebody(share.maker),
        "created_at": share.created_at,
        "expires_at": share.expires_at,
        "live": live,
        "passcode": share.passcode_hash is not None,
        "email_gate": share.email_gate,
        "allowed": share.allowed,
        "download": share.download,
        "watermark": share.watermark,
    }
