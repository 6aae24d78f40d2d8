"""What an institution's rule makes of positions or ballots, and how much voting power it gives."""

from __future__ import annotations

import csv as csv_module
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.count import check_dates
from whipcount.cli.output import CSV, JSON, show

Institution = Annotated[str, typer.Argument(metavar="INSTITUTION", help="Its id or name, e.g. nato, eu-council.")]


def tally(
    institution: Institution,
    ballots: Annotated[
        Path, typer.Option("--ballots", metavar="FILE.csv", help="item,date,member,ballot[,procedural]")
    ],
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Say of each item of a roll call what the institution's rule makes of the ballots."""
    from whipcount.institutions.tally import tally as count

    rows = list(count(institution, _rows(ballots)))
    columns = (
        list(dict.fromkeys(name for row in rows for name in row)) if json else ["item", "date", "verdict", "reasons"]
    )
    show(columns, rows, json=json, csv=csv, empty="no ballots")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    from whipcount.errors import InputError

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv_module.DictReader(file)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; give a CSV of ballots") from None
    except (UnicodeDecodeError, csv_module.Error) as error:
        raise InputError(f"{path}: not a CSV file in UTF-8 ({error}); save it again") from None


def power(
    institution: Institution,
    date: Annotated[str | None, typer.Option("--date", metavar="DATE", help="Members and rule of this ISO date.")] = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show each member's voting power: Banzhaf (absolute and normalised) and Shapley-Shubik, counted exactly."""
    from whipcount.institutions.power import power as count

    check_dates(date)
    rows = count(institution, date)
    columns = ["member", "banzhaf", "banzhaf_normalised", "shapley_shubik", *(["exact"] if json else [])]
    show(columns, rows, json=json, csv=csv)
