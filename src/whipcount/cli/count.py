"""What a record holds: statements, positions and changes, as tables."""

from __future__ import annotations

from typing import Annotated

import typer

from whipcount.cli.output import CSV, JSON, show

RecordFile = Annotated[
    str, typer.Argument(metavar="RECORD", help="The record, as `read` made it: a file or a database URL.")
]
Actor = Annotated[str | None, typer.Option(help="Only this actor (name or id).")]
Option = Annotated[str | None, typer.Option(help="Only this option.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="From this ISO date on.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Up to this ISO date.")]
OwnWord = Annotated[bool, typer.Option("--own-word", help="Count only what actors said themselves.")]


def statements(
    record: RecordFile,
    *,
    actor: Actor = None,
    option: Option = None,
    document: Annotated[str | None, typer.Option(help="Only this document (id).")] = None,
    outlet: Annotated[str | None, typer.Option(help="Only this outlet.")] = None,
    since: Since = None,
    until: Until = None,
    voice: Annotated[str | None, typer.Option(help="first-hand, ascribed, unnamed, narrated or commentary.")] = None,
    coder: Annotated[str | None, typer.Option(help="Only what this coder coded (name).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Show the words that decided each, and the runners-up.")] = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """List statements with the words they stand on."""
    from whipcount.analysis.frames import STATEMENT, WHY, statement_rows, why_rows
    from whipcount.model import Voice
    from whipcount.record import Record

    check_dates(since, until)
    check_word(voice, [str(v) for v in Voice], "voice")
    with Record.open(record) as store:
        found = store.entries(
            actor=actor,
            option=option,
            document=document,
            outlet=outlet,
            since=since,
            until=until,
            voice=voice,
            coder=coder,
        )
        rows = why_rows(store, found[:limit]) if why else statement_rows(store, found[:limit])
    if why:
        show(WHY, rows, json=json, csv=csv, empty="no such statements")
        return
    short = ["key", "date", "actor", "option", "stance", "voice", "speaker", "words"]
    show(STATEMENT if json or csv else short, rows, json=json, csv=csv, empty="no such statements")


def positions(
    record: RecordFile,
    *,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="As known on this ISO date; else the newest.")] = None,
    actor: Actor = None,
    option: Option = None,
    own_word: OwnWord = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show where each actor stands on each option, on whose word, and since when."""
    from whipcount.analysis.positions import positions as derive
    from whipcount.record import Record

    check_dates(at)
    with Record.open(record) as store:
        found = derive(store.entries(actor=actor, option=option), at, count_ascribed=not own_word)
    rows = [
        {
            "actor": position.actor,
            "option": position.option,
            "stance": "divided" if position.divided else position.stance or (None if json or csv else "none stated"),
            "lean": position.lean,
            "conditions": list(position.conditions),
            "voice": list(position.voices),
            "statements": len(position.statements),
            "since": position.since,
            "before": position.changed,
            "evidence": list(position.statements),
        }
        for position in found
    ]
    columns = ["actor", "option", "stance", "lean", "conditions", "voice", "statements", "since", "before"]
    if json:
        columns.append("evidence")
    show(columns, rows, json=json, csv=csv, empty="nobody takes a position in this record")


def changes(
    record: RecordFile,
    *,
    since: Since = None,
    until: Until = None,
    actor: Actor = None,
    option: Option = None,
    own_word: OwnWord = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show who changed position, when, and the statements on either side."""
    from whipcount.analysis.changes import changes as derive
    from whipcount.record import Record

    check_dates(since, until)
    with Record.open(record) as store:
        found = derive(store.entries(actor=actor, option=option), since, until, count_ascribed=not own_word)
    rows = [
        {
            "date": change.date,
            "actor": change.actor,
            "option": change.option,
            "before": change.before or "divided",
            "after": change.after or "divided",
            "last_before": change.evidence[0],
            "first_after": change.evidence[1],
        }
        for change in found
    ]
    columns = ["date", "actor", "option", "before", "after", "last_before", "first_after"]
    show(columns, rows, json=json, csv=csv, empty="nobody changed position")


def check_dates(*dates: str | None) -> None:
    """UsageError unless each is None, or an ISO date, month or year."""
    import datetime

    from whipcount.errors import UsageError

    for date in dates:
        try:
            if date is not None and (len(date) not in (4, 7, 10) or not date.isascii()):
                raise ValueError
            if date is not None:
                datetime.date.fromisoformat(date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date)
        except ValueError:
            raise UsageError(f"{date}: not a date; write it as YYYY-MM-DD, YYYY-MM or YYYY") from None


def check_word(word: str | None, words: list[str], kind: str) -> None:
    """UsageError unless `word` is None or one of `words`."""
    from whipcount.errors import UsageError

    if word is not None and word not in words:
        raise UsageError(f"{word}: no such {kind}; use one of {', '.join(words)}")
