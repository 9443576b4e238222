"""What a link shows at this moment. Every byte that goes to a buyer is found from here.

The link must be live, its maker active and still allowed to share, and each asset one that
she may see now. Unknown, expired, switched off and forbidden are one answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can
from collateral.accounts.sessions import hash_token
from collateral.assets.models import AssetVersion, Page
from collateral.db import db
from collateral.errors import NotFound
from collateral.sharing import packs, rules
from collateral.sharing.models import Pack, Share, ShareItem
from collateral.sharing.showing import Leaf, Showing, current, leaves_of

GONE = "This link does not work."
LONGEST_TOKEN = 100


@dataclass(frozen=True)
class Part:
    """An asset of a link, or a whole pack: something that is paged through from one end."""

    position: int
    showing: Showing
    title: str = ""
    label: str = ""
    family: str = ""
    version: AssetVersion | None = None
    """None for a pack, whose file is made."""
    leaves: list[Leaf] = field(default_factory=list)
    replaced: bool = False
    """Whether it stands in for what was sent."""

    def leaf(self, number: int) -> Leaf:
        """The page of that number, from 1. Raises NotFound."""
        if not 1 <= number <= len(self.leaves):
            raise NotFound(GONE)
        return self.leaves[number - 1]


def find(token: str, at: datetime) -> Share:
    """The link of that token, while it opens. Raises NotFound, with the same words always."""
    share = None
    if len(token) <= LONGEST_TOKEN:
        # Whatever a buyer asks for begins with this: her maker's roles and teams come along.
        maker = joinedload(Share.maker)
        share = (
            db.session.scalars(
                select(Share)
                .where(Share.token_hash == hash_token(token))
                .options(
                    maker.joinedload(Person.role_rows),
                    maker.joinedload(Person.teams),
                    raiseload(Share.deal),
                )
            )
            .unique()
            .one_or_none()
        )
    if share is None or not opens(share, at):
        raise NotFound(GONE)
    return share


def opens(share: Share, at: datetime) -> bool:
    """Whether the link opens now, as far as it and its maker go."""
    return rules.is_live(share.expires_at, share.revoked_at, at) and can(
        share.maker, Permission.SHARE_CREATE
    )


def parts(share: Share) -> list[Part]:
    """What the link shows now, with all pages, in its order. Raises NotFound for nothing."""
    found = _of_pack(share) if share.pack_id is not None else _of_items(share)
    if all(part.showing is Showing.AWAY for part in found):
        raise NotFound(GONE)
    return found


def part(share: Share, position: int) -> Part:
    """One part that is shown. Raises NotFound."""
    found = next((each for each in parts(share) if each.position == position), None)
    if found is None or found.showing is not Showing.SHOWN:
        raise NotFound(GONE)
    return found


def _of_items(share: Share) -> list[Part]:
    items = db.session.execute(
        select(ShareItem.position, ShareItem.asset_id)
        .where(ShareItem.share_id == share.id)
        .order_by(ShareItem.position)
    ).all()
    shown = current([item.asset_id for item in items], share.maker)
    versions = [
        asset.current_version.id
        for showing, asset in shown.values()
        if showing is Showing.SHOWN and asset and asset.current_version
    ]
    pages = leaves_of(versions)
    found = []
    for position, asset_id in items:
        showing, asset = shown[asset_id]
        if asset is None:
            found.append(Part(position, showing))
            continue
        version = asset.current_version
        if showing is not Showing.SHOWN or version is None:
            found.append(Part(position, showing, asset.title))
            continue
        found.append(
            Part(
                position,
                showing,
                asset.title,
                version.label,
                version.family,
                version,
                pages.get(version.id, []),
                replaced=asset.id != asset_id,
            )
        )
    return found


def _of_pack(share: Share) -> list[Part]:
    pack = db.session.scalar(
        select(Pack).where(Pack.id == share.pack_id).options(selectinload(Pack.items))
    )
    if pack is None:
        return []
    members = packs.members(pack, share.maker)
    leaves = [leaf for member in members for leaf in member.leaves]
    if not leaves:
        retired = any(member.showing is Showing.RETIRED for member in members)
        return [Part(1, Showing.RETIRED if retired else Showing.AWAY, pack.title)]
    return [Part(1, Showing.SHOWN, pack.title, leaves=leaves)]


def words(leaf: Leaf) -> str:
    """What the page says, for those who do not see its picture. Never the speaker's notes."""
    return (
        db.session.scalar(
            select(Page.text).where(Page.version_id == leaf.version_id, Page.number == leaf.page)
        )
        or ""
    )
