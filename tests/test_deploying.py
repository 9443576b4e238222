"""What deploy/, the Dockerfile, compose and the guide for operators say is so.

No engine of containers is needed here; docs/operating.md says with what they were tried.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import threading
from configparser import RawConfigParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from runpy import run_path
from typing import Any

import click
import pytest
import yaml

from collateral.cli import gather
from collateral.config import ROOT, Settings

DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operating.md").read_text()
SETTINGS = set(re.findall(r"^\| `([A-Z_]+)`", GUIDE, re.MULTILINE))
OF_OTHERS = {"PATH", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}  # told in the same table
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
INSTALLED = "/opt/collateral/.venv/bin/collateral"


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions in order, each with what it says in one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]


def last(instruction: str) -> str:
    return next(said for name, said in reversed(dockerfile()) if name == instruction)


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def understood(words: list[str]) -> None:
    """Whether `collateral WORDS` is a command that has these options; raises where it is not."""
    command: click.Command = gather()
    context = click.Context(command, info_name="collateral")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    options = {opt for each in command.params for opt in (*each.opts, *each.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= {*options, "--help"}, f"{command.name} has no {used - options}"


def test_the_image_takes_what_is_there_and_runs_without_rights() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    for sources in (said for name, said in dockerfile() if name == "COPY" and "--from" not in said):
        for source in shlex.split(sources)[:-1]:
            assert (ROOT / source).exists(), source
            assert not any(fnmatch.fnmatch(source, each) for each in ignored), source
    assert re.fullmatch(r"[1-9]\d+(:[1-9]\d+)?", last("USER"))
    program, *words = json.loads(last("CMD"))
    assert program == "collateral"
    understood(words)
    # The check is sent to the port that the command listens at, by a file that is there.
    asked = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert (ROOT / asked[1]).exists()
    assert asked[0] == "python"
    assert words[words.index("--port") + 1] == last("EXPOSE") == "8000"


def test_compose_keeps_what_is_written_and_waits_for_the_database() -> None:
    whole = composed()
    app = whole["services"]["app"]
    assert app["read_only"] is True
    assert app["tmpfs"] == ["/tmp"]
    assert app["cap_drop"] == ["ALL"]
    assert app["security_opt"] == ["no-new-privileges:true"]
    written = [volume.partition(":")[2] for volume in app["volumes"]]
    assert written == [last("VOLUME")] == [re.findall(r"COLLATERAL_HOME=(\S+)", last("ENV"))[0]]
    for service, condition in app["depends_on"].items():
        assert condition == {"condition": "service_healthy"}
        assert whole["services"][service]["healthcheck"]["test"]
    named = {
        volume.partition(":")[0] for one in whole["services"].values() for volume in one["volumes"]
    }
    assert named == set(whole["volumes"])


def test_every_setting_that_is_set_is_one() -> None:
    env = (DEPLOY / "collateral.env").read_text()
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", env, re.MULTILINE)) <= SETTINGS | OF_OTHERS
    assert set(composed()["services"]["app"]["environment"]) <= SETTINGS
    assert set(re.findall(r"([A-Z_]+)=", last("ENV"))) <= SETTINGS | OF_OTHERS
    rows = re.findall(r"^\| `([A-Z_]+)`", GUIDE, re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS), "each has one row"


def test_the_settings_to_copy_make_sense_as_they_stand(tmp_path: Path) -> None:
    said = dict(
        line.split("=", 1)
        for line in (DEPLOY / "collateral.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    here = {name: value.replace("/var/lib", str(tmp_path)) for name, value in said.items()}
    (tmp_path / "collateral").mkdir()
    assert Settings.from_environ(here).secure


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_each_unit_starts_a_command_and_can_write_where_its_settings_say(unit: Path) -> None:
    found = RawConfigParser()
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(unit.read_text())
    service = found["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == INSTALLED
    understood(words)
    assert service["User"] not in ("", "root")
    home = re.findall(r"^COLLATERAL_HOME=(.+)", (DEPLOY / "collateral.env").read_text(), re.M)
    assert [f"/var/lib/{service['StateDirectory']}"] == home
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    # Without these the readers of files were not confined: systemd's groups do not have them.
    assert {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"} < {
        *service["SystemCallFilter"].split()
    }


def test_all_units_are_equally_strict() -> None:
    def rest(unit: Path) -> set[str]:
        own = ("Description", "ExecStart", "TimeoutStopSec", "#")
        return {line for line in unit.read_text().splitlines() if not line.startswith(own)}

    assert len(UNITS) == 3
    assert rest(UNITS[0]) == rest(UNITS[1]) == rest(UNITS[2])


def test_both_proxies_take_the_largest_upload(tmp_path: Path) -> None:
    largest = Settings.from_environ({"COLLATERAL_HOME": str(tmp_path)}).max_upload
    (nginx,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    (caddy,) = re.findall(r"max_size (\d+)MiB", (DEPLOY / "Caddyfile").read_text())
    assert min(int(nginx), int(caddy)) << 20 > largest


def test_each_command_of_the_guide_is_one() -> None:
    quoted = re.findall(r"`(?:\.venv/bin/)?collateral ([a-z][^`]*)`", GUIDE)
    blocks = re.findall(r"^ {4}(?:.*/|[A-Z_]+=\S+ )?collateral ([a-z].*)$", GUIDE, re.M)
    assert len(quoted) > 20
    assert len(blocks) > 3
    for words in (*quoted, *blocks):
        understood(shlex.split(re.sub(r"[\[\]]", "", words)))


def test_the_health_check_is_healthy_where_the_one_host_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = (self.headers["Host"], self.path) == ("docs.example.com", "/healthz")
            self.send_response(200 if right else 400)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    answers = run_path(str(DEPLOY / "healthy.py"))["answers"]
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        monkeypatch.setenv("BASE_URL", "https://docs.example.com")
        assert answers(server.server_port)
        monkeypatch.setenv("BASE_URL", "https://elsewhere.example.com")
        assert not answers(server.server_port)
        server.shutdown()
        serving.join()
    assert not answers(server.server_port)
