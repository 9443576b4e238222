"""What the sample says: eighty assets that hang together, and nothing that is filler."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from collateral.demo.catalogue import ONLY_ONCE, Sample, catalogue
from collateral.demo.company import PEOPLE, REPS, TEAMS, VOCABULARIES, person
from collateral.demo.content_format import BadContent, Block, parse

YEAR = 2026
SAMPLES = catalogue(YEAR)
FILLER = (
    r"\bslide \d", r"\bpage title\b", r"\bplaceholder\b", r"\bacme\b", r"\btest asset\b",
    r"\bclick to add\b", r"\bexample text\b", r"\bdemo text\b",
)  # fmt: skip


def by_key(key: str) -> Sample:
    return next(sample for sample in SAMPLES if sample.key == key)


def test_there_are_eighty_assets_of_every_type() -> None:
    assert len(SAMPLES) == 80
    assert {sample.type for sample in SAMPLES} == set(VOCABULARIES["type"])


def test_there_are_thirty_people_in_four_teams() -> None:
    assert len(PEOPLE) == len({one.email for one in PEOPLE}) == len({one.key for one in PEOPLE})
    assert len(PEOPLE) == 30
    assert {one.team for one in PEOPLE} == set(TEAMS)
    assert len(TEAMS) == 4
    assert len(REPS) == 18
    assert {role for one in PEOPLE for role in one.roles} == {"rep", "marketer", "manager", "admin"}


def test_material_comes_in_several_languages() -> None:
    languages = Counter(sample.language for sample in SAMPLES)
    assert set(languages) == set(VOCABULARIES["language"])
    assert languages["German"] >= 8
    assert languages["Swedish"] >= 4


def test_terms_are_of_the_vocabularies() -> None:
    for sample in SAMPLES:
        for vocabulary, terms in sample.terms.items():
            assert set(terms) <= set(VOCABULARIES[vocabulary]), sample.key


def test_owners_are_marketers_and_teams_are_teams() -> None:
    for sample in SAMPLES:
        assert "marketer" in person(sample.owner).roles, sample.key
        assert set(sample.teams) <= set(TEAMS), sample.key


@pytest.mark.parametrize("pattern", FILLER)
def test_nothing_looks_like_filler(pattern: str) -> None:
    found = [sample.key for sample in SAMPLES if re.search(pattern, sample.words(), re.IGNORECASE)]
    assert found == []


def test_no_two_assets_are_alike() -> None:
    assert len({sample.title for sample in SAMPLES}) == 80
    assert len({sample.filename for sample in SAMPLES}) == 80
    assert len({sample.summary for sample in SAMPLES}) == 80
    assert len({first_words(sample) for sample in SAMPLES}) == 80


def first_words(sample: Sample) -> str:
    return "\n".join(block.words() for block in sample.pages(sample.versions)[:3])


def test_every_summary_is_a_sentence_or_more() -> None:
    for sample in SAMPLES:
        assert 40 <= len(sample.summary) <= 400, sample.key
        assert sample.summary.endswith("."), sample.key


def test_each_version_differs_from_the_one_before() -> None:
    for sample in SAMPLES:
        for number in range(2, sample.versions + 1):
            assert sample.pages(number) != sample.pages(number - 1), sample.key
            assert sample.changes[number], sample.key


def test_versions_come_one_after_the_other() -> None:
    for sample in SAMPLES:
        ages = sample.version_ages
        assert len(ages) == sample.versions
        assert ages[0] == sample.age
        assert list(ages) == sorted(set(ages), reverse=True), sample.key
        assert ages[-1] > 0


@pytest.mark.parametrize("word", ONLY_ONCE)
def test_some_words_stand_on_one_page_alone(word: str) -> None:
    pages = [
        (sample.key, number)
        for sample in SAMPLES
        for number, block in enumerate(sample.pages(sample.versions), 1)
        if re.search(rf"\b{word}\b", block.words() + block.notes, re.IGNORECASE)
    ]
    assert pages == [ONLY_ONCE[word]]


def test_every_fate_has_its_assets() -> None:
    fates = Counter(sample.fate for sample in SAMPLES)
    assert min(fates.values()) >= 2
    ignored = sum(fates[fate] for fate in ("dropped", "opened", "shown", "unseen"))
    assert 0.5 * len(SAMPLES) <= ignored <= 0.7 * len(SAMPLES)


def test_a_successor_is_newer_than_what_it_replaced() -> None:
    replaced = [(sample, by_key(sample.replaces)) for sample in SAMPLES if sample.replaces]
    assert replaced
    for newer, older in replaced:
        assert newer.age < older.age
        assert older.fate == "dropped"


def test_the_year_in_titles_is_the_present_one() -> None:
    assert by_key("industry-outlook").title == "Industry 4.0 outlook 2024"
    later = {sample.key: sample.title for sample in catalogue(YEAR + 1)}
    assert later["industry-outlook"] == "Industry 4.0 outlook 2025"


def test_a_block_reads_rows_items_notes_and_options() -> None:
    head, blocks = parse(
        'title: One\n  and more\n---\n== bars hot=1 unit="a b"\n# Title\n## Under\n- item\n'
        "_ | 31 %\nplain\n> said\n> twice\n",
        year=YEAR,
    )
    assert head == {"title": "One and more"}
    assert blocks == [
        Block(
            "bars", {"hot": "1", "unit": "a b"}, "Title", "Under", ("item",), (("", "31 %"),),
            ("plain",), "said twice",
        )
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["no colon here\n---\n", "a: b\n---\nnot in a block\n"])
def test_content_that_breaks_the_format_is_refused(text: str) -> None:
    with pytest.raises(BadContent):
        parse(text, year=YEAR)
