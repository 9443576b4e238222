"""One way to cut text into words, for documents, queries and marking alike.

Case, accents and width are folded; scripts that write without spaces become pairs
of characters, so that a part of a run is found as a phrase of pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_LETTERS = 60
"""What is longer than any word is cut here."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# Combining marks of European scripts, Hebrew points, Arabic vowel signs and tatweel. Marks of
# other scripts are letters to their readers and stay.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_WORD = re.compile(r"[^\W_]+")
# Han, kana, Thai, Lao, Myanmar, Khmer: no spaces between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
# A combining vowel sign is not \w, yet it belongs to the word.
_WORD_WITH_SIGNS = re.compile(r"(?:[^\W_]|[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])+")


def fold(text: str) -> str:
    """Lower case without accents: "Größe" is "grosse", "Łódź" is "lodz"."""
    if text.isascii():
        return text.lower()
    # Letters that stand for others come apart first, so that what is in them is folded, too.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", folded).translate(_LETTERS))


def words(text: str) -> list[str]:
    """The folded words of the text, in order."""
    folded = fold(text)
    found: list[str] = (_WORD if folded.isascii() else _WORD_WITH_SIGNS).findall(folded)
    if max(map(len, found), default=0) > MAX_LETTERS:
        found = [word[:MAX_LETTERS] for word in found]
    if folded.isascii() or not _ANY_UNSPACED.search(folded):
        return found
    cut: list[str] = []
    for word in found:
        cut.extend(_pieces(word))
    return cut


def _pieces(word: str) -> list[str]:
    if not _ANY_UNSPACED.search(word):
        return [word]
    pieces: list[str] = []
    for run in _RUNS.findall(word):
        if not _ANY_UNSPACED.match(run) or len(run) == 1:
            pieces.append(run)
        else:
            pieces.extend(run[n : n + 2] for n in range(len(run) - 1))
    return pieces


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and folded form of each word as it stands in the text (NFC)."""
    for match in _WORD_WITH_SIGNS.finditer(text):
        start = match.start()
        if match[0].isascii() or not _ANY_UNSPACED.search(match[0]):
            yield start, match.end(), fold(match[0])
            continue
        for run in _RUNS.finditer(match[0]):
            begin, end = start + run.start(), start + run.end()
            if not _ANY_UNSPACED.match(run[0]) or len(run[0]) == 1:
                yield begin, end, fold(run[0])
            else:
                for n in range(len(run[0]) - 1):
                    yield begin + n, begin + n + 2, fold(run[0][n : n + 2])


def forms(word: str) -> tuple[str, ...]:
    """The word with its plain singular and plural, the word itself first."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return (word,)
    if word.endswith("ies") and len(word) > 4:
        return word, word[:-3] + "y"
    if word.endswith("ss"):
        return word, word + "es"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word, word[:-2], word[:-1]
    if word.endswith("s"):
        return (word, word[:-1]) if len(word) > 3 else (word,)
    if word.endswith("y"):
        return word, word[:-1] + "ies", word + "s"
    return word, word + "s", *([word + "es"] if word.endswith(("ch", "sh", "x")) else [])
