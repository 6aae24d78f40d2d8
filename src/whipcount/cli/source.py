"""What networks are made from: a record, a `.dna` file or a Parquet file, and which of its statements."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.errors import UsageError

if TYPE_CHECKING:
    from whipcount.analysis.events import Events
    from whipcount.analysis.networks import Design, Exclusion
    from whipcount.model import Entry

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
Once = Annotated[
    bool, typer.Option("--once", help="Count a story that several documents of a record copy from each other once.")
]
StatementType = Annotated[
    str | None,
    typer.Option(
        help="Statement type, with its variables: of a .dna file (else DNA Statement) or of a record (else all)."
    ),
]
Password = Annotated[str | None, typer.Option(help="Check a coder's password of a .dna file.")]


def open_events(
    source: str,
    statement_type: str | None = None,
    password: str | None = None,
    *,
    weights: list[str] | None = None,
    only: Iterable[str] | None = None,
    once: bool = False,
) -> Events:
    """The statements of a source as events; with `only`, the variables and document fields needed, this is faster."""
    from whipcount.analysis.events import Events, from_entries, from_parquet, from_record
    from whipcount.analysis.sourcing import copies, counted_once
    from whipcount.record import Record
    from whipcount.record.dna import DnaFile, is_dna

    rule = stance_weights(weights or [])
    path = Path(source)
    if once and (path.suffix == ".parquet" or (path.is_file() and is_dna(path))):
        raise UsageError("--once needs a record: copies are found by the texts of its documents")
    if path.suffix == ".parquet":
        return from_parquet(path, rule, only=only)
    if path.is_file() and is_dna(path):
        return Events(*DnaFile(path, password).events(statement_type or "DNA Statement"))
    with Record.open(source) as record:
        if once:
            return from_entries(counted_once(record.entries(type=statement_type), copies(record.documents())), rule)
        return from_record(record, rule, only=only, statement_type=statement_type)


def open_entries(source: str, statement_type: str | None = None, password: str | None = None) -> list[Entry]:
    """The statements of a source one by one, as they stand."""
    from whipcount.analysis.events import to_entries
    from whipcount.record import Record
    from whipcount.record.dna import is_dna

    path = Path(source)
    if path.suffix == ".parquet" or (path.is_file() and is_dna(path)):
        return to_entries(open_events(source, statement_type, password))
    with Record.open(source) as record:
        return record.entries(type=statement_type)


def prepared(
    source: Source,
    *,
    rows: Annotated[str, typer.Option(help="Variable of the actors.")] = "organization",
    columns: Annotated[str, typer.Option(help="Variable of what they speak about.")] = "concept",
    qualifier: Annotated[str, typer.Option(help="Variable that agrees or differs.")] = "agreement",
    normalization: Annotated[str, typer.Option(help="no, average, jaccard, cosine, dna-cosine.")] = "no",
    duplicates: Annotated[
        str, typer.Option(help="What counts once: include, document, week, month, year, acrossrange.")
    ] = "document",
    start: Start = None,
    stop: Stop = None,
    exclude: Exclude = None,
    invert: Invert = False,
    weight: Weight = None,
    once: Once = False,
    statement_type: StatementType = None,
    compat: Annotated[str | None, typer.Option(metavar="VERSION", help="As DNA computes it: dna-3.1.2.")] = None,
    password: Password = None,
) -> tuple[Events, Design]:
    """Events and design of a command that looks at the structure of a one-mode network."""
    from whipcount.analysis.networks import Design

    events = open_events(source, statement_type, password, weights=weight, once=once)
    return events, Design(
        onemode=True,
        rows=rows,
        columns=columns,
        qualifier=qualifier or None,
        aggregation="subtract" if qualifier else "ignore",
        normalization=normalization,
        duplicates=duplicates,
        start=time_of(start, last=False),
        stop=time_of(stop, last=True),
        exclusions=exclusions(exclude or [], invert, events),
        compat=compat,
    )


def on_network(command: Callable[..., None]) -> Callable[..., None]:
    """A command `f(events, design, **own options)` as one that takes the options of `prepared` and its own."""
    # the types of the values are for the type checker: to import them would make every command slow to start
    unknown: dict[str, Any] = {"Events": Any, "Design": Any}
    common = inspect.signature(prepared, eval_str=True, locals=unknown).parameters
    own = list(inspect.signature(command, eval_str=True, locals=unknown).parameters.values())[2:]

    def run(**given: Any) -> None:
        events, design = prepared(**{name: given.pop(name) for name in common})
        command(events, design, **given)

    # arguments without a default come first
    order = sorted((*common.values(), *own), key=lambda p: p.default is not inspect.Parameter.empty)
    keyword = inspect.Parameter.KEYWORD_ONLY
    run.__signature__ = inspect.Signature([p.replace(kind=keyword) for p in order])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in order}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


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
