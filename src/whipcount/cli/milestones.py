"""What happened beside the words: milestones for the timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whipcount.cli.count import RecordFile
from whipcount.cli.output import CSV, JSON, say, show
from whipcount.cli.review import Who, me


def milestones(
    record: RecordFile,
    *,
    add: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV file with the columns date, label and source.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option(metavar="'DATE LABEL'", help="Take one off the record. Repeatable.")
    ] = None,
    coder: Who = None,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """List what happened beside the words (a summit, a ballot), for the timeline to stand against; add, or remove some."""
    from whipcount.errors import UsageError
    from whipcount.record import Record
    from whipcount.record import milestones as kept

    given = kept.from_csv(add) if add else []
    with Record.open(record) as store:
        held = {one.name for one in kept.milestones(store)}
        for name in remove or []:
            if name not in held:
                raise UsageError(f"no milestone is called '{name}'; `whipcount milestones {record}` lists them")
        for name in remove or []:
            kept.remove(store, name, me(coder))
        if add:
            say(f"{kept.keep(store, given, me(coder))} of {len(given)} milestones are new or changed")
        rows = [{"date": one.date, "label": one.label, "source": one.source} for one in kept.milestones(store)]
    show(list(kept.FIELDS), rows, json=json, csv=csv, empty="no milestone is on record")
