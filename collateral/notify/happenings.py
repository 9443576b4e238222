"""What other systems can be told of, each declared by the feature in which it happens.

PUBLISHED = declare_happening(
    Happening("asset.published", N_("An asset is published"), lambda f: f"/assets/{f['asset']}",
              about=("asset",))
)
announce(PUBLISHED, {"asset": asset.id, "title": asset.title}, at)    # announcing.py
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collateral.notify.kinds import Facts
from collateral.words import N_

_happenings: dict[str, Happening] = {}


@dataclass(frozen=True)
class Happening:
    """One kind of happening.

    `label`, marked by `N_`, names it on the page. `address` is the path inside the app to what it
    is about, made from the facts. `about` names the facts that hold ids of things with a scope
    (`kinds.declare_scope`): who set the webhook up must be able to see all of them, each time.
    `offered`: whether one can ask for it.
    """

    name: str
    label: str
    address: Callable[[Facts], str]
    about: tuple[str, ...] = ()
    offered: bool = True


def declare_happening(happening: Happening) -> Happening:
    """Make it known; its name is unique and at most 60 characters."""
    if _happenings.setdefault(happening.name, happening) is not happening:
        raise ValueError(f"There is a happening {happening.name} already.")
    return happening


def happenings() -> Mapping[str, Happening]:
    """All by name, in the order in which they were declared."""
    return _happenings


def offered() -> list[Happening]:
    """Those that a webhook can ask for."""
    return [each for each in _happenings.values() if each.offered]


TRIED = declare_happening(
    Happening(
        "webhook.tried",
        N_("Somebody tries the webhook"),
        lambda facts: f"/admin/webhooks/{facts['webhook']}",
        offered=False,
    )
)
