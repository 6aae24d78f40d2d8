"""Label Studio: tasks with annotations, in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whipcount.errors import InputError
from whipcount.model import Coder
from whipcount.record.annotations.coded import (
    Coded,
    about,
    by_coder,
    by_document,
    coder_fields,
    coder_of,
    document_of,
    json_or_none,
    label_of,
    load,
    plain,
    statement_of,
)
from whipcount.record.units import Units


def write(coded: Iterable[Coded], path: Path) -> None:
    """Tasks of Label Studio with one annotation each coder, for a labeling configuration with a Text called `text`."""
    tasks = []
    for document, said in by_document(coded).values():
        annotations = []
        for part in by_coder(document, said):
            result = []
            for statement in part.statements:
                for start, end in statement.content or ((0, 0),):
                    value = {"start": start, "end": end, "text": document.text[start:end]}
                    common = {"id": statement.id, "from_name": "label", "to_name": "text", "type": "labels"}
                    note = {"text": [json.dumps(plain(statement))]}
                    result.append({**common, "value": {**value, "labels": [label_of(statement)]}, "meta": note})
            annotations.append({"completed_by": coder_fields(part.coder), "result": result})
        tasks.append({"data": {"text": document.text, "document": about(document)}, "annotations": annotations})
    path.write_text(json.dumps(tasks, ensure_ascii=True, indent=1), encoding="utf-8")


def read(path: Path, usual: Coder) -> Iterator[Coded]:
    """Tasks that Label Studio exports as JSON: labels on a text, choices and texts given for a region."""
    for number, task in enumerate(load(path), 1):
        data = task.get("data") or {}
        text = next((value for key, value in data.items() if key == "text" or isinstance(value, str)), None)
        if not isinstance(text, str):
            raise InputError(f"{path}: task {number} has no text; export tasks of a text project as JSON")
        of = data.get("document")
        id = (
            str((of or {}).get("id") or task.get("id") or number)
            if isinstance(of, dict)
            else str(task.get("id") or number)
        )
        document = document_of(id, text, of, path.name)
        parts = []
        for annotation in task.get("annotations") or task.get("completions") or ():
            regions: dict[str, dict[str, Any]] = {}
            for item in annotation.get("result") or ():
                value = item.get("value") or {}
                region = regions.setdefault(str(item.get("id")), {"places": [], "label": None, "note": None, "own": {}})
                if "start" in value and "labels" in value:
                    region["places"].append(_placed(text, value))
                    region["label"] = (value["labels"] or [None])[0]
                    written = (item.get("meta") or {}).get("text") or []
                    region["note"] = json_or_none(written[0]) if written and isinstance(written[0], str) else None
                for kind in ("choices", "text", "rating", "number"):
                    if kind == item.get("type") or (kind == "text" and item.get("type") == "textarea"):
                        given = value.get(kind)
                        region["own"][item.get("from_name")] = given[0] if isinstance(given, list) and given else given
            said = [
                statement_of(id, [p for p in r["places"] if p != (0, 0)], r["label"], r["note"], r["own"])
                for id, r in regions.items()
                if r["places"]
            ]
            by = annotation.get("completed_by")
            by = by.get("email") if isinstance(by, dict) and "email" in by else by
            parts.append(Coded(document, tuple(said), coder_of(str(by) if isinstance(by, int) else by, usual)))
        yield from parts or [Coded(document, (), usual)]


def _placed(text: str, value: dict[str, Any]) -> tuple[int, int]:
    """A place in characters: tools that count in UTF-16 units are told by the words they give."""
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if isinstance(words, str) and text[start:end] != words:
        units = Units(text)
        moved = units.characters(start), units.characters(end)
        if text[slice(*moved)] == words:
            return moved
    return start, end
