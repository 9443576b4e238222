"""Sending a message to another system's address, and to no machine that it must not reach.

The name is resolved once; every number that it has is looked at; and one of these very numbers is
dialled, so that a name which changes its mind in between (DNS rebinding) leads nowhere. Redirects
are not followed, proxies of the environment not asked, and of the answer its status alone is read.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

from collateral.notify.addresses import Networks, Number, Place, may_reach
from collateral.words import N_, Sentence

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

log = logging.getLogger(__name__)

TO_CONNECT = 5.0
BETWEEN_BYTES = 10.0
IN_ALL = 20.0
"""Seconds that a receiver has for its whole answer, however slowly it sends."""
NUMBERS = 3

Resolve = Callable[[str, int], list[Number]]


class NotReached(Exception):
    """The receiver could not be asked, or gave no answer; `said` tells why."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said.text)
        self.said = said


def resolve(host: str, port: int) -> list[Number]:
    """All numbers of a name, once each, in the system's order."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(Sentence(N_("There is no machine of this name."))) from error
    return [ip_address(text) for text in dict.fromkeys(str(each[4][0]) for each in found)]


def post(
    place: Place,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Networks = (),
    resolve: Resolve = resolve,
) -> int:
    """Send the body and answer the status.

    Raises:
        NotReached: with the reason, in words for an admin.
    """
    numbers = resolve(place.host, place.port)
    allowed = tuple(allowed)
    if not numbers or not all(may_reach(each, place.port, allowed) for each in numbers):
        raise NotReached(Sentence(N_("This address does not lead to a public machine.")))
    for number in numbers[:NUMBERS]:
        connection = _connect(place, number)
        if connection is not None:
            return _post(connection, place, body, headers)
    raise NotReached(Sentence(N_("Nobody answers there.")))


def _connect(place: Place, number: Number) -> HTTPConnection | None:
    """A connection to this number; None where nobody takes it."""
    import ssl

    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import HTTPError

    if place.scheme == "https":
        # Its certificate is asked for, and judged, under its name and not its number.
        connection: HTTPConnection = HTTPSConnection(
            str(number),
            place.port,
            timeout=TO_CONNECT,
            ssl_context=ssl.create_default_context(),
            server_hostname=place.host,
        )
    else:
        connection = HTTPConnection(str(number), place.port, timeout=TO_CONNECT)
    try:
        connection.connect()
    except ssl.SSLError as error:
        connection.close()
        raise NotReached(
            Sentence(
                N_("Its certificate is not to be trusted: %(why)s"),
                {"why": getattr(error, "verify_message", "") or error.reason or ""},
            )
        ) from error
    except (HTTPError, OSError) as error:
        connection.close()
        log.info("webhook_not_connected", extra={"why": type(error).__name__})
        return None
    return connection


def _post(connection: HTTPConnection, place: Place, body: bytes, headers: Mapping[str, str]) -> int:
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    assert connection.sock is not None
    connection.sock.settimeout(BETWEEN_BYTES)
    last_call = threading.Timer(IN_ALL, _break_off, [connection.sock])
    last_call.start()
    try:
        connection.request(
            "POST", place.target, body=body, headers={**headers, "Host": place.named}
        )
        return connection.getresponse().status
    except (HTTPError, HTTPException, OSError) as error:
        log.info("webhook_not_answered", extra={"why": type(error).__name__})
        raise NotReached(Sentence(N_("It gave no answer in time, or none of HTTP."))) from error
    finally:
        last_call.cancel()
        connection.close()


def _break_off(connected: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        connected.shutdown(socket.SHUT_RDWR)
