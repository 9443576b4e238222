"""What reps do to a deck. Each edit changes the draft and notes what it did to which page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from random import Random
from typing import Any

from collateral.bench.truth.slides import Draft, keep, pictures, take_over, texts

_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMBER = re.compile(r"\d+")
_WORDS = [
    "reliable",
    "agreed",
    "budget",
    "supplier",
    "quarter",
    "customer",
    "proven",
    "delivery",
    "harbour",
    "margin",
    "winter",
    "purchase",
    "regional",
    "onboard",
    "measured",
    "invoice",
    "seasonal",
    "partner",
    "discount",
    "warranty",
    "pilot",
]
NAME = "Northwind Traders"

Edit = Callable[[Draft, Random], None]


def drop(draft: Draft, random: Random) -> None:
    """Leave out a third of the pages."""
    count = len(draft.origins)
    keep(draft, sorted(random.sample(range(count), max(1, round(count * 0.67)))))


def excerpt(draft: Draft, random: Random) -> None:
    """Keep a run of a third of the pages, at least four."""
    count = len(draft.origins)
    size = min(count, max(4, count // 3))
    first = random.randint(0, count - size)
    keep(draft, range(first, first + size))


def reorder(draft: Draft, random: Random) -> None:
    """Move a few pages elsewhere."""
    order = list(range(len(draft.origins)))
    for _ in range(max(1, len(order) // 6)):
        order.insert(random.randrange(len(order)), order.pop(random.randrange(len(order))))
    keep(draft, order)


def _some(draft: Draft, random: Random, share: float) -> list[int]:
    count = len(draft.origins)
    return sorted(random.sample(range(count), max(1, round(count * share))))


def words(draft: Draft, random: Random) -> None:
    """Write one to four words anew on a fifth of the pages."""
    slides = draft.slides
    for position in _some(draft, random, 0.2):
        runs = [run for run in texts(slides[position]) if _WORD.search(run.text)]
        for run in random.sample(runs, min(len(runs), random.randint(1, 4))):
            found = random.choice(list(_WORD.finditer(run.text)))
            new = random.choice([w for w in _WORDS if w != found[0].casefold()])
            run.text = run.text[: found.start()] + new + run.text[found.end() :]
            draft.origins[position].edited = True


def figures(draft: Draft, random: Random) -> None:
    """Change one digit on a fifth of the pages that have any."""
    slides = draft.slides
    having = [
        (position, run)
        for position, slide in enumerate(slides)
        for run in texts(slide)
        if _NUMBER.search(run.text)
    ]
    pages = sorted({position for position, _ in having})
    for position in random.sample(pages, min(len(pages), max(1, len(slides) // 5))):
        run = random.choice([run for where, run in having if where == position])
        found = random.choice(list(_NUMBER.finditer(run.text)))
        at = random.randrange(found.start(), found.end())
        digit = random.choice([d for d in "123456789" if d != run.text[at]])
        run.text = run.text[:at] + digit + run.text[at + 1 :]
        draft.origins[position].edited = True


def picture(draft: Draft, random: Random) -> None:
    """Put another picture in a picture's place, or take it away, on up to three pages."""
    slides = draft.slides
    having = [position for position, slide in enumerate(slides) if _large(slide, draft)]
    for position in random.sample(having, min(len(having), 3)):
        shape = random.choice(_large(slides[position], draft))
        if random.random() < 0.25:
            shape._element.getparent().remove(shape._element)
        else:
            _, rid = slides[position].part.get_or_add_image_part(made_picture(random))
            shape._element.blipFill.blip.rEmbed = rid
        draft.origins[position].edited = True


def _large(slide: Any, draft: Draft) -> list[Any]:
    """Pictures that one would miss: an icon of a fiftieth of the page is none."""
    page = draft.deck.slide_width * draft.deck.slide_height
    return [s for s in pictures(slide) if (s.width or 0) * (s.height or 0) > 0.02 * page]


def made_picture(random: Random, size: int = 96) -> io.BytesIO:
    """A picture that nobody has: random patches of colour."""
    from PIL import Image

    small = Image.new("RGB", (6, 6))
    small.putdata([tuple(random.randrange(256) for _ in range(3)) for _ in range(36)])
    out = io.BytesIO()
    small.resize((size, size), Image.Resampling.BICUBIC).save(out, "PNG")
    out.seek(0)
    return out


def logo(draft: Draft, random: Random) -> None:
    """The same small picture in a corner of every page."""
    image = made_picture(random, 64)
    width = draft.deck.slide_width
    for slide in draft.slides:
        image.seek(0)
        slide.shapes.add_picture(image, int(width * 0.9), 100000, width=int(width * 0.07))
    draft.branded = True


def name_on_all(draft: Draft, random: Random) -> None:
    """A line with the name, "Prepared for …", on every page."""
    del random
    for slide in draft.slides:
        box = slide.shapes.add_textbox(100000, 50000, 3000000, 300000)
        box.text_frame.text = f"Prepared for {NAME}"
    draft.branded = True


def name_filled_in(draft: Draft, random: Random) -> None:
    """A word that stands on several pages gives way to the customer's name wherever it is."""
    slides = draft.slides
    where: dict[str, set[int]] = {}
    for position, slide in enumerate(slides):
        for run in texts(slide):
            for word in _WORD.findall(run.text):
                if word[0].isupper() and len(word) > 4:
                    where.setdefault(word, set()).add(position)
    several = sorted(word for word, pages in where.items() if 2 <= len(pages) <= len(slides) // 2)
    if not several:
        return
    chosen = random.choice(several)
    whole = re.compile(rf"\b{chosen}\b")
    for position, slide in enumerate(slides):
        for run in texts(slide):
            new = whole.sub(NAME, run.text)
            if new != run.text:
                run.text = new
                draft.origins[position].edited = True


def retheme(draft: Draft, random: Random) -> None:
    """Other colours, other fonts."""
    for master in draft.deck.slide_masters:
        for rel in master.part.rels.values():
            if rel.reltype.endswith("/theme"):
                part = rel.target_part
                text = part.blob.decode()
                text = re.sub(
                    r'srgbClr val="[0-9A-Fa-f]{6}"',
                    lambda _: f'srgbClr val="{random.randrange(1 << 24):06X}"',
                    text,
                )
                part._blob = re.sub(
                    r'latin typeface="[^"]+"', 'latin typeface="Georgia"', text
                ).encode()
    for slide in draft.slides:
        for run in texts(slide):
            run.font.name = "Georgia"


def resave(draft: Draft, random: Random) -> None:
    """Save it anew under another name, with its photographs compressed once more."""
    from PIL import Image

    del random
    draft.deck.core_properties.title = "final_v7"
    for part in draft.deck.part.package.iter_parts():
        if part.content_type == "image/jpeg":
            try:
                with Image.open(io.BytesIO(part.blob)) as image:
                    out = io.BytesIO()
                    image.convert("RGB").save(out, "JPEG", quality=60)
            except OSError:
                continue
            part._blob = out.getvalue()


def translate(draft: Draft, random: Random) -> None:
    """Other words in the place of all words; numbers and pictures stay."""
    salt = random.randrange(1 << 30)

    def other(found: re.Match[str]) -> str:
        chance = Random(f"{salt}{found[0].casefold()}")
        size = max(2, len(found[0]) // 2)
        return "".join(chance.choice("bdfglmnprstv") + chance.choice("aeiou") for _ in range(size))

    for position, slide in enumerate(draft.slides):
        for run in texts(slide):
            new = re.sub(r"[^\W\d_]+", other, run.text)
            if new != run.text:
                run.text = new
                draft.origins[position].edited = True
    draft.translated = True


def insert(draft: Draft, random: Random, foreign: Draft, count: int) -> None:
    """Pages of a deck that the library does not know, here and there."""
    own = len(draft.origins)
    chosen = random.sample(range(len(foreign.origins)), min(count, len(foreign.origins)))
    take_over(draft, foreign, chosen)
    for origin in draft.origins[own:]:
        origin.deck = None
    order = list(range(own))
    for position in range(own, len(draft.origins)):
        order.insert(random.randrange(1, len(order) + 1), position)
    keep(draft, order)
