"""What a user names on the command line -> documents and failures, one by one."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from whipcount.documents.document import document_from_text
from whipcount.documents.formats import COLLECTIONS, FORMATS, LIMIT, Raw, jsonl, plain, unzipped
from whipcount.errors import InputError
from whipcount.model import Document, Failure


def _suffix(path: Path) -> str:
    """Lower-case suffix that decides the format; `.jsonl.gz` counts as `.jsonl`."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz")).suffix


def files(inputs: Sequence[str]) -> Iterator[Path | Failure]:
    """Files named by paths, folders and patterns, folders in sorted order; `-` stays as it is."""
    for entry in inputs:
        path = Path(entry)
        try:
            if entry == "-" or path.is_file():
                yield path
            elif path.is_dir():
                yield from (
                    p
                    for p in sorted(path.rglob("*"))
                    if p.is_file()
                    and not p.name.startswith(".")
                    and (_suffix(p) in FORMATS or _suffix(p) in COLLECTIONS)
                )
            else:
                found = sorted(glob.glob(entry, recursive=True)) if glob.has_magic(entry) else []
                if not found:
                    yield Failure(_one_line(entry), "no such file or folder; check the path")
                yield from (Path(f) for f in found if Path(f).is_file())
        except (OSError, ValueError):
            yield Failure(_one_line(entry), "cannot be opened; check the path and its permissions")


def count(inputs: Sequence[str]) -> int | None:
    """Number of documents to expect; None for standard input, which can be read only once.

    Files of many documents are gone through for it, which takes seconds where reading them takes hours.
    """
    number = 0
    for file in files(inputs):
        if isinstance(file, Path) and str(file) == "-":
            return None
        number += _size(file) if isinstance(file, Path) and _suffix(file) in COLLECTIONS else 1
    return number


def _size(path: Path) -> int:
    """Number of texts in a file of many, those before the place where it breaks off and one failure."""
    number = 0
    try:
        for _ in _texts(path):
            number += 1
    except Exception:  # whatever it is, `read` will say it
        number += 1
    return number


def read(inputs: Sequence[str]) -> Iterator[Document | Failure]:
    """Every document of the inputs, and a Failure for each that cannot be read; one never stops the others."""
    taken: dict[str, str] = {}
    for file in files(inputs):
        if isinstance(file, Failure):
            yield file
            continue
        for result in _file(file):
            yield _unique(result, taken) if isinstance(result, Document) else result


def _file(path: Path) -> Iterator[Document | Failure]:
    where = "standard input" if str(path) == "-" else _one_line(str(path))
    try:
        for raw, single in _texts(path):
            yield _document(raw, path, where, single)
    except InputError as error:
        yield Failure(where, _one_line(str(error)))
    except OSError as error:
        reason = _one_line(error.strerror or "damaged")
        yield Failure(where, f"cannot be opened ({reason}); check the file and its permissions")
    except RecursionError:
        yield Failure(where, "is nested too deeply; save the article alone")
    except MemoryError:
        yield Failure(where, "needs too much memory; split it")
    except Exception as error:  # the format libraries raise all sorts on damaged files
        yield Failure(where, f"is damaged or not what its name says ({type(error).__name__}); save it again or as .txt")


def _texts(path: Path) -> Iterator[tuple[Raw, bool]]:
    """The texts in a file, each with whether the file holds only that one."""
    if str(path) == "-":
        data = sys.stdin.buffer.read(LIMIT + 1)
        if data.startswith(b"\x1f\x8b"):
            data = unzipped(data)
        if re.match(rb"\s*\{\s*\"", data):
            yield from ((raw, False) for raw in jsonl(io.BytesIO(data)))
            return
        reader: Callable[[bytes], Iterator[Raw]] = plain
    else:
        packed = path.name.lower().endswith(".gz")
        many = COLLECTIONS.get(_suffix(path))
        if many:
            if path.stat().st_size == 0:
                raise InputError("is empty")
            with gzip.open(path, "rb") if packed else path.open("rb") as file:
                yield from ((raw, False) for raw in many(file))
            return
        one = FORMATS.get(_suffix(path))
        if one is None:
            known = " ".join(sorted((*FORMATS, *COLLECTIONS)))
            raise InputError(f"has a suffix that is not read ({_one_line(path.suffix) or 'none'}); use one of {known}")
        reader = one
        if path.stat().st_size > LIMIT:
            raise InputError(f"is larger than {LIMIT // 1_000_000} MB; split it")
        data = unzipped(path.read_bytes()) if packed else path.read_bytes()
    if len(data) > LIMIT:
        raise InputError(f"is larger than {LIMIT // 1_000_000} MB; split it")
    if not data.strip():
        raise InputError("is empty")
    yield from ((raw, True) for raw in reader(data))


def _document(raw: Raw, path: Path, where: str, single: bool) -> Document | Failure:
    origin = f"{where}, {raw.part}" if raw.part else where
    if raw.problem:
        return Failure(origin, raw.problem)
    if not any(c.isalnum() for c in raw.text):
        return Failure(origin, "has no words in it")
    identity = raw.id or (path.stem if single and str(path) != "-" else None)
    return document_from_text(
        raw.text,
        id=identity,
        title=raw.title,
        outlet=raw.outlet,
        date=raw.date,
        language=raw.language,
        author=raw.author,
        origin=origin,
        name=path.stem if single else "",
    )


def _unique(document: Document, taken: dict[str, str]) -> Document:
    """The document, with a short digest added to its id if another text has that id already."""
    if taken.setdefault(document.id, document.sha256) == document.sha256:
        return document
    from dataclasses import replace

    return replace(document, id=f"{document.id}-{hashlib.sha256(document.sha256.encode()).hexdigest()[:6]}")


def _one_line(text: str) -> str:
    """The text safe to print on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
