"""doccano: lines of JSON for sequence labeling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from whipcount.errors import InputError
from whipcount.model import Coder
from whipcount.record.annotations.coded import (
    Coded,
    about,
    by_coder,
    by_document,
    coder_fields,
    coder_of_note,
    document_of,
    json_or_none,
    label_of,
    plain,
    statement_of,
)


def write(coded: Iterable[Coded], path: Path) -> None:
    """Lines that doccano imports for sequence labeling; what it has no place for goes along as metadata."""
    lines = []
    for document, said in by_document(coded).values():
        spans, notes = [], []
        for statement, coder in said:
            own = [[start, end, label_of(statement)] for start, end in statement.content]
            notes.append({**plain(statement), "coder": coder_fields(coder), "spans": own})
            spans += own
        lines.append({"text": document.text, "label": spans, "document": about(document), "statements": notes})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def read(path: Path, usual: Coder) -> Iterator[Coded]:
    """Lines of doccano, `label` (or `labels`, `entities`) being places with labels."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        row = json_or_none(line)
        text = row.get("text", row.get("data")) if isinstance(row, dict) else None
        if not isinstance(text, str):
            raise InputError(f"{path}, line {number}: has no text; export the project as JSONL")
        of = row.get("document")
        id = str(of.get("id")) if isinstance(of, dict) else str(row.get("id") or number)
        document = document_of(id, text, of, path.name)
        left = [
            [e["start_offset"], e["end_offset"], e["label"]] if isinstance(e, dict) else list(e)
            for e in row.get("label") or row.get("labels") or row.get("entities") or ()
        ]
        said = []
        for note in row.get("statements") or ():
            if all(span in left for span in note["spans"]):
                for span in note["spans"]:
                    left.remove(span)
                label = note["spans"][0][2] if note["spans"] else None
                places = [(start, end) for start, end, _ in note["spans"]]
                said.append((statement_of(note["id"], places, label, note), coder_of_note(note, usual)))
        for n, (start, end, label) in enumerate(left, 1):
            said.append((statement_of(f"d{n}", [(start, end)], label, None), usual))
        yield from by_coder(document, said) if said else [Coded(document, (), usual)]
