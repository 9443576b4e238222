"""Arrays as PostgreSQL sends them: `array_send(array_agg(…))`, read without a step per number.

Twenty bytes of head, then for each element its length and itself, in the byte order of
networks (array_send in src/backend/utils/adt/arrayfuncs.c).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_HEAD = 20


def sent(expression: str) -> str:
    """SQL for all values of the expression in one array, none of them null."""
    return f"array_send(array_agg({expression}))"


def whole(packed: bytes | None) -> npt.NDArray[np.int64]:
    """An array of `integer`; of no rows at all there is none."""
    return _read(packed, ">i4").astype(np.int64)


def real(packed: bytes | None) -> npt.NDArray[np.float32]:
    """An array of `real`."""
    return _read(packed, ">f4").astype(np.float32)


def double(packed: bytes | None) -> npt.NDArray[np.float64]:
    """An array of `double precision`."""
    return _read(packed, ">f8").astype(np.float64)


def _read(packed: bytes | None, kind: str) -> npt.NDArray[Any]:
    if packed is None:
        return np.zeros(0, kind)
    element = np.dtype([("length", ">i4"), ("value", kind)])
    return np.frombuffer(packed, element, offset=_HEAD)["value"]
