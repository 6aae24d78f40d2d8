"""The networks of a record or a DNA file on the command line."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.output import CSV, JSON, print_json, show
from whipcount.cli.source import (
    Exclude,
    Invert,
    Once,
    Password,
    Source,
    Start,
    StatementType,
    Stop,
    Weight,
    exclusions,
    open_events,
    time_of,
)
from whipcount.errors import UsageError

if TYPE_CHECKING:
    from whipcount.analysis.networks import Network


def network(
    source: Source,
    *,
    kind: Annotated[str, typer.Option("--type", help="onemode or twomode.")] = "twomode",
    rows: Annotated[str, typer.Option(help="Variable of the rows.")] = "organization",
    columns: Annotated[str, typer.Option(help="Variable of the columns.")] = "concept",
    qualifier: Annotated[str, typer.Option(help="Variable that agrees or differs; empty for none.")] = "agreement",
    aggregation: Annotated[
        str, typer.Option(help="ignore, combine, subtract, congruence, conflict, or both of the last two.")
    ] = "ignore",
    normalization: Annotated[
        str, typer.Option(help="no, activity, prominence, average, jaccard, cosine, dna-cosine.")
    ] = "no",
    duplicates: Annotated[
        str, typer.Option(help="What counts once: include, document, week, month, year, acrossrange.")
    ] = "include",
    start: Start = None,
    stop: Stop = None,
    window: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Moving window: seconds to years, or events (statements).")
    ] = None,
    window_size: Annotated[int, typer.Option(metavar="N", help="Units in a window.")] = 1,
    kernel: Annotated[
        str | None, typer.Option(metavar="NAME", help="Smooth: uniform, epanechnikov, triangular, gaussian.")
    ] = None,
    indent: Annotated[bool, typer.Option(help="Keep kernel windows inside the range.")] = True,
    isolates: Annotated[bool, typer.Option("--isolates", help="Keep labels without ties.")] = False,
    exclude: Exclude = None,
    invert: Invert = False,
    weight: Weight = None,
    once: Once = False,
    statement_type: StatementType = None,
    compat: Annotated[
        str | None, typer.Option(metavar="VERSION", help="DNA's own result: dna-3.1.2 or dna-3.0.11.5.")
    ] = None,
    password: Password = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to a file: .graphml, .gexf, .net, .dl, .csv, .json; one a window."),
    ] = None,
    format: Annotated[
        str | None, typer.Option(help="Format of --out, if not by its ending: also `edges`, a CSV list of ties.")
    ] = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show a network of actors and options, or of actors, as a matrix; with windows, one after another."""
    from whipcount.analysis.networks import Design
    from whipcount.analysis.networks import network as make
    from whipcount.analysis.windows import smoothed, windows

    if kind not in ("onemode", "twomode"):
        raise UsageError(f"no network type {kind!r}; use onemode or twomode")
    if kernel and not window:
        raise UsageError("--kernel needs --window with a unit of time; add for example --window months")
    both = aggregation == "both"
    designs = [
        Design(
            onemode=kind == "onemode",
            rows=rows,
            columns=columns,
            qualifier=qualifier or None,
            aggregation=one,
            normalization=normalization,
            duplicates=duplicates,
            start=time_of(start, last=False),
            stop=time_of(stop, last=True),
            isolates=isolates,
            compat=compat,
        )
        for one in (("congruence", "conflict") if both else (aggregation,))
    ]
    excluded = {pair.partition("=")[0].removeprefix("document:") for pair in exclude or ()}
    events = open_events(
        source, statement_type, password, weights=weight, only=designs[0].needs() | excluded, once=once
    )
    left_out = exclusions(exclude or [], invert, events)
    made: list[Network] = []
    for design in [replace(design, exclusions=left_out) for design in designs]:
        if not window:
            made.append(make(events, design))
        elif kernel:
            made += smoothed(events, design, window, window_size, kernel, indent=indent)
        else:
            made += windows(events, design, window, window_size)
    names = ["congruence"] * (len(made) // 2) + ["conflict"] * (len(made) // 2) if both else [aggregation] * len(made)
    if out is not None:
        _write(made, names if both else None, out, format or out.suffix.removeprefix("."))
        return
    if json:
        plain = [
            one.to_json() | ({"aggregation": title} if both else {}) for one, title in zip(made, names, strict=True)
        ]
        print_json(plain if window or both else plain[0])
        return
    for one, title in zip(made, names, strict=True):
        if window:
            typer.echo(f"{one.start} to {one.stop}, {one.statements} statements{', ' + title if both else ''}")
        elif both:
            typer.echo(title)
        _table(one, csv)


def _write(made: list[Network], names: list[str] | None, out: Path, format: str) -> None:
    """One file a network; where there are several, the aggregation and the middle of the window go into the name."""
    from whipcount.analysis.graphs import written

    for number, one in enumerate(made):
        parts = [names[number]] if names else []
        if one.middle is not None:
            # windows of events may share their middle
            parts += [f"{number + 1:04d}", f"{one.middle:%Y-%m-%d-%H-%M-%S}"]
        path = out.with_stem("-".join([out.stem, *parts]))
        text = written(one, format)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror}); name another file") from None


def _table(made: Network, csv: bool) -> None:
    if csv:
        from whipcount.analysis.graphs import matrix_csv

        sys.stdout.write(matrix_csv(made))
        return
    rows = [
        {"": name, **{column: f"{v:g}" for column, v in zip(made.columns, line, strict=True)}}
        for name, line in zip(made.rows, made.matrix, strict=True)
    ]
    show(["", *made.columns], rows, json=False, csv=False, empty="no ties: no statement has both variables")
