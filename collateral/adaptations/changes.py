"""What differs between a page and the page it came from. Pure.

Any word, number, picture or chart value that differs makes the page `edited`; a theme
alone does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collateral.adaptations.charts import chart_numbers, numbers_alone, without_axis
from collateral.adaptations.furniture import Furniture
from collateral.adaptations.prints import PagePrint, Picture, digits_of, fold, is_number, tokens

SAME_PICTURE_BITS = 8
PRINTED_PICTURE_BITS = 12
LARGE_PICTURE = 0.02
"""Of the page's area."""
_COUNTED = re.compile(r"\(?(\d{1,3})(?:[.):]|$|\s)")


NO_FURNITURE = Furniture()


@dataclass(frozen=True)
class PageChange:
    """Words with how often they were added or removed, pictures, and whether charts differ."""

    added: Mapping[str, int] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    pictures_added: tuple[str, ...] = ()
    pictures_removed: tuple[str, ...] = ()
    charts: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """words, figures, pictures, charts: what was edited."""
        touched = [*self.added, *self.removed]
        found = []
        if any(not is_number(word) for word in touched):
            found.append("words")
        if any(is_number(word) for word in touched):
            found.append("figures")
        if self.pictures_added or self.pictures_removed:
            found.append("pictures")
        if self.charts:
            found.append("charts")
        return tuple(found)

    @property
    def nothing(self) -> bool:
        return not self.flags


def compare(
    source: PagePrint,
    page: PagePrint,
    *,
    ignore: frozenset[str] = frozenset(),
    furniture: Furniture = NO_FURNITURE,
) -> PageChange:
    """The difference of one page.

    Where one side is a print, its words may be split or joined, its pictures are written anew,
    and it shows numbers that stand in no text of the deck: of lists, axes and pages.

    Args:
        ignore: SHA-256 of pictures that either deck repeats on its pages.
        furniture: what either file repeats; left out where a print is compared.
    """
    if source.flow or page.flow:
        return _compare_print(source, page, ignore, furniture)
    # A number that was typed for the page's own stays behind when the page moves.
    added = page.bag - source.bag - _typed(page, source.number)
    removed = source.bag - page.bag - _typed(source, page.number)
    came, went = _picture_changes(source.pictures, page.pictures, ignore)
    charts = Counter(source.charts) != Counter(page.charts)
    return PageChange(dict(added), dict(removed), came, went, charts)


def _compare_print(
    source: PagePrint, page: PagePrint, ignore: frozenset[str], furniture: Furniture
) -> PageChange:
    """The difference where one side, or both, is a print."""
    old, new = _said(source, page, furniture)
    added, removed = new - old, old - new
    numbers = Counter({str(source.number), str(page.number)})
    if not (any(map(is_number, added)) and any(map(is_number, removed))):
        # A number on either side may be the page's own, on one line with something else.
        added -= numbers
        removed -= numbers
    added, removed = _unrepeated(added, furniture), _unrepeated(removed, furniture)
    added, removed = _without_splits(added, removed, furniture.words)
    if page.flow and not source.flow:
        added = _without_counting(added, page, source)
        removed = _shown_once(removed, added, page)
    if source.flow and not page.flow:
        removed = _without_counting(removed, source, page)
        added = _shown_once(added, removed, source)
    came, went = _printed_pictures(source, page, ignore)
    return PageChange(dict(added), dict(removed), came, went)


def _said(
    source: PagePrint, page: PagePrint, furniture: Furniture
) -> tuple[Counter[str], Counter[str]]:
    """The words of both sides, without what a print shows of a chart that the deck only draws."""
    numbers = {str(source.number), str(page.number)}
    left, right = source.lines, page.lines
    if page.flow and source.charts:
        right = without_axis(right, numbers_alone(left))
    if source.flow and page.charts:
        left = without_axis(left, numbers_alone(right))
    both = numbers_alone(left) & numbers_alone(right)
    left = _content(left, source.number, furniture, numbers, both)
    right = _content(right, page.number, furniture, numbers, both)
    old, new = _bag(left), _bag(right)
    if page.flow and source.charts:
        new -= chart_numbers(right) - numbers_alone(left)
    if source.flow and page.charts:
        old -= chart_numbers(left) - numbers_alone(right)
    return old, new


def _typed(page: PagePrint, number: int) -> Counter[str]:
    """Boxes of the page with nothing in them but that number, which is another page's own."""
    return Counter(box.strip() for box in page.boxes if box.strip() == str(number))


def _unrepeated(bag: Counter[str], furniture: Furniture) -> Counter[str]:
    """A print may put a footer on one line with something else."""
    return Counter({word: n for word, n in bag.items() if word not in furniture.words})


def _content(
    lines: Sequence[str], number: int, furniture: Furniture, numbers: set[str], both: Counter[str]
) -> list[str]:
    """The lines without repeated ones, the number of either page, and numbers that stand alone on
    `both`: those are the same, whatever they count."""
    rest = Counter(both)
    found = []
    for line in lines:
        words = tokens(line)
        if len(words) == 1 and rest[words[0]] > 0:
            rest[words[0]] -= 1
        elif not furniture.repeats(line, number) and line.strip() not in numbers:
            found.append(line)
    return found


def _bag(lines: Sequence[str]) -> Counter[str]:
    return Counter(word for line in lines for word in tokens(line))


def _without_counting(extra: Counter[str], printed: PagePrint, deck: PagePrint) -> Counter[str]:
    """Leave out what only a print shows: the numbers of a list, and of a chart's axes."""
    if deck.charts:
        return Counter({word: n for word, n in extra.items() if not is_number(word)})
    counted = Counter(
        found[1] for line in printed.lines if (found := _COUNTED.match(fold(line))) is not None
    )
    return extra - counted


def _shown_once(gone: Counter[str], came: Counter[str], printed: PagePrint) -> Counter[str]:
    """Leave out words that the print still has: of two drawn over each other it shows one."""
    if came:
        return gone
    return Counter({w: n for w, n in gone.items() if is_number(w) or w not in printed.bag})


def _without_splits(
    added: Counter[str], removed: Counter[str], repeated: frozenset[str]
) -> tuple[Counter[str], Counter[str]]:
    """Leave out what is the same letters or digits, only cut differently.

    Args:
        repeated: words of the furniture, which a print may join to any other.
    """
    if _letters(added) == _letters(removed):
        return Counter(), Counter()
    added, removed = _unjoined(added, removed, frozenset())
    removed, added = _unjoined(removed, added, repeated)
    figures_in = "".join(sorted(digits_of(w) for w in added.elements() if is_number(w)))
    figures_out = "".join(sorted(digits_of(w) for w in removed.elements() if is_number(w)))
    if figures_in and sorted(figures_in) == sorted(figures_out) and _resplit(added, removed):
        added = Counter({w: n for w, n in added.items() if not is_number(w)})
        removed = Counter({w: n for w, n in removed.items() if not is_number(w)})
    return added, removed


def _letters(bag: Counter[str]) -> Counter[str]:
    return Counter(c for word in bag.elements() for c in word if c.isalnum())


def _resplit(added: Counter[str], removed: Counter[str]) -> bool:
    """Whether the numbers are cut differently; the same pieces in another order are an edit."""
    return sum(map(is_number, added.elements())) != sum(map(is_number, removed.elements()))


def _unjoined(
    pieces: Counter[str], whole: Counter[str], repeated: frozenset[str]
) -> tuple[Counter[str], Counter[str]]:
    """Cancel words of `whole` that are two of the `pieces`, or one and a `repeated` word, put
    together."""
    left, rest = Counter(pieces), Counter(whole)
    for word in list(whole):
        plain = "".join(c for c in word if c.isalnum())
        starts = [p for p in left if p != word and plain.startswith(_plain(p))]
        for first in starts:
            ends = plain[len(_plain(first)) :]
            if ends in repeated:
                left -= Counter([first])
                rest -= Counter([word])
                break
            second = next((p for p in left if _plain(p) == ends), None)
            if second is not None and (second != first or left[first] > 1):
                left -= Counter([first, second])
                rest -= Counter([word])
                break
    return left, rest


def _plain(word: str) -> str:
    return "".join(c for c in word if c.isalnum())


def _printed_pictures(
    source: PagePrint, page: PagePrint, ignore: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Large pictures without a like on the other side, when as many came as went, or none did.

    A print draws some pictures as lines and cuts others; only one that took another's place,
    or that is gone from a page that shows all others, is an edit.
    """

    def large(shown: PagePrint) -> list[Picture]:
        return [
            p
            for p in shown.pictures
            if p.phash and p.sha256 not in ignore and p.area >= LARGE_PICTURE
        ]

    old, new = large(source), large(page)
    came = [p for p in new if not any(alike_in_print(p, q) for q in source.pictures)]
    went = [p for p in old if not any(alike_in_print(p, q) for q in page.pictures)]
    if not went or (not came and len(new) >= len(old)):
        return (), ()
    return tuple(p.sha256 for p in came), tuple(p.sha256 for p in went)


def alike_in_print(one: Picture, other: Picture) -> bool:
    """The same picture, one of them perhaps written anew for a print."""
    if one.sha256 == other.sha256 or not one.phash or not other.phash:
        return one.sha256 == other.sha256 or not (one.phash or other.phash)
    return (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= PRINTED_PICTURE_BITS


def _picture_changes(
    source: Sequence[Picture], page: Sequence[Picture], ignore: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pictures that came and went; recompressed ones pair by their perceptual hash."""
    rest = [p for p in source if p.sha256 not in ignore]
    came = []
    for picture in page:
        if picture.sha256 in ignore:
            continue
        match = next((p for p in rest if p.sha256 == picture.sha256), None)
        match = match or next((p for p in rest if same_picture(p, picture)), None)
        if match is None:
            came.append(picture.sha256)
        else:
            rest.remove(match)
    return tuple(came), tuple(p.sha256 for p in rest)


def same_picture(one: Picture, other: Picture) -> bool:
    """The same bytes, or perceptual hashes at most eight bits apart."""
    if one.sha256 == other.sha256:
        return True
    if not one.phash or not other.phash:
        return False
    return (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= SAME_PICTURE_BITS
