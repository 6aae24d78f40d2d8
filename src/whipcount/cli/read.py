"""Reading documents: `extract` to standard output, `read` into a record."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.output import json_line, printable, say
from whipcount.model import Document, Failure

if TYPE_CHECKING:
    from rich.progress import Progress

    from whipcount.language.whoswho import WhosWho
    from whipcount.model import Codebook
    from whipcount.reading import Pipeline, Reading

Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT...", help="Files, folders, patterns, `-`, or .jsonl with id and text.")
]
CodebookFile = Annotated[
    Path | None, typer.Option("--codebook", metavar="FILE", help="The issue: its options and conditions.")
]
ActorFiles = Annotated[
    list[Path] | None, typer.Option("--actors", metavar="FILE", help="Further actors, beside those shipped.")
]


Workers = Annotated[
    str | None,
    typer.Option(metavar="N", help="Read with so many processes, or those of a Dask scheduler (its address)."),
]


def extract(
    inputs: Inputs,
    codebook: CodebookFile = None,
    actors: ActorFiles = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write Parquet tables there, and go on where an earlier run stopped."),
    ] = None,
) -> int:
    """Write what is said in each document to standard output, one JSON object a line; no record is touched.

    Failures are named on standard error; the exit status is 1 if there were any.
    """
    from whipcount import documents

    issue = load_codebook(codebook)
    if out is not None:
        return _tables(inputs, issue, actors, workers, out)
    written = failed = 0
    try:
        pipeline = _pipeline(actors)
        known = _whos_who(inputs, pipeline, issue)
        for result in _readings(documents.read(inputs), pipeline, issue, known, actors, workers):
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


def _tables(
    inputs: list[str], issue: Codebook | None, actors: list[Path] | None, workers: str | None, out: Path
) -> int:
    from whipcount.scale.parquet import Tables

    pipeline = _pipeline(actors)
    tables = Tables(out, pipeline.coder(issue), issue)
    count = Count(inputs)
    try:
        with count.shown():
            known = _whos_who(inputs, pipeline, issue)
            for result in _readings(count.new(tables.has), pipeline, issue, known, actors, workers):
                count.take(result, tables.add)
    except KeyboardInterrupt:
        return count.stopped(str(out))
    finally:
        tables.write()
    return count.done(str(out))


def read(
    inputs: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, patterns, or `-`.")],
    record: Annotated[str, typer.Option("--record", metavar="FILE", help="The record to read into; made if missing.")],
    codebook: CodebookFile = None,
    actors: ActorFiles = None,
    workers: Workers = None,
) -> int:
    """Read documents into a record.

    What is there already is passed over, so the same command goes on where it was stopped.  Without --codebook the
    record's own is used, if it has one.
    """
    from whipcount.record import Record
    from whipcount.record.lessons import as_taught, taught, taught_anew

    issue = load_codebook(codebook)
    pipeline = _pipeline(actors)
    with Record.open(record, create=True) as store:
        if issue is not None:
            store.add_codebook(issue)
        issue = issue or store.codebook()
        teacher = taught(store, issue) if issue else None
        coder = as_taught(pipeline.coder(issue), teacher)
        count = Count(inputs)

        def keep(found: Reading) -> None:
            found = taught_anew(found, teacher)
            store.add(found.document, found.attributions, found.statements, coder, issue)

        try:
            with count.shown():
                new = count.new(lambda digest: store.has(digest, coder, issue))
                known = _whos_who(inputs, pipeline, issue, store.documents())
                for result in _readings(new, pipeline, issue, known, actors, workers):
                    count.take(result, keep)
        except KeyboardInterrupt:
            return count.stopped(record)
    return count.done(record)


def _readings(
    items: Iterable[Document | Failure],
    pipeline: Pipeline,
    issue: Codebook | None,
    known: WhosWho,
    actors: list[Path] | None,
    workers: str | None,
) -> Iterator[Reading | Failure]:
    """Each item read, in order, by this process or by several."""
    if workers is not None:
        from whipcount.scale.workers import read_all

        yield from read_all(items, workers, issue, actors or (), known)
        return
    for item in items:
        yield item if isinstance(item, Failure) else pipeline.attempt(item, issue, known)


def _whos_who(
    inputs: list[str], pipeline: Pipeline, issue: Codebook | None, kept: Iterable[Document] = ()
) -> WhosWho:
    """Whom the inputs, and what the record holds, introduce.  What comes by the standard input is read once only."""
    from whipcount import documents

    files = [name for name in inputs if name != "-"]
    return pipeline.whos_who(itertools.chain(kept, documents.read(files) if files else ()), issue)


class Count:
    """How far a run is: a bar with rate and time left on a terminal, a line a minute elsewhere, failures as they come."""

    def __init__(self, inputs: list[str]) -> None:
        from whipcount import documents
        from whipcount.language.speakers import Strangers

        self.strangers = Strangers()
        self.items = documents.read(inputs)
        self.total = documents.count(inputs)
        self.read = self.known = self.failed = self.undated = 0
        self._progress = _progress()
        self._task = self._progress.add_task("reading", total=self.total)
        self._said = self._begun = time.monotonic()

    def shown(self) -> AbstractContextManager[object]:
        """The bar, while it is to be seen."""
        return self._progress

    def new(self, known: Callable[[str], bool]) -> Iterator[Document | Failure]:
        """The items whose text, by its digest, is not known yet."""
        for item in self.items:
            if isinstance(item, Document) and known(item.sha256):
                self.known += 1
                self._advance()
            else:
                yield item

    def take(self, result: Reading | Failure, keep: Callable[[Reading], object]) -> None:
        """Keep a reading, or say what failed."""
        if isinstance(result, Failure):
            self.failed += 1
            self._progress.console.print(printable(str(result)), markup=False, highlight=False, soft_wrap=True)
        else:
            keep(result)
            self.read += 1
            self.undated += result.document.date is None
            self.strangers.hear(result.statements)
        self._advance()

    def _advance(self) -> None:
        self._progress.advance(self._task)
        now = time.monotonic()
        if self._progress.disable and now - self._said >= 60:
            self._said, done = now, self.read + self.known + self.failed
            rate = (self.read + self.failed) / (now - self._begun)
            left = f", {(self.total - done) / rate / 60:.0f} minutes left" if self.total and rate else ""
            say(f"{done}{f' of {self.total}' if self.total else ''}, {60 * rate:.0f} a minute{left}")

    def stopped(self, where: str) -> int:
        """Say how far it came; the exit status."""
        say(f"stopped: {self.read} documents were read into {where}; the same command goes on from here")
        return 130

    def done(self, where: str) -> int:
        """Say what was done; the exit status."""
        say(f"{where}: {self.read} read, {self.known} there already, {self.failed} failed")
        if self.undated:
            say(
                f"{self.undated} without a date: begin their names with it (2025-03-17-...), or give a table with `date`"
            )
        if strangers := self.strangers.most(5):
            names = ", ".join(f"{printable(name)} ({times} times)" for name, times in strangers)
            say(f"nobody knows for whom these speak: {names}; list them in the codebook's `cast`, or with --actors")
        return 1 if self.failed else 0


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
