"""What pictures and drawings give: upright, bare, every frame, seen on any ground."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.reading import makers


def test_a_picture_stands_upright_and_bare(read, tmp_path: Path):
    """t41: a phone's rotation is applied; where it was taken goes no further than the original."""
    image = makers.image((400, 300))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "photo.jpg"
    image.save(path, exif=exif)
    reading = read(path)
    small, large = reading.previews
    assert (small.width, small.height, large.width, large.height) == (300, 400, 300, 400)
    with Image.open(large.path) as shown:
        assert not shown.getexif()
        assert max(shown.convert("RGB").getpixel((150, 20))) < 60  # the dark half is on top now
    assert "The original says where it was taken (GPS)." in reading.notices


def test_every_frame_of_a_tiff_is_a_page(read, tmp_path: Path):
    path = tmp_path / "scan.tif"
    frames = [makers.image((200, 100), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    reading = read(path)
    assert len(reading.pages) == 3
    assert {preview.page for preview in reading.previews} == {1, 2, 3}


def test_a_white_logo_is_seen(read, tmp_path: Path):
    path = tmp_path / "logo.png"
    logo = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    logo.paste((255, 255, 255, 255), (100, 50, 300, 150))
    logo.save(path)
    with Image.open(read(path).previews[-1].path) as image:
        shown = image.convert("L")
    assert shown.getpixel((200, 100)) - shown.getpixel((10, 10)) > 100


def test_cmyk_keeps_its_colours(read, tmp_path: Path):
    path = tmp_path / "print.jpg"
    Image.new("RGB", (64, 64), (200, 30, 30)).convert("CMYK").save(path)
    with Image.open(read(path).previews[-1].path) as image:
        red, green, _ = image.convert("RGB").getpixel((32, 32))
    assert red > 150 > 90 > green


def test_a_drawing_is_shown_as_a_picture(read, tmp_path: Path):
    path = tmp_path / "logo.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><title>Our logo</title>'
        '<rect width="50" height="50" fill="#d00"/><text x="5" y="40">Acme</text></svg>'
    )
    reading = read(path)
    assert "Acme" in reading.pages[0].text
    assert (reading.previews[1].width, reading.previews[1].height) == (1280, 640)
    with Image.open(reading.previews[1].path) as image:
        assert image.convert("RGB").getpixel((300, 200))[0] > 180
