"""The designs that Kelvane's material wears: colours, fonts and the picture on the cover."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colours as six hex digits, without a hash; fonts by the names that decks carry."""

    key: str
    ground: str  # behind ordinary slides
    dark: str  # behind covers, sections and strong boxes
    ink: str
    soft: str  # subtitles and captions
    accent: str
    second: str  # the chart colour beside the accent
    tint: str  # pale boxes
    line: str
    heading: str
    body: str
    sky: tuple[str, str]  # behind night pictures, top and bottom
    on_accent: str = "FFFFFF"

    @property
    def bold(self) -> str:
        """The accent where it can be read as text on the ground, else the second colour."""
        red, green, blue = (int(self.accent[at : at + 2], 16) for at in (0, 2, 4))
        bright = (0.299 * red + 0.587 * green + 0.114 * blue) > 150
        return self.second if bright else self.accent


THEMES = {
    theme.key: theme
    for theme in (
        Theme(
            "navy",
            "FFFFFF",
            "10264A",
            "10264A",
            "66769B",
            "F0702A",
            "25467A",
            "FDE8DB",
            "DDE3ED",
            "Calibri",
            "Calibri",
            ("22375C", "0B1A33"),
        ),
        Theme(
            "green",
            "FAFAF0",
            "123B2F",
            "123B2F",
            "6C7F75",
            "D3E65F",
            "2B6A55",
            "EDF2CF",
            "DFE4D4",
            "Segoe UI",
            "Segoe UI",
            ("7FA7A0", "20413C"),
            "123B2F",
        ),
        Theme(
            "blue",
            "FFFFFF",
            "1A2C9C",
            "131C4F",
            "6C74A3",
            "FFC53A",
            "4A61E0",
            "FFF3D0",
            "DEE2F5",
            "Arial",
            "Arial",
            ("5568E8", "141F66"),
            "131C4F",
        ),
        Theme(
            "rust",
            "FFFFFF",
            "2B2320",
            "2B2320",
            "83766E",
            "FF9A3D",
            "6D4A37",
            "FDEBD8",
            "E9E1DB",
            "Arial",
            "Arial",
            ("C77B45", "35211A"),
            "2B2320",
        ),
        Theme(
            "plum",
            "FFFAF8",
            "43142F",
            "43142F",
            "8D6B7E",
            "F4819A",
            "84305C",
            "FCE5E8",
            "EEDFE2",
            "Cambria",
            "Calibri",
            ("84305C", "2C0C1F"),
            "43142F",
        ),
        Theme(
            "carbon",
            "FFFFFF",
            "14181D",
            "14181D",
            "67707B",
            "2FD0B4",
            "343C46",
            "DFF7F2",
            "E2E6EA",
            "Arial",
            "Arial",
            ("3A4653", "0C0F13"),
            "0C1A17",
        ),
        Theme(
            "cream",
            "FCF7ED",
            "1C2B3A",
            "1C2B3A",
            "6B7681",
            "D8452F",
            "1F4E79",
            "F5E7D6",
            "E6DCC9",
            "Cambria",
            "Cambria",
            ("7FA7A0", "20413C"),
        ),
        Theme(
            "sea",
            "F7FBFC",
            "0B3A4A",
            "0B3A4A",
            "5E7F8A",
            "F2B544",
            "1F7A8C",
            "DDF0F2",
            "D5E5E9",
            "Calibri",
            "Calibri",
            ("4FA3B5", "0A2E3B"),
            "0B3A4A",
        ),
        Theme(
            "amber",
            "FFFBF2",
            "3A2410",
            "3A2410",
            "8A755C",
            "E39A1B",
            "7A4B1E",
            "FBEBC8",
            "EBDDC5",
            "Cambria",
            "Calibri",
            ("E0A44A", "40230C"),
            "3A2410",
        ),
        Theme(
            "legacy",
            "FFFFFF",
            "3C5A78",
            "2E4053",
            "7F8C99",
            "5FA8A0",
            "8DA2B8",
            "E8EEF3",
            "D4DCE4",
            "Cambria",
            "Cambria",
            ("9FB3C8", "4A627A"),
        ),
    )
}
