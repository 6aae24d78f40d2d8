"""Records in and out: statements as a table, the whole record as lines of JSON."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.count import RecordFile
from whipcount.cli.output import json_line, say, write_csv
from whipcount.cli.read import CodebookFile, load_codebook


def export(
    record: RecordFile,
    out: Annotated[
        str,
        typer.Option(
            "--out", metavar="FILE", help="Ends in .csv, .parquet or .jsonl; `-` writes .jsonl to standard output."
        ),
    ],
) -> None:
    """Write statements as they stand (.csv, .parquet), or the whole record with its history (.jsonl).

    `import` makes the same record again from a .jsonl.
    """
    from whipcount.analysis.frames import STATEMENT, statement_rows
    from whipcount.errors import UsageError
    from whipcount.record import Record
    from whipcount.record.exchange import lines

    suffix = ".jsonl" if out == "-" else Path(out).suffix
    if suffix not in (".csv", ".parquet", ".jsonl"):
        raise UsageError(f"{out}: cannot tell the format; end the name in .csv, .parquet or .jsonl")
    with Record.open(record) as store:
        if out == "-":
            for line in lines(store):
                sys.stdout.write(json_line(line))
        elif suffix == ".jsonl":
            with Path(out).open("w", encoding="utf-8") as file:
                file.writelines(json_line(line) for line in lines(store))
        elif suffix == ".csv":
            with Path(out).open("w", encoding="utf-8", newline="") as file:
                write_csv(STATEMENT, statement_rows(store, store.entries()), file)
        else:
            from whipcount.analysis.frames import Debate

            Debate(store).statements().write_parquet(out)
    if out != "-":
        say(f"wrote {out}")


def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .jsonl(.gz) of `export` or `extract`; `-` for standard input.")
    ],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record to add to; made if missing.")],
    codebook: CodebookFile = None,
    coder: Annotated[str, typer.Option(help="Who coded lines that do not say so.")] = "import",
    person: Annotated[bool, typer.Option("--person", help="That coder is a person, not a model.")] = False,
) -> int:
    """Add the lines of an export, or of `extract`, to a record; what is there already is passed over."""
    from whipcount.model import Coder
    from whipcount.record import Record
    from whipcount.record.exchange import take

    refused: list[int] = []

    def refuse(number: int, reason: str) -> None:
        refused.append(number)
        say(f"{file}, line {number}: {reason}")

    issue = load_codebook(codebook)
    texts = _lines(file)
    with Record.open(record, create=True) as store:
        added, known = take(store, texts, Coder(coder, "", not person), issue, refuse)
    say(f"{record}: {added} added, {known} there already, {len(refused)} refused")
    return 1 if refused else 0


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
