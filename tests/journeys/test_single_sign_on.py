"""Through the button, to the provider and back, in a real browser.

Library and provider are two sites to it (`localhost` and `127.0.0.1`), so that cookies and the
content policy are put to the test as they are outside.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from collateral import create_app
from collateral.accounts.models import Role
from collateral.config import Settings
from collateral.config_rules import IdentityProvider
from collateral.db import db
from tests.accounts.single_sign_on.identity_provider import CLIENT, SECRET, running
from tests.factories import make_person
from tests.journeys.conftest import PERSON, watch
from tests.journeys.looking import settle
from tests.support import free_port


@pytest.mark.journey
def test_a_provider_lets_in_whom_it_knows_and_nobody_else(
    settings: Settings, browser: Browser, faults: list[str]
) -> None:
    port = free_port()
    with running(ECKey.generate_key("P-256", {"kid": "first"})) as provider:
        app = create_app(
            replace(
                settings,
                base_url=f"http://localhost:{port}",
                identity_provider=IdentityProvider(provider.issuer, CLIENT, SECRET, "Kelvane ID"),
            )
        )
        with app.app_context():
            make_person(Role.ADMIN)
            make_person(Role.REP, email="maja@kelvane.example", name="Maja Brandt")
            db.session.remove()
        server = make_server("localhost", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            provider.is_("sub-1", "maja@kelvane.example", True)
            plain = browser.new_context(
                base_url=f"http://localhost:{port}", user_agent=PERSON, java_script_enabled=False
            )
            page = plain.new_page()
            page.goto("/profile")
            page.get_by_role("link", name="Sign in with Kelvane ID").click()
            page.wait_for_url(f"http://localhost:{port}/profile")
            expect(page.get_by_text(provider.issuer)).to_be_visible()
            plain.close()

            provider.is_("sub-2", "stranger@kelvane.example", True)
            context = browser.new_context(base_url=f"http://localhost:{port}", user_agent=PERSON)
            heard: list[str] = []
            page = watch(context.new_page(), heard)
            page.goto("/sign-in")
            page.get_by_role("link", name="Sign in with Kelvane ID").click()
            told = page.get_by_text("Nobody here is known by your account at Kelvane ID.")
            expect(told).to_be_visible()
            settle(page)
            # The browser tells of the page's status, 403, and of nothing that a policy forbade.
            faults += [said for said in heard if "403" not in said]
            context.close()
        finally:
            server.shutdown()
            thread.join()
            with app.app_context():
                db.engine.dispose()
