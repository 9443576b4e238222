"""Documents: case studies, one-pagers, white papers, comparisons and data sheets as PDF."""

from __future__ import annotations

from collateral.demo.content_format import Block
from collateral.demo.files import paper_figures  # noqa: F401  (it adds its pieces)
from collateral.demo.files.paper import Paper
from collateral.demo.files.paper_words import PIECES
from collateral.demo.files.themes import THEMES


def make_document(title: str, author: str, theme_key: str, blocks: list[Block], seed: str) -> bytes:
    """The document as the bytes of a PDF; the same arguments give the same bytes."""
    full = blocks[0].option("style") == "full"
    paper = Paper(THEMES[theme_key], title, author, seed, running=title if full else "")
    _write(paper, blocks)
    if full:  # once more, now that the page of each section is known
        contents = tuple(paper.sections)
        paper.discard()
        paper = Paper(THEMES[theme_key], title, author, seed, running=title, contents=contents)
        _write(paper, blocks)
    return paper.bytes()


def _write(paper: Paper, blocks: list[Block]) -> None:
    for block in blocks:
        PIECES[block.kind](paper, block)
