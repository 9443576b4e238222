"""An identity provider that really speaks OpenID Connect, on a port of 127.0.0.1.

Our client calls it over a real socket. What it signs can be spoilt by `spoil`, what it answers by
the other fields; each of its codes is good once, for one client, address and PKCE verifier.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "library", "a secret between the two"
Spoil = Callable[["Provider", dict[str, Any]], str | None]


def _sha256(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Provider:
    key: RSAKey | ECKey
    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What it says of itself otherwise than it should."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Who is signed in at the provider."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    spoil: Spoil | None = None
    """Changes the claims of an id_token, or answers another token."""
    away: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def algorithm(self) -> str:
        return "RS256" if isinstance(self.key, RSAKey) else "ES256"

    def is_(self, subject: str, email: str | None = None, verified: object = None) -> None:
        told = {"sub": subject, "email": email, "email_verified": verified}
        self.claims = {name: value for name, value in told.items() if value is not None}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where it sends the browser back to, having asked nothing: its person is signed in."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert {"openid", "email"} <= set(asked["scope"].split())
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{asked['redirect_uri']}?{back}"

    def token(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        ours = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        if (
            authorization != f"Basic {ours}"
            or asked is None
            or sent["grant_type"] != "authorization_code"
            or sent["redirect_uri"] != asked["redirect_uri"]
            or _sha256(sent["code_verifier"]) != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        other = self.spoil(self, claims) if self.spoil else None
        id_token = other if other is not None else self.signed(claims)
        self.tokens.append(id_token)
        told = {"access_token": access, "token_type": "Bearer", "id_token": id_token}
        return 200, {name: value for name, value in told.items() if value}

    def signed(self, claims: dict[str, Any], key: RSAKey | ECKey | None = None) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, key or self.key, algorithms=[self.algorithm])

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/jwks":
            return {"keys": [{**self.key.as_dict(private=False), "use": "sig"}]}
        if path == "/userinfo":
            return self.userinfo
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256"],
            "authorization_response_iss_parameter_supported": True,
            "verify": False,
            **self.metadata,
        }


@contextmanager
def running(key: RSAKey | ECKey) -> Iterator[Provider]:
    provider = Provider(key)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.calls.append(parts.path)
            if provider.away:
                self.send(503, {})
            elif parts.path == "/authorize":
                back = provider.authorize(_flat(parts.query))
                self.send_response(302)
                self.send_header("Location", back)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send(200, provider.answer(parts.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if provider.away:
                return self.send(503, {})
            return self.send(*provider.token(_flat(sent), self.headers.get("Authorization", "")))

        def send(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
