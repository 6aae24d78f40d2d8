"""WebAnno and INCEpTION: a folder of TSV 3 files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from whipcount.errors import InputError
from whipcount.model import Coder, Document, Statement
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
from whipcount.record.units import Units

LAYER = "webanno.custom.Statement"
FEATURES = ("option", "stance", "speaker", "actor", "voice", "note")


def write(coded: Iterable[Coded], folder: Path) -> None:
    """A folder of WebAnno TSV 3.3 files, one a document, with a span layer whose features are `FEATURES`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (document, said) in enumerate(by_document(coded).values(), 1):
        name = f"{number:05d}-{re.sub(r'[^A-Za-z0-9_-]+', '_', document.id)[:60]}.tsv"
        (folder / name).write_bytes(_webanno(document, said).encode("utf-8", "surrogatepass"))


def _webanno(document: Document, said: list[tuple[Statement, Coder]]) -> str:
    text, units = document.text, Units(document.text)
    edges = {place for statement, _ in said for span in statement.content for place in span}
    lines = ["#FORMAT=WebAnno TSV 3.3", f"#T_SP={LAYER}|{'|'.join(FEATURES)}", ""]
    sentence, at, number = 0, 0, 0
    spans: list[tuple[int, int, list[str]]] = []
    for statement, coder in said:
        note = {**plain(statement), "coder": coder_fields(coder), "label": label_of(statement)}
        if not number:
            note["document"] = about(document)
        for start, end in statement.content or ((0, 0),):
            number += 1
            fields = (label_of(statement), statement.stance, statement.speaker, statement.speaks_for, statement.voice,
                      json.dumps(note))  # fmt: skip
            spans.append((start, end, [f"{_escaped(str(f)) if f else '*'}[{number}]" for f in fields]))
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        # words, and pieces of them where a statement begins or ends inside
        cuts = sorted({0, len(line)} | {place - start for place in edges if start < place < start + len(line)}
                      | {p for m in re.finditer(r"\S+", line) for p in m.span()})  # fmt: skip
        words = [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if line[a:b].strip()]
        if not words:
            continue
        sentence += 1
        lines.append(f"#Text={_escaped(line)}")
        for token, (a, b) in enumerate(words, 1):
            held = [fields for s, e, fields in spans if s < start + b and e > start + a]
            columns = ["|".join(parts) for parts in zip(*held, strict=True)] if held else ["_"] * len(FEATURES)
            place = f"{units.unit(start + a)}-{units.unit(start + b)}"
            lines.append("\t".join([f"{sentence}-{token}", place, _escaped(line[a:b]), *columns]))
        lines.append("")
    return "\n".join(lines) + "\n"


ESCAPES = {"\\": "\\\\", "[": "\\[", "]": "\\]", "|": "\\|", "_": "\\_", "->": "\\->", ";": "\\;", "\t": "\\t", "\n": "\\n",
           "\r": "\\r", "*": "\\*"}  # fmt: skip


def _escaped(text: str) -> str:
    return re.sub(r"->|[\\\[\]|_;\t\n\r*]", lambda m: ESCAPES[m.group()], text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(->|.)", lambda m: {"t": "\t", "n": "\n", "r": "\r"}.get(m[1], m[1]), text, flags=re.S)


def read(path: Path, usual: Coder) -> Iterator[Coded]:
    """A WebAnno TSV 3 file as INCEpTION exports it, or a folder of them; the span layers are read."""
    if path.is_dir():
        for inside in sorted(path.rglob("*.tsv")):
            yield from read(inside, usual)
        return
    lines = path.read_bytes().decode("utf-8-sig", "surrogatepass").split("\n")
    if not lines[0].startswith("#FORMAT=WebAnno TSV 3"):
        raise InputError(f"{path}: is not WebAnno TSV 3; export it from INCEpTION in this format")
    columns: list[tuple[int, str]] = []
    layers = [line.rstrip("\r").removeprefix("#T_").split("=", 1) for line in lines if line.startswith("#T_")]
    for layer, (kind, names) in enumerate(layers):
        columns += [(layer if kind == "SP" else -1, name) for name in names.split("|")[1:] or [""]]
    units = bytearray()  # the text in UTF-16, as offsets count
    found: dict[tuple[int, str], dict[str, Any]] = {}
    pending: list[str] = []
    for line in lines:
        line = line.rstrip("\r")
        if line.startswith("#Text="):
            pending.append(_unescaped(line.removeprefix("#Text=")))
        elif re.match(r"\d+-\d+(\.\d+)?\t", line):
            token, place, _, *cells = line.split("\t")
            start, end = map(int, place.split("-"))
            if pending:
                words, pending = "\n".join(pending), []
                before = words[: len(words) - len(words.lstrip())].encode("utf-16-le", "surrogatepass")
                units += b"\n\0" * ((2 * start - len(before) - len(units)) // 2)
                units += words.encode("utf-16-le", "surrogatepass")
            for (layer, feature), cell in zip(columns, cells, strict=False):
                if cell == "_" or layer < 0:
                    continue
                for part in re.split(r"(?<!\\)\|", cell):
                    number = re.fullmatch(r"((?:[^\\]|\\.)*)\[(\d+)\]", part, re.DOTALL)
                    value = number[1] if number else part
                    key = (layer, number[2] if number else token)
                    span = found.setdefault(key, {"start": start, "end": end, "own": {}})
                    span["start"], span["end"] = min(start, span["start"]), max(end, span["end"])
                    span["own"][feature] = None if value == "*" else _unescaped(value)
    text = bytes(units).decode("utf-16-le", "surrogatepass")
    of: Any = None
    ours: dict[tuple[str, str], tuple[Any, str | None, list[tuple[int, int]]]] = {}
    said: list[tuple[Statement, Coder]] = []
    scale = Units(text)
    order = sorted(found, key=lambda key: (key[0], int(key[1]) if key[1].isdigit() else 0))
    for n, span in enumerate((found[key] for key in order), 1):
        where = scale.characters(span["start"]), scale.characters(span["end"])
        note = json_or_none(span["own"].pop("note", None) or "")
        own = {name: value for name, value in span["own"].items() if value is not None}
        label = own.pop("option", own.pop("value", None))
        if isinstance(note, dict) and isinstance(note.get("id"), str):
            of = note.get("document") or of
            changed = {"stance": STANCES.get(str(own.get("stance")).lower())}
            note = note if (note.get("stance") or None) == own.get("stance") else {**note, **changed}
            same = (note["id"], json.dumps(note.get("coder")))
            ours.setdefault(same, (note, None if label == note.get("label") else label, []))[2].append(where)
        else:
            said.append((statement_of(f"t{n}", [where], label, None, own), usual))
    said = [
        (statement_of(note["id"], places, label, note), coder_of_note(note, usual))
        for note, label, places in ours.values()
    ] + said
    document = document_of(str((of or {}).get("id", path.stem)), text, of, path.name)
    yield from by_coder(document, said) if said else [Coded(document, (), usual)]
