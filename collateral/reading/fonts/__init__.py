"""The open fonts that stand in for those that decks name, and which stands for which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Face:
    """One style of a font family, loaded."""

    data: bytes
    bold: bool
    italic: bool


_STYLES = (
    ("Regular", False, False),
    ("Bold", True, False),
    ("Italic", False, True),
    ("BoldItalic", True, True),
)

# The stand-ins have the same widths where the first name of each row has a metric twin; the
# others are the nearest in width and colour. The first row also serves every unknown name.
STAND_INS: dict[str, tuple[str, ...]] = {
    "LiberationSans": (
        "Arial", "Helvetica", "Helvetica Neue", "Liberation Sans", "Arimo", "Segoe UI",
        "Segoe UI Light", "Segoe UI Semibold", "Segoe UI Semilight", "Verdana", "Tahoma",
        "Trebuchet MS", "Open Sans", "Noto Sans", "DejaVu Sans", "Lato", "Roboto", "Montserrat",
        "Poppins", "Inter", "Source Sans Pro", "Franklin Gothic Book", "Franklin Gothic Medium",
        "Century Gothic", "Lucida Sans", "Lucida Sans Unicode", "Microsoft Sans Serif", "Geneva",
        "Nunito", "Raleway", "Ubuntu", "Work Sans", "Avenir", "Avenir Next", "Futura",
        "Arial Unicode MS", "Arial Black", "Wingdings", "Wingdings 2", "Wingdings 3", "Webdings",
        "Symbol",
    ),
    "Carlito": (
        "Calibri", "Calibri Light", "Carlito", "Aptos", "Aptos Display", "Aptos Light", "Candara",
        "Corbel", "Gill Sans MT", "Gill Sans", "Tw Cen MT", "Arial Narrow",
    ),
    "Caladea": ("Cambria", "Caladea", "Cambria Math", "Constantia"),
    "LiberationSerif": (
        "Times New Roman", "Times", "Liberation Serif", "Tinos", "Georgia", "Garamond",
        "Book Antiqua", "Palatino Linotype", "Palatino", "Century", "Bookman Old Style",
        "Playfair Display", "Merriweather", "Noto Serif", "Source Serif Pro",
    ),
    "LiberationMono": (
        "Courier New", "Courier", "Liberation Mono", "Cousine", "Consolas", "Lucida Console",
        "Menlo", "Monaco", "Cascadia Code", "Cascadia Mono", "Source Code Pro", "Roboto Mono",
        "Andale Mono",
    ),
    "NotoSansCJK": (
        "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK KR",
        "MS PGothic", "MS Gothic", "MS UI Gothic", "ＭＳ Ｐゴシック", "ＭＳ ゴシック", "Meiryo",
        "Meiryo UI", "メイリオ", "Yu Gothic", "Yu Gothic UI", "Yu Gothic Light", "游ゴシック",
        "游ゴシック Light", "MS Mincho", "MS PMincho", "Yu Mincho", "Hiragino Sans",
        "Hiragino Kaku Gothic Pro", "HGP創英角ｺﾞｼｯｸUB", "HG丸ｺﾞｼｯｸM-PRO",
        "SimSun", "NSimSun", "宋体", "SimHei", "黑体", "Microsoft YaHei", "微软雅黑",
        "Microsoft YaHei UI", "DengXian", "等线", "KaiTi", "FangSong", "PingFang SC", "STHeiti",
        "PMingLiU", "MingLiU", "新細明體", "Microsoft JhengHei", "微軟正黑體", "PingFang TC",
        "Malgun Gothic", "맑은 고딕", "Gulim", "굴림", "Dotum", "돋움", "Batang", "바탕",
        "Nanum Gothic", "나눔고딕", "Apple SD Gothic Neo", "Source Han Sans",
    ),
    "NotoSansArabic": ("Noto Sans Arabic",),
    "NotoSansHebrew": ("Noto Sans Hebrew",),
    "NotoSansThai": ("Noto Sans Thai",),
    "NotoSansDevanagari": ("Noto Sans Devanagari",),
    "NotoSansSymbols2": ("Noto Sans Symbols 2",),
}  # fmt: skip


def path_of(family: str, style: str = "Regular") -> Path | None:
    """The file of one style of a bundled family, None when that style is not bundled."""
    for suffix in ("ttf", "otf"):
        path = FOLDER / f"{family}-{style}.{suffix}"
        if path.is_file():
            return path
    return None


@cache
def faces(family: str) -> tuple[Face, ...]:
    """Every bundled style of a family."""
    found = ((path_of(family, style), bold, italic) for style, bold, italic in _STYLES)
    return tuple(Face(path.read_bytes(), bold, italic) for path, bold, italic in found if path)
