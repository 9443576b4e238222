"""Every setting, every default, and all reading of the environment.

A setting that makes no sense stops the start with one sentence that names it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from collateral.errors import BadSetting

ROOT = Path(__file__).resolve().parent.parent

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)?\s*$", re.IGNORECASE)
_UNITS = {"b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}


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
    slow_query_ms: int = 0
    """Statements that take so many milliseconds are logged; 0 for none."""
    sample_assets: int = 0
    """So many assets of the sample library at most; 0 for all."""
    testing: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the settings.

        Raises:
            BadSetting: one sentence that names the setting which makes no sense.
        """
        env = os.environ if environ is None else environ
        home = _home(env.get("COLLATERAL_HOME", ""))
        database_url = _database(env.get("DATABASE_URL", ""), home)
        storage_url = _storage(env.get("STORAGE_URL", ""), home)
        return cls(
            home=home,
            database_url=database_url,
            database_read_url=_database_read(env.get("DATABASE_READ_URL", ""), database_url),
            database_pool=_whole_number(
                env.get("DATABASE_POOL", "") or "8", "DATABASE_POOL", 1, 200
            ),
            database_prepare=_whole_number(
                env.get("DATABASE_PREPARE", "") or "5", "DATABASE_PREPARE", 0, 1000
            ),
            search_url=_search(env.get("SEARCH_URL", "")),
            storage_url=storage_url,
            send_files=_send_files(env.get("SEND_FILES", ""), storage_url),
            queue_url=_queue(env.get("QUEUE_URL", ""), home),
            secret_key=_secret_key(env.get("SECRET_KEY", ""), home),
            base_url=_base_url(env.get("BASE_URL", "")),
            mail_url=_mail(env.get("MAIL_URL", "")),
            mail_from=env.get("MAIL_FROM", "") or "Collateral <collateral@localhost>",
            max_upload=parse_size(env.get("MAX_UPLOAD", "") or "2GiB", "MAX_UPLOAD"),
            time_zone=_time_zone(env.get("TIME_ZONE", "")),
            proxies=_whole_number(env.get("PROXIES", "") or "0", "PROXIES", 0, 5),
            log_level=_log_level(env.get("LOG_LEVEL", "")),
            metrics_token=_metrics_token(env.get("METRICS_TOKEN", "")),
            metrics_from=_networks(env.get("METRICS_FROM", ""), "METRICS_FROM"),
            slow_query_ms=_whole_number(
                env.get("SLOW_QUERY_MS", "") or "500", "SLOW_QUERY_MS", 0, 3_600_000
            ),
            sample_assets=_whole_number(
                env.get("SAMPLE_ASSETS", "") or "0", "SAMPLE_ASSETS", 0, 1000
            ),
        )

    @property
    def trusted_host(self) -> str:
        """The one host name that requests may carry."""
        return urlsplit(self.base_url).hostname or "127.0.0.1"

    @property
    def secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies may insist on it."""
        return self.base_url.startswith("https://")


def parse_size(text: str, name: str) -> int:
    """Bytes of "2GiB", "500 MiB" or "1048576"."""
    match = _SIZE.match(text)
    if not match:
        raise BadSetting(f"{name} must be a size such as 500MiB or 2GiB, not “{text}”.")
    size = int(float(match[1]) * _UNITS[(match[2] or "B").lower()])
    if size < 1:
        raise BadSetting(f"{name} must be more than nothing, not “{text}”.")
    return size


def _home(text: str) -> Path:
    home = Path(text or ROOT / "instance").expanduser().absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"COLLATERAL_HOME cannot be made at {home}: {error.strerror}.") from error
    if not os.access(home, os.W_OK):
        raise BadSetting(f"COLLATERAL_HOME at {home} cannot be written to.")
    return home


def _database(text: str, home: Path) -> str:
    if not text:
        return f"sqlite:///{home / 'collateral.sqlite'}"
    if text.startswith("sqlite:///"):
        return text
    return _postgresql(text, "DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")


def _database_read(text: str, database_url: str) -> str:
    if not text:
        return ""
    if database_url.startswith("sqlite"):
        raise BadSetting(
            "DATABASE_READ_URL is for a copy of the PostgreSQL that DATABASE_URL names."
        )
    return _postgresql(text, "DATABASE_READ_URL must begin with postgresql+psycopg://.")


def _postgresql(text: str, sentence: str) -> str:
    if text.startswith("postgresql+psycopg://"):
        return text
    if text.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    raise BadSetting(sentence)


def _search(text: str) -> str:
    text = text or f"whoosh:{ROOT / 'search_index'}"
    if text == "postgres:" or (text.startswith("whoosh:") and len(text) > len("whoosh:")):
        return text
    raise BadSetting("SEARCH_URL must be whoosh:FOLDER or postgres:.")


def _storage(text: str, home: Path) -> str:
    if not text:
        return f"file:{home / 'files'}"
    if text.startswith("file:") and len(text) > len("file:"):
        return text
    if text.startswith("s3://") and urlsplit(text).netloc:
        return text
    raise BadSetting("STORAGE_URL must be file:FOLDER or s3://BUCKET?endpoint=ADDRESS.")


def _send_files(text: str, storage_url: str) -> str:
    if not text:
        return ""
    if not re.fullmatch(r"/(?:[\w-]+/)+", text):
        raise BadSetting(f"SEND_FILES must be an address such as /kept/, not “{text}”.")
    if not storage_url.startswith("file:"):
        raise BadSetting("SEND_FILES needs a STORAGE_URL that is a folder; S3 sends by itself.")
    return text


def _queue(text: str, home: Path) -> str:
    if not text:
        return f"sqlite:{home / 'queue.sqlite'}"
    if text.startswith(("redis://", "rediss://")) or (text.startswith("sqlite:") and len(text) > 7):
        return text
    raise BadSetting("QUEUE_URL must be sqlite:FILE or redis://HOST:PORT/NUMBER.")


def _secret_key(text: str, home: Path) -> str:
    if text:
        if len(text) < 32:
            raise BadSetting("SECRET_KEY must have at least 32 characters.")
        return text
    path = home / "secret_key"
    try:
        # O_EXCL: of two processes that start at once, one makes the key and both read it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if len(key) < 32:
        raise BadSetting(
            f"SECRET_KEY in {path} is damaged; remove the file to have a new one made."
        )
    return key


def _base_url(text: str) -> str:
    url = (text or "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise BadSetting("BASE_URL must be an address such as https://collateral.example.com.")
    return url


def _mail(text: str) -> str:
    if text and urlsplit(text).scheme not in ("smtp", "smtps"):
        raise BadSetting("MAIL_URL must begin with smtp:// or smtps://.")
    return text


def _time_zone(text: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    name = text or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSetting(
            f"TIME_ZONE must be a name such as Europe/Berlin, not “{name}”."
        ) from error
    return name


def _metrics_token(text: str) -> str:
    if text and (len(text) < 20 or not text.isascii() or " " in text):
        raise BadSetting("METRICS_TOKEN must have at least 20 characters, without spaces.")
    return text


def _networks(text: str, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise BadSetting(
            f"{name} must be networks such as 127.0.0.1,10.0.0.0/8, not “{text}”."
        ) from error


def _whole_number(text: str, name: str, low: int, high: int) -> int:
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not “{text}”.")
    return int(text)


def _log_level(text: str) -> str:
    level = (text or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise BadSetting(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{text}”.")
    return level
