"""What people say of an asset, and what is done about it. Nothing here commits.

Saying it notes no event and changes no count: see `models_feedback`.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, delete, func, insert, select, text, update

from collateral.accounts import audit
from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, require
from collateral.assets.models import Asset
from collateral.assets.queries import seen_by
from collateral.db import db, upsert
from collateral.errors import Invalid, NotFound, WrongState
from collateral.notify.kinds import Facts
from collateral.notify.operations import tell
from collateral.requests import notices
from collateral.requests.models_feedback import (
    IS_OPEN,
    Flag,
    FlagReason,
    FlagState,
    Rating,
    RatingSum,
)
from collateral.requests.rules import LONGEST_SENTENCE

RESOLVED = (FlagState.MENDED, FlagState.NOT_SO)


def rate(asset: Asset, stars: int, *, by: Person, at: datetime, sentence: str = "") -> None:
    """Give the current version 1 to 5 stars, in place of what she gave the asset before.

    Raises Invalid for other numbers or a sentence that is too long, NotFound without a file.
    """
    require(by, Permission.FEEDBACK_GIVE, asset)
    if not 1 <= stars <= 5:
        refused = _("Choose one to five stars.")
        raise Invalid(refused, fields={"stars": refused})
    _one_at_a_time(asset)
    row = {"asset_id": asset.id, "person_id": by.id}
    said = {
        "version_id": _version_id(asset),
        "stars": stars,
        "sentence": _line(sentence, "sentence"),
        "at": at,
    }
    db.session.execute(
        upsert(Rating).values(row | said).on_conflict_do_update(index_elements=list(row), set_=said)
    )
    _sum_up(asset)


def take_back(asset: Asset, *, by: Person) -> None:
    """Remove her rating."""
    _one_at_a_time(asset)
    db.session.execute(delete(Rating).where(Rating.asset_id == asset.id, Rating.person_id == by.id))
    _sum_up(asset)


def flag(asset: Asset, reason: FlagReason, *, by: Person, at: datetime, sentence: str = "") -> None:
    """Say that something is wrong with the current version; its owner is told, once.

    Who has flagged it already, and waits, says it anew. Raises Invalid where "other" says
    nothing more or a sentence is too long, NotFound without a file.
    """
    require(by, Permission.FEEDBACK_GIVE, asset)
    sentence = _line(sentence, "what")
    if reason is FlagReason.OTHER and not sentence:
        refused = _("Say what is the matter.")
        raise Invalid(refused, fields={"what": refused})
    row = {"asset_id": asset.id, "by_id": by.id, "state": FlagState.OPEN, "note": ""}
    said = {"version_id": _version_id(asset), "reason": reason, "sentence": sentence, "at": at}
    flag_id = db.session.execute(
        upsert(Flag)
        .values(row | said)
        .on_conflict_do_update(
            index_elements=["asset_id", "by_id"], index_where=text("state = 'open'"), set_=said
        )
        .returning(Flag.id)
    ).scalar_one()
    if asset.owner_id != by.id:
        facts: Facts = {
            "asset": asset.id,
            "title": asset.title,
            "name": by.name,
            "reason": reason.value,
            "sentence": sentence,
        }
        tell([asset.owner_id], notices.FLAGGED, facts, at, once=f"flag-{flag_id}")


def withdraw(asset: Asset, *, by: Person, at: datetime) -> None:
    """Take back the flag of hers that is open, if one is."""
    hers = (Flag.asset_id == asset.id) & (Flag.by_id == by.id)
    _close(hers, FlagState.WITHDRAWN, by=by, at=at)


def resolve(flag: Flag, state: FlagState, *, by: Person, at: datetime, note: str = "") -> None:
    """It is mended, or it is not so and why; who flagged it is told once.

    Raises Invalid where "not so" comes without a note, WrongState where somebody else was
    quicker.
    """
    require(by, Permission.ASSET_EDIT, flag.asset)
    note = _line(note, "note")
    if state not in RESOLVED:
        raise Invalid(_("Say whether it is mended."))
    if state is FlagState.NOT_SO and not note:
        refused = _("Say why, to whoever flagged it.")
        raise Invalid(refused, fields={"note": refused})
    if not _close(Flag.id == flag.id, state, by=by, at=at, note=note):
        raise WrongState(_("Somebody else was quicker; this flag is resolved."))
    db.session.expire(flag)
    asset = flag.asset
    audit.record(
        f"flag.{state.value}", by=by, kind="asset", id=asset.id, title=asset.title, note=note
    )
    if flag.by_id != by.id and flag.by_id in seen_by(asset, [flag.by]):
        facts: Facts = {"asset": asset.id, "title": asset.title, "state": state.value, "note": note}
        tell([flag.by_id], notices.FLAG_RESOLVED, facts, at, once=f"flag-{flag.id}")


def _one_at_a_time(asset: Asset) -> None:
    """On PostgreSQL the second who rates an asset waits for the first, so that her sums have
    both; SQLite has one writer anyway."""
    db.session.execute(select(Asset.id).where(Asset.id == asset.id).with_for_update(key_share=True))


def _sum_up(asset: Asset) -> None:
    """Write its sums from its ratings, of which an asset has few."""
    db.session.execute(delete(RatingSum).where(RatingSum.asset_id == asset.id))
    found = (
        select(Rating.asset_id, Rating.version_id, func.count(), func.sum(Rating.stars))
        .where(Rating.asset_id == asset.id)
        .group_by(Rating.asset_id, Rating.version_id)
    )
    columns = ["asset_id", "version_id", "ratings", "stars"]
    db.session.execute(insert(RatingSum).from_select(columns, found))


def _close(
    which: ColumnElement[bool], state: FlagState, *, by: Person, at: datetime, note: str = ""
) -> bool:
    """Whether one was open: of two who close it at the same time one finds it so."""
    done = db.session.execute(
        update(Flag)
        .where(which, IS_OPEN)
        .values(state=state, note=note, resolved_by_id=by.id, resolved_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _version_id(asset: Asset) -> int:
    if asset.current_version_id is None:
        raise NotFound(_("This asset has no file."))
    return asset.current_version_id


def _line(sentence: str, field: str) -> str:
    """One line of text."""
    sentence = " ".join(sentence.split())
    if len(sentence) > LONGEST_SENTENCE:
        refused = _("Say it in at most %(num)s characters.", num=LONGEST_SENTENCE)
        raise Invalid(refused, fields={field: refused})
    return sentence
