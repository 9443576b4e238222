"""What the asset page shows of people's ratings and flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collateral.accounts.models import Person
from collateral.assets.models import Asset
from collateral.requests import queries_feedback as opinions
from collateral.requests.forms import FlagForm, RateForm, ResolveForm
from collateral.requests.models_feedback import Flag, FlagReason, Rating
from collateral.requests.notices import FLAG_REASONS


@dataclass(frozen=True)
class Said:
    """Forms that could not be taken, to be shown again as they were filled in."""

    rate: RateForm | None = None
    flag: FlagForm | None = None
    resolve: tuple[int, ResolveForm] | None = None
    """With the id of the flag."""


@dataclass(frozen=True)
class ShownFeedback:
    """See templates/assets/_feedback.html."""

    standing: opinions.Standing
    said: Sequence[Rating]
    own: Rating | None
    flags: Sequence[Flag]
    own_flag: Flag | None
    rate: RateForm
    flag: FlagForm
    resolve: dict[int, ResolveForm]
    """By the id of each flag."""
    current_version_id: int | None
    reasons: Mapping[FlagReason, str]


def shown_feedback(asset: Asset, person: Person, refused: Said) -> ShownFeedback:
    """Ratings, flags and the forms to say more, in four queries."""
    own = opinions.rating_of(asset, person)
    flags = opinions.open_flags(asset, person)
    own_flag = next((flag for flag in flags if flag.by_id == person.id), None)
    return ShownFeedback(
        standing=opinions.standing(asset),
        said=opinions.said(asset),
        own=own,
        flags=flags,
        own_flag=own_flag,
        rate=refused.rate
        or RateForm(
            formdata=None,
            stars=own.stars if own else None,
            sentence=own.sentence if own else "",
        ),
        flag=refused.flag
        or FlagForm(
            formdata=None,
            reason=own_flag.reason.value if own_flag else None,
            what=own_flag.sentence if own_flag else "",
        ),
        resolve={flag.id: ResolveForm(formdata=None) for flag in flags}
        | ({refused.resolve[0]: refused.resolve[1]} if refused.resolve else {}),
        current_version_id=asset.current_version_id,
        reasons=FLAG_REASONS,
    )
