"""What each setting may be, and the one sentence that is said where it makes no sense.

Each function takes the text of the environment and answers what `Settings` keeps of it. All of
them raise BadSetting, whose sentence names the setting. Folders that settings name are made here,
so that a start ends at once where they cannot be.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collateral.errors import BadSetting

_SIZE = re.compile(r"^\s*([0-9]{1,15}(?:\.[0-9]+)?)\s*(B|KiB|MiB|GiB|TiB)?\s*$", re.IGNORECASE)
_UNITS = {"b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}


def size(text: str, name: str) -> int:
    """Bytes of "2GiB", "500 MiB" or "1048576"."""
    match = _SIZE.match(text)
    if not match:
        raise BadSetting(f"{name} must be a size such as 500MiB or 2GiB, not “{text}”.")
    found = int(float(match[1]) * _UNITS[(match[2] or "B").lower()])
    if found < 1:
        raise BadSetting(f"{name} must be more than nothing, not “{text}”.")
    return found


def _address(text: str, name: str) -> SplitResult:
    """The parts of an address; whoever asks for its port gets one, or None."""
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError as error:
        raise BadSetting(f"{name} is no address: {error}.") from error
    return parts


def home_folder(text: str) -> Path:
    return _made(Path(text).expanduser().absolute(), "COLLATERAL_HOME")


def _made(folder: Path, name: str) -> Path:
    """The folder that the setting `name` wants; it is made where there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{name}: {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK):
        raise BadSetting(f"{name}: {folder} cannot be written to.")
    return folder


def database(text: str, home: Path) -> str:
    if not text:
        return f"sqlite:///{home / 'collateral.sqlite'}"
    if text.startswith("sqlite:///") and text != "sqlite:///":
        folder = Path(text.removeprefix("sqlite:///")).absolute().parent
        if not folder.is_dir():
            raise BadSetting(f"DATABASE_URL: there is no folder {folder}.")
        return text
    return _postgresql(text, "DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")


def database_read(text: str, database_url: str) -> str:
    if not text:
        return ""
    if database_url.startswith("sqlite"):
        raise BadSetting(
            "DATABASE_READ_URL is for a copy of the PostgreSQL that DATABASE_URL names."
        )
    return _postgresql(text, "DATABASE_READ_URL must begin with postgresql+psycopg://.")


def _postgresql(text: str, sentence: str) -> str:
    _address(text, sentence.partition(" ")[0])
    if text.startswith("postgresql+psycopg://"):
        return text
    if text.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    raise BadSetting(sentence)


def search(text: str) -> str:
    if text == "postgres:":
        return text
    if folder := text.removeprefix("whoosh:") if text.startswith("whoosh:") else "":
        _made(Path(folder).absolute(), "SEARCH_URL")
        return text
    raise BadSetting("SEARCH_URL must be whoosh:FOLDER or postgres:.")


def storage(text: str, home: Path) -> str:
    if not text:
        return f"file:{home / 'files'}"
    if folder := text.removeprefix("file:") if text.startswith("file:") else "":
        _made(Path(folder).absolute(), "STORAGE_URL")
        return text
    if text.startswith("s3://") and _address(text, "STORAGE_URL").netloc:
        return text
    raise BadSetting("STORAGE_URL must be file:FOLDER or s3://BUCKET?endpoint=ADDRESS.")


def send_files(text: str, storage_url: str) -> str:
    if not text:
        return ""
    if not re.fullmatch(r"/(?:[\w-]+/)+", text):
        raise BadSetting(f"SEND_FILES must be an address such as /kept/, not “{text}”.")
    if not storage_url.startswith("file:"):
        raise BadSetting("SEND_FILES needs a STORAGE_URL that is a folder; S3 sends by itself.")
    return text


def queue(text: str, home: Path) -> str:
    if not text:
        return f"sqlite:{home / 'queue.sqlite'}"
    if file := text.removeprefix("sqlite:") if text.startswith("sqlite:") else "":
        _made(Path(file).absolute().parent, "QUEUE_URL")
        return text
    if _address(text, "QUEUE_URL").scheme in ("redis", "rediss"):
        return text
    raise BadSetting("QUEUE_URL must be sqlite:FILE or redis://HOST:PORT/NUMBER.")


def secret_key(text: str, home: Path) -> str:
    if text:
        if len(text) < 32:
            raise BadSetting("SECRET_KEY must have at least 32 characters.")
        return text
    path = home / "secret_key"
    if not path.exists():
        _make_key(path)
    key = path.read_text().strip()
    if len(key) < 32:
        raise BadSetting(
            f"SECRET_KEY in {path} is damaged; remove the file to have a new one made."
        )
    return key


def _make_key(path: Path) -> None:
    """A new key in a file that nobody else may read, whole from the moment that it is there."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 600
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        # Of two processes that start at once the first gives it its name and both read it.
        with suppress(FileExistsError):
            path.hardlink_to(made)
    finally:
        made.unlink()


def base_url(text: str) -> str:
    url = (text or "http://127.0.0.1:8000").rstrip("/")
    parts = _address(url, "BASE_URL")
    # Nothing but scheme, host and port: everything else is put behind it.
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        raise BadSetting("BASE_URL must be an address such as https://collateral.example.com.")
    if f"{parts.scheme}://{parts.netloc}".lower() != url.lower():
        raise BadSetting("BASE_URL must end with the host or its port; no path may follow.")
    return url


@dataclass(frozen=True)
class IdentityProvider:
    """Who vouches for people by OpenID Connect, and as whom it knows us."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    """What people call it."""


def identity_provider(
    issuer: str, client_id: str, client_secret: str, name: str, base_url: str
) -> IdentityProvider | None:
    """None where no issuer is named; then none of the others may be said."""
    said = {"CLIENT_ID": client_id, "CLIENT_SECRET": client_secret, "NAME": name}
    for which, text in said.items():
        if text and not issuer:
            raise BadSetting(f"OIDC_{which} means nothing without OIDC_ISSUER.")
        if not text.isprintable() or len(text) > (60 if which == "NAME" else 1000):
            raise BadSetting(f"OIDC_{which} must be one short line.")
    if not issuer:
        return None
    host = _issuer(issuer, base_url)
    for which in ("CLIENT_ID", "CLIENT_SECRET"):
        if not said[which]:
            raise BadSetting(f"OIDC_ISSUER needs OIDC_{which}, which the provider gives.")
    return IdentityProvider(issuer, client_id, client_secret, name.strip() or host)


def _issuer(text: str, base_url: str) -> str:
    """Its host. The issuer itself is compared letter by letter, so that it is kept as it is."""
    parts = _address(text, "OIDC_ISSUER")
    # Unencrypted only where nobody but this machine comes by: for trying it out.
    here = urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise BadSetting("OIDC_ISSUER must be an address that begins with https://.")
    if not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./~-]*)?", text) or len(text) > 255:
        raise BadSetting(
            "OIDC_ISSUER must be such as https://login.example.com, without user or query."
        )
    return parts.hostname or text


def mail(text: str) -> str:
    if not text:
        return ""
    parts = _address(text, "MAIL_URL")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting("MAIL_URL must be smtp://HOST:PORT or smtps://USER:PASSWORD@HOST.")
    return text


def mail_from(text: str) -> str:
    text = text or "Collateral <collateral@localhost>"
    before, _, after = parseaddr(text)[1].rpartition("@")
    if not (before and after and text.isprintable()):
        raise BadSetting("MAIL_FROM must be such as Collateral <collateral@example.com>.")
    return text


def time_zone(text: str) -> str:
    name = text or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSetting(
            f"TIME_ZONE must be a name such as Europe/Berlin, not “{name}”."
        ) from error
    return name


def metrics_token(text: str) -> str:
    if text and (len(text) < 20 or not text.isascii() or " " in text):
        raise BadSetting("METRICS_TOKEN must have at least 20 characters, without spaces.")
    return text


def networks(text: str, name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise BadSetting(
            f"{name} must be networks such as 127.0.0.1,10.0.0.0/8, not “{text}”."
        ) from error


def whole_number(text: str, name: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not low <= int(text) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not “{text}”.")
    return int(text)


def log_level(text: str) -> str:
    level = (text or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise BadSetting(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{text}”.")
    return level
