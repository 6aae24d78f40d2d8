"""The actors of a project: those that ship with whipcount, and its own, checked as the files of the command line are."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from whipcount.errors import InputError
from whipcount.language.actors import Actors
from whipcount.record import Record
from whipcount.web.words import N_

KIND = "actors"
"""Under which a record holds the project's own files of actors."""

FILES = {"actors.yaml": N_("States, organisations, groups and outlets"), "people.csv": N_("People and the offices they hold")}
"""The project's own files: name -> what is in it.  Their form is told in `language.actors`."""


def own_files(record: Record) -> dict[str, str]:
    """Name -> text of the project's own files of actors; empty text where there is none."""
    held = record.definitions(KIND)
    return {name: str(held.get(name) or "") for name in FILES}


def actors_of(record: Record) -> Actors:
    """All actors that the project knows."""
    return _load(tuple(own_files(record).items()))


@lru_cache(maxsize=16)
def _load(texts: tuple[tuple[str, str], ...]) -> Actors:
    with tempfile.TemporaryDirectory() as folder:
        return Actors.load(write(Path(folder), dict(texts)))


def write(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Write the files that are not empty into a folder; their paths."""
    paths = []
    for name, text in texts.items():
        if text.strip():
            (folder / name).write_text(text, encoding="utf-8")
            paths.append(folder / name)
    return paths


def check(texts: dict[str, str]) -> None:
    """InputError, which names file and line, if one of the files is not what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            Actors.load(write(Path(folder), texts))
        except InputError as error:
            raise InputError(str(error).replace(f"{folder}/", "")) from None
