"""What stands before every view: a route names its permission, or it does not answer.

    @bp.get("/deals/import")
    @requires(Permission.DEAL_IMPORT)
    def import_page() -> ResponseReturnValue: ...

A view without `requires` or `public` answers nobody (see `init_app`), so a
forgotten permission is a closed door.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from collateral.accounts.models import Person
from collateral.accounts.permissions import HIDDEN, TABLE, Permission, can, maker, owner

V = TypeVar("V", bound=Callable[..., Any])

PUBLIC = "public"
TOKEN = "token"  # noqa: S105 - the name of a kind of door


def requires(permission: Permission) -> Callable[[V], V]:
    """Only for people who have the permission in general; for one object, `require` in the view."""

    def mark(view: V) -> V:
        cast(Any, view).permission = permission
        return view

    return mark


def public(view: V) -> V:
    """For everybody, signed in or not (sign-in pages, health, a buyer's link)."""
    cast(Any, view).permission = PUBLIC
    return view


def token_only(view: V) -> V:
    """Answers to API tokens alone; the API checks them and the permission itself."""
    cast(Any, view).permission = TOKEN
    return view


def actor() -> Person:
    """The signed-in person. Only for views that `requires` guards."""
    return cast(Person, current_user.person)


def permission_of(endpoint: str) -> Permission | str | None:
    """What the endpoint's view names, None when it names nothing."""
    return getattr(current_app.view_functions[endpoint], "permission", None)


def init_app(app: Flask) -> None:
    """Put the check before every view, and `can` and `person` into every template."""
    app.before_request(_check)
    app.jinja_env.globals["can"] = _can

    @app.context_processor
    def _person() -> dict[str, Person | None]:
        signed_in = current_user and current_user.is_authenticated
        return {"person": current_user.person if signed_in else None}


def _can(permission: str, obj: Any = None) -> bool:
    return bool(
        current_user.is_authenticated and can(current_user.person, Permission(permission), obj)
    )


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    named = permission_of(request.endpoint)
    if named == TOKEN:
        return None
    # Asked for now, also for public pages: it notes when the session was last seen, and commits.
    signed_in = current_user.is_authenticated
    if named == PUBLIC:
        return None
    if not signed_in:
        if request.method == "GET" and _is_navigation():
            return redirect(url_for("accounts.sign_in", next=_here()))
        abort(401, gettext("You are not signed in. Sign in, then do this again."))
    if not isinstance(named, Permission):
        abort(404)
    if not can(current_user.person, named) and not _owner_may(named):
        abort(404 if named in HIDDEN else 403)
    return None


def _is_navigation() -> bool:
    """Whether a page is wanted, not a part of one that a script would put somewhere."""
    mode, accepted = request.headers.get("Sec-Fetch-Mode", "navigate"), request.accept_mimetypes
    return mode == "navigate" and (accepted.accept_html or not accepted)


def _owner_may(permission: Permission) -> bool:
    """Whether the row has predicates about an object, which only the view can judge."""
    return any(predicate in (owner, maker) for predicate in TABLE[permission])


def _here() -> str | None:
    return request.full_path.rstrip("?") if request.path != "/" else None
