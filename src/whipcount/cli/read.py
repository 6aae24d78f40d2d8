"""Reading documents: `extract` to standard output, `read` into a record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.output import json_line, printable, say

if TYPE_CHECKING:
    from rich.progress import Progress

    from whipcount.model import Codebook, Document, Failure
    from whipcount.reading import Pipeline
    from whipcount.record import Record

Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT...", help="Files, folders, patterns, `-`, or .jsonl with id and text.")
]
CodebookFile = Annotated[
    Path | None, typer.Option("--codebook", metavar="FILE", help="The issue: its options and conditions.")
]
ActorFiles = Annotated[
    list[Path] | None, typer.Option("--actors", metavar="FILE", help="Further actors, beside those shipped.")
]


def extract(inputs: Inputs, codebook: CodebookFile = None, actors: ActorFiles = None) -> int:
    """Write what is said in each document to standard output, one JSON object a line; no record is touched.

    Failures are named on standard error; the exit status is 1 if there were any.
    """
    from whipcount import documents
    from whipcount.model import Failure

    issue = load_codebook(codebook)
    pipeline = _pipeline(actors)
    written = failed = 0
    try:
        for item in documents.read(inputs):
            result = item if isinstance(item, Failure) else pipeline.attempt(item, issue)
            if isinstance(result, Failure):
                say(str(result))
                failed += 1
            else:
                sys.stdout.write(json_line(result.line()))
                sys.stdout.flush()
                written += 1
    except KeyboardInterrupt:
        say(f"stopped: {written} documents were written")
        return 130
    return 1 if failed else 0


def read(
    inputs: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, patterns, or `-`.")],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record to read into; made if missing.")],
    codebook: CodebookFile = None,
    actors: ActorFiles = None,
) -> int:
    """Read documents into a record.

    What is there already is passed over, so the same command goes on where it was stopped.  Without --codebook the
    record's own is used, if it has one.
    """
    from whipcount.record import Record

    issue = load_codebook(codebook)
    pipeline = _pipeline(actors)
    with Record.open(record, create=True) as store:
        if issue is not None:
            store.add_codebook(issue)
        counts = {"read": 0, "known": 0, "failed": 0}
        try:
            _read_all(inputs, pipeline, store, issue or store.codebook(), counts)
        except KeyboardInterrupt:
            say(f"stopped: {counts['read']} documents were read into {record}; the same command goes on from here")
            return 130
    say(f"{record}: {counts['read']} read, {counts['known']} there already, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


def _read_all(
    inputs: list[str], pipeline: Pipeline, store: Record, issue: Codebook | None, counts: dict[str, int]
) -> None:
    from whipcount import documents
    from whipcount.model import Failure

    with _progress() as progress:
        task = progress.add_task("reading", total=documents.count(inputs))
        coder = pipeline.coder(issue)
        for item in documents.read(inputs):
            if isinstance(item, Failure):
                result: Failure | None = item
            elif store.has(item.sha256, coder, issue):
                result = None
                counts["known"] += 1
            else:
                result = _read_one(item, pipeline, store, issue)
                counts["read"] += result is None
            if result is not None:
                counts["failed"] += 1
                progress.console.print(printable(str(result)), markup=False, highlight=False, soft_wrap=True)
            progress.advance(task)


def _read_one(document: Document, pipeline: Pipeline, store: Record, issue: Codebook | None) -> Failure | None:
    from whipcount.model import Failure

    result = pipeline.attempt(document, issue)
    if isinstance(result, Failure):
        return result
    store.add(document, result.attributions, result.statements, pipeline.coder(issue), issue)
    return None


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Documents a minute."""

        def render(self, task: Task) -> Text:
            return Text(f"{60 * task.speed:.0f} a minute" if task.speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def load_codebook(path: Path | None) -> Codebook | None:
    """The codebook in a file, or None; InputError if the file is not one."""
    if path is None:
        return None
    from whipcount.coding.codebook import load

    return load(path)


def _pipeline(actors: list[Path] | None) -> Pipeline:
    from whipcount.reading import Pipeline

    return Pipeline(actors or ())
