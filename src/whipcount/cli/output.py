"""How commands speak: tables for people, JSON and CSV for programs, one line for a failure."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

JSON = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
CSV = Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


def show(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, json: bool, csv: bool, empty: str = "") -> None:
    """Print rows as a table, JSON list or CSV; `empty` is said, on standard error, when there are none."""
    if json:
        print_json([{column: row.get(column) for column in columns} for row in rows])
    elif csv:
        write_csv(columns, rows)
    elif rows:
        _table(columns, rows)
    if not rows and empty:
        say(empty)


def print_json(value: Any) -> None:
    """Print a value as JSON, dates and words of the house as strings."""
    sys.stdout.write(json_line(value, indent=2))


def json_line(value: Any, indent: int | None = None) -> str:
    """JSON and a line end; characters that no text may hold are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent, default=_plain)
    return text + "\n"


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def write_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], file: Any = None) -> None:
    """Write CSV that a spreadsheet opens without running anything: a cell like a formula gets an apostrophe."""
    writer = csv.writer(file or sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(row.get(column)) for column in columns] for row in rows)


def _safe(value: Any) -> str:
    text = cell(value)
    # a number below zero is no formula
    return "'" + text if text.startswith(FORMULA) and not isinstance(value, int | float) else text


def cell(value: Any) -> str:
    """A value as one cell of a table; lists are joined by semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | StrEnum):
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(cell(part) for part in value)
    return str(value)


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        numbers = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell(row.get(column)))) for column in columns))
    # on a pipe there is no edge to fold at
    Console(width=None if sys.stdout.isatty() else 240).print(table)


def printable(text: str) -> str:
    """The text on one line, without characters that could command a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def say(message: str) -> None:
    """One line for the person at the terminal, on standard error."""
    sys.stderr.write(printable(message) + "\n")
