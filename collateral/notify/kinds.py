"""The kinds of notice, each declared by the feature that sends it.

RETIRED = declare(
    Kind(
        "asset_retired",
        N_("An asset that I sent is retired"),
        sentence=lambda facts: _("“%(title)s” is retired.", title=facts["title"]),
        address=lambda facts: f"/assets/{facts['asset']}",
        about=("asset",),
    )
)
tell([person.id], RETIRED, {"asset": asset.id, "title": asset.title}, at)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from collateral.accounts.models import Person
from collateral.accounts.permissions import Permission, can

Facts = Mapping[str, str | int]
Scope = Callable[[Person, Collection[int]], set[int]]
"""Of these ids those that the person may see, by one query."""

_kinds: dict[str, Kind] = {}
_scopes: dict[str, Scope] = {}


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    `label`, marked by `N_`, names it on the page of preferences. `sentence` says one notice in
    the reader's language, `address` is the path inside the app to what it is about; both get
    the facts that `tell` was given. `by_mail`: whether the digest brings it unless she chose
    otherwise. `about` names the facts that hold ids of things with a `scope` ("asset", "deal"):
    a notice whose things she may no longer see is not shown. `needs`: it is offered to those
    alone who may do this, for nobody else is ever told.
    """

    name: str
    label: str
    sentence: Callable[[Facts], str]
    address: Callable[[Facts], str]
    by_mail: bool = True
    about: tuple[str, ...] = ()
    needs: Permission | None = None


def declare(kind: Kind) -> Kind:
    """Make the kind known; its name is unique and at most 60 characters."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"There is a kind of notice {kind.name} already.")
    return kind


def kinds() -> Mapping[str, Kind]:
    """All kinds by name, in the order in which they were declared."""
    return _kinds


def offered_to(person: Person) -> Mapping[str, Kind]:
    """Those that she may be told, in the same order."""
    return {
        name: kind for name, kind in _kinds.items() if kind.needs is None or can(person, kind.needs)
    }


def declare_scope(name: str, scope: Scope) -> None:
    """Say which ids under the fact `name` a person may see."""
    _scopes[name] = scope


def scopes() -> Mapping[str, Scope]:
    return _scopes
