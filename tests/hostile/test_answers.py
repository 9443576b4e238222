"""What a child leaves as its answer is taken for an answer only when it is one."""

from __future__ import annotations

import os

import pytest

from collateral.reading.confined.answers import take_file


@pytest.mark.parametrize("trap", ["symlink", "fifo", "hard link", "folder", "empty", "too large"])
def test_t23_a_trap_in_the_place_of_an_answer_is_no_answer(tmp_path, trap):
    secret, answer = tmp_path / "secret", tmp_path / "answer.pdf"
    secret.write_text("root:x:0:0")
    if trap == "symlink":
        answer.symlink_to(secret)
    elif trap == "fifo":
        os.mkfifo(answer)
    elif trap == "hard link":
        answer.hardlink_to(secret)
    elif trap == "folder":
        answer.mkdir()
    else:
        answer.write_bytes(b"" if trap == "empty" else b"x" * 2000)
    with take_file(tmp_path, "answer.pdf", 1000) as taken:
        assert taken is None


def test_an_honest_answer_is_copied_and_gone_afterwards(tmp_path):
    (tmp_path / "answer.pdf").write_bytes(b"%PDF-1.7")
    with take_file(tmp_path, "answer.pdf", 1000) as taken:
        assert taken is not None
        assert taken.read_bytes() == b"%PDF-1.7"
    assert not taken.exists()
