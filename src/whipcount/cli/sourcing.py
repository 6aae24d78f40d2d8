"""On whose word a debate stands: outlets by actors, copies of one story, and how quotations changed on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.cli.count import Actor, Option, RecordFile
from whipcount.cli.output import CSV, JSON, show

if TYPE_CHECKING:
    from whipcount.analysis.quotations import Step

OneOutlet = Annotated[str | None, typer.Option(help="Only this outlet.")]


def sourcing(
    record: RecordFile,
    *,
    actor: Actor = None,
    option: Option = None,
    outlet: OneOutlet = None,
    all_copies: Annotated[
        bool, typer.Option("--all-copies", help="Count every copy of a story, not the first one only.")
    ] = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show on whose word each outlet reports each actor: shares unnamed, ascribed and translated, by option."""
    from whipcount.analysis.sourcing import copies, counted_once
    from whipcount.analysis.sourcing import sourcing as derive
    from whipcount.record import Record

    with Record.open(record) as store:
        documents = store.documents()
        found = store.entries(actor=actor, option=option)
    if not all_copies:
        found = counted_once(found, copies(documents))
    found = [entry for entry in found if outlet is None or entry.outlet == outlet]
    rows = [
        {
            "outlet": row.outlet,
            "actor": row.actor,
            "option": row.option,
            "statements": row.statements,
            **{str(voice): number for voice, number in row.voices.items()},
            "share_unnamed": round(row.share_unnamed, 3),
            "share_ascribed": round(row.share_ascribed, 3),
            "share_translated": round(row.share_translated, 3),
            "evidence": list(row.keys),
        }
        for row in derive(found, {document.id: document for document in documents})
    ]
    columns = list(rows[0])[:-1] if rows else ["outlet", "actor", "option", "statements"]
    show(columns + ["evidence"] * json, rows, json=json, csv=csv, empty="nobody takes a position in this record")


def copies(
    record: RecordFile,
    *,
    threshold: Annotated[
        float, typer.Option(min=0.01, max=1, help="Share of five-word sequences that copies have in common.")
    ] = 0.2,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show which documents are copies or rewritten versions of one story, the earliest first."""
    from whipcount.analysis.sourcing import copies as find
    from whipcount.record import Record

    with Record.open(record) as store:
        found = find(store.documents(), threshold)
    rows = [
        {"documents": list(group.documents), "outlets": list(group.outlets), "overlap": group.overlap}
        for group in found
    ]
    show(["documents", "outlets", "overlap"], rows, json=json, csv=csv, empty="no two documents tell one story")


def quotations(
    record: RecordFile,
    *,
    actor: Actor = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only those whose words are not everywhere the same.")
    ] = False,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show how quotations changed from outlet to outlet, word by word: [-left out-] {+added+}."""
    from whipcount.analysis.quotations import quotations as find
    from whipcount.record import Record

    with Record.open(record) as store:
        found = find(store.entries(actor=actor), {document.id: document for document in store.documents()})
    rows = [
        {
            "quotation": number,
            "speaker": quotation.speaker,
            "date": version.entry.date,
            "outlet": version.entry.outlet,
            "likeness": version.likeness,
            "words": version.words if version is quotation.versions[0] else _marked(version.steps),
            "steps": version.steps,
            "key": version.entry.key,
        }
        for number, quotation in enumerate(found, 1)
        if not changed or any(step.kind != "same" for version in quotation.versions for step in version.steps)
        for version in quotation.versions
    ]
    columns = ["quotation", "speaker", "date", "outlet", "likeness", "words"] + ["steps"] * json + ["key"]
    show(columns, rows, json=json, csv=csv, empty="no utterance is in more than one document")


def _marked(steps: tuple[Step, ...]) -> str:
    parts = []
    for step in steps:
        if step.kind == "same":
            parts.append(step.after)
        else:
            parts += [f"[-{step.before}-]"] * bool(step.before) + [f"{{+{step.after}+}}"] * bool(step.after)
    return " ".join(parts)
