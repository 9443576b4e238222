"""Every setting, every default, and all reading of the environment.

A setting that makes no sense stops the start with one sentence that names it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit

from collateral import config_rules as rules

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class _Said:
    """What stands in the environment; what is not there is nothing."""

    environ: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.environ.get(name, "")

    def whole_number(self, name: str, default: int, low: int, high: int) -> int:
        return rules.whole_number(self.text(name) or str(default), name, low, high)

    def identity_provider(self, base_url: str) -> rules.IdentityProvider | None:
        said = self.text
        return rules.identity_provider(
            said("OIDC_ISSUER"),
            said("OIDC_CLIENT_ID"),
            said("OIDC_CLIENT_SECRET"),
            said("OIDC_NAME"),
            base_url,
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one installation is told about its surroundings. Never changes while it runs."""

    home: Path
    database_url: str
    database_read_url: str
    database_pool: int
    database_prepare: int
    search_url: str
    storage_url: str
    queue_url: str
    secret_key: str
    base_url: str
    mail_url: str
    mail_from: str
    max_upload: int
    time_zone: str
    proxies: int
    log_level: str
    send_files: str = ""
    """The address under which the proxy sends kept files itself (X-Accel-Redirect), or nothing."""
    metrics_token: str = ""
    metrics_from: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks from which `/metrics` may be read without the token."""
    webhooks_to: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that webhooks may tell though they are not public, there on any port."""
    slow_query_ms: int = 0
    """Statements that take so many milliseconds are logged; 0 for none."""
    identity_provider: rules.IdentityProvider | None = None
    """Who else may say who somebody is, by OpenID Connect; nobody for passwords alone."""
    sample_assets: int = 0
    """So many assets of the sample library at most; 0 for all."""
    testing: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the settings.

        Raises:
            BadSetting: one sentence that names the setting which makes no sense.
        """
        env = _Said(os.environ if environ is None else environ)
        said, whole = env.text, env.whole_number
        home = rules.home_folder(said("COLLATERAL_HOME") or str(ROOT / "instance"))
        database_url = rules.database(said("DATABASE_URL"), home)
        storage_url = rules.storage(said("STORAGE_URL"), home)
        base_url = rules.base_url(said("BASE_URL"))
        return cls(
            home=home,
            database_url=database_url,
            database_read_url=rules.database_read(said("DATABASE_READ_URL"), database_url),
            database_pool=whole("DATABASE_POOL", 8, 1, 200),
            database_prepare=whole("DATABASE_PREPARE", 5, 0, 1000),
            search_url=rules.search(said("SEARCH_URL") or f"whoosh:{ROOT / 'search_index'}"),
            storage_url=storage_url,
            send_files=rules.send_files(said("SEND_FILES"), storage_url),
            queue_url=rules.queue(said("QUEUE_URL"), home),
            secret_key=rules.secret_key(said("SECRET_KEY"), home),
            base_url=base_url,
            mail_url=rules.mail(said("MAIL_URL")),
            mail_from=rules.mail_from(said("MAIL_FROM")),
            max_upload=rules.size(said("MAX_UPLOAD") or "2GiB", "MAX_UPLOAD"),
            time_zone=rules.time_zone(said("TIME_ZONE")),
            proxies=whole("PROXIES", 0, 0, 5),
            log_level=rules.log_level(said("LOG_LEVEL")),
            metrics_token=rules.metrics_token(said("METRICS_TOKEN")),
            metrics_from=rules.networks(said("METRICS_FROM"), "METRICS_FROM"),
            webhooks_to=rules.networks(said("WEBHOOKS_TO"), "WEBHOOKS_TO"),
            slow_query_ms=whole("SLOW_QUERY_MS", 500, 0, 3_600_000),
            identity_provider=env.identity_provider(base_url),
            sample_assets=whole("SAMPLE_ASSETS", 0, 0, 1000),
        )

    @property
    def trusted_host(self) -> str:
        """The one host name that requests may carry."""
        return urlsplit(self.base_url).hostname or "127.0.0.1"

    @property
    def secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")
