"""A library for which one identity provider vouches; that provider really runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from joserfc.jwk import RSAKey

from collateral import create_app
from collateral.accounts import provider as way
from collateral.config import Settings
from collateral.config_rules import IdentityProvider
from collateral.db import db
from tests.accounts.single_sign_on.coming_in import EMAIL
from tests.accounts.single_sign_on.identity_provider import CLIENT, SECRET, Provider, running
from tests.conftest import COMPILED_TEMPLATES
from tests.support import Browser


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    with running(RSAKey.generate_key(2048, {"kid": "first"})) as provider:
        yield provider


@pytest.fixture
def provider(_provider: Provider) -> Iterator[Provider]:
    """As honest as on its first day."""
    way._ready.clear()
    way._away.clear()
    fresh = Provider(_provider.key, _provider.issuer)
    kept = dict(vars(_provider))
    vars(_provider).update(vars(fresh))
    _provider.is_("sub-1", EMAIL, True)
    yield _provider
    vars(_provider).update(kept)


@pytest.fixture
def app(settings: Settings, provider: Provider) -> Iterator[Flask]:
    known = IdentityProvider(provider.issuer, CLIENT, SECRET, "Kelvane ID")
    app = create_app(replace(settings, identity_provider=known))
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
