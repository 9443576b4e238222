"""How people write amounts: 1,234.50 or 1.234,50 or 1 234,50. Pure."""

from __future__ import annotations

import re

_APART = re.compile(r"[\s'’]")  # a narrow space is one, too


def with_point(written: str) -> str:
    """The amount as Decimal reads it: without what sets thousands apart, with a decimal point.

    Money has at most two decimals, so three digits after a lone separator are thousands. What
    is no amount comes back as something that is none, either.
    """
    digits = _APART.sub("", written)
    point, comma = digits.rfind("."), digits.rfind(",")
    if point >= 0 and comma >= 0:
        mark = "." if point > comma else ","
    elif (mark := "." if point >= 0 else "," if comma >= 0 else "") and (
        digits.count(mark) > 1 or re.fullmatch(rf"\d{{1,3}}\{mark}\d{{3}}", digits)
    ):
        return digits.replace(mark, "")
    if not mark:
        return digits
    whole, _, rest = digits.rpartition(mark)
    return re.sub(r"[.,]", "", whole) + "." + rest
