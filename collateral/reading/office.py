"""LibreOffice, where it is installed: a print of what nothing else here can draw.

One run for each file, in a cage with a folder of its own and a fresh copy of a profile in which
macros and links are off. It ends with success also when it failed: only the file it made counts.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from collateral.reading.confined.answers import take_file
from collateral.reading.confined.cage import Cage
from collateral.reading.confined.client import Client
from collateral.reading.fonts import FOLDER
from collateral.reading.kinds import FileKind
from collateral.reading.results import Limits

# The import filter is named, so that noise with an Office name is refused at once instead of
# being laid out as text; the export filter by the application that the import starts.
_FILTERS = {
    "ppt": ("MS PowerPoint 97", "impress_pdf_Export"),
    "pptx": ("Impress MS PowerPoint 2007 XML", "impress_pdf_Export"),
    "ppsx": ("Impress MS PowerPoint 2007 XML", "impress_pdf_Export"),
    "potx": ("Impress MS PowerPoint 2007 XML", "impress_pdf_Export"),
    "odp": ("impress8", "impress_pdf_Export"),
    "doc": ("MS Word 97", "writer_pdf_Export"),
    "docx": ("MS Word 2007 XML", "writer_pdf_Export"),
    "dotx": ("MS Word 2007 XML", "writer_pdf_Export"),
    "odt": ("writer8", "writer_pdf_Export"),
    "rtf": ("Rich Text Format", "writer_pdf_Export"),
    "xls": ("MS Excel 97", "calc_pdf_Export"),
    "ods": ("calc8", "calc_pdf_Export"),
}
_DRAWN_BY_OTHERS = {"pptx", "ppsx", "potx"}
_READABLE = (
    "/etc/libreoffice", "/etc/fonts", "/etc/alternatives", "/var/lib/libreoffice",
    "/var/spool/libreoffice", "/var/cache/fontconfig", "/usr/share", "/opt",
)  # fmt: skip
_PROGRAMS = (
    "/usr/lib/libreoffice/program",
    "/opt/libreoffice/program",
    "/usr/lib64/libreoffice/program",
)
_PDF_MB = 200
_PIPES = "/tmp"  # noqa: S108 - LibreOffice binds its pipe there whatever TMPDIR says
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
_lock = threading.Lock()
_profile: Path | None = None


@cache
def program() -> str | None:
    """LibreOffice's own program (not its shell script), None where it is not installed."""
    for folder in _PROGRAMS:
        path = Path(folder, "soffice.bin")
        if path.is_file():
            return str(path)
    script = shutil.which("soffice")
    beside = Path(script).resolve().with_name("soffice.bin") if script else None
    return str(beside) if beside and beside.is_file() else None


def prints(kind: FileKind) -> bool:
    """Whether LibreOffice is here and draws this kind better than anything else here does."""
    return kind.extension in _FILTERS and kind.extension not in _DRAWN_BY_OTHERS and _present(kind)


def could_print(kind: FileKind) -> bool:
    """Whether LibreOffice is here and could draw this kind where its usual drawer failed."""
    return kind.extension in _FILTERS and _present(kind)


def _present(kind: FileKind) -> bool:
    return not kind.encrypted and program() is not None


@contextmanager
def printed(client: Client, path: Path, kind: FileKind, limits: Limits) -> Iterator[Path | None]:
    """A PDF print of an Office file, gone afterwards; None when none came of it."""
    template = _template(client, limits)
    into, out_of = _FILTERS[kind.extension]
    with _folder() as folder:
        shutil.copyfile(path, folder / f"in.{kind.extension}")
        shutil.copytree(template, folder / "profile")
        command = [
            "--convert-to", f"pdf:{out_of}", f"--infilter={into}", "--outdir", str(folder / "out"),
            str(folder / f"in.{kind.extension}"),
        ]  # fmt: skip
        (folder / "out").mkdir()
        _run(client, folder, command, limits)
        with take_file(folder / "out", "in.pdf", _PDF_MB << 20) as pdf:
            yield pdf


def _run(client: Client, folder: Path, command: list[str], limits: Limits) -> None:
    cage = Cage(
        wall_seconds=min(90.0, limits.wall_seconds),
        cpu_seconds=limits.cpu_seconds,
        memory_mb=2000,
        folder=str(folder),
        folder_mb=1024,
        folder_entries=5000,
        readable=(*_READABLE, str(Path(program() or "/").parents[1])),
        sockets=(_PIPES,),
        may_fork=True,
    )
    full = (
        str(program()), f"-env:UserInstallation=file://{folder}/profile", "--headless",
        "--invisible", "--norestore", "--nodefault", "--nolockcheck", "--nologo",
        "--nofirststartwizard", *command,
    )  # fmt: skip
    client.run("", {}, cage=replace(cage, program=full), take=lambda _: None)
    _sweep_sockets()


def _template(client: Client, limits: Limits) -> Path:
    """A profile as LibreOffice makes it at its first start, without any document near it.

    A start with no profile ends by asking to be started again, so it is made once.
    """
    global _profile
    with _lock:
        if _profile is None or not _profile.is_dir():
            kept = Path(tempfile.mkdtemp(prefix="collateral-reading-office-"))
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
            with _folder() as folder:
                user = folder / "profile" / "user"
                user.mkdir(parents=True)
                (user / "registrymodifications.xcu").write_text(_SETTINGS)
                _run(client, folder, ["--terminate_after_init"], limits)
                _profile = Path(
                    shutil.copytree(folder / "profile", kept / "profile", symlinks=True)
                )
        return _profile


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder with the bundled fonts where LibreOffice looks for those of its user."""
    folder = Path(tempfile.mkdtemp(prefix="collateral-reading-"))
    try:
        shutil.copytree(FOLDER, folder / ".fonts", ignore=shutil.ignore_patterns("*.py", "*.md"))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep_sockets() -> None:
    """LibreOffice leaves its pipe in /tmp when it is killed; one that nobody answers goes."""
    for path in Path(_PIPES).glob("OSL_PIPE_*"):
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(path.lstat().st_mode):
                continue
            with socket.socket(socket.AF_UNIX) as knock:
                knock.settimeout(0.1)
                try:
                    knock.connect(str(path))
                except ConnectionRefusedError:
                    path.unlink()
