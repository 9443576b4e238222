"""The one permission table: a permission, and the predicates that grant it.

A person has a permission when any predicate in its row holds. Predicates take the
person and the object; the object is None where the permission is asked for in
general ("may this person upload at all?"). What a person may not *see* is decided
by the scoped queries (`assets.queries.visible`), so that it does not exist for
them; the table decides what may be done with what is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from collateral.accounts.models import Person, Role
from collateral.errors import Forbidden

Predicate = Callable[[Person, Any], bool]


class Permission(StrEnum):
    """`thing:act`, sorted."""

    ADAPTATION_EDIT = "adaptation:edit"
    ADAPTATION_MAKE = "adaptation:make"
    ADAPTATION_READ = "adaptation:read"
    ADAPTATION_REVIEW = "adaptation:review"
    ADMIN_AUDIT = "admin:audit"
    ADMIN_CONNECTIONS = "admin:connections"
    ADMIN_JOBS = "admin:jobs"
    ADMIN_PEOPLE = "admin:people"
    ADMIN_SAMPLE = "admin:sample"
    ADMIN_TEAMS = "admin:teams"
    ADMIN_UPKEEP = "admin:upkeep"
    ADMIN_VOCABULARIES = "admin:vocabularies"
    ASSET_CREATE = "asset:create"
    ASSET_DELETE = "asset:delete"
    ASSET_EDIT = "asset:edit"
    ASSET_PUBLISH = "asset:publish"
    ASSET_READ = "asset:read"
    ASSET_READ_ALL = "asset:read_all"
    ASSET_RETIRE = "asset:retire"
    COLLECTION_EDIT = "collection:edit"
    COLLECTION_FEATURE = "collection:feature"
    DEAL_EDIT = "deal:edit"
    DEAL_IMPORT = "deal:import"
    DEAL_READ = "deal:read"
    DEAL_READ_ALL = "deal:read_all"
    DOCKET = "docket:work"
    EVENT_IMPORT = "event:import"
    FEEDBACK_GIVE = "feedback:give"
    PACK_EDIT = "pack:edit"
    PROFILE = "profile:edit"
    REPORT_READ = "report:read"
    REPORT_READ_ALL = "report:read_all"
    REQUEST_ANSWER = "request:answer"
    REQUEST_MAKE = "request:make"
    REQUEST_READ = "request:read"
    SEARCH = "search:use"
    SHARE_CREATE = "share:create"
    SHARE_EDIT = "share:edit"
    SHARE_READ = "share:read"
    SHARE_READ_ALL = "share:read_all"
    SHARE_SETTINGS = "share:settings"
    USE_CORRECT = "use:correct"
    USE_DECLARE = "use:declare"


def anyone(_person: Person, _obj: Any) -> bool:
    """Whoever is signed in."""
    return True


def with_a_role(person: Person, _obj: Any) -> bool:
    """Whoever still has something to do here."""
    return bool(person.roles)


def marketer(person: Person, _obj: Any) -> bool:
    return Role.MARKETER in person.roles


def manager(person: Person, _obj: Any) -> bool:
    return Role.MANAGER in person.roles


def admin(person: Person, _obj: Any) -> bool:
    return Role.ADMIN in person.roles


def owner(person: Person, obj: Any) -> bool:
    """The object is the person's own."""
    return obj is not None and getattr(obj, "owner_id", None) == person.id


def maker(person: Person, obj: Any) -> bool:
    """The person made it (a use that she declared)."""
    return obj is not None and getattr(obj, "person_id", None) == person.id


def keeper(person: Person, obj: Any) -> bool:
    """A featured collection is kept by all who may feature one."""
    featured = obj is not None and getattr(obj, "kind", None) == "featured"
    return featured and (marketer(person, obj) or admin(person, obj))


TABLE: dict[Permission, tuple[Predicate, ...]] = {
    Permission.ADAPTATION_EDIT: (maker,),
    Permission.ADAPTATION_MAKE: (anyone,),
    Permission.ADAPTATION_READ: (anyone,),
    Permission.ADAPTATION_REVIEW: (marketer, admin),
    Permission.ADMIN_AUDIT: (admin,),
    Permission.ADMIN_CONNECTIONS: (admin,),
    Permission.ADMIN_JOBS: (admin, marketer),
    Permission.ADMIN_PEOPLE: (admin,),
    Permission.ADMIN_SAMPLE: (admin,),
    Permission.ADMIN_TEAMS: (admin,),
    Permission.ADMIN_UPKEEP: (admin,),
    Permission.ADMIN_VOCABULARIES: (admin,),
    Permission.ASSET_CREATE: (marketer, admin),
    Permission.ASSET_DELETE: (admin,),
    Permission.ASSET_EDIT: (marketer, admin, owner),
    Permission.ASSET_PUBLISH: (marketer, admin, owner),
    Permission.ASSET_READ: (anyone,),
    Permission.ASSET_READ_ALL: (marketer, admin),
    Permission.ASSET_RETIRE: (marketer, admin, owner),
    Permission.COLLECTION_EDIT: (owner, keeper),
    Permission.COLLECTION_FEATURE: (marketer, admin),
    Permission.DEAL_EDIT: (admin, owner),
    Permission.DEAL_IMPORT: (manager, admin),
    Permission.DEAL_READ: (anyone,),
    Permission.DEAL_READ_ALL: (manager, marketer, admin),
    Permission.DOCKET: (marketer, admin),
    Permission.EVENT_IMPORT: (admin,),
    Permission.FEEDBACK_GIVE: (anyone,),
    Permission.PACK_EDIT: (owner,),
    Permission.PROFILE: (anyone,),
    Permission.REPORT_READ: (anyone,),
    Permission.REPORT_READ_ALL: (manager, marketer, admin),
    Permission.REQUEST_ANSWER: (marketer, admin),
    Permission.REQUEST_MAKE: (anyone,),
    Permission.REQUEST_READ: (anyone,),
    Permission.SEARCH: (anyone,),
    Permission.SHARE_CREATE: (with_a_role,),
    Permission.SHARE_EDIT: (maker, admin),
    Permission.SHARE_READ: (anyone,),
    Permission.SHARE_READ_ALL: (admin,),
    Permission.SHARE_SETTINGS: (admin,),
    Permission.USE_CORRECT: (maker, admin),
    Permission.USE_DECLARE: (anyone,),
}

HIDDEN = frozenset({Permission.ADMIN_UPKEEP})
"""Those whose pages do not exist for whoever lacks them."""


def can(person: Person, permission: Permission, obj: Any = None) -> bool:
    """Whether the person has the permission, for `obj` where one is given."""
    return person.active and any(predicate(person, obj) for predicate in TABLE[permission])


def require(person: Person, permission: Permission, obj: Any = None) -> None:
    """Raise Forbidden unless `can`."""
    if not can(person, permission, obj):
        raise Forbidden
