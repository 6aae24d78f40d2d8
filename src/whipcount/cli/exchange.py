"""Records in and out: statements as a table, DNA projects, the whole record as lines of JSON, other records merged."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.count import RecordFile
from whipcount.cli.output import json_line, say, write_csv
from whipcount.cli.read import CodebookFile, load_codebook

if TYPE_CHECKING:
    from whipcount.model import Coder
    from whipcount.record import Record


Password = Annotated[str | None, typer.Option("--password", help="Of a coder of a .dna file.")]


def export(
    record: RecordFile,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Ends in .csv, .parquet, .jsonl or .dna; `-` writes .jsonl to standard output.",
        ),
    ],
    password: Password = None,
) -> None:
    """Write statements as they stand (.csv, .parquet), a DNA project (.dna), or the whole record (.jsonl).

    `import` makes the same record again from a .jsonl.
    """
    from whipcount.errors import UsageError
    from whipcount.record import Record

    suffix = ".jsonl" if out == "-" else Path(out).suffix
    if suffix not in WRITERS:
        raise UsageError(f"{out}: cannot tell the format; end the name in {', '.join(WRITERS)}")
    with Record.open(record) as store:
        WRITERS[suffix](store, out, password)
    if out != "-":
        say(f"wrote {out}")


def _write_lines(store: Record, out: str, _: str | None) -> None:
    from whipcount.record.exchange import lines

    if out == "-":
        for line in lines(store):
            sys.stdout.write(json_line(line))
        return
    with Path(out).open("w", encoding="utf-8") as file:
        file.writelines(json_line(line) for line in lines(store))


def _write_csv(store: Record, out: str, _: str | None) -> None:
    from whipcount.analysis.frames import STATEMENT, statement_rows

    with Path(out).open("w", encoding="utf-8", newline="") as file:
        write_csv(STATEMENT, statement_rows(store, store.entries()), file)


def _write_parquet(store: Record, out: str, _: str | None) -> None:
    from whipcount.analysis.frames import Debate

    Debate(store).statements().write_parquet(out)


def _write_dna(store: Record, out: str, password: str | None) -> None:
    from whipcount.record import dna_project

    written = dna_project.write(store, Path(out), password)
    say(f"{written.documents} documents, {written.statements} statements")
    _notes(written.notes)
    if written.password:
        say(f"new coders open it with the password {written.password}")


WRITERS = {".csv": _write_csv, ".parquet": _write_parquet, ".jsonl": _write_lines, ".dna": _write_dna}
"""What writes a file, by the end of its name."""


def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A .jsonl(.gz) of `export` or `extract`, a .dna file, or another record to merge (file or database URL); "
            "`-` for lines on standard input.",
        ),
    ],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record to add to; made if missing.")],
    codebook: CodebookFile = None,
    coder: Annotated[str, typer.Option(help="Who coded what names no coder.")] = "import",
    person: Annotated[bool, typer.Option("--person", help="That coder is a person, not a model.")] = False,
    password: Password = None,
) -> int:
    """Add an export, the output of `extract`, a DNA project or another record; what is there already is passed over.

    Two copies of a record that grew apart become one: no document, statement or judgement is lost or doubled.
    """
    from whipcount.model import Coder
    from whipcount.record import Record
    from whipcount.record.exchange import lines, take

    refused: list[int] = []

    def refuse(number: int, reason: str) -> None:
        refused.append(number)
        say(f"{file}, line {number}: {reason}")

    issue, who = load_codebook(codebook), Coder(coder, "", not person)
    if Path(file).suffix == ".dna":
        return _import_dna(file, record, who, password)
    if "://" in file or Path(file).suffix == ".whip":
        with Record.open(file) as other, Record.open(record, create=True) as store:
            added, known = take(store, lines(other), who, issue, refuse)
    else:
        texts = _lines(file)
        with Record.open(record, create=True) as store:
            added, known = take(store, texts, who, issue, refuse)
    say(f"{shown(record)}: {added} added, {known} there already, {len(refused)} refused")
    return 1 if refused else 0


def _import_dna(file: str, record: str, who: Coder, password: str | None) -> int:
    from whipcount.errors import InputError
    from whipcount.record import Record, dna_project
    from whipcount.record.dna import DnaFile

    if not Path(file).is_file():
        raise InputError(f"{file}: no such file; name a project of DNA 3")
    DnaFile(Path(file), password)  # a wrong password or a foreign file leaves no empty record behind
    with Record.open(record, create=True) as store:
        taken = dna_project.take(store, Path(file), who)
    say(
        f"{shown(record)}: {taken.documents} documents and {taken.statements} statements added, {taken.known} there already"
    )
    _notes(taken.notes)
    return 0


def shown(record: str) -> str:
    """The name of a record without the password of its URL."""
    from whipcount.record import database

    return database.shown(record)


def _notes(notes: Mapping[str, int]) -> None:
    for note, number in notes.items():
        say(f"{number} {note}")


def _lines(file: str) -> Iterator[str]:
    from whipcount.errors import InputError

    if file != "-" and not Path(file).is_file():
        raise InputError(f"{file}: no such file; name a .jsonl of `whipcount export` or `whipcount extract`")
    return _read(file)


def _read(file: str) -> Iterator[str]:
    from whipcount.errors import InputError

    try:
        if file == "-":
            yield from sys.stdin
        elif file.endswith(".gz"):
            with gzip.open(file, "rt", encoding="utf-8") as zipped:
                yield from zipped
        else:
            with Path(file).open(encoding="utf-8") as lines:
                yield from lines
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise InputError(
            f"{file}: not UTF-8 text or a damaged .gz ({type(error).__name__}); export it again"
        ) from error
