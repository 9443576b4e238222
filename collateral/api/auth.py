"""Who calls: a bearer token, its scopes, and how often it may call. Never a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import g, request

from collateral.accounts import tokens
from collateral.accounts.models import ApiToken, Person
from collateral.accounts.permissions import TABLE, Permission, can, maker, owner
from collateral.accounts.rules import network_of
from collateral.accounts.tokens import Scope
from collateral.api.problems import unauthorized
from collateral.clock import now
from collateral.db import db
from collateral.errors import Forbidden
from collateral.limits import Limit, spend

FOR_A_TOKEN = Limit("api-token", 6000, 60)
FOR_A_PERSON = Limit("api-person", 12000, 60)
FOR_WRONG_TOKENS = Limit("api-wrong-token", 60, 60)


@dataclass(frozen=True)
class Caller:
    """The person whose token it is; to everything behind the API she is who acts."""

    person: Person
    token_id: int


def admit(scope: Scope, permission: Permission) -> None:
    """Let the request in, or say why not. Afterwards `caller()` answers.

    Raises:
        Unauthorized: no token, or none that holds now.
        Forbidden: the token lacks the scope, or the person the permission.
        TooMany: the token, its person, or the address of wrong tokens asked too often.
    """
    token = _token()
    spend(FOR_A_TOKEN, f"token:{token.id}")
    spend(FOR_A_PERSON, f"person:{token.person_id}")
    if scope not in token.scopes:
        raise Forbidden(f"This token does not have the scope “{scope}”.")
    if not _may_ask(token.person, permission):
        raise Forbidden
    g.api_caller = Caller(token.person, token.id)
    g.token_checked = True  # from here on a request may send files (assets.uploads)


def caller() -> Caller:
    """Who calls. Only within a call that was admitted."""
    return cast(Caller, g.api_caller)


def actor() -> Person:
    """The person on whose behalf the call acts."""
    return caller().person


def _token() -> ApiToken:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        unauthorized("Send a token: Authorization: Bearer TOKEN.")
    token = tokens.find(text.strip(), at=now())
    if token is None:
        spend(FOR_WRONG_TOKENS, f"network:{network_of(request.remote_addr)}")
        unauthorized("This token is unknown, has expired or was revoked.")
    if tokens.note_use(token, at=now()):
        db.session.commit()
    return token


def _may_ask(person: Person, permission: Permission) -> bool:
    """Whether she has it at all; where owning the thing decides, the call itself asks again."""
    return can(person, permission) or any(
        predicate in (owner, maker) for predicate in TABLE[permission]
    )
