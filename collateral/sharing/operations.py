"""Making links, switching them off, giving them a new address. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from collateral.accounts import audit, passwords
from collateral.accounts.models import Person
from collateral.accounts.sessions import hash_token
from collateral.assets.models import Asset, AssetVersion
from collateral.db import db
from collateral.deals.models import Deal
from collateral.errors import Invalid, WrongState
from collateral.sharing import packs, rules
from collateral.sharing.copies import prepare
from collateral.sharing.models import Pack, Share, ShareItem
from collateral.sharing.showing import Showing, current
from collateral.usage import operations as usage
from collateral.usage.models import EventKind

MOST_ASSETS = 30
SHORTEST_PASSCODE = 6
LONGEST_PASSCODE = 100
LONGEST_LIFE = timedelta(days=5 * 366)
MOST_ALLOWED = 200


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the maker of a link asks for.

    `allowed` is a list of addresses and domains, parted by commas, spaces or lines; it asks
    for the e-mail gate, too, since an address has to be proved to be on it.
    """

    recipient: str
    recipient_email: str = ""
    expires_at: datetime | None = None
    passcode: str = ""
    email_gate: bool = False
    allowed: str = ""
    download: bool = False
    watermark: bool = False


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Whose browser or program it is, for the events that remain of it."""

    session_key: str | None
    user_agent: str


def create(
    assets: Sequence[Asset],
    wishes: Wishes,
    *,
    by: Person,
    at: datetime,
    asking: Asking,
    deal: Deal | None = None,
    pack: Pack | None = None,
) -> tuple[Share, str]:
    """Make a link for these assets, or for the pack.

    Returns:
        The link, flushed, and its token, which is nowhere else to be had.

    Raises:
        Invalid: by field, what cannot be.
    """
    share = _as_wished(wishes, at)
    token = rules.new_token()
    share.token_hash, share.maker, share.person_id = hash_token(token), by, by.id
    share.deal_id = deal.id if deal else None
    share.pack_id = pack.id if pack else None
    versions = _content(share, assets, pack, by)
    db.session.add(share)
    db.session.flush()  # the copies and the trail name it
    for version in versions:
        usage.record(
            EventKind.SHARED,
            version=version,
            person=by,
            session_key=asking.session_key,
            user_agent=asking.user_agent,
            at=at,
            deal=deal,
        )
    if share.watermark and not share.email_gate:
        prepare(share, "", at=at)
    return share, token


def _as_wished(wishes: Wishes, at: datetime) -> Share:
    """A link with these gates, that leads to nothing yet. Raises Invalid, by field."""
    recipient, allowed = _checked(wishes, at)
    passcode = wishes.passcode.strip()
    return Share(
        recipient=recipient,
        recipient_email=rules.normal_email(wishes.recipient_email),
        expires_at=wishes.expires_at,
        passcode_hash=passwords.hash_password(passcode) if passcode else None,
        email_gate=wishes.email_gate or bool(allowed),
        allowed=allowed,
        download=wishes.download,
        watermark=wishes.watermark,
        created_at=at,
    )


def _checked(wishes: Wishes, at: datetime) -> tuple[str, list[str]]:
    """The recipient and the list in their kept form."""
    wrong: dict[str, str] = {}
    recipient = " ".join(wishes.recipient.split())
    if not recipient or len(recipient) > 200:
        wrong["recipient"] = _("Say for whom the link is.")
    if wishes.recipient_email.strip() and not rules.normal_email(wishes.recipient_email):
        wrong["recipient_email"] = _("This is no e-mail address.")
    if wishes.expires_at is not None and not at < wishes.expires_at <= at + LONGEST_LIFE:
        wrong["expires_on"] = _("Choose a day to come, at most five years away.")
    passcode = wishes.passcode.strip()
    if passcode and not SHORTEST_PASSCODE <= len(passcode) <= LONGEST_PASSCODE:
        wrong["passcode"] = _("A passcode has 6 to 100 characters.")
    allowed, bad = rules.allow_list(wishes.allowed)
    if bad:
        wrong["allowed"] = _(
            "“%(word)s” is neither an address nor a domain such as hollis.example.",
            word=bad[0][:60],
        )
    elif len(allowed) > MOST_ALLOWED:
        wrong["allowed"] = _("At most %(count)s addresses and domains.", count=MOST_ALLOWED)
    if wrong:
        raise Invalid(_("The link was not made."), fields=wrong)
    return recipient, allowed


def _content(
    share: Share, assets: Sequence[Asset], pack: Pack | None, by: Person
) -> list[AssetVersion]:
    """Give the link its items; the versions that are sent, one for each asset."""
    if pack is not None:
        sent = {}
        for member in packs.members(pack, by):
            if member.version is not None and member.leaves:
                sent[member.version.asset_id] = member.version
        if not sent:
            raise Invalid(_("There is nothing in this pack that can be sent."))
        return list(sent.values())
    ids = list(dict.fromkeys(asset.id for asset in assets))
    if not ids or len(ids) > MOST_ASSETS:
        sentence = _("Choose one to %(most)s assets.", most=MOST_ASSETS)
        raise Invalid(sentence, fields={"asset": sentence})
    shown = current(ids, by)
    sent = {}
    for asset_id in ids:
        showing, asset = shown[asset_id]
        if showing is not Showing.SHOWN or asset is None or asset.id != asset_id:
            sentence = _("Only what is published can be sent.")
            raise Invalid(sentence, fields={"asset": sentence})
        assert asset.current_version is not None
        sent[asset_id] = asset.current_version
    share.items = [
        ShareItem(position=position, asset_id=asset_id) for position, asset_id in enumerate(ids, 1)
    ]
    return list(sent.values())


def revoke(share: Share, *, by: Person, at: datetime) -> None:
    """Switch the link off at once. Raises WrongState when it is off already."""
    if share.revoked_at is not None:
        raise WrongState(_("This link is switched off already."))
    share.revoked_at, share.revoked_by_id = at, by.id
    audit.record("share.revoked", by=by, kind="share", id=share.id, recipient=share.recipient)


def renew(share: Share, *, by: Person, at: datetime) -> str:
    """Give the link a new address; the old one is dead, and who got in has to get in anew.

    Raises:
        WrongState: the link is switched off or has expired.
    """
    if not rules.is_live(share.expires_at, share.revoked_at, at):
        raise WrongState(_("This link is over. Make a new one."))
    token = rules.new_token()
    share.token_hash = hash_token(token)
    share.gate += 1
    audit.record("share.renewed", by=by, kind="share", id=share.id, recipient=share.recipient)
    return token
