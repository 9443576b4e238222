"""Statements of reports, made once for who asks for what.

To put a report's statement together takes Python longer than SQLite takes to answer it. It is
kept by everything that goes into it, by value: who may see what, the request, the days, the zone.
Only the statement is kept, never what it found.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

from collateral.reports.parts import Asked

P = ParamSpec("P")
S = TypeVar("S")

MOST = 200
"""Statements of each kind that are kept, the latest used."""


def made_once(
    make: Callable[Concatenate[Asked, P], S],
) -> Callable[Concatenate[Asked, P], S]:
    """Keep what this makes of a question and further values, which can be compared.

    It may look at nothing else: at no row, and at no clock.
    """
    kept: OrderedDict[Hashable, S] = OrderedDict()
    lock = threading.Lock()

    def statement(asked: Asked, /, *args: P.args, **kwargs: P.kwargs) -> S:
        given = (*args, *kwargs.items())
        key = (asked.key, *(one.key if isinstance(one, Asked) else one for one in given))
        with lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make(asked, *args, **kwargs)
        with lock:
            kept[key] = made
            if len(kept) > MOST:
                kept.popitem(last=False)
        return made

    return update_wrapper(statement, make)
