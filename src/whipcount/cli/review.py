"""Judging statements from the terminal: what to look at first, a verdict on one, and how far coders agree."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.cli.count import RecordFile, check_word
from whipcount.cli.output import CSV, JSON, say, show

if TYPE_CHECKING:
    from whipcount.model import Coder
    from whipcount.record import Act

LISTS = ("conditions", "chain")
SPANS = ("content", "source", "variables")
"""Fields of a statement that are lists, and those that cannot be written on a command line."""

Who = Annotated[str | None, typer.Option("--coder", help="Who judges; else the name you are logged in by.")]


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
    coder: Who = None,
    note: Annotated[str | None, typer.Option(help="Why; kept with the judgement.")] = None,
    settle: Annotated[bool, typer.Option("--settle", help="Decide for good between coders who judged apart.")] = False,
    mine: Annotated[
        bool, typer.Option("--mine", help="Only what is yours to judge, as you may see it (see `whipcount assign`).")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Length of the queue.")] = 20,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Judge statements: the queue (disputed and least certain first), or a verdict on the one called KEY.

    Judgements are added and never replaced, and any can be undone (`whipcount history`).  Without a verdict, KEY shows
    the statement and what was judged before.
    """
    from whipcount.analysis.frames import statement_rows
    from whipcount.errors import UsageError
    from whipcount.record import Record
    from whipcount.record.doubt import first_to_judge

    fields = _fields(correct or [])
    if accept + reject + bool(fields) > 1:
        raise UsageError("one verdict at a time: --accept, --reject or --correct")
    verdict = "accept" if accept else "reject" if reject else "correct" if fields else None
    if verdict and not key:
        raise UsageError("a verdict needs the key of a statement; `whipcount review RECORD` lists some")
    with Record.open(record) as store:
        if key and verdict:
            store.review(key, verdict, fields, me(coder), settles=settle, note=note)  # type: ignore[arg-type]
            say(f"{key}: {verdict}ed" + (" for good" if settle else ""))
            return
        if key:
            entries = [store.entry(key, coder)]
        elif mine:
            entries = store.queue(me(coder).name, limit)
        else:
            judged = store.judged()
            entries = [entry for entry in store.entries() if entry.key not in judged]
            entries = first_to_judge(store, entries)[:limit]
        rows = statement_rows(store, entries)
        for past in store.reviews(key) if key else []:
            say(_told(past))
    columns = ["confidence", "key", "actor", "option", "stance", "voice", "speaker", "words"]
    show(columns, rows, json=json, csv=csv, empty="nothing is left to judge")


def history(
    record: RecordFile,
    *,
    document: Annotated[str | None, typer.Option(help="Only on this document and its statements.")] = None,
    coder: Who = None,
    undo: Annotated[str | None, typer.Option(metavar="ACT", help="Take this act back (an undo, too).")] = None,
    undo_last: Annotated[bool, typer.Option("--undo-last", help="Take back what you did last.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many acts.")] = 50,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Who did what and when, the latest first; or take something back."""
    from whipcount.record import Record

    with Record.open(record) as store:
        if undo or undo_last:
            uids = store.undo(undo, me(coder)) if undo else store.undo_last(me(coder))
            say(f"{len(uids)} undone; `whipcount history --undo {uids[0]}` does it again")
            return
        done = store.history(document=document, coder=coder, limit=limit)
    rows = [
        {
            "act": act.uid,
            "made": act.made,
            "coder": act.coder.name,
            "did": ("settle: " if act.settles else "") + act.act,
            "on": act.statement or act.document or ": ".join(filter(None, (act.kind, act.name))) or None,
            "before": act.before,
            "after": act.fields or act.undoes,
            "undone": act.undone,
            "note": act.note,
        }
        for act in done
    ]
    columns = ["act", "made", "coder", "did", "on", "before", "after", "undone", "note"]
    show(columns, rows, json=json, csv=csv, empty="nobody has done anything yet")


def assign(
    record: RecordFile,
    to: Annotated[list[str] | None, typer.Argument(metavar="[CODER]...", help="Who is to code; none: show.")] = None,
    *,
    document: Annotated[list[str] | None, typer.Option(help="Repeatable; else a sample.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many documents, drawn by chance.")] = None,
    seed: Annotated[int, typer.Option(help="Draws the same sample again.")] = 1,
    open_: Annotated[bool, typer.Option("--open", help="Coders see each other's work.")] = False,
    bare: Annotated[bool, typer.Option("--bare", help="Coders do not see what models found.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Say that the CODER is through with the documents.")] = False,
    by: Annotated[str | None, typer.Option(help="Who assigns; else the name you are logged in by.")] = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Hand the same documents to several coders, who code them apart from each other; or show who has which."""
    import random

    from whipcount.errors import UsageError
    from whipcount.record import Record

    with Record.open(record) as store:
        if to:
            ids = document or [found.id for found in store.documents()]
            if not document and sample is None and not done:
                raise UsageError("which documents? Name them with --document, or draw some with --sample NUMBER")
            if sample is not None:
                ids = random.Random(seed).sample(ids, min(sample, len(ids)))  # noqa: S311 - a sample, no secret
            for name in to:
                if done:
                    mine = [given.document for given in store.assignments(coder=name) if not given.done]
                    for id in document or mine:
                        store.finish(id, me(name))
                else:
                    store.assign(ids, name, me(by), blind=not open_, suggestions=not bare)
        rows = [
            {"document": g.document, "coder": g.coder, "blind": g.blind, "suggestions": g.suggestions, "done": g.done}
            for g in store.assignments()
        ]
    show(["document", "coder", "blind", "suggestions", "done"], rows, json=json, csv=csv, empty="nothing is assigned")


def agreement(
    record: RecordFile,
    *,
    coder: Annotated[list[str] | None, typer.Option(help="Two or more; else all people who coded. Repeatable.")] = None,
    differences: Annotated[bool, typer.Option("--differences", help="Show where they differ instead.")] = False,
    rounds: Annotated[int, typer.Option(min=0, max=100_000, help="Draws of the bootstrap.")] = 1000,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """How far coders agree, per field, with 95 % intervals by bootstrap over documents.

    Documents count that were assigned to all of these coders and are done, else those in which at least two of them
    coded something.  A model can be one of the coders by its name.
    """
    from dataclasses import asdict

    from whipcount.analysis.agreement import agreement as measure
    from whipcount.analysis.agreement import disagreements
    from whipcount.record import Record

    with Record.open(record) as store:
        names = list(dict.fromkeys(coder or [c.name for c in store.coders() if not c.is_model]))
        codings = {name: store.codings(name) for name in names}
        if coder is None:
            codings = {name: entries for name, entries in codings.items() if entries}
        done = [{given.document for given in store.assignments(coder=name) if given.done} for name in codings]
        common = set.intersection(*done) if done else set()
        if differences:
            rows = [
                {"document": entry.document, "coder": name, "key": entry.key, "status": entry.status,
                 "actor": entry.statement.speaks_for, "option": entry.statement.option, "stance": entry.statement.stance,
                 "voice": entry.statement.voice, "content": [list(span) for span in entry.statement.content]}
                for unit in disagreements(codings)
                for name, entry in unit.items()
            ]  # fmt: skip
            columns = ["document", "coder", "key", "status", "actor", "option", "stance", "voice", "content"]
            show(columns, rows, json=json, csv=csv, empty="they agree on everything")
            return
        rows = [asdict(found) for found in measure(codings, sorted(common) or None, rounds=rounds)]
    columns = ["field", "measure", "coders", "value", "low", "high", "units", "documents"]
    show(columns, rows, json=json, csv=csv)


def search(
    record: RecordFile,
    query: Annotated[str, typer.Argument(help='Words; "in this order"; begin*; -without; this OR that.')],
    limit: Annotated[int, typer.Option(min=1, help="How many documents.")] = 20,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find documents by their words, newest first, with the first place where they stand."""
    from whipcount.record import Record

    with Record.open(record) as store:
        rows = []
        for hit in store.search(query, limit):
            start, end = hit.spans[0] if hit.spans else (0, 0)
            words = store.document(hit.document).text[max(0, start - 60) : end + 60]
            rows.append({"document": hit.document, "date": hit.date, "outlet": hit.outlet, "title": hit.title,
                         "places": len(hit.spans), "words": words, "spans": [list(span) for span in hit.spans]})  # fmt: skip
    columns = ["document", "date", "outlet", "title", "places", "words"]
    show([*columns, "spans"] if json else columns, rows, json=json, csv=csv, empty="no document has these words")


def _told(act: Act) -> str:
    what = f" {act.fields}" if act.fields else ""
    return f"{act.made} {act.coder.name}: {act.act}{what}" + (" (undone)" if act.undone else "")


def me(coder: str | None) -> Coder:
    """The person who judges: the one named, or whoever is logged in."""
    from whipcount.model import Coder

    return Coder(coder or _login(), "", False)


def _fields(corrections: list[str]) -> dict[str, Any]:
    from whipcount.errors import UsageError
    from whipcount.record.store import CORRECTABLE

    fields: dict[str, Any] = {}
    for correction in corrections:
        name, equals, value = correction.partition("=")
        if not equals:
            raise UsageError(f"{correction}: write a correction as FIELD=VALUE")
        variable = name.removeprefix("variable:")
        if variable != name:
            fields["variables"] = fields.get("variables", {}) | {variable: _whole(value)}
            continue
        check_word(name, [word for word in CORRECTABLE if word not in SPANS], "field to correct")
        fields[name] = [part for part in value.split(";") if part] if name in LISTS else value or None
    return fields


def _whole(value: str) -> str | int | bool:
    if value in ("yes", "no"):
        return value == "yes"
    return int(value) if value.removeprefix("-").isdecimal() else value


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
