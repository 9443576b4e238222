"""The texts of the pages and their translations.

``extract`` collects the texts of templates and Python into ``messages.pot``, ``update`` also puts
new ones into the German ``messages.po`` and takes out those that are gone, ``compile`` writes the
``messages.mo`` that the server reads. ``check`` says (exit status 1) what is missing, fuzzy or
untranslated in German, where placeholders differ, and whether the ``.mo`` is the ``.po``'s.
"""

from __future__ import annotations

import functools
import re
import sys
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from collateral.reading.kinds import EMPTY, KINDS, LOCKED_OFFICE, OTHER

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "collateral" / "translations"
PO = Path("de", "LC_MESSAGES", "messages.po")
MO = PO.with_suffix(".mo")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
}
HEAD = """\
# German texts of Collateral; the words are those of docs/decisions/0041-german-words.md.
msgid ""
msgstr ""
"Project-Id-Version: Collateral\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
# What a script (`#`, `{done}`) or `%` puts into a text must be in its translation too.
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}|#(?!\w)")


@functools.cache
def template(root: Path = ROOT, mapping: Path = TRANSLATIONS / "babel.cfg") -> Catalog:
    """All texts under `templates/` and `collateral/`, each with the files that it is in.

    The names of the kinds of files come from their table: pages show them as they are kept.
    """
    with mapping.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="Collateral", charset="utf-8", fuzzy=False)
    for folder in ("collateral", "templates"):
        found = extract_from_dir(
            root / folder,
            [
                (pattern.removeprefix(f"{folder}/"), method)
                for pattern, method in methods
                if pattern.startswith(f"{folder}/")
            ],
            {pattern.removeprefix(f"{folder}/"): said for pattern, said in options.items()},
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for name, line, text, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
            catalog.add(
                text,
                locations=[(f"{folder}/{Path(name).as_posix()}", line)],
                auto_comments=comments,
                context=context,
            )
    for kind in (*KINDS.values(), OTHER, EMPTY, LOCKED_OFFICE):
        catalog.add(kind.label, locations=[("collateral/reading/kinds.py", 0)])
    return catalog


def read(path: Path) -> Catalog:
    """A `.po` file; an empty German catalogue where there is none yet."""
    if not path.exists():
        return Catalog(locale="de", project="Collateral", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="de")


def forms(said: Any) -> tuple[str, ...]:
    """A text's forms: one, or one for each number; Babel gives a string, a tuple or a list."""
    return (said or "",) if isinstance(said, str | None) else tuple(said)


def texts_of(catalog: Catalog) -> dict[Any, tuple[str, ...]]:
    """Each text, with its context, to its translation; without the head, which has dates."""
    return {
        # Babel reads the context of a `.mo` as bytes.
        (one.context.decode() if isinstance(one.context, bytes) else one.context, forms(one.id)): (
            forms(one.string)
        )
        for one in catalog
        if one.id and any(forms(one.string))
    }


def extract(folder: Path = TRANSLATIONS) -> None:
    """Write `messages.pot`, for those who translate into another language."""
    with (folder / "messages.pot").open("wb") as file:
        write_po(file, template(), include_lineno=False, omit_header=True, width=100)


def update(folder: Path = TRANSLATIONS) -> None:
    """Bring the texts of the German catalogue up to those of the program."""
    extract(folder)
    catalog = read(folder / PO)
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    (folder / PO).parent.mkdir(parents=True, exist_ok=True)
    with (folder / PO).open("wb") as file:
        # A head of our own: Babel's has dates that change with each run.
        file.write(HEAD.encode())
        write_po(
            file,
            catalog,
            include_lineno=False,
            ignore_obsolete=True,
            omit_header=True,
            width=100,
        )


def compile_(folder: Path = TRANSLATIONS) -> None:
    """Write the German `messages.mo`."""
    catalog = read(folder / PO)
    # Babel dates a head without dates with today; the same texts give the same file.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    with (folder / MO).open("wb") as file:
        write_mo(file, catalog)


def compiled(path: Path) -> dict[Any, tuple[str, ...]]:
    """What the server reads; nothing where there is no `.mo`."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return texts_of(read_mo(file))


def problems(wanted: Catalog, kept: Catalog) -> list[str]:
    """A sentence for each text of `wanted` that `kept` has not, or has wrongly."""
    return [
        sentence
        for message in wanted
        if message.id and (sentence := problem(message, kept.get(message.id, message.context)))
    ]


def problem(wanted: Message, kept: Message | None) -> str:
    """What is wrong with one translation, or ""."""
    texts = forms(wanted.id)
    said = f"“{texts[0]}”"
    if kept is None:
        return f"{said} is missing: run tools/translations.py update."
    if kept.fuzzy:
        return f"{said} is fuzzy: look at its translation and take the mark away."
    for text, form in zip_longest(texts, forms(kept.string), fillvalue=""):
        if not text or not form:
            return f"{said} is not translated."
        if placeholders(form) != placeholders(text):
            return f"{said} has other placeholders in its translation “{form}”."
    return ""


def placeholders(text: str) -> list[str]:
    """What will be put into a text, in alphabetical order."""
    return sorted(PLACEHOLDER.findall(text))


def check(folder: Path = TRANSLATIONS) -> list[str]:
    """All that is wrong, a sentence each; nothing where German is complete."""
    kept = read(folder / PO)
    found = problems(template(), kept)
    if compiled(folder / MO) != texts_of(kept):
        found.append("messages.mo is not made from messages.po: run tools/translations.py compile.")
    return found


def main(action: str) -> int:
    if action == "check":
        found = check()
        print("\n".join(found) or "German is complete.")
        return 1 if found else 0
    {"extract": extract, "update": update, "compile": compile_}[action]()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("extract", "update", "compile", "check"):
        sys.exit("Say one of: extract, update, compile, check.")
    sys.exit(main(sys.argv[1]))
