"""What the confined child does with pictures of pages: say how alike each two of them look.

Both are drawn down to a few grey cells; what correlates is the same drawing, whoever drew it and
however it was written. What shows next to nothing, as an empty page, is like everything.
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING, Any

from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import FILE, Sender

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Looks = NDArray[np.float64]

WIDE, HIGH = 96, 54
LEAST_INK = 2.0
"""Standard deviation of brightness, of 255: a page with less on it says nothing."""


def compare_looks(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """The correlation of each picture "one-N" of the bundle with each "other-M"."""
    del held
    with os.fdopen(os.dup(FILE), "rb") as file, zipfile.ZipFile(file) as bundle:
        ones, others = (_looks(bundle, side, spec[side]) for side in ("one", "other"))
    for one, seen in ones.items():
        alike = [[other, round(float(seen @ also), 4)] for other, also in others.items()]
        sender.send({"frame": "likeness", "one": one, "alike": alike})


def _looks(bundle: zipfile.ZipFile, side: str, keys: list[int]) -> dict[int, Looks]:
    found = {}
    for key in keys:
        try:
            looks = _normal(bundle.read(f"{side}-{key}"))
        except Exception:  # noqa: S112 - one odd picture must not cost the others their answer
            continue
        if looks is not None:
            found[key] = looks
    return found


def _normal(data: bytes) -> Looks | None:
    """Brightness in cells, with mean 0 and length 1."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("L").resize((WIDE, HIGH), Image.Resampling.BOX)
    cells = np.asarray(small, dtype=np.float64).ravel()
    if cells.std() < LEAST_INK:
        return None
    cells = cells - cells.mean()
    normal: Looks = cells / np.linalg.norm(cells)
    return normal
