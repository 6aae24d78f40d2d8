"""What an institution's rule makes of positions or ballots, and how much voting power it gives."""

from __future__ import annotations

import csv as csv_module
import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.count import OwnWord, check_dates
from whipcount.cli.output import CSV, JSON, print_json, printable, show

Institution = Annotated[str, typer.Argument(metavar="INSTITUTION", help="Its id or name, e.g. nato, eu-council.")]


def verdict(
    institution: Institution,
    option: Annotated[str, typer.Argument(metavar="OPTION", help="The option to decide, by its id.")],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record with the positions.")],
    *,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As known on this ISO date; else the newest.")] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO=WHAT", help="What if: Hungary=support, or a condition=true. Repeatable."),
    ] = None,
    own_word: OwnWord = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Say what an institution's rule makes of the positions on record: passes, blocked or open, and who decides it."""
    from whipcount.analysis.positions import positions
    from whipcount.institutions.verdict import verdict as decide
    from whipcount.record import Record

    check_dates(at)
    with Record.open(record) as store:
        found = positions(store.entries(), at, count_ascribed=not own_word)
        codebook = store.codebook()
    reached = decide(
        institution, option, found, at, codebook=codebook, assume=_assumed(assume or []), count_ascribed=not own_word
    )
    data = reached.to_json()
    if json:
        print_json(data)
        return
    if not csv:
        typer.echo(f"{data['verdict'].upper()}: {printable(data['explanation'])}\n")
    columns = ["seat", "ballot", "reason", *(["waits_for"] if csv else []), "statements"]
    show(columns, data["ballots"], json=False, csv=csv)


def _assumed(pairs: list[str]) -> dict[str, str]:
    from whipcount.errors import UsageError

    assumed = {}
    for pair in pairs:
        who, equals, what = pair.partition("=")
        if not (who.strip() and equals and what.strip()):
            raise UsageError(f"--assume {pair}: write it as WHO=WHAT, e.g. Hungary=support")
        assumed[who.strip()] = what.strip()
    return assumed


def tally(
    institution: Institution,
    ballots: Annotated[
        Path, typer.Option("--ballots", metavar="FILE.csv", help="item,date,member,ballot[,procedural]")
    ],
    table: Annotated[bool, typer.Option("--table", help="A table to read instead of JSON lines.")] = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Say of each item of a roll call what the institution's rule makes of the ballots: one JSON object a line."""
    from whipcount.institutions.tally import tally as count

    rows = count(institution, _rows(ballots))
    if table or csv or json:
        listed = list(rows)
        names = list(dict.fromkeys(name for row in listed for name in row))
        show(names if json else ["item", "date", "verdict", "reasons"], listed, json=json, csv=csv, empty="no ballots")
        return
    for row in rows:
        typer.echo(json_module.dumps(row, ensure_ascii=False))


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
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Members and rule of this ISO date.")] = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show each member's voting power: Banzhaf (absolute and normalised) and Shapley-Shubik, counted exactly."""
    from whipcount.institutions.power import power as count

    check_dates(date)
    rows = count(institution, date)
    columns = ["member", "banzhaf", "banzhaf_normalised", "shapley_shubik", *(["exact"] if json else [])]
    show(columns, rows, json=json, csv=csv)
