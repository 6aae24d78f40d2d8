"""brat: a folder of .txt files and .ann files with text-bound annotations, attributes and notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whipcount.model import Coder
from whipcount.record.annotations.coded import (
    STANCES,
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


def write(coded: Iterable[Coded], folder: Path) -> None:
    """A folder that brat opens: NAME.txt and NAME.ann for each document, and `documents.jsonl` with what brat has no place for."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for number, (document, said) in enumerate(by_document(coded).values(), 1):
        name = f"{number:05d}-{re.sub(r'[^A-Za-z0-9_-]+', '_', document.id)[:60]}"
        (folder / f"{name}.txt").write_bytes(document.text.encode("utf-8"))
        lines = []
        for n, (statement, coder) in enumerate(said, 1):
            spans = statement.content or ((0, 0),)
            places = ";".join(f"{start} {end}" for start, end in spans)
            words = " ".join(re.sub(r"\s", " ", document.text[start:end]) for start, end in spans)
            lines.append(f"T{n}\t{_word(label_of(statement))} {places}\t{words}")
            if statement.stance:
                lines.append(f"A{n}\tstance T{n} {statement.stance}")
            note = json.dumps({**plain(statement), "coder": coder_fields(coder), "label": label_of(statement)})
            lines.append(f"#{n}\tAnnotatorNotes T{n}\t{note}")
        (folder / f"{name}.ann").write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))
        kept.append(json.dumps({"file": name, **about(document)}) + "\n")
    (folder / "documents.jsonl").write_text("".join(kept), encoding="utf-8")


def _word(label: str) -> str:
    return re.sub(r"[^\w-]+", "_", label) or "_"


def read(folder: Path, usual: Coder) -> Iterator[Coded]:
    """The documents of a folder of brat, with text-bound annotations (T), attributes (A, M) and notes (#)."""
    known = {}
    if (folder / "documents.jsonl").is_file():
        for line in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            known[row.pop("file")] = row
    for path in sorted(folder.rglob("*.ann")):
        of = known.get(path.stem)
        text = path.with_suffix(".txt").read_bytes().decode("utf-8" if of else "utf-8-sig")
        document = document_of(str((of or {}).get("id", path.stem)), text, of, path.name)
        found: dict[str, tuple[str, list[tuple[int, int]]]] = {}
        attributes: dict[str, dict[str, Any]] = {}
        notes: dict[str, Any] = {}
        for line in path.read_bytes().decode("utf-8-sig").split("\n"):
            id, *rest = line.rstrip("\r").split("\t")
            head = rest[0].split(" ") if rest else []
            if id.startswith("T") and len(head) > 2:
                numbers = [part.split() for part in " ".join(head[1:]).split(";")]
                found[id] = head[0], [(int(start), int(end)) for start, end in numbers]
            elif id[:1] in ("A", "M") and len(head) > 1:
                attributes.setdefault(head[1], {})[head[0]] = head[2] if len(head) > 2 else True
            elif id.startswith("#") and len(head) > 1 and len(rest) > 1:
                notes[head[1]] = json_or_none(rest[1])
        said = []
        for id, (label, places) in found.items():
            note, own = notes.get(id), attributes.get(id, {})
            ours = isinstance(note, dict) and _word(str(note.get("label"))) == label
            if isinstance(note, dict) and own.get("stance") != note.get("stance"):
                note = {**note, "stance": STANCES.get(str(own.get("stance")).lower())}
            content = [place for place in places if place != (0, 0)]
            said.append((statement_of(id, content, None if ours else label, note, own), coder_of_note(note, usual)))
        yield from by_coder(document, said) if said else [Coded(document, (), usual)]
