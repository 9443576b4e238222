"""What is counted for one person or address is counted over all web processes."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from http.cookiejar import CookieJar

from collateral.accounts.throttle import ACCOUNT
from collateral.api.auth import FOR_WRONG_TOKENS
from tests.cluster.machines import Cluster


def test_wrong_tokens_are_counted_over_both_web_processes(site: Cluster) -> None:
    before = site.proxy.shares()
    statuses = [ask(site, n) for n in range(FOR_WRONG_TOKENS.amount + 5)]
    assert statuses == [401] * FOR_WRONG_TOKENS.amount + [429] * 5
    assert_both_were_asked(site, before)


def ask(site: Cluster, n: int) -> int:
    """What a wrong token is answered; the sender claims to be another each time."""
    headers = {"Authorization": f"Bearer wrong{n}", "X-Forwarded-For": f"10.0.0.{n}"}
    return status(urllib.request.build_opener(), f"{site.url}/api/v1/assets", headers)


def test_guesses_at_a_password_are_counted_over_both_web_processes(site: Cluster) -> None:
    before = site.proxy.shares()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{site.url}/sign-in") as page:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token
    form = {"csrf_token": token[1], "email": "nobody@example.com", "password": "a wrong one"}
    answers = [
        status(browser, f"{site.url}/sign-in", {}, urllib.parse.urlencode(form).encode())
        for _ in range(ACCOUNT.free + 3)
    ]
    assert 429 not in answers[: ACCOUNT.free]
    # Each process alone has seen too few of them to say so.
    assert len(answers) / 2 < ACCOUNT.free
    assert 429 in answers[ACCOUNT.free :], answers
    assert_both_were_asked(site, before)


def status(
    opener: urllib.request.OpenerDirector,
    address: str,
    headers: dict[str, str],
    body: bytes | None = None,
) -> int:
    try:
        with opener.open(urllib.request.Request(address, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def assert_both_were_asked(site: Cluster, before: Counter[str]) -> None:
    asked = site.proxy.shares() - before
    assert len(asked) == 2, asked
