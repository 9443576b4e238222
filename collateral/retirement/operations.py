"""Retiring an asset and putting it back exactly as it was. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.assets.happenings import RESTORED, RETIRED
from collateral.assets.models import Asset, Status
from collateral.assets.queries import seen_by
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify.announcing import announce
from collateral.notify.operations import tell
from collateral.retirement import notices, queries
from collateral.retirement.models import Erasure
from collateral.retirement.queries import Downloader, LiveShare, OpenDeal

__all__ = ["Plan", "check", "plan", "restore", "retire"]

LONGEST_REASON = 2000
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Plan:
    """What retiring these assets would touch; made by a dry run, changes nothing.

    What hangs on several of them counts once. The counts are whole, the lists name the latest.
    `replaces` are retired assets that lead to one of these today; they would lead on.
    """

    assets: Sequence[Asset]
    replacement: Asset | None
    downloaders: list[Downloader]
    downloader_count: int
    open_deals: list[OpenDeal]
    open_deal_count: int
    shares: list[LiveShare]
    share_count: int
    adaptations: int
    replaces: list[Asset]


def plan(
    assets: Sequence[Asset], actor: Person, replacement: Asset | None = None, *, at: datetime
) -> Plan:
    """Who took them within the year, which open deals carry them, what replaces them. The
    deals that `actor` may not see are counted and not named. As many queries for many as for one.

    Raises:
        WrongState: one is retired already.
        Invalid: the replacement cannot stand in for one.
    """
    for asset in assets:
        check(asset, replacement)
    ids = [asset.id for asset in assets]
    downloaders = queries.downloaders(ids, since=(at - YEAR).date())
    deals, deal_count = queries.open_deals(ids, actor)
    shares, share_count = queries.live_shares(ids, actor, at=at)
    return Plan(
        assets=assets,
        replacement=replacement,
        downloaders=downloaders[: queries.NAMED],
        downloader_count=len(downloaders),
        open_deals=deals,
        open_deal_count=deal_count,
        shares=shares,
        share_count=share_count,
        adaptations=queries.adaptation_count(ids),
        replaces=queries.led_here(ids, actor),
    )


def retire(
    asset: Asset, *, by: Person, at: datetime, reason: str, replacement: Asset | None = None
) -> None:
    """Take the asset out of search and suggestions; its address leads to the replacement.

    What it was stands beside it, so that `restore` brings back that and nothing else.

    Raises:
        WrongState: it is retired already.
        Invalid: no reason, or the replacement cannot stand in for it.
    """
    check(asset, replacement)
    reason = reason_given(reason)
    audit.record(
        "asset.retired",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        was=asset.status.value,
        reason=reason,
        replacement=replacement.id if replacement else None,
    )
    asset.retired_from = asset.status
    asset.status = Status.RETIRED
    asset.retired_at = at
    asset.retired_by_id = by.id
    asset.retire_reason = reason
    asset.replacement_id = replacement.id if replacement else None
    _tell_downloaders(asset, replacement, by=by, at=at)
    facts: dict[str, str | int] = {"asset": asset.id, "title": asset.title}
    if replacement is not None:
        facts["replacement"] = replacement.id
    announce(RETIRED, facts, at)


def reason_given(text: str, *, needed: bool = True) -> str:
    """The reason as it is kept. Raises Invalid for one that is too long, or is missing where one
    is needed."""
    reason = text.strip()
    if len(reason) > LONGEST_REASON or (needed and not reason):
        sentence = _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)
        raise Invalid(sentence, fields={"reason": sentence})
    return reason


def _tell_downloaders(asset: Asset, replacement: Asset | None, *, by: Person, at: datetime) -> None:
    """Tell those who took it within the year, once; but for whoever retires it. What takes its
    place is named to those alone who may see it."""
    people = [
        each.person
        for each in queries.downloaders([asset.id], since=(at - YEAR).date())
        if each.person.id != by.id
    ]
    facts: dict[str, str | int] = {"asset": asset.id, "title": asset.title}
    once = f"asset {asset.id} {at:%Y-%m-%d}"
    see = seen_by(replacement, people) if replacement else set()
    title = replacement.title if replacement else ""
    tell(see, notices.RETIRED, {**facts, "instead": title}, at, once=once)
    others = {p.id for p in people} - see
    tell(others, notices.RETIRED, {**facts, "instead": ""}, at, once=once)


def restore(asset: Asset, *, by: Person, at: datetime) -> None:
    """Put the asset back as it was before. Raises WrongState when it is not retired."""
    if asset.status is not Status.RETIRED or asset.retired_from is None:
        raise WrongState(_("Only a retired asset can be restored."))
    if db.session.get(Erasure, asset.id) is not None:
        raise WrongState(_("Its files were deleted; it cannot be restored."))
    audit.record(
        "asset.restored",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        to=asset.retired_from.value,
        retired_at=asset.retired_at.isoformat() if asset.retired_at else None,
        reason=asset.retire_reason,
        restored_at=at.isoformat(),
    )
    asset.status = asset.retired_from
    asset.retired_from = None
    asset.retired_at = None
    asset.retired_by_id = None
    asset.retire_reason = None
    asset.replacement_id = None
    announce(RESTORED, {"asset": asset.id, "title": asset.title}, at)


def check(asset: Asset, replacement: Asset | None) -> None:
    """Raise what `retire` would: WrongState for a retired asset, Invalid for the replacement."""
    if asset.status is Status.RETIRED:
        raise WrongState(_("This asset is retired already."))
    if replacement is None:
        return
    if replacement.id == asset.id:
        sentence = _("An asset cannot replace itself.")
    elif replacement.status is not Status.PUBLISHED:
        sentence = _("Only a published asset can take its place.")
    else:
        return
    raise Invalid(sentence, fields={"replacement": sentence})
