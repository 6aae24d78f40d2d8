"""What networks are made from: a record, a `.dna` file or a Parquet file, and which of its statements."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.errors import UsageError

if TYPE_CHECKING:
    from whipcount.analysis.events import Events
    from whipcount.analysis.networks import Exclusion

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A record (file or database URL), a .dna file or a .parquet file of statements, read in place.",
    ),
]
Start = Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this ISO date or time.")]
Stop = Annotated[str | None, typer.Option("--to", metavar="DATE", help="To this ISO date or time.")]
Exclude = Annotated[list[str] | None, typer.Option(metavar="VARIABLE=VALUE", help="Leave a value out. Repeatable.")]
Invert = Annotated[bool, typer.Option("--invert", help="Keep only what --exclude names.")]
Weight = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STANCE=NUMBER",
        help="What a stance weighs in the variable `stance`, if not support=2 conditional=0 undecided=0 oppose=-2 "
        "and one step towards the side an undecided or conditional statement leans to. Repeatable.",
    ),
]
StatementType = Annotated[str, typer.Option(help="Statement type of a .dna file.")]
Password = Annotated[str | None, typer.Option(help="Check a coder's password of a .dna file.")]


def open_events(
    source: str,
    statement_type: str = "DNA Statement",
    password: str | None = None,
    *,
    weights: list[str] | None = None,
    only: Iterable[str] | None = None,
) -> Events:
    """The statements of a source as events; with `only`, the variables and document fields needed, this is faster."""
    from whipcount.analysis.events import Events, from_parquet, from_record
    from whipcount.record import Record
    from whipcount.record.dna import DnaFile, is_dna

    rule = stance_weights(weights or [])
    path = Path(source)
    if path.suffix == ".parquet":
        return from_parquet(path, rule, only=only)
    if path.is_file() and is_dna(path):
        return Events(*DnaFile(path, password).events(statement_type))
    with Record.open(source) as record:
        return from_record(record, rule, only=only)


def stance_weights(pairs: list[str]) -> dict[str, int] | None:
    """The weights of stances that STANCE=NUMBER pairs give; None for the usual rule."""
    from whipcount.model import Stance

    weights: dict[str, int] = {}
    for pair in pairs:
        stance, _, number = pair.partition("=")
        if stance not in set(Stance):
            raise UsageError(f"--weight {pair!r}: no stance {stance!r}; use {', '.join(Stance)}")
        try:
            weights[stance] = int(number)
        except ValueError:
            raise UsageError(f"--weight {pair!r}: {number!r} is no whole number; write STANCE=NUMBER") from None
    return weights or None


def time_of(text: str | None, *, last: bool) -> datetime.datetime | None:
    """A date or time; a bare date as the end of a range is the end of that day."""
    if text is None:
        return None
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS") from None
    return time.replace(hour=23, minute=59, second=59) if last and len(text) == 10 else time


def exclusions(pairs: list[str], invert: bool, events: Events) -> tuple[Exclusion, ...]:
    """One exclusion a variable, whatever the number of its values; `document:FIELD=VALUE` is a document's field."""
    from whipcount.analysis.events import DOCUMENT_FIELDS
    from whipcount.analysis.networks import Exclusion

    values: dict[tuple[str, bool], set[str]] = {}
    for pair in pairs:
        variable, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"--exclude {pair!r} has no value; write VARIABLE=VALUE")
        name = variable.removeprefix("document:")
        of_document = name != variable or (not events.has(name) and name in DOCUMENT_FIELDS)
        if not (name in DOCUMENT_FIELDS if of_document else events.has(name)):
            raise UsageError(f"no variable {variable!r}; there are {', '.join((*events.kinds, *DOCUMENT_FIELDS))}")
        values.setdefault((name, of_document), set()).add(value)
    return tuple(Exclusion(name, frozenset(v), invert, of_document) for (name, of_document), v in values.items())
