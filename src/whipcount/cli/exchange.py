"""Records in and out: statements as a table, DNA projects, the whole record as lines of JSON, other records merged."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.count import RecordFile
from whipcount.cli.output import json_line, say, show, write_csv
from whipcount.cli.read import CodebookFile, load_codebook

if TYPE_CHECKING:
    from whipcount.model import Coder, Document
    from whipcount.record import Record


OWN = ("jsonl", "csv", "xlsx", "parquet", "dna", "dna-events")
FORMATS = (*OWN, "w3c", "refi", "brat", "webanno", "label-studio", "doccano")
"""Names of formats, those of annotation tools last (`record.annotations`)."""

SUFFIXES = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".dna": "dna",
    ".jsonld": "w3c",
    ".qdpx": "refi",
    ".tsv": "webanno",
    ".json": "label-studio",
}
"""What the end of a name says."""

TABLES = ("csv", "xlsx", "xls", "ods", "parquet", "dna-events")

Form = Annotated[str | None, typer.Option("--format", help=f"Where the name does not say it: {', '.join(FORMATS)}.")]
Password = Annotated[str | None, typer.Option("--password", help="Of a coder of a .dna file.")]


def export(
    record: RecordFile,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The end of its name says the format; `-`: .jsonl to standard output.",
        ),
    ],
    password: Password = None,
    form: Form = None,
    kind: Annotated[str, typer.Option("--type", help="Statement type of a dna-events list.")] = "DNA Statement",
) -> None:
    """Write the whole record (.jsonl), a DNA project (.dna), or statements as they stand, for other tools.

    Tables: .csv, .xlsx, .parquet, and DNA's event list (--format dna-events).  Annotation tools: .jsonld (W3C), .qdpx
    (MAXQDA, NVivo, ATLAS.ti), and by --format brat, webanno (INCEpTION), label-studio, doccano.  `import` makes the same
    record again from a .jsonl, and the same statements from those of annotation tools.
    """
    from whipcount.errors import UsageError
    from whipcount.record import Record

    name = form or ("jsonl" if out == "-" else SUFFIXES.get(Path(out).suffix.lower(), ""))
    if name not in FORMATS:
        raise UsageError(f"{out}: cannot tell the format; end the name in {', '.join(SUFFIXES)}, or give --format")
    with Record.open(record) as store:
        if name == "dna-events":
            from whipcount.record.table import events

            Path(out).write_text(events(store, store.entries(), kind), encoding="utf-8")
        elif name in WRITERS:
            WRITERS[name](store, out, password)
        else:
            from whipcount.record import annotations

            annotations.FORMATS[name].write(annotations.coded(store), Path(out))
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
    from whipcount.record import dna

    written = dna.write(store, Path(out), password)
    say(f"{written.documents} documents, {written.statements} statements")
    _notes(written.notes)
    if written.password:
        say(f"new coders open it with the password {written.password}")


def _write_xlsx(store: Record, out: str, _: str | None) -> None:
    import xlsxwriter

    from whipcount.analysis.frames import STATEMENT, statement_rows
    from whipcount.cli.output import cell

    # texts stay texts: none becomes a formula, a link or a number
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("statements")
        for column, name in enumerate(STATEMENT):
            sheet.write_string(0, column, name)
        for number, row in enumerate(statement_rows(store, store.entries()), 1):
            for column, name in enumerate(STATEMENT):
                sheet.write_string(number, column, cell(row[name])[:32767])


WRITERS = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
    "jsonl": _write_lines,
    "dna": _write_dna,
}
"""What writes a format, but for those of annotation tools."""


def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A file or folder that `export` or another tool wrote, or another record to merge (file or database "
            "URL); `-` for lines on standard input.",
        ),
    ],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record to add to; made if missing.")],
    codebook: CodebookFile = None,
    coder: Annotated[str, typer.Option(help="Who coded what names no coder.")] = "import",
    person: Annotated[bool, typer.Option("--person", help="That coder is a person, not a model.")] = False,
    password: Password = None,
    form: Form = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="WHAT=COLUMN", help="Which column of a table holds what. Repeatable."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what each column would be taken for; add nothing.")
    ] = False,
    votes: Annotated[
        str | None,
        typer.Option(
            "--votes", metavar="OPTION", help="The file is a roll call (item,date,member,ballot) on this option."
        ),
    ] = None,
    institution: Annotated[str | None, typer.Option(help="The body that voted, for the title of a roll call.")] = None,
) -> int:
    """Add what another tool or record holds; what is there already is passed over.

    Takes exports (.jsonl), the output of `extract`, DNA projects, tables (.csv, .xlsx, .ods, .parquet, DNA's event
    list), .qdpx of MAXQDA and NVivo, W3C annotations, brat, WebAnno TSV, Label Studio, doccano, and other records: two
    copies that grew apart become one, and no document, statement or judgement is lost or doubled. With --votes, how a
    member voted is its own word; a column `option` of the file comes before the option given.
    """
    if votes is not None:
        return _roll_calls(Path(file), record, codebook, votes, institution)
    from whipcount.model import Coder
    from whipcount.record import Record
    from whipcount.record.exchange import lines, take

    refused: list[int] = []

    def refuse(number: int, reason: str) -> None:
        refused.append(number)
        say(f"{file}, line {number}: {reason}")

    issue, who = load_codebook(codebook), Coder(coder, "", not person)
    name = form or _format_of(Path(file))
    if name == "dna":
        return _import_dna(file, record, who, password)
    if name in TABLES or (name in FORMATS and name not in OWN):
        return _import_coded(file, name, record, who, map_ or [], preview)
    if "://" in file or Path(file).suffix == ".whip":
        with Record.open(file) as other, Record.open(record, create=True) as store:
            added, known = take(store, lines(other), who, issue, refuse)
    else:
        texts = _lines(file)
        with Record.open(record, create=True) as store:
            added, known = take(store, texts, who, issue, refuse)
    say(f"{shown(record)}: {added} added, {known} there already, {len(refused)} refused")
    return 1 if refused else 0


def _roll_calls(file: Path, record: str, codebook: Path | None, option: str, institution: str | None) -> int:
    from whipcount.institutions.rollcalls import CODER, statements_of
    from whipcount.institutions.tally import ballots_of
    from whipcount.record import Record

    rows, issue = ballots_of(file), load_codebook(codebook)
    with Record.open(record, create=True) as store:
        issue = issue or store.codebook()
        found = list(statements_of(rows, option, issue, institution))
        added = [store.add(document, (), statements, CODER, issue) for document, statements in found]
    say(f"{shown(record)}: {sum(added)} roll calls added, {len(added) - sum(added)} there already")
    return 0


def _format_of(path: Path) -> str:
    """The format of a file or folder, by the end of its name or of the names in it."""
    if path.is_dir():
        return "brat" if any(path.rglob("*.ann")) else "webanno"
    end = path.suffix.lower()
    return end[1:] if end[1:] in TABLES else SUFFIXES.get(end, "")


def _import_coded(file: str, name: str, record: str, who: Coder, told: list[str], preview: bool) -> int:
    from whipcount.errors import InputError, UsageError
    from whipcount.record import Record, annotations, table

    path = Path(file)
    if not path.exists():
        raise InputError(f"{file}: no such file or folder")
    columns = dict(part.partition("=")[::2] for part in told)
    if "" in columns.values():
        raise UsageError("write --map as WHAT=COLUMN, for example --map words=Segment")
    if preview:
        if name not in TABLES:
            raise UsageError("--preview is for tables")
        rows = table.rows_of(path)
        found = {column: what for what, column in table.mapping(rows[0] if rows else (), columns).items()}
        first = rows[0] if rows else {}
        shown_ = [
            {"column": c, "taken for": found.get(c, f"variable {c}"), "first": str(v)[:60]}
            for c, v in first.items()
            if c
        ]
        show(["column", "taken for", "first"], shown_, json=False, csv=False, empty=f"{file}: has no rows")
        return 0
    with Record.open(record, create=True) as store:

        def text_of(id: str) -> Document | None:
            return next((document for document in store.documents() if id in (document.id, document.origin)), None)

        if name in TABLES:
            coded = table.read(path, who, columns, store)
        elif name == "w3c":
            coded = annotations.FORMATS[name].read(path, who, text_of)
        else:
            coded = annotations.FORMATS[name].read(path, who)
        added, known = annotations.keep(store, coded)
    say(f"{shown(record)}: {added} statements added, {known} there already")
    return 0


def _import_dna(file: str, record: str, who: Coder, password: str | None) -> int:
    from whipcount.errors import InputError
    from whipcount.record import Record, dna

    if not Path(file).is_file():
        raise InputError(f"{file}: no such file; name a project of DNA 3")
    dna.DnaFile(Path(file), password)  # a wrong password or a foreign file leaves no empty record behind
    with Record.open(record, create=True) as store:
        taken = dna.take(store, Path(file), who)
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
