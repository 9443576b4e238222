"""Setting policies, and what they ask for: review dates, reviews, reminders. Nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collateral.accounts import audit
from collateral.accounts.models import Person, Team
from collateral.assets.models import Asset, Status, Term, Vocabulary
from collateral.db import db
from collateral.errors import Invalid, WrongState
from collateral.notify.operations import tell
from collateral.retirement import notices
from collateral.retirement.evidence import policies, published_assets
from collateral.retirement.models import Policy
from collateral.retirement.rules import DATES_AHEAD, Terms, month_later, terms_for
from collateral.usage.counting import zone
from collateral.usage.rules import counting_day

LATE = 30
"""Days after which nobody is reminded of a date that has passed."""


def every() -> Sequence[Policy]:
    """All policies, the general ones first."""
    return db.session.scalars(
        select(Policy)
        .options(joinedload(Policy.team))
        .order_by(Policy.team_id.nulls_first(), Policy.type, Policy.id)
    ).all()


def set_policy(type: str, team_id: int | None, terms: Terms, *, by: Person, at: datetime) -> Policy:
    """Set what holds for a type and team; "" and None are all.

    Raises:
        Invalid: there is no such type or team, or a date is asked for without a cycle.
    """
    _check(type, team_id, terms)
    key = _key(type, team_id)
    policy = db.session.scalar(select(Policy).where(Policy.key == key))
    if policy is None:
        policy = Policy(key=key, type=type, team_id=team_id)
        db.session.add(policy)
    policy.grace_days, policy.floor_deals = terms.grace_days, terms.floor_deals
    policy.review_months, policy.review_required = terms.review_months, terms.review_required
    policy.updated_at, policy.updated_by_id = at, by.id
    db.session.flush()
    _record("docket.policy_set", policy, by)
    return policy


def _check(type: str, team_id: int | None, terms: Terms) -> None:
    if type and not db.session.scalar(
        select(Term.id).where(Term.vocabulary == Vocabulary.TYPE, Term.slug == type)
    ):
        raise _wrong("type", _("There is no such type."))
    if team_id is not None and db.session.get(Team, team_id) is None:
        raise _wrong("team", _("There is no such team."))
    if terms.review_required and not terms.review_months:
        raise _wrong("review_months", _("Say how often, so that the date can be set."))
    if terms.review_months == 0:
        raise _wrong("review_months", _("At least one month, or nothing."))


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={field: sentence})


def delete_policy(type: str, team_id: int | None, *, by: Person) -> None:
    """Take the policy of a type and team away, where there is one."""
    policy = db.session.scalar(select(Policy).where(Policy.key == _key(type, team_id)))
    if policy is not None:
        _record("docket.policy_deleted", policy, by)
        db.session.delete(policy)


def _key(type: str, team_id: int | None) -> str:
    return f"{type}/{team_id or ''}"


def _record(action: str, policy: Policy, by: Person) -> None:
    audit.record(
        action,
        by=by,
        kind="policy",
        id=policy.id,
        type=policy.type,
        team=policy.team_id,
        grace_days=policy.grace_days,
        floor_deals=policy.floor_deals,
        review_months=policy.review_months,
        review_required=policy.review_required,
    )


def reviewed(asset: Asset, *, by: Person, at: datetime) -> date | None:
    """Note that the asset was looked at and still holds; its next review by its policy's cycle,
    a year where there is none. Raises WrongState for what is not published."""
    if asset.status is not Status.PUBLISHED:
        raise WrongState(_("Only a published asset is reviewed."))
    types = asset.term_of(Vocabulary.TYPE)
    teams = {team.id for team in asset.teams} | set(asset.owner.team_ids)
    terms = terms_for(policies(), types[0].slug if types else "", teams)
    today = counting_day(at, zone())
    was = asset.review_on
    asset.review_on = month_later(today, terms.review_months or 12)
    asset.updated_at = at
    audit.record(
        "asset.reviewed",
        by=by,
        kind="asset",
        id=asset.id,
        title=asset.title,
        was=was.isoformat() if was else None,
        next=asset.review_on.isoformat(),
    )
    return asset.review_on


def set_review_dates(at: datetime) -> int:
    """Give a review date to the published assets that must have one and have none; how many."""
    wanted = {
        known.id: known
        for known in published_assets()
        if known.terms.review_required and known.terms.review_months
    }
    if not wanted:
        return 0
    today = counting_day(at, zone())
    without = db.session.scalars(
        select(Asset).where(Asset.status == Status.PUBLISHED, Asset.review_on.is_(None))
    )
    done = 0
    for asset in without:
        known = wanted.get(asset.id)
        if known is None:
            continue
        due = month_later(known.published, known.terms.review_months or 12)
        # What has been out for years is not due all at once.
        asset.review_on = max(due, today + timedelta(days=DATES_AHEAD[0]))
        done += 1
    return done


def remind(at: datetime) -> None:
    """Tell owners of reviews and expiries four and two weeks ahead and on the day, once each."""
    today = counting_day(at, zone())
    ahead = today + timedelta(days=DATES_AHEAD[0])
    for column, kind in ((Asset.review_on, notices.REVIEW), (Asset.expires_on, notices.EXPIRY)):
        due: Any = db.session.execute(
            select(Asset.id, Asset.title, Asset.owner_id, column).where(
                Asset.status == Status.PUBLISHED,
                column.between(today - timedelta(days=LATE), ahead),
            )
        )
        for asset_id, title, owner_id, day in due:
            step = next((days for days in sorted(DATES_AHEAD) if (day - today).days <= days), 0)
            facts = {"asset": asset_id, "title": title, "day": day.isoformat()}
            tell([owner_id], kind, facts, at, once=f"{asset_id} {day.isoformat()} {step}")
