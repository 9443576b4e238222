"""What may be typed, and that nothing that is typed can fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.search.folding import fold, forms, spans, words
from collateral.search.language import (
    MAX_CHARACTERS,
    MAX_TERMS,
    Clause,
    Field,
    Query,
    parse,
    with_synonyms,
)

WICKED = st.one_of(
    st.text(max_size=400),
    st.text(alphabet='"-:()[]{}*?~^\\/ \t\n“”„‟«»＂−–—abcß停止ึ\x00\u0301', max_size=400),
    st.sampled_from(
        [
            "?????*e*",
            "*a* *e*",
            "word~9",
            "[a TO z]",
            "(" * 1000,
            "a" * 20_000,
            '"' * 999,
            "-" * 500,
            "title:" * 60,
            "NOT AND OR NEAR(",
            "x:y:z:w",
            "{{7*7}}",
            "'; drop table asset; --",
            "\ud800",
            "\u202e" * 50,
        ]
    ),
)


@given(WICKED)
def test_whatever_is_typed_is_read_within_bounds(text: str) -> None:
    query = parse(text)
    clauses = query.wanted + query.unwanted
    assert len(clauses) <= MAX_TERMS
    assert all(clause.words and all(clause.words) for clause in clauses)
    assert sum(len(word) for clause in clauses for word in clause.words) <= 3 * MAX_CHARACTERS
    assert query.shortened or len(text) <= MAX_CHARACTERS or len(clauses) <= MAX_TERMS


@given(WICKED)
def test_the_normal_form_reads_as_the_same_query(text: str) -> None:
    query = parse(text)
    again = parse(query.text)
    if len(query.text) <= MAX_CHARACTERS:
        assert [c.words for c in again.unwanted] == [c.words for c in query.unwanted]
        assert {w for c in again.wanted for w in c.words} == {
            w for c in query.wanted for w in c.words
        }


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Unplanned downtime", [Clause(("unplanned",)), Clause(("downtime",))]),
        ('"unplanned downtime"', [Clause(("unplanned", "downtime"), quoted=True)]),
        ("„unplanned downtime“", [Clause(("unplanned", "downtime"), quoted=True)]),
        ('"never closed', [Clause(("never", "closed"), quoted=True)]),
        ("stage:Evaluation", [Clause(("evaluation",), Field.STAGE)]),
        ('title:"two words"', [Clause(("two", "words"), Field.TITLE, quoted=True)]),
        ("tags:price", [Clause(("price",), Field.TAG)]),
        ("http://example", [Clause(("http",)), Clause(("example",))]),
        ("12:30", [Clause(("12", "30"))]),
        ("e-mail", [Clause(("e", "mail"))]),
        ("a a A", [Clause(("a",))]),
        ("*?~ ()", []),
    ],
)
def test_queries_read_as_people_mean_them(text: str, wanted: list[Clause]) -> None:
    assert list(parse(text).wanted) == wanted


def test_a_minus_in_front_leaves_out_and_inside_a_word_does_not() -> None:
    query = parse('pump -valve —seal -"dry run" on-site')
    assert [c.words for c in query.unwanted] == [("valve",), ("seal",), ("dry", "run")]
    assert [c.words for c in query.wanted] == [("pump",), ("on", "site")]


def test_more_than_is_read_is_said() -> None:
    assert parse(" ".join(f"w{n}" for n in range(13))).shortened
    assert parse("a" * 201).shortened
    assert not parse("a b c").shortened


def test_synonyms_join_words_and_runs_of_words() -> None:
    groups = [["unplanned downtime", "outage"], ["price", "cost"]]
    query = with_synonyms(parse("unplanned downtime price -cost"), groups)
    first, second = query.wanted
    assert (first.words, first.loose, first.others) == (
        ("unplanned", "downtime"),
        True,
        (("outage",),),
    )
    assert second.others == (("cost",),)
    assert query.also == ("outage", "cost")
    assert query.unwanted == (Clause(("cost",)),)
    assert with_synonyms(parse('"price"'), groups).wanted[0].others == ()


@given(WICKED)
def test_folding_is_stable_and_spans_cut_the_same_words(text: str) -> None:
    assert [w for word in words(text) for w in words(word)] == words(text)
    assert fold(fold(text)) == fold(text)
    for start, end, _word in spans(text):
        assert 0 <= start < end <= len(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_a_word_is_the_first_of_its_forms(word: str) -> None:
    assert forms(word)[0] == word
    assert len(set(forms(word))) == len(forms(word))


def test_queries_are_equal_when_they_ask_the_same() -> None:
    assert parse("Pump  VALVE") == parse("pump valve")
    assert hash(parse("pump")) == hash(Query((Clause(("pump",)),)))
