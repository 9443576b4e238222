"""What the confined child does with two pictures of a page: find where they differ.

Both are drawn down to one size and compared in small cells. Cells that differ and touch, or
nearly do, are one region; on each side it is drawn in to the ink that stands there.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collateral.reading.confined.cage import Held
from collateral.reading.confined.wire import FILE, Sender

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.int16]
    Cells = NDArray[np.bool_]

WIDTH = 640
CELL = 8
"""Pixels of a cell's side at that width."""
DIFFERENT = 40
"""Of 255: antialiasing and WebP alone stay below it."""
CELLS_BETWEEN = 2
"""Cells without a difference that still belong to one region: the gap between words."""
MOST = 24
"""Regions of a page that are marked, the largest."""
MARGIN = 3
"""Pixels around the ink."""


def compare_pictures(spec: dict[str, Any], sender: Sender, held: Held) -> None:
    """For each page of the spec, the pictures "N-was" and "N-now" of the bundle."""
    del held
    with os.fdopen(os.dup(FILE), "rb") as file, zipfile.ZipFile(file) as bundle:
        for page in spec["pages"]:
            try:
                was, now = (_grey(bundle.read(f"{page}-{side}")) for side in ("was", "now"))
                boxes = regions(was, now)
            except Exception:  # noqa: S112 - one odd picture must not cost the others their marks
                continue
            sender.send({"frame": "regions", "page": page, "was": boxes[0], "now": boxes[1]})


def _grey(data: bytes) -> Grey:
    """Brightness and colour in one channel each would cost more than they tell: the mean of
    the largest and the mean channel sees a red word on a grey ground of the same brightness."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        height = max(1, min(WIDTH * 4, round(image.height * WIDTH / image.width)))
        small = image.convert("RGB").resize((WIDTH, height), Image.Resampling.BOX)
    colours = np.asarray(small, dtype=np.int16)
    weighed: Grey = (colours.max(axis=2) + colours.mean(axis=2).astype(np.int16)) // 2
    return weighed


def regions(was: Grey, now: Grey) -> tuple[list[list[int]], list[list[int]]]:
    """Boxes in thousandths for each side; a page of another height differs where it ends."""
    import numpy as np

    height = min(was.shape[0], now.shape[0])
    difference = np.abs(was[:height] - now[:height]) > DIFFERENT
    cells = _cells(difference)
    found = sorted(_components(cells), key=lambda box: -(box[2] - box[0]) * (box[3] - box[1]))
    before: list[list[int]] = []
    after: list[list[int]] = []
    for top, left, bottom, right in found[:MOST]:
        place = (
            slice(top * CELL, min(bottom * CELL, height)),
            slice(left * CELL, min(right * CELL, WIDTH)),
        )
        for picture, boxes in ((was, before), (now, after)):
            box = _ink(picture[place], difference[place])
            if box is not None:
                boxes.append(_thousandths(box, place, picture.shape))
    return _in_reading_order(before), _in_reading_order(after)


def _cells(difference: Cells) -> Cells:
    """Which cells hold more than a stray pixel of difference."""
    import numpy as np

    rows, columns = -(-difference.shape[0] // CELL), -(-difference.shape[1] // CELL)
    padded = np.zeros((rows * CELL, columns * CELL), dtype=bool)
    padded[: difference.shape[0], : difference.shape[1]] = difference
    counts = padded.reshape(rows, CELL, columns, CELL).sum(axis=(1, 3))
    busy: Cells = counts >= 3
    return busy


def _components(cells: Cells) -> Iterator[tuple[int, int, int, int]]:
    """Top, left, bottom, right in cells of what touches or nearly does."""
    left = {(int(y), int(x)) for y, x in zip(*cells.nonzero(), strict=True)}
    while left:
        first = left.pop()
        ahead, members = [first], [first]
        while ahead:
            y, x = ahead.pop()
            near = {
                (y + dy, x + dx)
                for dy in range(-1, 2)
                for dx in range(-CELLS_BETWEEN, CELLS_BETWEEN + 1)
            } & left
            left -= near
            ahead += near
            members += near
        ys, xs = [y for y, _ in members], [x for _, x in members]
        yield min(ys), min(xs), max(ys) + 1, max(xs) + 1


def _ink(part: Grey, differs: Cells) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right in pixels of what stands out from the ground, and differs."""
    import numpy as np

    edge = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    ground = np.median(edge)
    ink = (np.abs(part - ground) > DIFFERENT // 2) & differs
    ys, xs = ink.nonzero()
    if len(ys) < 3:
        return None
    return int(ys.min()), int(xs.min()), int(ys.max()) + 1, int(xs.max()) + 1


def _thousandths(
    box: tuple[int, int, int, int], place: tuple[slice, slice], shape: tuple[int, ...]
) -> list[int]:
    height, width = shape[0], shape[1]
    top = max(0, box[0] + place[0].start - MARGIN)
    left = max(0, box[1] + place[1].start - MARGIN)
    bottom = min(height, box[2] + place[0].start + MARGIN)
    right = min(width, box[3] + place[1].start + MARGIN)
    return [
        round(1000 * left / width),
        round(1000 * top / height),
        round(1000 * (right - left) / width),
        round(1000 * (bottom - top) / height),
    ]


def _in_reading_order(boxes: list[list[int]]) -> list[list[int]]:
    return sorted(boxes, key=lambda box: (box[1] // 40, box[0]))
