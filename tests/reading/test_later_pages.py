"""Of many long files the words and first pages come before all other pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from collateral.accounts.models import Role
from collateral.assets.models import AssetVersion, ReadingState
from collateral.clock import later
from collateral.reading import jobs
from collateral.reading.confined.client import shared
from tests.assets.files import make_deck
from tests.factories import make_person
from tests.reading.received import again, receive
from tests.support import Visitor


@pytest.fixture
def no_queue(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that loses everything."""
    monkeypatch.setattr("collateral.queue.Queue.send", lambda *_args: None)


def many_pages(word: str) -> bytes:
    return make_deck(*(f"{word} {number}\nsome words" for number in range(1, 6)))


def drawn(version: AssetVersion) -> list[int]:
    return [page.number for page in version.pages if page.preview_320 and page.preview_1280]


def test_words_and_first_pages_of_all_come_before_the_other_pages_of_any(
    app: Flask, no_queue: None
) -> None:
    long, next_one = receive(many_pages("pump")), receive(many_pages("motor"), "next.pptx")
    jobs.read_version(long.id)
    assert again(long).state is ReadingState.RECEIVED
    assert jobs.left_for_later(long)
    assert [page.title for page in long.pages] == [f"pump {number}" for number in range(1, 6)]
    assert drawn(long) == [1]
    jobs.read_version(next_one.id)  # nobody waits behind it
    assert again(next_one).state is ReadingState.READY
    assert drawn(next_one) == [1, 2, 3, 4, 5]
    jobs.read_the_rest(long.id)
    assert again(long).state is ReadingState.READY
    assert drawn(long) == [1, 2, 3, 4, 5]
    assert long.page_count == 5
    assert long.language == next_one.language
    assert long.properties.keys() == next_one.properties.keys()
    assert long.notices == next_one.notices
    assert all(page.features for page in long.pages)


def test_whoever_dies_at_the_other_pages_has_the_file_read_from_its_beginning(
    app: Flask, no_queue: None
) -> None:
    long, other = receive(many_pages("pump")), receive(make_deck("One\nword"), "one.pptx")
    jobs.read_version(long.id)
    assert jobs._claim(long.id)
    with later(jobs.LEASE + timedelta(minutes=1)):
        jobs.sweep()
    assert again(long).state is ReadingState.RECEIVED
    assert not jobs.left_for_later(long)
    jobs.read_version(other.id)
    jobs.read_version(long.id)
    assert drawn(again(long)) == [1, 2, 3, 4, 5]


def test_what_was_left_for_later_and_lost_is_found_again(
    app: Flask, no_queue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    long, other = receive(many_pages("pump")), receive(make_deck("One\nword"), "one.pptx")
    jobs.read_version(long.id)
    monkeypatch.undo()
    with later(timedelta(minutes=2)):
        jobs.sweep()
    assert again(long).state is ReadingState.READY
    assert again(other).state is ReadingState.READY


def test_readers_start_while_somebody_still_chooses_a_file(app: Flask, visitor: Visitor) -> None:
    shared().close()
    assert visitor.as_(make_person(Role.MARKETER)).get("/upload").status_code == 200
    assert shared().server_pid is not None
