"""Reference data as the product's own values: documents, statements without their codes, and the codes behind each."""

from __future__ import annotations

import hashlib
from typing import Any

from whipcount.model import Document, SpeakerKind, Statement, Voice


def statements_of(gold: dict[str, Any]) -> tuple[list[Statement], list[list[dict[str, Any]]]]:
    """One statement per utterance x actor without its codes, and the gold records behind each."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for record in gold["statements"]:
        key = (tuple((c["start"], c["end"]) for c in record["content"]), record["speaks_for"], record["speaker"])
        groups.setdefault(key, []).append(record)
    statements, codes = [], []
    for number, (key, records) in enumerate(groups.items(), 1):
        r = records[0]
        voice = r.get("voice") or {"second-hand": "ascribed"}.get(r["directness"], r["directness"])
        kind = {"anonymous": "unnamed"}.get(r["speaker_type"], r["speaker_type"])
        spans = {f: tuple((s["start"], s["end"]) for s in r[f]) for f in ("source", "cue")}
        statements.append(
            Statement(
                f"s{number}",
                key[0],
                spans["source"],
                r["speaker"],
                SpeakerKind(kind),
                Voice(voice),
                spans["cue"],
                speaks_for=r["speaks_for"],
            )
        )
        codes.append(records)
    order = sorted(range(len(statements)), key=lambda i: statements[i].content[0])
    return [statements[i] for i in order], [codes[i] for i in order]


def document_of(row: dict[str, Any]) -> Document:
    """A Document of a line of documents.jsonl; the whole text is its body."""
    text = row["text"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    title = row.get("title") or row.get("meta", {}).get("title")
    return Document(row["id"], text, ((0, len(text)),), digest, title=title)
