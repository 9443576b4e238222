"""The characters that the picture fonts of Office show for letters."""

from __future__ import annotations

PICTURE_FONTS = ("Wingdings", "Wingdings 2", "Wingdings 3", "Webdings", "Symbol")

_WINGDINGS = {
    "!": "✏", '"': "✂", "$": "👓", "(": "☎", ")": "✆", "*": "✉", "6": "⌛", "A": "✌", "C": "👍",
    "D": "👎", "E": "☜", "F": "☞", "G": "☝", "H": "☟", "J": "☺", "K": "😐", "L": "☹", "M": "💣",
    "N": "☠", "O": "⚐", "Q": "✈", "R": "☼", "S": "💧", "T": "❄", "l": "●", "m": "❍", "n": "■",
    "o": "□", "p": "❐", "q": "❑", "r": "❒", "s": "⬧", "t": "⧫", "u": "◆", "v": "❖", "w": "⬥",
    "x": "⌧", "z": "⌘", "{": "❀", "|": "✿", "\x80": "⓪", "\x81": "①", "\x82": "②", "\x83": "③",
    "\x84": "④", "\x85": "⑤", "\x86": "⑥", "\x87": "⑦", "\x88": "⑧", "\x89": "⑨", "\x8a": "⑩",
    "\x9f": "•", "\xa0": "▪", "¡": "○", "¤": "◉", "§": "▪", "¨": "◻", "ª": "✦", "«": "★",
    "¬": "✶", "®": "✹", "µ": "⌖", "Ø": "➢", "Ù": "⮙", "Û": "→", "Ü": "➲", "ß": "←", "à": "→",
    "á": "↑", "â": "↓", "ã": "↖", "ä": "↗", "å": "↙", "æ": "↘", "ç": "⬅", "è": "➔", "é": "⬆",
    "ê": "⬇", "ë": "↖", "ì": "↗", "í": "↙", "î": "↘", "ï": "⇦", "ð": "⇨", "ñ": "⇧", "ò": "⇩",
    "ó": "⬄", "ô": "⇳", "õ": "⬀", "ö": "⬁", "û": "✗", "ü": "✓", "ý": "☒", "þ": "☑",
}  # fmt: skip
_WINGDINGS_2 = {"P": "✓", "O": "✗", "R": "☑", "Q": "☒", "—": "•", "˜": "●", "£": "□", "¡": "■"}
_WINGDINGS_3 = {"}": "▶", "~": "▼", "u": "▶", "p": "▲", "q": "▼", "t": "◀", "g": "→", "\x84": "▶"}
_WEBDINGS = {"4": "▶", "5": "▲", "6": "▼", "3": "◀", "a": "✓", "r": "✗", "=": "■", "n": "●"}
_SYMBOL = {
    "a": "α", "b": "β", "c": "χ", "d": "δ", "e": "ε", "f": "φ", "g": "γ", "h": "η", "i": "ι",
    "k": "κ", "l": "λ", "m": "μ", "n": "ν", "o": "ο", "p": "π", "q": "θ", "r": "ρ", "s": "σ",
    "t": "τ", "u": "υ", "w": "ω", "x": "ξ", "y": "ψ", "z": "ζ", "D": "Δ", "F": "Φ", "G": "Γ",
    "L": "Λ", "P": "Π", "Q": "Θ", "S": "Σ", "W": "Ω", "X": "Ξ", "Y": "Ψ", "·": "•", "®": "→",
    "¬": "←", "\xad": "↑", "¯": "↓", "«": "↔", "Þ": "⇒", "Û": "⇔", "£": "≤", "³": "≥", "¹": "≠",
    "»": "≈", "±": "±", "´": "×", "¥": "∞", "Ö": "√", "å": "∑", "ò": "∫", "Î": "∈", "Ð": "∠",
    "°": "°", "½": "|", "Ñ": "∇", "¶": "∂", "Æ": "∅", "Ç": "∩", "È": "∪",
}  # fmt: skip
_TABLES = {
    "Wingdings": (_WINGDINGS, "▪"),
    "Wingdings 2": (_WINGDINGS_2, "▪"),
    "Wingdings 3": (_WINGDINGS_3, "▸"),
    "Webdings": (_WEBDINGS, "▪"),
    "Symbol": (_SYMBOL, ""),
}


def shown(text: str, font: str, *, private_only: bool = False) -> str:
    """What `text` set in a picture font looks like; a picture without a character is a square.

    Office writes these letters either plainly or moved to U+F000; `private_only` leaves the plain
    ones alone.
    """
    table, otherwise = _TABLES.get(font, ({}, ""))
    made = []
    for char in text:
        code = ord(char)
        private = 0xF020 <= code <= 0xF0FF
        if not private and (private_only or char.isspace()):
            made.append(char)
            continue
        letter = chr(code - 0xF000) if private else char
        made.append(table.get(letter) or otherwise or letter)
    return "".join(made)
