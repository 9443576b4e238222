"""What was asked, as a row can have it, whatever view asks for it.

SQLite's driver fails at a number above its own largest, PostgreSQL at writing one: a number that no
row can have is none. `request.args.get("deal", type=int)` answers its default, and an address with
one leads nowhere. Nor does PostgreSQL keep a NUL, or take a question with one: words come without.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Map
from werkzeug.utils import cached_property

LARGEST = 2**31 - 1


def row_number(text: str) -> int:
    """The number, as far as a row's may be, below zero too. Raises ValueError."""
    number = int(text) if len(text) < 20 else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError(text[:20])
    return number


def search_number(text: str) -> int:
    """The number of a search: of 63 bits, where other rows' have 31. Raises ValueError."""
    number = int(text) if len(text) < 20 else -1
    if not 0 < number < 2**63:
        raise ValueError(text[:20])
    return number


class RowNumber(IntegerConverter):
    """`<int:…>` in an address."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


class _Bounded:
    """A query or a form in which `type=int` means a row's number."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:
        return super().get(key, default, _bounded(type))  # type: ignore[misc]

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        return super().getlist(key, _bounded(type))  # type: ignore[misc, no-any-return]


def _bounded(type: Any) -> Any:
    return row_number if type is int else type


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


class Asked(_Bounded, ImmutableMultiDict[str, str]):  # type: ignore[misc]
    """The parameters of an address, or of a form; and, by Werkzeug's parser, the files of one."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__([(name, _without_nul(value)) for name, value in pairs])


class AskedAnywhere(_Bounded, CombinedMultiDict[str, str]):  # type: ignore[misc]
    """Those of the address and then of the form."""


class Request(flask.Request):
    """A request in whose parameters are only numbers and words that a row can have."""

    parameter_storage_class = Asked

    @cached_property
    def values(self) -> CombinedMultiDict[str, str]:
        return AskedAnywhere(super().values.dicts)
