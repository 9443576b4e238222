"""Each lie that a token can tell, and one line of the trail for it."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import time
from typing import Any

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from collateral.accounts.models import Role
from tests.accounts.people import is_signed_in
from tests.accounts.single_sign_on.coming_in import EMAIL, come_in, entries, whys
from tests.accounts.single_sign_on.identity_provider import CLIENT, SECRET, Provider, Spoil
from tests.factories import make_person

OWN_KEY = ECKey.generate_key("P-256", {"kid": "own"})


@functools.cache
def _another() -> RSAKey:
    """A key that calls itself as the provider's does."""
    return RSAKey.generate_key(2048, {"kid": "first"})


def _changed(**claims: Any) -> Spoil:
    def spoil(_provider: Provider, said: dict[str, Any]) -> None:
        said.update({name: value() if callable(value) else value for name, value in claims.items()})

    return spoil


def _without(*names: str) -> Spoil:
    def spoil(_provider: Provider, said: dict[str, Any]) -> None:
        for name in names:
            del said[name]

    return spoil


def _part(said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def _unsigned(_provider: Provider, said: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(said)}."


def _by_the_public_key(provider: Provider, said: dict[str, Any]) -> str:
    words = f"{_part({'alg': 'HS256', 'kid': provider.key.kid})}.{_part(said)}"
    public = provider.key.as_pem(private=False)
    mac = hmac.digest(public, words.encode(), hashlib.sha256)
    return f"{words}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _by_the_secret(provider: Provider, said: dict[str, Any]) -> str:
    words = f"{_part({'alg': 'HS256'})}.{_part(said)}"
    mac = hmac.digest(SECRET.encode(), words.encode(), hashlib.sha256)
    return f"{words}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _by_another_key(provider: Provider, said: dict[str, Any]) -> str:
    return provider.signed(said, _another())


def _with_its_own_key(_provider: Provider, said: dict[str, Any]) -> str:
    header = {"alg": "ES256", "jwk": OWN_KEY.as_dict(private=False)}
    return jwt.encode(header, said, OWN_KEY, algorithms=["ES256"])


def _replayed(provider: Provider, _said: dict[str, Any]) -> str:
    return provider.tokens[0]


LIES: dict[str, tuple[Spoil, str]] = {
    "wrong signature": (_by_another_key, "bad_signature"),
    "no signature": (_unsigned, "unsupported_algorithm"),
    "signed with the public key": (_by_the_public_key, "unsupported_algorithm"),
    "signed with our secret": (_by_the_secret, "unsupported_algorithm"),
    "brings its own key": (_with_its_own_key, ""),
    "another issuer": (_changed(iss="https://login.example.com"), "invalid_claim iss"),
    "for another client": (_changed(aud="another"), "invalid_claim aud"),
    "for others but us": (_changed(aud=["another", "third"]), "invalid_claim aud"),
    "expired": (_changed(exp=lambda: time.time() - 61), "expired_token exp"),
    "not yet": (_changed(nbf=lambda: time.time() + 120), "invalid_claim nbf"),
    "issued in the future": (_changed(iat=lambda: time.time() + 120), "invalid_claim iat"),
    "another nonce": (_changed(nonce="another"), "invalid_claim nonce"),
    "no nonce": (_without("nonce"), "missing_claim nonce"),
    "an earlier token": (_replayed, "invalid_claim nonce"),
    "nobody": (_without("sub"), "missing_claim sub"),
    "an empty subject": (_changed(sub=""), "invalid_claim sub"),
    "a subject with a null": (_changed(sub="sub-1\0"), "invalid_claim sub"),
    "made for another": (_changed(azp="another"), "invalid_claim azp"),
    "for two, made for nobody": (_changed(aud=[CLIENT, "another"]), "missing_claim azp"),
    "no end": (_without("exp"), "missing_claim exp"),
    "no token at all": (lambda _provider, _said: "", "no id_token"),
    "no token but words": (lambda _provider, _said: "a.b.c", ""),
}


def test_t12_each_false_token_is_refused_and_stands_in_the_trail(
    app: Flask, provider: Provider
) -> None:
    make_person(Role.REP, email=EMAIL)
    assert come_in(app.test_client()).status_code == 303  # she is known; the first token is good
    for number, (lie, (spoil, reason)) in enumerate(LIES.items(), start=1):
        provider.spoil = spoil
        client = app.test_client()
        answer = come_in(client)
        assert answer.status_code == 400, lie
        assert "Kelvane ID did not confirm who you are." in answer.text, lie
        assert not is_signed_in(client), lie
        assert len(whys()) == number, lie
        assert reason in whys()[-1], lie
    assert len(entries("person.signed_in")) == 1
