"""Uploads flow from the socket straight into the store, hashed on the way.

Werkzeug would spool a file to a temporary place of its own and we would copy it from
there. Instead, a view that says `@takes_files` is given its files as `Upload`s, which
are already in the store's `incoming` folder. The form is parsed where it is first
asked for, and that is the CSRF check, before sign-in is looked at: so this checks by
itself that the person may send files here before it lets any bytes through. Every
other view takes small forms only.
"""

from __future__ import annotations

from collections.abc import Callable
from io import RawIOBase
from typing import IO, Any, TypeVar, cast

from flask import Flask, current_app, g
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from collateral.accounts.permissions import Permission, can
from collateral.asked import Request
from collateral.config import Settings
from collateral.db import db
from collateral.storage import Incoming, storage

V = TypeVar("V", bound=Callable[..., Any])

SMALL_FORM = 64 << 20  # bytes; of a view that says nothing else
AROUND_A_FILE = 1 << 20  # bytes for the boundaries and fields around the files


def takes_files(view: V) -> V:
    """Mark a view whose files come as `Upload`s, of up to MAX_UPLOAD each."""
    cast(Any, view).takes_files = True
    return view


def takes_form_of(most: int) -> Callable[[V], V]:
    """Mark a view whose form has up to so many bytes, which wait in a temporary file."""

    def mark(view: V) -> V:
        cast(Any, view).form_bytes = most
        return view

    return mark


class Upload(RawIOBase):
    """A file of the form, on its way into the store. `receive` takes it from here."""

    def __init__(self, incoming: Incoming) -> None:
        super().__init__()
        self.incoming = incoming

    def write(self, chunk: Any) -> int:
        return self.incoming.write(chunk)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser rewinds what it has written; nobody reads from here."""
        if offset or whence:
            raise OSError("An upload is not read from here.")
        return 0

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class UploadRequest(Request):
    """Flask's request, with files that go where they shall lie."""

    @property
    def max_content_length(self) -> int | None:
        if self._takes_files():
            return _settings().max_upload + AROUND_A_FILE
        if self.mimetype == "application/x-www-form-urlencoded":
            # Werkzeug reads such a form whole and holds it to no limit of its own.
            return self.max_form_memory_size
        view = current_app.view_functions.get(self.endpoint or "")
        most: int | None = getattr(view, "form_bytes", None)
        return most if most and _may_send(view) else SMALL_FORM

    @max_content_length.setter
    def max_content_length(self, _value: int | None) -> None:
        raise AttributeError("A view that takes files says so with @takes_files.")

    def _takes_files(self) -> bool:
        view = current_app.view_functions.get(self.endpoint or "")
        return bool(getattr(view, "takes_files", False)) and _may_send(view)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self._takes_files():
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        if total_content_length and total_content_length > _settings().max_upload + AROUND_A_FILE:
            raise RequestEntityTooLarge
        # While bytes flow no connection waits in a transaction; what was read is read again.
        db.session.rollback()
        incoming = storage().incoming_file(limit=_settings().max_upload)
        _underway().append(incoming)
        return cast(IO[bytes], Upload(incoming))


def _may_send(view: Any) -> bool:
    """Whether the person has the permission that the view names; tokens are checked by the API."""
    permission = getattr(view, "permission", None)
    if permission == "token":
        return bool(g.get("token_checked", False))
    return (
        isinstance(permission, Permission)
        and current_user.is_authenticated
        and can(current_user.person, permission)
    )


def _underway() -> list[Incoming]:
    if "incoming_files" not in g:
        g.incoming_files = []
    return cast(list[Incoming], g.incoming_files)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def init_app(app: Flask) -> None:
    """Give the application this request, and leave nothing behind of a broken upload."""
    app.request_class = UploadRequest

    @app.teardown_request
    def discard(_error: BaseException | None) -> None:
        for incoming in g.pop("incoming_files", ()):
            incoming.discard()
