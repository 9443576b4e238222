"""Pictures of one drawing are alike whoever drew them; an empty one is like nothing."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from collateral.reading.likeness import likeness


def drawing(path: Path, *boxes: tuple[int, int, int, int], wide: int = 320) -> Path:
    image = Image.new("RGB", (320, 180), "white")
    pen = ImageDraw.Draw(image)
    for box in boxes:
        pen.rectangle(box, fill="navy")
    image.resize((wide, wide * 9 // 16)).save(path, "WEBP", quality=60)
    return path


def test_pictures_are_compared_whatever_their_size(tmp_path: Path) -> None:
    left, right = (20, 20, 120, 160), (200, 40, 300, 90)
    ones = {
        1: drawing(tmp_path / "a", left),
        2: drawing(tmp_path / "b", right),
        3: drawing(tmp_path / "empty"),
    }
    noise = tmp_path / "noise"
    noise.write_bytes(b"RIFF of no kind")
    found = likeness(ones, {7: drawing(tmp_path / "c", left, wide=640), 8: noise})
    assert set(found) == {(1, 7), (2, 7)}
    assert found[1, 7] > 0.97
    assert found[2, 7] < 0.5
