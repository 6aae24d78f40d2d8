"""Gather the words of the web pages for translators, and make their catalogues ready to be used.

    python tools/messages.py             whipcount.pot anew from templates, views and scripts; catalogues follow it
    python tools/messages.py begin de    a catalogue for German, to be filled in (any editor of .po files)
    python tools/messages.py compile     every catalogue as the pages read it
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from whipcount import model
from whipcount.record.accounts import Role
from whipcount.record.acts import WORDS as ACTS
from whipcount.record.store import CORRECTABLE

WEB = Path(__file__).parent.parent / "src" / "whipcount" / "web"
MESSAGES = WEB / "messages"
METHODS = [("**.html", "jinja2.ext.babel_extract"), ("*.py", "python"), ("static/*.js", "javascript")]
KEYWORDS = {"_": None, "gettext": None, "told": None, "N_": None, "ngettext": (1, 2)}


def gathered() -> tuple[Catalog, list[str]]:
    """Every message of the pages with the places where it stands, and those of scripts."""
    catalog, scripts = Catalog(project="whipcount", charset="utf-8"), set()
    options = {"**.html": {"silent": "false", "trimmed": "false"}}
    for name, line, message, _, context in extract_from_dir(WEB, METHODS, options, KEYWORDS):
        catalog.add(message, None, [(name, line)], context=context)
        if name.endswith(".js"):
            scripts.add(message)
    for words in model_words():
        catalog.add(words, None, [("words of the model", 0)])
    return catalog, sorted(scripts)


def model_words() -> list[str]:
    """What pages print as the house calls it: values of the model's enumerations, fields, acts, roles, kinds of conditions."""
    kinds = [each for each in vars(model).values() if isinstance(each, type) and issubclass(each, StrEnum) and each is not StrEnum]
    found = [str(member) for each in kinds for member in each]
    found += [field.replace("_", " ") for field in CORRECTABLE]
    found += [*ACTS, *(role.name.lower() for role in Role), "fact", "event"]
    return list(dict.fromkeys(found))


def compiled(catalog: Catalog) -> bytes:
    """A catalogue in the form that is read when pages are made."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def refresh() -> None:
    """Write whipcount.pot and the list of scripts' words; bring every catalogue up to it."""
    catalog, scripts = gathered()
    with (MESSAGES / "whipcount.pot").open("wb") as out:
        write_po(out, catalog, sort_by_file=True, omit_header=True, width=120, include_lineno=False)
    words = json.dumps(scripts, ensure_ascii=False, indent=0)
    (MESSAGES / "scripts.json").write_text(words + "\n", encoding="utf-8")
    for path in MESSAGES.glob("*/LC_MESSAGES/whipcount.po"):
        with path.open("rb") as file:
            held = read_po(file)
        held.update(catalog)
        with path.open("wb") as out:
            write_po(out, held, sort_by_file=True, width=120, include_lineno=False)
    print(f"{len(catalog)} messages, {len(scripts)} of them in scripts")


def begin(language: str) -> None:
    """An empty catalogue for a language."""
    path = MESSAGES / language / "LC_MESSAGES" / "whipcount.po"
    if path.exists():
        sys.exit(f"{path}: is there already")
    catalog, _ = gathered()
    fresh = Catalog(locale=language, project="whipcount", charset="utf-8")
    fresh.update(catalog)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, fresh, sort_by_file=True, width=120, include_lineno=False)
    print(f"{path}: fill in, then `python tools/messages.py compile`")


def compile_all() -> None:
    """Every catalogue beside its source."""
    for path in MESSAGES.glob("*/LC_MESSAGES/whipcount.po"):
        with path.open("rb") as file:
            catalog = read_po(file)
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        done = sum(1 for message in catalog if message.id and message.string)
        print(f"{path.parts[-3]}: {done} of {len(catalog)} messages")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            refresh()
        case ["begin", language]:
            begin(language)
        case ["compile"]:
            compile_all()
        case _:
            sys.exit(__doc__)
