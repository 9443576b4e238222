"""The eighty assets of the sample: what describes each, and what stands on its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable

from collateral.demo.content_format import BadContent, Block, parse

VOCABULARY_FIELDS = ("product", "stage", "industry", "persona", "region")

# How sales took to an asset. The year of use follows from it; no screen ever shows it.
FATES = (
    "works",  # used, and deals with it are won more often
    "steady",  # used, without a difference
    "recreated",  # used, but adapted again and again
    "dropped",  # used until something better came
    "opened",  # opened, then not used
    "shown",  # shown in results, hardly opened
    "unseen",  # hardly ever shown
    "new",  # too new to say
)

ONLY_ONCE: Mapping[str, tuple[str, int]] = {
    "brinelling": ("cost-of-unplanned-downtime", 7),
    "ragging": ("predict-for-water-utilities", 7),
    "lauter": ("predict-for-breweries", 7),
    "molkereirahm": ("predict-fuer-molkereien", 7),
}
"""Words that stand on a single page of the whole sample: the asset and the page's number."""

LEAST_PAGES: Mapping[str, int] = {
    "Case study": 2,
    "Data sheet": 2,
    "Comparison": 2,
    "White paper": 3,
}
"""How many pages a document of a type has at least; one of any other has one."""


@dataclass(frozen=True)
class Sample:
    """One asset of the sample, before it is in any library. Days count back from now."""

    key: str
    title: str
    filename: str
    type: str
    theme: str
    language: str
    summary: str
    terms: Mapping[str, tuple[str, ...]]  # vocabulary to its terms
    tags: tuple[str, ...]
    owner: str  # a person's key
    cost: int  # euros to produce
    age: int  # days since it was published
    review: int  # days until its review; negative when it is due
    expires: int | None  # days until its content lapses
    versions: int
    changes: Mapping[int, str]  # version to what changed in it
    version_ages: tuple[int, ...]  # days since each version was published, oldest first
    teams: tuple[str, ...]  # teams it is limited to; none means everyone
    fate: str
    pull: float  # how readily reps reach for it, about 1 for the middle of the library
    replaces: str  # the key of the asset that it succeeded
    blocks: tuple[Block, ...]

    def pages(self, version: int) -> list[Block]:
        """The blocks of that version."""
        return [block for block in self.blocks if block.in_version(version)]

    def sure_pages(self, version: int) -> int:
        """How many pages its file has at least, before anybody has read it: of a deck all."""
        if self.filename.endswith(".pptx"):
            return len(self.pages(version))
        return LEAST_PAGES.get(self.type, 1)

    def words(self) -> str:
        """Everything that a search could find in it, for its last version."""
        said = "\n".join(block.words() + "\n" + block.notes for block in self.pages(self.versions))
        terms = " ".join(term for values in self.terms.values() for term in values)
        head = (self.title, self.filename, self.type, self.summary, terms, " ".join(self.tags))
        return "\n".join((*head, said))


@lru_cache(maxsize=4)
def catalogue(year: int) -> tuple[Sample, ...]:
    """All assets, oldest first; ``year`` is the current one, which some of them mention."""
    shared = {
        block.option("name"): block
        for source in _sources()
        if source.name == "shared-slides.txt"
        for block in parse(source.read_text("utf-8"), year=year)[1]
    }
    made = [
        _sample(source.name.removesuffix(".txt"), source.read_text("utf-8"), shared, year)
        for source in _sources()
        if source.name != "shared-slides.txt"
    ]
    return tuple(sorted(made, key=lambda sample: (-sample.age, sample.key)))


def _sources() -> Iterator[Traversable]:
    waiting = [package_files("collateral.demo") / "content"]
    while waiting:
        place = waiting.pop()
        for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
            if entry.is_dir():
                waiting.append(entry)
            elif entry.name.endswith(".txt"):
                yield entry


def _sample(key: str, text: str, shared: Mapping[str, Block], year: int) -> Sample:
    head, blocks = parse(text, year=year)
    versions = int(head.get("versions", "1"))
    age = int(head["age"])
    if head["fate"] not in FATES:
        raise BadContent(f"{key} has a fate that is not known: {head['fate']!r}.")
    return Sample(
        key=key,
        title=head["title"],
        filename=head["file"],
        type=head["type"],
        theme=head["theme"],
        language=head["language"],
        summary=head["summary"],
        terms={name: _several(head[name]) for name in VOCABULARY_FIELDS if head.get(name)},
        tags=_several(head.get("tags", "")),
        owner=head["owner"],
        cost=int(head["cost"]),
        age=age,
        review=int(head.get("review", "180")),
        expires=int(head["expires"]) if "expires" in head else None,
        versions=versions,
        changes={n: head[f"changed-{n}"] for n in range(2, versions + 1)},
        version_ages=_version_ages(age, versions, int(head.get("latest", "0"))),
        teams=_several(head.get("teams", "")),
        fate=head["fate"],
        pull=float(head.get("pull", "1")),
        replaces=head.get("replaces", ""),
        blocks=tuple(_spread(blocks, shared)),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _version_ages(age: int, versions: int, latest: int) -> tuple[int, ...]:
    """When each version came: the first with the asset, the last ``latest`` days ago, if given."""
    if versions == 1:
        return (age,)
    last = latest or age // (versions + 1)
    step = (age - last) / (versions - 1)
    return tuple(round(age - step * number) for number in range(versions))


def _spread(blocks: list[Block], shared: Mapping[str, Block]) -> Iterator[Block]:
    """Blocks with each ``use name=…`` replaced by the slide that it names."""
    for block in blocks:
        yield shared[block.option("name")] if block.kind == "use" else block
