"""The networks of a record or a DNA file on the command line."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.cli.output import CSV, JSON, print_json, show
from whipcount.errors import UsageError

if TYPE_CHECKING:
    from whipcount.analysis.events import Events
    from whipcount.analysis.networks import Exclusion, Network


def network(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A record, or a .dna file, which is read in place.")],
    kind: Annotated[str, typer.Option("--type", help="onemode or twomode.")] = "twomode",
    rows: Annotated[str, typer.Option(help="Variable of the rows.")] = "organization",
    columns: Annotated[str, typer.Option(help="Variable of the columns.")] = "concept",
    qualifier: Annotated[str, typer.Option(help="Variable that agrees or differs; empty for none.")] = "agreement",
    aggregation: Annotated[str, typer.Option(help="ignore, combine, subtract, congruence, conflict.")] = "ignore",
    normalization: Annotated[
        str, typer.Option(help="no, activity, prominence, average, jaccard, cosine, dna-cosine.")
    ] = "no",
    duplicates: Annotated[
        str, typer.Option(help="What counts once: include, document, week, month, year, acrossrange.")
    ] = "include",
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="From this ISO date or time.")] = None,
    stop: Annotated[str | None, typer.Option("--to", metavar="DATE", help="To this ISO date or time.")] = None,
    window: Annotated[str | None, typer.Option(metavar="UNIT", help="Moving window: days, weeks, months, ...")] = None,
    window_size: Annotated[int, typer.Option(metavar="N", help="Units in a window.")] = 1,
    kernel: Annotated[
        str | None, typer.Option(metavar="NAME", help="Smooth: uniform, epanechnikov, triangular, gaussian.")
    ] = None,
    indent: Annotated[bool, typer.Option(help="Keep kernel windows inside the range.")] = True,
    isolates: Annotated[bool, typer.Option("--isolates", help="Keep labels without ties.")] = False,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="VARIABLE=VALUE", help="Leave a value out. Repeatable.")
    ] = None,
    invert: Annotated[bool, typer.Option("--invert", help="Keep only what --exclude names.")] = False,
    statement_type: Annotated[str, typer.Option(help="Statement type of a .dna file.")] = "DNA Statement",
    compat: Annotated[
        str | None, typer.Option(metavar="VERSION", help="DNA's own result: dna-3.1.2 or dna-3.0.11.5.")
    ] = None,
    password: Annotated[str | None, typer.Option(help="Check a coder's password of a .dna file.")] = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show a network of actors and options, or of actors, as a matrix; with windows, one after another."""
    from whipcount.analysis.networks import Design
    from whipcount.analysis.networks import network as make
    from whipcount.analysis.windows import smoothed, windows

    if kind not in ("onemode", "twomode"):
        raise UsageError(f"no network type {kind!r}; use onemode or twomode")
    events = _events(source, statement_type, password)
    design = Design(
        onemode=kind == "onemode",
        rows=rows,
        columns=columns,
        qualifier=qualifier or None,
        aggregation=aggregation,
        normalization=normalization,
        duplicates=duplicates,
        start=_time(start, last=False),
        stop=_time(stop, last=True),
        isolates=isolates,
        exclusions=_exclusions(exclude or [], invert, events),
        compat=compat,
    )
    if kernel and not window:
        raise UsageError("--kernel needs --window with a unit of time; add for example --window months")
    if not window:
        made = make(events, design)
        if json:
            print_json(made.to_json())
        else:
            _table(made, csv)
        return
    series = list(
        smoothed(events, design, window, window_size, kernel, indent=indent)
        if kernel
        else windows(events, design, window, window_size)
    )
    if json:
        print_json([one.to_json() for one in series])
        return
    for one in series:
        typer.echo(f"{one.start} to {one.stop}, {one.statements} statements")
        _table(one, csv)


def _table(made: Network, csv: bool) -> None:
    cells = [
        {"": name, **dict(zip(made.columns, line, strict=True))}
        for name, line in zip(made.rows, made.matrix, strict=True)
    ]
    rows: list[dict[str, Any]] = [{k: v if isinstance(v, str) else f"{v:g}" for k, v in row.items()} for row in cells]
    show(["", *made.columns], rows, json=False, csv=csv, empty="no ties: no statement has both variables")


def _events(source: str, statement_type: str, password: str | None) -> Events:
    from whipcount.analysis.events import Events, from_entries
    from whipcount.record import Record
    from whipcount.record.dna import DnaFile, is_dna

    path = Path(source)
    if path.is_file() and is_dna(path):
        return Events(*DnaFile(path, password).events(statement_type))
    with Record.open(source) as record:
        return from_entries(record.entries())


def _time(text: str | None, *, last: bool) -> datetime.datetime | None:
    """A date or time; a bare date as the end of a range is the end of that day."""
    if text is None:
        return None
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS") from None
    return time.replace(hour=23, minute=59, second=59) if last and len(text) == 10 else time


def _exclusions(pairs: list[str], invert: bool, events: Events) -> tuple[Exclusion, ...]:
    """One exclusion a variable, whatever the number of its values; `document:FIELD=VALUE` is a document's field."""
    from whipcount.analysis.events import DOCUMENT_FIELDS
    from whipcount.analysis.networks import Exclusion

    values: dict[tuple[str, bool], set[str]] = {}
    for pair in pairs:
        variable, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"--exclude {pair!r} has no value; write VARIABLE=VALUE")
        name = variable.removeprefix("document:")
        of_document = name != variable or (name not in events.kinds and name in DOCUMENT_FIELDS)
        if name not in (DOCUMENT_FIELDS if of_document else events.kinds):
            raise UsageError(f"no variable {variable!r}; there are {', '.join((*events.kinds, *DOCUMENT_FIELDS))}")
        values.setdefault((name, of_document), set()).add(value)
    return tuple(Exclusion(name, frozenset(v), invert, of_document) for (name, of_document), v in values.items())
