"""Join the style blocks into one file and list the script modules.

A page asks for one stylesheet, ``static/css/app.css``: tokens, ground, every block, tools, print.
Scripts stay separate ES modules; ``templates/components/_modules.html`` lists them so that the
page's import map can give each its immutable address. Both files are committed, so nothing is
built at run time; ``--check`` says (exit status 1) whether they are current.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
JS = ROOT / "static" / "js"
STYLESHEET = CSS / "app.css"
MODULES = ROOT / "templates" / "components" / "_modules.html"

# Print undoes the screen, so it comes last; the blocks themselves do not depend on their order.
LAST = "print.css"

# Runs before there are modules, so it is none.
CLASSIC = "early.js"


def proportions() -> str:
    """Classes ``p-0`` to ``p-100``, each setting ``--p``.

    The content policy allows no style attributes, so a server-drawn proportion is a class.
    """
    return "".join(f".p-{step}{{--p:{step}}}" for step in range(101)) + "\n"


def stylesheet(css: Path = CSS) -> str:
    """All style sources in order, without comments and blank lines."""
    blocks = sorted(path for path in (css / "blocks").glob("*.css") if path.name != LAST)
    sources = [css / "tokens.css", css / "base.css", *blocks, css / "tools.css"]
    text = "\n".join(path.read_text("utf-8") for path in [*sources, css / "blocks" / LAST])
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n" + proportions()


def modules(js: Path = JS) -> str:
    """A template that sets ``modules`` to the paths of all script modules under ``static/``."""
    names = sorted(
        path.relative_to(js.parent).as_posix() for path in js.rglob("*.js") if path.name != CLASSIC
    )
    listed = "".join(f'  "{name}",\n' for name in names)
    return f"{{# Written by tools/build_static.py. #}}\n{{% set modules = [\n{listed}] %}}\n"


def main(arguments: list[str]) -> int:
    """Write the generated files, or with ``--check`` only compare them. Returns the exit status."""
    stale = []
    for path, text in ((STYLESHEET, stylesheet()), (MODULES, modules())):
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    if stale and "--check" in arguments:
        print("Out of date, run tools/build_static.py:", *stale)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
