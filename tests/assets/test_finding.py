"""Finding words in one file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collateral.assets.finding import MOST_WORDS, fold, marks, says, words_of


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("downtime", "The cost of Downtime", True),
        ("strasse", "Münchner STRASSE", True),
        ("munchner", "Münchner Straße", True),
        ("cost time", "The cost of downtime", True),
        ("cost prices", "The cost of downtime", False),
        ('"of downtime"', "The cost of\n downtime", True),
        ('"downtime of"', "The cost of downtime", False),
        ("停机", "停机成本", True),
    ],
)
def test_every_word_must_be_said(asked: str, text: str, found: bool) -> None:
    assert says(words_of(asked), text) is found


def test_nothing_asked_is_nowhere() -> None:
    assert not says(words_of('  "" '), "anything")


def test_found_words_are_marked_as_they_stand() -> None:
    assert marks("Münchner Straße", words_of("munch strasse")) == [
        ("Münch", True),
        ("ner ", False),
        ("Straße", True),
    ]


@given(st.text(max_size=200), st.text(max_size=40))
def test_marked_pieces_make_up_the_text(text: str, asked: str) -> None:
    words = words_of(asked)
    assert len(words) <= MOST_WORDS
    pieces = marks(text, words)
    assert "".join(piece for piece, _ in pieces) == text
    for piece, found in pieces:
        if found:
            assert any(word.split()[0][:1] in fold(piece) for word in words)
