"""Judging statements from the terminal: what to look at first, and a verdict on one."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from whipcount.cli.count import RecordFile, check_word
from whipcount.cli.output import CSV, JSON, say, show


def review(
    record: RecordFile,
    key: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="The statement; without it the queue is shown.")
    ] = None,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="The coding is right.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="This is not a statement; leave it out.")] = False,
    correct: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="Replace a field (no value: nothing). Repeatable.")
    ] = None,
    coder: Annotated[str | None, typer.Option(help="Who judges; else the name you are logged in by.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Length of the queue.")] = 20,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Judge statements: the queue (least certain first, not yet judged), or a verdict on the one called KEY.

    Judgements are added and never replaced; the newest counts.  Without a verdict, KEY shows the statement and what was
    judged before.
    """
    from whipcount.analysis.frames import statement_rows
    from whipcount.errors import UsageError
    from whipcount.model import Coder
    from whipcount.record import Record

    fields = _fields(correct or [])
    if accept + reject + bool(fields) > 1:
        raise UsageError("one verdict at a time: --accept, --reject or --correct")
    verdict = "accept" if accept else "reject" if reject else "correct" if fields else None
    if verdict and not key:
        raise UsageError("a verdict needs the key of a statement; `whipcount review RECORD` lists some")
    with Record.open(record) as store:
        if key and verdict:
            store.review(key, verdict, fields, Coder(coder or _login(), "", False))  # type: ignore[arg-type]
            say(f"{key}: {verdict}ed")
            return
        if key:
            entries = [store.entry(key)]
        else:
            judged = store.judged()
            entries = [entry for entry in store.entries() if entry.key not in judged]
            entries = sorted(entries, key=lambda entry: (entry.statement.confidence, entry.key))[:limit]
        rows = statement_rows(store, entries)
        for past in store.reviews(key) if key else []:
            say(f"{past.made} {past.coder.name}: {past.verdict} {past.fields or ''}")
    columns = ["confidence", "key", "actor", "option", "stance", "voice", "speaker", "words"]
    show(columns, rows, json=json, csv=csv, empty="nothing is left to judge")


def _fields(corrections: list[str]) -> dict[str, str | None]:
    from whipcount.errors import UsageError
    from whipcount.record.store import CORRECTABLE

    fields = {}
    for correction in corrections:
        name, equals, value = correction.partition("=")
        if not equals:
            raise UsageError(f"{correction}: write a correction as FIELD=VALUE")
        check_word(name, list(CORRECTABLE), "field to correct")
        fields[name] = value or None
    return fields


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
