"""Makes the file of any asset of the sample."""

from __future__ import annotations

from collateral.demo.catalogue import Sample
from collateral.demo.company import person
from collateral.demo.files.deck import make_deck
from collateral.demo.files.document import make_document
from collateral.demo.files.picture import make_picture
from collateral.demo.files.sheet import make_sheet
from collateral.demo.files.word import make_word


def make_file(sample: Sample, version: int, *, seed: int) -> bytes:
    """The bytes of one version; the same seed gives the same bytes."""
    blocks = sample.pages(version)
    source = f"{seed}:{sample.key}"
    author = person(sample.owner).name
    ending = sample.filename.rpartition(".")[2]
    if ending == "pptx":
        return make_deck(sample.title, author, sample.theme, blocks, source)
    if ending == "pdf":
        return make_document(sample.title, author, sample.theme, blocks, source)
    if ending == "docx":
        return make_word(sample.title, author, sample.theme, blocks)
    if ending == "xlsx":
        return make_sheet(sample.title, author, sample.theme, blocks)
    return make_picture(sample.filename, sample.theme, blocks, source)
