"""Pure rules: waiting, networks, where one may be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collateral.accounts.rules import Patience, browser_of, network_of, safe_next

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 1), (6, 2), (8, 8), (12, 60), (500, 60)]
)
def test_the_wait_doubles_up_to_its_cap(failures: int, seconds: int) -> None:
    patience = Patience(free=5, longest=timedelta(minutes=1))
    assert patience.wait(failures) == timedelta(seconds=seconds)


def test_the_wait_is_counted_from_the_last_failure() -> None:
    patience = Patience(free=1, longest=timedelta(minutes=1))
    last = AT - timedelta(seconds=3)
    assert patience.left(3, last, AT) == timedelta(seconds=1)
    assert patience.left(1, last, AT) == timedelta(0)
    assert patience.left(9, None, AT) == timedelta(0)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_t10_an_address_counts_for_its_network(address: str | None, network: str) -> None:
    assert network_of(address) == network


# After Warehouse's and Django's lists of what has fooled such checks.
ELSEWHERE = [
    "http://example.com",
    "http:///example.com",
    "https://example.com",
    "ftp://example.com",
    "//example.com",
    "///example.com",
    "////example.com",
    r"\\example.com",
    r"\\\example.com",
    r"/\\/example.com",
    r"\\//example.com",
    r"/\/example.com",
    r"\/example.com",
    r"/\example.com",
    r"/\evil",
    r"http:/\//example.com",
    r"http:\/example.com",
    r"http:/\example.com",
    'javascript:alert("XSS")',
    "\njavascript:alert(x)",
    "java\nscript:alert(x)",
    "\x08//example.com",
    "\n",
    " /x",
    "/\t/evil",
    "/%09/evil",
    "/\n/evil",
    "/\r/evil",
    "/\x00/evil",
    "/%5cevil",
    "/%2f/evil",
    "%2f%2fevil",
    r"http://otherserver\@example.com",
    r"http:\\testserver\@example.com",
    r"http://testserver\me:pass@example.com",
    r"http://testserver\@example.com",
    "http:999999999",
    "http:example.com",
    "data:text/html,x",
    "evil",
    "assets/1",
    "?x",
    "#x",
    "",
    None,
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_t14_only_paths_of_ours_are_followed(target: str | None) -> None:
    assert safe_next(target) is None


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/assets/12?page=7",
        "/view/?param=http://example.com",
        "/search?q=%22predict%22%20-old%0A",
        "/deals/ünïcode path",
        "/url%20with%20spaces/",
        "/a//b",
    ],
)
def test_t14_our_own_paths_are_kept(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) Safari/605", "Safari macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604", "Safari iPhone"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox Android"),
        ("curl/8.5", " "),
    ],
)
def test_a_browser_is_called_what_people_call_it(user_agent: str, name: str) -> None:
    assert " ".join(browser_of(user_agent)) == name
