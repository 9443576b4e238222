"""Where two pictures of a page differ is marked on both, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from collateral.reading.regions import Box, differing


def draw(
    path: Path, words: dict[tuple[int, int], str], size: tuple[int, int] = (1280, 720)
) -> Path:
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for place, word in words.items():
        pen.text(place, word, fill="black", font_size=48)
    image.save(path, "WEBP", quality=80)
    return path


def covers(box: Box, x: int, y: int) -> bool:
    left, top, width, height = box
    return left <= x * 1000 // 1280 <= left + width and top <= y * 1000 // 720 <= top + height


def test_changed_words_are_marked_on_both_sides(tmp_path: Path) -> None:
    was = draw(tmp_path / "was", {(100, 100): "Payback", (100, 400): "eleven months"})
    now = draw(
        tmp_path / "now", {(100, 100): "Payback", (100, 400): "eight months", (800, 600): "new"}
    )
    same = draw(tmp_path / "same", {(100, 100): "Payback", (100, 400): "eleven months"})

    found = differing({3: (was, now), 4: (was, same)})

    assert len(found[3].was) == 1
    assert covers(found[3].was[0], 300, 425)
    assert any(covers(box, 250, 425) for box in found[3].now)
    assert any(covers(box, 830, 630) for box in found[3].now)
    assert not any(covers(box, 150, 125) for box in (*found[3].was, *found[3].now))
    assert found[4].was == found[4].now == ()


def test_what_is_no_picture_is_left_out_and_costs_the_others_nothing(tmp_path: Path) -> None:
    was = draw(tmp_path / "was", {(100, 100): "Payback"})
    noise = tmp_path / "noise"
    noise.write_bytes(b"RIFF of no kind")

    found = differing({1: (was, noise), 2: (was, was)})

    assert set(found) == {2}
