"""The settings: what makes no sense is refused by its name, and the guide for operators has all."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from collateral.cli import gather, main
from collateral.config import ROOT, Settings
from collateral.errors import BadSetting

SERVER = "postgresql://somewhere/library"
NONSENSE = {
    "COLLATERAL_HOME": ["/proc/none"],
    "DATABASE_URL": ["mysql://x", "sqlite:///", "sqlite:////no/such/folder/x", "postgresql://h:a/x"],
    "DATABASE_READ_URL": [SERVER, "sqlite:///x"],
    "DATABASE_POOL": ["0", "many", "²", "1.5", "-1"],
    "DATABASE_PREPARE": ["-1", "9999"],
    "SEARCH_URL": ["elastic:", "whoosh:", "whoosh:/proc/none", "postgres:x"],
    "STORAGE_URL": ["ftp://x", "file:", "file:/proc/none", "s3://", "s3://[::1"],
    "QUEUE_URL": ["amqp://x", "sqlite:", "sqlite:/proc/none/q", "redis://h:a"],
    "SECRET_KEY": ["short"],
    "BASE_URL": [
        "ftp://x", "http://", "http://[::1", "http://h:a", "http://h:99999", "http://h/path",
        "http://h?x=1", "http://h#x", "http://somebody@h", "http://h h", "/path",
    ],
    "MAIL_URL": ["http://x", "smtp://", "smtp://h:a", "smtp://[::1"],
    "MAIL_FROM": ["nobody", "@", "Name <>", "a@b\nBcc: c@d"],
    "MAX_UPLOAD": ["much", "0", "-1", "1e9", "9" * 400],
    "TIME_ZONE": ["Nowhere/Here", "Europe", "../etc", "/etc/passwd", "a\0b"],
    "PROXIES": ["six", "6", "²"],
    "SEND_FILES": ["kept", "/kept/../"],
    "LOG_LEVEL": ["LOUD"],
    "METRICS_TOKEN": ["short", "long enough but with spaces"],
    "METRICS_FROM": ["localhost", "10.0.0.1/8"],
    "WEBHOOKS_TO": ["localhost", "10.0.0.1/8"],
    "SLOW_QUERY_MS": ["soon"],
    "SAMPLE_ASSETS": ["-3"],
    "OIDC_ISSUER": [
        "login.example.com", "ftp://login.example.com", "https://", "https://h:a", "https://h?x=1",
        "https://h#x", "https://somebody@h", "https://h h", "https://login.example.com",
    ],
    "OIDC_CLIENT_ID": ["library"],
    "OIDC_CLIENT_SECRET": ["a secret"],
    "OIDC_NAME": ["Example"],
}  # fmt: skip


@pytest.mark.parametrize("name", NONSENSE)
def test_t39_what_makes_no_sense_is_refused_in_one_sentence_by_its_name(
    tmp_path: Path, name: str
) -> None:
    for value in NONSENSE[name]:
        with pytest.raises(BadSetting) as refused:
            Settings.from_environ({"COLLATERAL_HOME": str(tmp_path), name: value})
        assert name in refused.value.sentence, value
        assert "\n" not in refused.value.sentence.replace(value, ""), value


def test_settings_that_exclude_each_other_are_refused(tmp_path: Path) -> None:
    for name, value, beside in (
        ("DATABASE_READ_URL", "sqlite:///x", {"DATABASE_URL": SERVER}),
        ("SEND_FILES", "/kept/", {"STORAGE_URL": "s3://bucket"}),
    ):
        with pytest.raises(BadSetting, match=name):
            Settings.from_environ({"COLLATERAL_HOME": str(tmp_path), name: value, **beside})


def test_each_setting_stands_in_the_operators_guide_and_has_its_nonsense() -> None:
    read = set(
        re.findall(r'(?:said|whole)\("([A-Z_]+)"', (ROOT / "collateral/config.py").read_text())
    )
    guide = (ROOT / "docs" / "operating.md").read_text().split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", guide, re.MULTILINE)) == read
    assert set(NONSENSE) == read


def test_each_command_stands_in_its_page_with_its_options() -> None:
    page = (ROOT / "docs" / "commands.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z ]+)([^|]*)\|", page, re.MULTILINE))
    told = {name.strip(): options for name, options in rows.items()}
    commands = dict(_commands(gather()))
    assert set(told) == set(commands)
    for name, command in commands.items():
        options = {one.opts[0] for one in command.params if isinstance(one, click.Option)}
        assert options - {"--help"} == set(re.findall(r"--[a-z-]+", told[name])), name


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        elif before != "bench ":  # described with what they measure, in operating.md
            yield before + name, command


def test_t39_a_key_is_made_once_for_nobody_elses_eyes(tmp_path: Path) -> None:
    home = {"COLLATERAL_HOME": str(tmp_path)}
    made = Settings.from_environ(home).secret_key
    assert len(made) >= 48
    assert Settings.from_environ(home).secret_key == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"secret_key"}

    (tmp_path / "secret_key").write_text("torn")
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Settings.from_environ(home)


@pytest.fixture
def _log_as_before() -> Iterator[None]:
    """A command sends the log to its own standard error, which ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_log_as_before")
def test_t39_a_command_ends_with_that_sentence_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLLATERAL_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["collateral", "check"])
    for name, value, status in (
        ("SECRET_KEY", "short", 2),
        ("DATABASE_URL", f"sqlite:///{tmp_path / 'no-tables-yet.sqlite'}", 1),
    ):
        with monkeypatch.context() as here:
            here.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        said = capsys.readouterr()
        assert ended.value.code == status
        assert said.out == ""
        assert len(said.err.splitlines()) == 1, said.err
