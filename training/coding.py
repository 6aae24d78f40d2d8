"""Train the coder: which option, and which stance, from invented debates with reference codes.

    python training/coding.py features DEBATES CACHE     embed the debates once (slow part, minutes)
    python training/coding.py measure CACHE              held-out figures: five folds of four debates each
    python training/coding.py train CACHE MODELS         fit on everything, write the weights that ship

Needs scikit-learn besides whipcount itself.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np

from whipcount.coding.codebook import load
from whipcount.coding.coder import look
from whipcount.coding.encoder import Encoder
from whipcount.coding.options import OptionSpace, features
from whipcount.coding.wording import passages
from whipcount.model import Codebook, Document, SpeakerKind, Statement, Voice

STANCES = ["support", "oppose", "conditional", "undecided", "neutral-report"]


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
            Statement(f"s{number}", key[0], spans["source"], r["speaker"], SpeakerKind(kind), Voice(voice), spans["cue"],
                      speaks_for=r["speaks_for"])  # fmt: skip
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


def examples(documents: list[dict[str, Any]], gold: dict[str, Any], books: dict[str, Codebook]) -> list[dict[str, Any]]:
    """Everything the models learn from, per document: passages, vectors, features, codes."""
    encoder, spaces, found = Encoder(), {}, []
    for row in documents:
        name = row["meta"].get("debate") or row["meta"].get("codebook")
        if row["id"] not in gold:
            continue
        book = books[name]
        space = spaces.setdefault(name, OptionSpace(book, encoder))
        document = document_of(row)
        statements, codes = statements_of(gold[row["id"]])
        if not statements:
            continue
        seen = passages(document, statements, book)
        views = look(document, seen, book, encoder)
        found.append({"debate": name, "document": document, "statements": statements, "codes": codes, "passages": seen,
                      "views": views, "features": features(space, seen, views), "book": book})  # fmt: skip
    return found


def main(arguments: list[str]) -> None:
    """Run one of the three steps."""
    if arguments[0] == "features":
        folder, cache = Path(arguments[1]), Path(arguments[2])
        books = {path.stem: load(path) for path in sorted(folder.glob("*.yaml"))}
        documents = [json.loads(line) for line in (folder / "documents.jsonl").open()]
        gold = {d["id"]: d for d in map(json.loads, (folder / "gold.jsonl").open())}
        cache.write_bytes(pickle.dumps(examples(documents, gold, books)))


if __name__ == "__main__":
    main(sys.argv[1:])
