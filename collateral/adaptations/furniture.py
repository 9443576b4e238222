"""What a file repeats on its pages: footers, page numbers, navigation, a logo.

Pure. It is stripped from prints, where nothing marks it as a placeholder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from collateral.adaptations.prints import PagePrint, fold, is_number, tokens

FURNITURE_SHARE = 0.3
LONGEST_NUMBER = 5
TYPED_SHARE = 0.5
FEWEST_WORDS = 5
CONTENT_SHARE = 1 / 3
"""Of the words that are repeated; fewer are a title, beside which nothing else is furniture."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Furniture:
    """What a file repeats: lines, digits masked, and the words that stand in them as often.

    `counted` says by how much the number that is printed on a page goes before the page's own.
    """

    lines: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    counted: frozenset[int] = frozenset()

    def __or__(self, other: Furniture) -> Furniture:
        return Furniture(
            self.lines | other.lines, self.words | other.words, self.counted | other.counted
        )

    def repeats(self, line: str, number: int) -> bool:
        """Whether the line, on the page of that number, is furniture.

        A number alone on its line is only where it counts the pages: else it is content.
        """
        plain = line.strip()
        if plain.isdecimal() and len(plain) < LONGEST_NUMBER:
            return int(plain) - number in self.counted
        return masked(line) in self.lines


def furniture(pages: Sequence[PagePrint]) -> Furniture:
    """Headers, footers, navigation: lines on at least 30 % of the pages (and on three).

    Only for files of at least four pages: in shorter ones repetition proves nothing.
    """
    if len(pages) < 4:
        return Furniture()
    limit = max(3, FURNITURE_SHARE * len(pages))
    lines = _beside_content(pages, limit)
    words = Counter(
        word
        for page in pages
        for word in {
            w
            for line in page.lines
            if masked(line) in lines and not line.strip().isdecimal()
            for w in tokens(line)
        }
    )
    # A deck marks its page numbers, so that few are typed: what is listed on its pages is not.
    typed = limit if all(page.flow for page in pages) else max(limit, TYPED_SHARE * len(pages))
    return Furniture(
        lines,
        frozenset(word for word, count in words.items() if count >= limit),
        frozenset(apart for apart, count in _ahead(pages).items() if count >= typed),
    )


def _ahead(pages: Sequence[PagePrint]) -> Counter[int]:
    """By how much numbers alone on their lines go before the page's own, each with its pages."""
    return Counter(
        apart for page in pages for apart in {int(n) - page.number for n in _bare_numbers(page)}
    )


def _bare_numbers(page: PagePrint) -> list[str]:
    return [
        line
        for line in map(str.strip, page.lines)
        if line.isdecimal() and len(line) < LONGEST_NUMBER
    ]


def _beside_content(pages: Sequence[PagePrint], limit: float) -> frozenset[str]:
    """Lines on so many pages that stand beside content on half of them at least.

    Where pages say nothing but what is repeated, as bare charts do, that is their content.
    """
    shown = [{masked(line) for line in page.lines} for page in pages]
    seen = Counter(line for lines in shown for line in lines)
    often = {line for line, count in seen.items() if count >= limit}
    pictures = repeated_pictures(pages)
    beside: Counter[str] = Counter()
    for page, lines in zip(pages, shown, strict=True):
        words = repeated = 0
        for line in page.lines:
            if masked(line) in often:
                repeated += len(tokens(line))
            else:
                words += sum(not is_number(word) for word in tokens(line))
        content = words and words >= CONTENT_SHARE * repeated
        if content or any(p.sha256 not in pictures for p in page.pictures):
            beside.update(lines & often)
    return frozenset(line for line in often if 2 * beside[line] >= seen[line])


def without_furniture(pages: Sequence[PagePrint]) -> list[PagePrint]:
    """Prints without what their deck repeats, and without the number that counts each page: of
    those on a page that may be it the one that counts the most pages."""
    if len(pages) < 4:
        return list(pages)
    repeated, ahead = furniture(pages), _ahead(pages)
    return [replace(page, boxes=tuple(_content(page, repeated, ahead))) for page in pages]


def _content(page: PagePrint, repeated: Furniture, ahead: Counter[int]) -> Iterator[str]:
    counting = {
        number: ahead[int(number) - page.number]
        for number in _bare_numbers(page)
        if int(number) == page.number or int(number) - page.number in repeated.counted
    }
    own = max(counting, key=lambda number: counting[number], default=None)
    # It is printed once, at the foot: where it stands again it is content.
    at = max((n for n, box in enumerate(page.boxes) if box.strip() == own), default=None)
    for n, box in enumerate(page.boxes):
        plain = box.strip()
        number = plain.isdecimal() and len(plain) < LONGEST_NUMBER
        if n != at if number else not repeated.repeats(box, page.number):
            yield box


def without_repeated(pages: Sequence[PagePrint]) -> dict[int, PagePrint]:
    """Pages of a print, by their place, without lines of words that another page of it has too.

    On two pages nothing tells a footer from what they say: whoever compares tries both. Left out
    are pages of which little would be left.
    """
    seen = Counter(line for page in pages for line in {masked(line) for line in page.boxes})
    found = {}
    for place, page in enumerate(pages):
        rest = tuple(
            box for box in page.boxes if seen[masked(box)] < 2 or all(map(is_number, tokens(box)))
        )
        if page.flow and len(rest) < len(page.boxes):
            shorter = replace(page, boxes=rest)
            if sum(not is_number(word) for word in shorter.bag) >= FEWEST_WORDS:
                found[place] = shorter
    return found


def masked(line: str) -> str:
    """A line as furniture is known by: folded, its digits all alike."""
    return _DIGITS.sub("0", " ".join(fold(line).split()))


def repeated_pictures(pages: Sequence[PagePrint]) -> frozenset[str]:
    """Pictures that stand on at least 60 % of the pages: a logo, a background."""
    seen = Counter(sha for page in pages for sha in {p.sha256 for p in page.pictures})
    return frozenset(sha for sha, count in seen.items() if count >= max(3, 0.6 * len(pages)))
