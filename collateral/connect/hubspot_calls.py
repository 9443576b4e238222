"""Calls to one HubSpot account: its access, and what fails.

The package is heavy, so it is imported where a job first calls. Answers are taken as they are sent:
its own classes for them are slow and refuse what they do not know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, cast

from collateral.clock import now
from collateral.connect.calling import Caller, retry_after
from collateral.connect.crm import BROKE, SILENT, UNREADABLE, Expired, Refused, Temporary
from collateral.words import N_, Sentence

TIMEOUT = (10, 90)
"""Seconds to reach it, and between two bytes of an answer."""


@dataclass
class Account:
    """Let in by the token of a private app, or as an app with a refresh token."""

    address: str
    secrets: Mapping[str, str]
    """`token`; or `client_id`, `client_secret` and `refresh_token`."""
    call: Caller
    _client: Any = None
    _parts: dict[str, Any] = field(default_factory=dict)
    """The client's APIs by name. It makes one at each mention, with connections of its own."""

    def ask(self, what: str, *args: Any, writes: bool = False, **said: Any) -> dict[str, Any]:
        """What HubSpot answers, as it sent it.

        Args:
            what: the client's method, such as "crm.deals.basic_api.get_page".
            writes: not to be done twice, see Caller.
        """
        if self._client is None:
            self._let_in()
        renew = self._let_in if "refresh_token" in self.secrets else None
        return self.call(lambda: _asked(self._method(what), *args, **said), renew, writes=writes)

    def _method(self, what: str) -> Callable[..., Any]:
        part, _, name = what.rpartition(".")
        if part not in self._parts:
            self._parts[part] = attrgetter(part)(self._client)
        return cast(Callable[..., Any], getattr(self._parts[part], name))

    def _let_in(self) -> None:
        from hubspot import HubSpot

        made = HubSpot(host=self.address, retry=False)
        made.access_token = self.secrets.get("token") or self._token(made)
        self._client, self._parts = made, {}

    def _token(self, client: Any) -> str:
        granted = self.call(
            lambda: _asked(
                client.oauth.tokens_api.create,
                grant_type="refresh_token",
                refresh_token=self.secrets["refresh_token"],
                client_id=self.secrets["client_id"],
                client_secret=self.secrets["client_secret"],
            )
        )
        return str(granted["access_token"])


def _asked(method: Callable[..., Any], *args: Any, **said: Any) -> dict[str, Any]:
    """The answer, with the library's and the network's failures as ours."""
    from urllib3.exceptions import HTTPError

    try:
        answer = method(*args, **said, _preload_content=False, _request_timeout=TIMEOUT)
        return dict(json.loads(answer.data))
    except HTTPError as error:
        raise Temporary(SILENT if "Timeout" in type(error).__name__ else BROKE) from error
    except ValueError as error:
        raise Temporary(UNREADABLE) from error
    except Exception as error:
        # Each of its sixty packages has a class of its own for them, without one above.
        if hasattr(error, "status") and hasattr(error, "headers"):
            raise _failure(error) from error
        raise


def _failure(error: Any) -> Exception:
    status = int(error.status or 0)
    if status == 401:
        return Expired()
    if status == 0 or status in (408, 423, 429) or status >= 500:
        heads = error.headers or {}
        wait = retry_after(heads.get("Retry-After"), now())
        said = Sentence(N_("HubSpot answered %(status)s."), {"status": status})
        return Temporary(said, wait, undone=status == 429)
    try:
        message = str(json.loads(error.body)["message"])[:300]
    except (TypeError, ValueError, KeyError):
        message = str(status)
    return Refused(Sentence(N_("HubSpot refused: %(message)s"), {"message": message}))
