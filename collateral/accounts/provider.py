"""The way to the identity provider and back, by OpenID Connect.

Authlib does what the protocol asks: discovery, PKCE, the code for tokens, keys, the checks of the
id_token. Here stands what it leaves to those who use it. Sources: OpenID Connect Core 1.0
(3.1.3.7, how an id_token is checked; 5.3.2, `sub` of userinfo), Discovery 1.0 (4.3, the issuer is
the one that was asked), RFC 7636 (PKCE), RFC 9207 (`iss` beside the code).

Whoever imports this imports Authlib and requests: only where a provider is set.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.base_client import (  # type: ignore[import-untyped]
    BaseApp,
    FrameworkIntegration,
    OAuth2Mixin,
    OpenIDMixin,
)
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from joserfc.errors import ClaimError, JoseError
from requests import RequestException

from collateral.config_rules import IdentityProvider

ALGORITHMS = ("RS256", "ES256")
"""By which an id_token may be signed: each needs the provider's private key."""
TIMEOUT = (3, 5)
"""Seconds to reach the provider, and to wait for a word of it."""
KEPT = 3600
"""Seconds for which what it says of itself, and its keys, are believed."""
RESTED = 10
"""Seconds for which a provider that was away is not asked again: nobody waits for it in a row."""
LEEWAY = 60
"""Seconds by which its clock may differ from ours."""
LONGEST = 255  # of a subject: Core 1.0, 2
HEADER, BODY = "client_secret_basic", "client_secret_post"  # how the provider wants our secret
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_WANTED = (
    *_ADDRESSES,
    "issuer",
    "userinfo_endpoint",
    "authorization_response_iss_parameter_supported",
    "_loaded_at",
)


class Away(Exception):
    """The provider does not answer, or says of itself what cannot be; the reason for the log."""


class Refused(Exception):
    """What came back proves nothing; the reason, in few words, for the trail."""


@dataclass(frozen=True)
class Claims:
    """What the provider vouches for."""

    issuer: str
    subject: str
    email: str = ""
    """Empty where it does not say that the address was verified."""


class _Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]
    """Authlib's client of one provider, without a framework around it."""

    client_cls = OAuth2Session


_ready: dict[IdentityProvider, _Client] = {}
_away: dict[IdentityProvider, float] = {}


def begin(provider: IdentityProvider, answer_to: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what to keep until it comes back: `state`, `nonce` and
    `code_verifier`, each of more than 100 random bits.

    Raises:
        Away: nothing is known of the provider just now.
    """
    made = _client(provider).create_authorization_url(answer_to)
    return made.pop("url"), made


def claims(
    provider: IdentityProvider, said: Mapping[str, str], begun: Mapping[str, str], answer_to: str
) -> Claims:
    """Whom the provider means: `said` is what the browser brought, `begun` what was kept for it.

    Raises:
        Refused: it was not this provider, not for this sign-in, or not for us.
        Away: the provider does not answer.
    """
    client = _client(provider)
    strict = client.server_metadata.get("authorization_response_iss_parameter_supported")
    if said.get("iss", None if strict else provider.issuer) != provider.issuer:
        raise Refused("iss of another provider")
    if told := said.get("error"):
        raise Refused(f"provider: {_word(told)}")
    if not said.get("code"):
        raise Refused("no code")
    try:
        token = client.fetch_access_token(
            answer_to, code=said["code"], code_verifier=begun["code_verifier"]
        )
        found = client.parse_id_token(token, begun["nonce"], _wanted(provider), leeway=LEEWAY)
        if found is None:
            raise Refused("no id_token")
        if "email" not in found and "userinfo_endpoint" in client.server_metadata:
            found = _completed(found, client.userinfo(token=token))
    except ClaimError as error:
        raise Refused(f"id_token: {error.error} {error.claim}") from error
    except JoseError as error:
        raise Refused(f"id_token: {error.error}") from error
    except AuthlibBaseError as error:
        raise Refused(f"code: {_word(error.error)}") from error
    except RequestException as error:
        raise _gone(provider, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # No JSON, or JSON of another shape than Authlib counts on.
        raise Refused(f"answer: {type(error).__name__}") from error
    return _read(provider, found)


def _wanted(provider: IdentityProvider) -> dict[str, dict[str, Any]]:
    """What Authlib is to check besides: it compares neither issuer nor audience by itself."""
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }


def _completed(found: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the address, where the provider tells it by userinfo (Core 1.0, 5.4)."""
    if told.get("sub") != found["sub"]:
        raise Refused("userinfo of another subject")
    return {**found, **{name: told.get(name) for name in ("email", "email_verified")}}


def _read(provider: IdentityProvider, found: Mapping[str, Any]) -> Claims:
    subject, email = found["sub"], found.get("email")
    if len(subject) > LONGEST or not subject.isprintable():
        raise Refused("id_token: invalid_claim sub")
    verified = found.get("email_verified") is True and isinstance(email, str)
    return Claims(provider.issuer, subject, str(email) if verified else "")


def _client(provider: IdentityProvider) -> _Client:
    """Ready to be asked. What the provider says of itself is read once an hour. Raises Away."""
    client = _ready.get(provider)
    if client is None or client.server_metadata["_loaded_at"] < time.time() - KEPT:
        if _away.get(provider, 0) > time.monotonic():
            raise Away("not asked again so soon")
        client = _made(provider)
        try:
            said = client.load_server_metadata()
            client.server_metadata = _checked(provider, said)
        except (RequestException, ValueError, TypeError, AttributeError) as error:
            raise _gone(provider, error) from error
        # Discovery 1.0, 3: where nothing is said, it takes the secret in a header.
        ways = said.get("token_endpoint_auth_methods_supported") or [HEADER]
        client.client_kwargs["token_endpoint_auth_method"] = HEADER if HEADER in ways else BODY
        _ready[provider] = client
    return client


def _made(provider: IdentityProvider) -> _Client:
    return _Client(
        FrameworkIntegration("provider"),
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT,
        },
    )


def _checked(provider: IdentityProvider, said: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is used, and nothing else: Authlib makes arguments of all that is said.

    Raises ValueError.
    """
    if said.get("issuer") != provider.issuer:
        raise ValueError(f"it calls itself {said.get('issuer')!r}, not {provider.issuer!r}")
    for name in (*_ADDRESSES, "userinfo_endpoint"):
        address = said.get(name)
        if address is None and name not in _ADDRESSES:
            continue
        if not str(address).startswith(("https://", provider.issuer.partition("//")[0] + "//")):
            raise ValueError(f"its {name} is {address!r}")
    offered = said.get("id_token_signing_alg_values_supported") or ALGORITHMS
    signed = [name for name in ALGORITHMS if name in offered]
    if not signed:
        raise ValueError(f"it signs by {offered!r}, not by {' or '.join(ALGORITHMS)}")
    used = {name: said[name] for name in _WANTED if name in said}
    return {**used, "id_token_signing_alg_values_supported": signed}


def _gone(provider: IdentityProvider, error: Exception) -> Away:
    _away[provider] = time.monotonic() + RESTED
    return Away(f"{type(error).__name__}: {error}"[:300])


def _word(said: object) -> str:
    """A code of the protocol (RFC 6749, 4.1.2.1) as it may stand in the trail."""
    return "".join(c for c in str(said) if c.isascii() and c.isprintable())[:60]
