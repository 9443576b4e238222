"""What reading says of a file is known again and said in the reader's language."""

from __future__ import annotations

import ast
from pathlib import Path

from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

import collateral.reading
from collateral.reading import sentences
from collateral.reading.sniff import identify
from collateral.words import N_, Sentence, from_text, in_words, to_text

SAID = {
    name: text for name, text in vars(sentences).items() if name.isupper() and type(text) is str
}
VALUES = {
    "kind": "PowerPoint deck", "other": "JPEG picture", "name": "pdf", "what": "a video",
    "layout": "Titel, „schlicht“", "reason": sentences.PAGE_NOT_DRAWN % {"page": 4},
    "most": "1,200", "parts": "20,001", "count": 12, "size": "1.2 GB", "millions": "1,000",
    "width": "40,000", "height": "30,000", "seconds": 120, "times": 3, "page": 7, "shown": 3,
    "pages": 5,
}  # fmt: skip


def test_every_sentence_is_known_again_whatever_is_in_it(app: Flask) -> None:
    said = {text % VALUES for text in SAID.values()}
    assert len(said) > 60
    with force_locale("en"):
        assert {in_words(each) for each in said} == said
    with force_locale("de"):
        assert {in_words(each) for each in said} & said == set()


def test_what_is_in_a_sentence_is_translated_too(app: Flask) -> None:
    said = sentences.SOME_PREVIEWS % VALUES
    with force_locale("de"):
        assert "Seite 4" in in_words(said)
        assert "1.200" in in_words(sentences.TOO_LARGE % VALUES)
        assert "JPEG-Bild" in in_words(sentences.NAMED_AS_OTHER % VALUES)


def test_what_a_confined_child_made_up_stays_text(app: Flask) -> None:
    for made_up in ("%(x)9999999s", '["%(x)9999999s", {"x": 1}]', "Nothing of ours.", "%"):
        assert in_words(made_up) == made_up


def test_a_sentence_is_kept_as_text_with_another_one_in_it(app: Flask) -> None:
    inner = Sentence(N_("This file is empty."))
    kept = to_text(Sentence(N_("Only %(shown)s of %(pages)s previews: %(reason)s"),
                            {"shown": 1, "pages": 2, "reason": inner}))  # fmt: skip
    with force_locale("en"):
        assert from_text(kept) == "Only 1 of 2 previews: This file is empty."
    with force_locale("de"):
        assert "empty" not in from_text(kept)
    assert from_text("what an older row says") == "what an older row says"


@given(st.text() | st.sampled_from(['["%(x)9999999s", {"x": 1}]', '["x"', '"["', '"']))
def test_text_that_looks_like_a_kept_sentence_stays_text(text: str) -> None:
    assert from_text(to_text(text)) == text


def test_no_reader_says_what_is_not_among_the_sentences() -> None:
    """Whatever is raised or noted comes from sentences.py, so that all of it is translated."""
    said = []
    for path in Path(collateral.reading.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _says(node.func) and node.args:
                text = node.args[0]
                if isinstance(text, ast.JoinedStr | ast.Constant):
                    said.append(f"{path.name}:{node.lineno}")
    assert said == []


def _says(call: ast.expr) -> bool:
    match call:
        case ast.Name(id="Unreadable" | "NoPicture" | "Refused"):
            return True
        case ast.Attribute(attr="append", value=ast.Name(id="notices")):
            return True
    return False


def test_a_name_that_lies_is_told_in_german(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "deck.pdf"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    mismatch = identify(path, "deck.pdf").mismatch
    assert mismatch
    with force_locale("de"):
        assert "PNG-Bild" in in_words(mismatch)
