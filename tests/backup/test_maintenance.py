"""The commands that look after a library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from collateral import doctor
from collateral.doctor import PROGRAMS, State, examine
from collateral.maintenance import doctor as doctor_command
from collateral.maintenance import restore
from collateral.storage import storage
from collateral.upkeep.commands import backup
from tests.factories import make_asset


def test_doctor_looks_at_every_part_and_says_what_is_missing(app: Flask) -> None:
    findings = examine()
    parts = {finding.part for finding in findings}
    assert parts >= {"versions", "home", "database", "search", "queue", "files", "programs"}
    assert parts >= {"fonts", "confinement", "mail"}
    assert not [finding for finding in findings if finding.state is State.BROKEN]
    for finding in findings:
        assert finding.found
        if finding.state is State.MISSING:
            assert finding.costs, finding.name


def test_doctor_names_the_command_for_a_program_that_is_not_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    missing = {f.name: f for f in examine() if f.part == "programs"}
    assert set(missing) == {program.name for program in PROGRAMS}
    for finding in missing.values():
        assert finding.state is State.MISSING
        assert finding.get.startswith("apt-get install ")


def test_doctor_fails_and_goes_on_when_a_part_is_broken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "FONTS", Path("/nonexistent"))
    ran = app.test_cli_runner().invoke(doctor_command, ["--json"])
    assert ran.exit_code == 1
    said = json.loads(ran.stdout)
    assert said["well"] is False
    broken = [f["name"] for f in said["findings"] if f["state"] == "broken"]
    assert broken == ["bundled fonts"]


def test_doctor_tells_people_part_by_part(app: Flask) -> None:
    ran = app.test_cli_runner().invoke(doctor_command)
    assert ran.exit_code == 0, ran.output
    assert "database\n" in ran.output


def test_a_secret_key_that_others_can_read_is_found(app: Flask, settings: object) -> None:
    key = app.extensions["settings"].home / "secret_key"
    key.write_text("x" * 48)
    key.chmod(0o644)
    assert [f.name for f in examine() if f.state is State.BROKEN] == ["secret key"]


def test_backup_and_restore_by_command(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    make_asset()
    file = tmp_path / "library.tar.gz"
    ran = app.test_cli_runner().invoke(backup, [str(file), "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["files"] == 1
    refused = app.test_cli_runner().invoke(restore, [str(file)])
    assert refused.exit_code != 0
    with elsewhere.app_context():
        back = elsewhere.test_cli_runner().invoke(restore, [str(file), "--json"])
        assert back.exit_code == 0, back.output
        assert json.loads(back.stdout)["files"] == 1
        assert len(list(storage().names())) == 1
