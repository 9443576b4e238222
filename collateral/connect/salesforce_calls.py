"""Calls to one Salesforce organisation: signing in, queries page by page, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from collateral.clock import now
from collateral.connect.calling import Caller, retry_after
from collateral.connect.crm import BROKE, SILENT, UNREADABLE, CrmError, Expired, Refused, Temporary
from collateral.words import N_, Sentence

if TYPE_CHECKING:
    import requests

VERSION = "60.0"
TIMEOUT = (10, 90)
"""Seconds to reach it, and between two bytes of an answer."""
PAGE = {"Sforce-Query-Options": "batchSize=500"}
ALMOST_ALL = 0.95
"""The share of the day's calls after which we leave the rest to others."""
T = TypeVar("T")


@dataclass
class Session:
    """Signed in by the app's own key (OAuth 2.0, client credentials), anew where that ends."""

    address: str
    secrets: Mapping[str, str]
    """`client_id` and `client_secret`."""
    call: Caller
    _client: Any = None
    _heads: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """The answer to a GET beneath `/services/data/vN/`."""
        return self.answer(
            lambda: self._client.restful(path, timeout=TIMEOUT, allow_redirects=False)
        )

    def post(self, path: str, body: str) -> Any:
        return self.answer(
            lambda: self._client.restful(
                path, method="POST", data=body, timeout=TIMEOUT, allow_redirects=False
            ),
            writes=True,
        )

    def pages(self, query: str, *, deleted: bool = True) -> Iterator[list[dict[str, Any]]]:
        """The query's pages, at least one."""
        answer = self.answer(
            lambda: self._client.query(
                query, include_deleted=deleted, timeout=TIMEOUT, headers=PAGE, allow_redirects=False
            )
        )
        yield answer["records"]
        while not answer["done"]:
            answer = self.more(answer["nextRecordsUrl"], deleted=deleted)
            yield answer["records"]

    def more(self, url: str, *, deleted: bool = True) -> Any:
        return self.answer(
            lambda: self._client.query_more(
                url.rsplit("/", 1)[1],
                include_deleted=deleted,
                timeout=TIMEOUT,
                headers=PAGE,
                allow_redirects=False,
            )
        )

    def answer(self, ask: Callable[[], Any], *, writes: bool = False) -> Any:
        if self._client is None:
            self._sign_in()
        answer = self.call(lambda: self._asked(ask), self._sign_in, writes=writes)
        self._leave_some()
        return answer

    def _asked(self, ask: Callable[[], T]) -> T:
        """The answer, with the library's and the network's failures as ours."""
        import requests
        from simple_salesforce.exceptions import SalesforceError

        try:
            return ask()
        except SalesforceError as error:
            raise self._failure(error.status, error.content) from error
        except (requests.RequestException, ValueError) as error:
            raise Temporary(_said(error)) from error

    def _failure(self, status: int, content: Any) -> Exception:
        said = content[0] if isinstance(content, list) and content else {}
        code, message = said.get("errorCode", ""), str(said.get("message", ""))[:300]
        if status == 401:
            return Expired()
        if code == "REQUEST_LIMIT_EXCEEDED":
            return CrmError(
                Sentence(
                    N_("Salesforce takes no more calls today. The next run goes on from here.")
                )
            )
        if status in (408, 429) or status >= 500 or code in _PASSING:
            wait = retry_after(self._heads.get("Retry-After"), now())
            answer = Sentence(
                N_("Salesforce answered %(status)s."), {"status": f"{status} {code}".strip()}
            )
            return Temporary(answer, wait, undone=status == 429)
        message = message or f"{status} {code}"
        return Refused(Sentence(N_("Salesforce refused: %(message)s"), {"message": message}))

    def _leave_some(self) -> None:
        used = self._client.api_usage.get("api-usage")
        if used and used.total and used.used > ALMOST_ALL * used.total:
            raise CrmError(
                Sentence(
                    N_(
                        "Nearly all of the day's %(total)s calls to Salesforce are used; the rest "
                        "is left to others. The next run goes on from here."
                    ),
                    {"total": used.total},
                )
            )

    def _sign_in(self) -> None:
        """A new session, by the app's own key."""
        import requests
        from simple_salesforce.api import Salesforce as Client

        session = requests.Session()
        session.hooks["response"].append(self._note)
        granted = self.call(lambda: self._asked(lambda: self._token(session)))
        instance = str(granted["instance_url"])
        if not _belongs(instance, self.address):
            raise CrmError(
                Sentence(N_("Salesforce sent us to another address, where we do not go."))
            )
        client = Client(
            session_id=granted["access_token"],
            instance_url=instance,
            session=session,
            version=VERSION,
        )
        client.base_url = f"{instance.rstrip('/')}/services/data/v{VERSION}/"
        self._client = client

    def _token(self, session: requests.Session) -> dict[str, Any]:
        answer = session.post(
            f"{self.address}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self.secrets["client_id"],
                "client_secret": self.secrets["client_secret"],
            },
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        if answer.status_code in (400, 401):
            raise CrmError(
                Sentence(
                    N_(
                        "Salesforce does not know this key and secret; look at them and give them"
                        " again."
                    )
                )
            )
        if answer.status_code != 200:
            wait = retry_after(answer.headers.get("Retry-After"), now())
            status = {"status": answer.status_code}
            raise Temporary(
                Sentence(N_("Salesforce answered %(status)s at sign-in."), status), wait
            )
        return dict(answer.json())

    def _note(self, answer: requests.Response, **_more: Any) -> None:
        self._heads = answer.headers


_PASSING = {"SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "INVALID_QUERY_LOCATOR"}


def _belongs(instance: str, address: str) -> bool:
    """Whether we may go there with what we know: the address itself, or one of Salesforce's."""
    theirs, ours = urlsplit(instance), urlsplit(address)
    if (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc):
        return True
    host = theirs.hostname or ""
    return theirs.scheme == "https" and host.endswith((".salesforce.com", ".force.com"))


def _said(error: Exception) -> Sentence:
    """What became of a call, without its address, which may be long."""
    import requests

    if isinstance(error, requests.Timeout):
        return SILENT
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return BROKE
    return UNREADABLE
