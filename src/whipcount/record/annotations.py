"""Statements as annotations of texts, in the formats that annotation tools read and write.

brat (a folder of .txt and .ann), WebAnno and INCEpTION (TSV 3), Label Studio (JSON), doccano (JSONL), W3C Web Annotation
(JSON-LD), and REFI-QDA projects (.qdpx), which MAXQDA, NVivo and ATLAS.ti export and import.

Each annotation carries a label, which is the option, and the whole statement beside it where the format has room for a
note; so an export comes back as it was, and what was changed in the tool, the place and the label, counts.  Annotations
of other origin become statements whose label is the option; attributes named like a field of a statement fill it
(`NAMES`), others become variables.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from whipcount.errors import InputError
from whipcount.model import Coder, DateBasis, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record import rows, values
from whipcount.record.store import Record
from whipcount.record.units import Units

NAMES = {
    **dict.fromkeys(("option", "concept", "code", "claim", "issue"), "option"),
    **dict.fromkeys(("stance", "agreement", "position", "sentiment", "polarity"), "stance"),
    **dict.fromkeys(("actor", "organization", "organisation", "speaks_for", "speaks for"), "speaks_for"),
    **dict.fromkeys(("speaker", "person", "source"), "speaker"),
    "voice": "voice",
    "date": "date",
}
"""What attributes and columns of other tools are called, and the field of a statement that each is."""

STANCES = {
    **dict.fromkeys(("support", "yes", "true", "1", "pro", "for", "agree", "positive", "+"), Stance.SUPPORT),
    **dict.fromkeys(
        ("oppose", "no", "false", "0", "-1", "contra", "against", "disagree", "negative", "-"), Stance.OPPOSE
    ),
    **dict.fromkeys(("conditional", "only if", "yes, if"), Stance.CONDITIONAL),
    **dict.fromkeys(("undecided", "neutral", "mixed", "unclear"), Stance.UNDECIDED),
}
"""What other tools call a stance."""

LARGEST = 1 << 30
"""Bytes that one part of a project may unpack to."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A document with statements coded in it by one coder."""

    document: Document
    statements: tuple[Statement, ...]
    coder: Coder


def coded(record: Record) -> Iterator[Coded]:
    """The documents of a record with their statements as they stand, by coder; ids are those within a reading."""
    said: dict[str, list[tuple[Statement, Coder]]] = {document.id: [] for document in record.documents()}
    for entry in record.entries():
        id = re.sub(r"^r\d+\.", "", entry.statement.id)
        said[entry.document].append((dataclasses.replace(entry.statement, id=id, attribution=None), entry.coder))
    for document in record.documents():
        listed = said[document.id]
        yield from _grouped(document, listed) if listed else [Coded(document, (), Coder("import", is_model=False))]


def keep(record: Record, coded: Iterable[Coded]) -> tuple[int, int]:
    """Add coded documents to a record; how many statements were added, and how many were there already."""
    added = known = 0
    for part in coded:
        length = len(part.document.text)
        for statement in part.statements:
            if any(not 0 <= start <= end <= length for start, end in statement.content):
                raise InputError(f"{part.document.id}: {statement.id} lies outside the text; export both together")
        with record.writing() as connection:
            reading = rows.reading_number(connection, part.document.sha256, part.coder, None)
            if reading is None and part.statements:
                rows.add_reading(connection, part.document, [], part.statements, part.coder, None)
                added += len(part.statements)
            elif reading is None:
                rows.document_number(connection, part.document)
            else:
                fresh = rows.unknown(connection, reading, part.statements)
                rows.add_missing(connection, reading, fresh)
                added, known = added + len(fresh), known + len(part.statements) - len(fresh)
    return added, known


def label_of(statement: Statement) -> str:
    """What an annotation of a statement is called."""
    return statement.option or statement.type or "statement"


def plain(statement: Statement) -> dict[str, Any]:
    """A statement without its place, as notes hold it; what is empty or usual is left out."""
    usual = values.plain(Statement("", (), (), "", SpeakerKind.NARRATOR, Voice.COMMENTARY))
    return {k: v for k, v in values.plain(statement).items() if k != "content" and v != usual[k]}


def statement_of(
    id: str, content: Iterable[tuple[int, int]], label: str | None, note: Any, attributes: dict[str, Any] | None = None
) -> Statement:
    """A statement from an annotation: its note if it has one of ours, else its label and attributes.

    InputError if the note holds what a statement cannot.
    """
    held: dict[str, Any] = {"id": id, "source": [], "speaker": "", "speaker_kind": "narrator", "voice": "commentary"}
    ours = isinstance(note, dict) and isinstance(note.get("id"), str)
    if ours:
        held |= note
    spans = sorted((int(start), int(end)) for start, end in content)
    try:
        made = values.statement({**held, "content": [list(span) for span in spans]})
        if not ours or (label is not None and label != label_of(made)):
            held |= fields_of({"option": label, **(attributes or {})})
            made = values.statement({**held, "content": [list(span) for span in spans]})
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"annotation {id}: {error}") from None
    return made


def fields_of(attributes: dict[str, Any]) -> dict[str, Any]:
    """Fields of a statement from attributes by any of their usual names; the others are its variables."""
    found: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for name, value in attributes.items():
        known = NAMES.get(name.strip().lower())
        if value is None or value == "":
            continue
        if known == "stance":
            word = STANCES.get(str(value).strip().lower())
            if word is None:
                variables[name] = str(value)
            else:
                found["stance"] = word
        elif known == "voice" and str(value) not in list(Voice):
            variables[name] = str(value)
        elif known:
            found[known] = str(value)
        else:
            variables[name] = value if isinstance(value, bool | int) else str(value)
    if found.get("speaks_for") or found.get("speaker"):
        person = bool(found.get("speaker"))
        found.setdefault("speaker", found.get("speaks_for"))
        found["speaker_kind"] = SpeakerKind.PERSON if person else SpeakerKind.ORGANISATION
        found.setdefault("voice", Voice.FIRST_HAND)
    return found | ({"variables": variables} if variables else {})


def document_of(id: str, text: str, given: Any = None, origin: str = "") -> Document:
    """A document from its text and, if an export of ours has them, the rest of its fields."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    held: dict[str, Any] = {
        "id": id, "body": [[0, len(text)]], "title": None, "outlet": None, "date": None, "language": None,
        "date_basis": DateBasis.UNKNOWN, "author": None, "origin": origin,
    }  # fmt: skip
    if isinstance(given, dict):
        held |= {k: v for k, v in given.items() if k not in ("text", "sha256")}
    twin = str(given.get("sha256", "")).partition("+")[1:] if isinstance(given, dict) else ("", "")
    try:
        return values.document({**held, "text": text, "sha256": digest + "".join(twin)}, held.get("chain") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"document {id}: {error}") from None


def about(document: Document) -> dict[str, Any]:
    """A document without its text, as notes hold it."""
    return {k: v for k, v in values.plain(document).items() if k != "text"}


def _coder(given: Any, usual: Coder) -> Coder:
    if isinstance(given, dict) and isinstance(given.get("name"), str):
        return Coder(given["name"], str(given.get("version", "")), bool(given.get("is_model", False)))
    return Coder(given, "", False) if isinstance(given, str) and given else usual


def _who(coder: Coder) -> dict[str, Any]:
    return {"name": coder.name, "version": coder.version, "is_model": coder.is_model}


def _grouped(document: Document, said: Iterable[tuple[Statement, Coder]]) -> Iterator[Coded]:
    """The statements of a document by coder, in their order; one empty coding if there is none."""
    by: dict[Coder, list[Statement]] = {}
    for statement, coder in said:
        by.setdefault(coder, []).append(statement)
    for coder, statements in by.items():
        yield Coded(document, tuple(statements), coder)


def _together(coded: Iterable[Coded]) -> dict[str, tuple[Document, list[tuple[Statement, Coder]]]]:
    found: dict[str, tuple[Document, list[tuple[Statement, Coder]]]] = {}
    for part in coded:
        listed = found.setdefault(part.document.id, (part.document, []))[1]
        listed += [(statement, part.coder) for statement in part.statements]
    return found


# brat


def write_brat(coded: Iterable[Coded], folder: Path) -> None:
    """A folder that brat opens: NAME.txt and NAME.ann for each document, and `documents.jsonl` with what brat has no place for."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for number, (document, said) in enumerate(_together(coded).values(), 1):
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
            note = json.dumps({**plain(statement), "coder": _who(coder), "label": label_of(statement)})
            lines.append(f"#{n}\tAnnotatorNotes T{n}\t{note}")
        (folder / f"{name}.ann").write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))
        kept.append(json.dumps({"file": name, **about(document)}) + "\n")
    (folder / "documents.jsonl").write_text("".join(kept), encoding="utf-8")


def _word(label: str) -> str:
    return re.sub(r"[^\w-]+", "_", label) or "_"


def read_brat(folder: Path, usual: Coder) -> Iterator[Coded]:
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
                notes[head[1]] = _json(rest[1])
        said = []
        for id, (label, places) in found.items():
            note, own = notes.get(id), attributes.get(id, {})
            ours = isinstance(note, dict) and _word(str(note.get("label"))) == label
            if isinstance(note, dict) and own.get("stance") != note.get("stance"):
                note = {**note, "stance": STANCES.get(str(own.get("stance")).lower())}
            content = [place for place in places if place != (0, 0)]
            said.append((statement_of(id, content, None if ours else label, note, own), _by(note, usual)))
        yield from _grouped(document, said) if said else [Coded(document, (), usual)]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _by(note: Any, usual: Coder) -> Coder:
    return _coder(note.get("coder") if isinstance(note, dict) else None, usual)


# Label Studio


def write_label_studio(coded: Iterable[Coded], path: Path) -> None:
    """Tasks of Label Studio with one annotation each coder, for a labeling configuration with a Text called `text`."""
    tasks = []
    for document, said in _together(coded).values():
        annotations = []
        for part in _grouped(document, said):
            result = []
            for statement in part.statements:
                for start, end in statement.content or ((0, 0),):
                    value = {"start": start, "end": end, "text": document.text[start:end]}
                    common = {"id": statement.id, "from_name": "label", "to_name": "text", "type": "labels"}
                    note = {"text": [json.dumps(plain(statement))]}
                    result.append({**common, "value": {**value, "labels": [label_of(statement)]}, "meta": note})
            annotations.append({"completed_by": _who(part.coder), "result": result})
        tasks.append({"data": {"text": document.text, "document": about(document)}, "annotations": annotations})
    path.write_text(json.dumps(tasks, ensure_ascii=True, indent=1), encoding="utf-8")


def read_label_studio(path: Path, usual: Coder) -> Iterator[Coded]:
    """Tasks that Label Studio exports as JSON: labels on a text, choices and texts given for a region."""
    for number, task in enumerate(_load(path), 1):
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
                    region["note"] = _json(written[0]) if written and isinstance(written[0], str) else None
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
            parts.append(Coded(document, tuple(said), _coder(str(by) if isinstance(by, int) else by, usual)))
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


# doccano


def write_doccano(coded: Iterable[Coded], path: Path) -> None:
    """Lines that doccano imports for sequence labeling; what it has no place for goes along as metadata."""
    lines = []
    for document, said in _together(coded).values():
        spans, notes = [], []
        for statement, coder in said:
            own = [[start, end, label_of(statement)] for start, end in statement.content]
            notes.append({**plain(statement), "coder": _who(coder), "spans": own})
            spans += own
        lines.append({"text": document.text, "label": spans, "document": about(document), "statements": notes})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def read_doccano(path: Path, usual: Coder) -> Iterator[Coded]:
    """Lines of doccano, `label` (or `labels`, `entities`) being places with labels."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        row = _json(line)
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
                said.append((statement_of(note["id"], places, label, note), _by(note, usual)))
        for n, (start, end, label) in enumerate(left, 1):
            said.append((statement_of(f"d{n}", [(start, end)], label, None), usual))
        yield from _grouped(document, said) if said else [Coded(document, (), usual)]


# W3C Web Annotation


def write_w3c(coded: Iterable[Coded], path: Path) -> None:
    """A page of W3C Web Annotations (https://www.w3.org/TR/annotation-model/), each place by position and by words.

    The texts themselves stand in `documents`, a property of ours, so that the page can be imported elsewhere.
    """
    items: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for document, said in _together(coded).values():
        kept.append(values.plain(document))
        for statement, coder in said:
            places = [
                {
                    "source": f"urn:whipcount:{document.id}",
                    "selector": [
                        {"type": "TextPositionSelector", "start": start, "end": end},
                        {
                            "type": "TextQuoteSelector",
                            "exact": document.text[start:end],
                            "prefix": document.text[max(0, start - 32) : start],
                            "suffix": document.text[end : end + 32],
                        },
                    ],
                }
                for start, end in statement.content
            ]
            body = [{"type": "TextualBody", "purpose": "tagging", "value": label_of(statement)}]
            if statement.stance:
                body.append({"type": "TextualBody", "purpose": "classifying", "value": str(statement.stance)})
            items.append(
                {
                    "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{document.sha256} {coder} {statement.id}')}",
                    "type": "Annotation",
                    "motivation": "classifying",
                    "creator": {"type": "Software" if coder.is_model else "Person", "name": coder.name},
                    "body": body,
                    "target": places or [{"source": f"urn:whipcount:{document.id}"}],
                    "statement": {**plain(statement), "coder": _who(coder)},
                }
            )
    page: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/anno.jsonld", {"@vocab": "urn:whipcount:vocabulary:"}],
        "type": "AnnotationPage",
        "items": items,
        "documents": kept,
    }
    path.write_text(json.dumps(page, indent=1), encoding="utf-8")


def read_w3c(path: Path, usual: Coder, text_of: Callable[[str], Document | None] = lambda _: None) -> Iterator[Coded]:
    """The annotations of a page, a collection or a list; `text_of` finds a document whose text is not in the file."""
    page = _load(path)
    texts: dict[str, Document] = {}
    for given in page.get("documents") or () if isinstance(page, dict) else ():
        texts[str(given["id"])] = document_of(str(given["id"]), str(given["text"]), given, path.name)
    if isinstance(page, dict) and isinstance(page.get("first"), dict):
        page = page["first"]
    items = page if isinstance(page, list) else page.get("items", [page] if page.get("type") == "Annotation" else [])
    said: dict[str, list[tuple[Statement, Coder]]] = {id: [] for id in texts}
    for number, item in enumerate(items, 1):
        targets = item.get("target")
        targets = [
            t if isinstance(t, dict) else {"source": t} for t in (targets if isinstance(targets, list) else [targets])
        ]
        source = str(targets[0].get("source")).removeprefix("urn:whipcount:")
        document = texts.get(source) or text_of(source)
        if document is None:
            raise InputError(f"{path}: the text of {source} is neither in the file nor in the record; import it first")
        texts[source] = document
        places = [
            place for target in targets if (place := _selected(document.text, target.get("selector"))) is not None
        ]
        bodies = item.get("body") or []
        bodies = [
            b if isinstance(b, dict) else {"value": b} for b in (bodies if isinstance(bodies, list) else [bodies])
        ]
        label = next((b.get("value") for b in bodies if b.get("purpose") in (None, "tagging")), None)
        own = {"stance": next((b.get("value") for b in bodies if b.get("purpose") == "classifying"), None)}
        note = item.get("statement")
        if isinstance(note, dict) and note.get("stance") != own["stance"]:
            note = {**note, "stance": STANCES.get(str(own["stance"]).lower())}
        creator = item.get("creator")
        by = (
            note.get("coder")
            if isinstance(note, dict)
            else creator.get("name")
            if isinstance(creator, dict)
            else creator
        )
        said.setdefault(source, []).append((statement_of(f"w{number}", places, label, note, own), _coder(by, usual)))
    for source, listed in said.items():
        yield from _grouped(texts[source], listed) if listed else [Coded(texts[source], (), usual)]


def _selected(text: str, selectors: Any) -> tuple[int, int] | None:
    """The place that selectors name: by position if its words are those quoted, else where they stand."""
    found: tuple[int, int] | None = None
    every = selectors if isinstance(selectors, list) else [selectors] if selectors else []
    for selector in every:
        if selector.get("type") == "TextPositionSelector":
            found = int(selector["start"]), int(selector["end"])
    for selector in every:
        exact = selector.get("exact")
        if selector.get("type") == "TextQuoteSelector" and exact and (found is None or text[slice(*found)] != exact):
            at = text.find(str(selector.get("prefix", "")) + exact + str(selector.get("suffix", "")))
            at = at + len(str(selector.get("prefix", ""))) if at >= 0 else text.find(exact)
            found = (at, at + len(exact)) if at >= 0 else found
    return found


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON ({type(error).__name__}); export it again") from None


# REFI-QDA: MAXQDA, NVivo, ATLAS.ti

QDA = "urn:QDA-XML:project:1.0"


def write_refi(coded: Iterable[Coded], path: Path) -> None:
    """A REFI-QDA project (https://www.qdasoftware.org): the options are its codes, the coders its users."""
    root = etree.Element(f"{{{QDA}}}Project", nsmap={None: QDA}, name="whipcount", origin="whipcount")
    users, book, sources = (etree.SubElement(root, f"{{{QDA}}}{name}") for name in ("Users", "CodeBook", "Sources"))
    codes = etree.SubElement(book, f"{{{QDA}}}Codes")
    known: dict[tuple[str, str], str] = {}

    def named(kind: str, name: str, parent: Any, **more: str) -> str:
        if (kind, name) not in known:
            known[kind, name] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"whipcount {kind} {name}"))
            etree.SubElement(parent, f"{{{QDA}}}{kind}", guid=known[kind, name], name=_xml(name), **more)
        return known[kind, name]

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for document, said in _together(coded).values():
            guid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"whipcount document {document.id} {document.sha256}"))
            out.writestr(f"sources/{guid}.txt", document.text.encode("utf-8"))
            source = etree.SubElement(sources, f"{{{QDA}}}TextSource", guid=guid, name=_xml(document.title or document.id),
                                      plainTextPath=f"internal://{guid}.txt")  # fmt: skip
            etree.SubElement(source, f"{{{QDA}}}Description").text = json.dumps(about(document))
            for n, (statement, coder) in enumerate(said, 1):
                user = named("User", f"{coder.name} {coder.version}".strip(), users)
                code = named("Code", label_of(statement), codes, isCodable="true")
                for k, (start, end) in enumerate(statement.content or ((0, 0),)):
                    place = etree.SubElement(
                        source, f"{{{QDA}}}PlainTextSelection", guid=_guid(guid, n, k), name=_xml(document.text[start:end][:80]),
                        startPosition=str(start), endPosition=str(end), creatingUser=user,
                    )  # fmt: skip
                    note = {**plain(statement), "coder": _who(coder), "label": label_of(statement)}
                    etree.SubElement(place, f"{{{QDA}}}Description").text = json.dumps(note)
                    coding = etree.SubElement(place, f"{{{QDA}}}Coding", guid=_guid(guid, n, k, "c"), creatingUser=user)
                    etree.SubElement(coding, f"{{{QDA}}}CodeRef", targetGUID=code)
        out.writestr("project.qde", etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _guid(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join(map(str, parts))))


def _xml(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return re.sub("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]", " ", text)


def read_refi(path: Path, usual: Coder) -> Iterator[Coded]:
    """The text sources of a REFI-QDA project with their coded segments.

    Codes on the same segment by the same user are one statement: a code below one that is named like a field ("Actor")
    fills it, any other is the option; more of them make more statements.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.casefold(): name for name in archive.namelist()}
            qde = next((name for name in archive.namelist() if name.lower().endswith(".qde")), None)
            if qde is None:
                raise InputError(f"{path}: holds no project.qde; export a REFI-QDA project (.qdpx)")
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            root = etree.parse(io.BytesIO(_part(archive, qde)), parser).getroot()
            users = {u.get("guid"): u.get("name") or "" for u in root.iter("{*}User")}
            codes = {c.get("guid"): _path(c) for c in root.iter("{*}Code")}
            for source in root.iter("{*}TextSource"):
                place = str(source.get("plainTextPath") or "").removeprefix("internal://")
                inside = names.get(f"sources/{place}".casefold()) or names.get(place.casefold())
                inline = source.findtext("{*}PlainTextContent")
                if inside is None and inline is None:
                    raise InputError(
                        f"{path}: the text of {source.get('name')} is not in the project; export it with sources"
                    )
                ours = isinstance(_json(source.findtext("{*}Description") or ""), dict)
                text = inline if inside is None else _part(archive, inside).decode("utf-8" if ours else "utf-8-sig")
                yield from _refi_source(source, str(text), users, codes, usual, path)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, UnicodeDecodeError, KeyError) as error:
        raise InputError(f"{path}: is not a whole REFI-QDA project ({type(error).__name__}); export it again") from None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST:
        raise InputError(f"{name}: unpacks to more than {LARGEST >> 20} MB; split the project")
    return archive.read(name)


def _path(code: Any) -> tuple[str, ...]:
    """Names of a code and those above it, the highest first."""
    above = [a for a in code.iterancestors() if etree.QName(a).localname == "Code"]
    return tuple(str(c.get("name")) for c in [*reversed(above), code])


def _refi_source(
    source: Any, text: str, users: dict[str, str], codes: dict[str, tuple[str, ...]], usual: Coder, path: Path
) -> Iterator[Coded]:
    of = _json(source.findtext("{*}Description") or "")
    id = str(of["id"]) if isinstance(of, dict) and "id" in of else str(source.get("name") or source.get("guid"))
    document = document_of(id, text, of, path.name)
    if document.title is None:
        document = document_of(id, text, {**about(document), "title": source.get("name")}, path.name)
    ours: dict[tuple[str, str], tuple[Any, str | None, list[tuple[int, int]]]] = {}
    theirs: dict[tuple[str, tuple[int, int]], list[tuple[str, ...]]] = {}
    for place in source.iter("{*}PlainTextSelection"):
        span = int(place.get("startPosition")), int(place.get("endPosition"))
        note = _json(place.findtext("{*}Description") or "")
        for coding in place.iter("{*}Coding"):
            user = users.get(coding.get("creatingUser") or place.get("creatingUser") or "", "")
            for reference in coding.iter("{*}CodeRef"):
                code = codes.get(reference.get("targetGUID"), ())
                if isinstance(note, dict) and isinstance(note.get("id"), str):
                    label = None if "/".join(code) == note.get("label") else "/".join(code)
                    ours.setdefault((note["id"], json.dumps(note.get("coder"))), (note, label, []))[2].append(span)
                else:
                    theirs.setdefault((user, span), []).append(code)
    said = [
        (statement_of(note["id"], [p for p in places if p != (0, 0)], label, note), _by(note, usual))
        for note, label, places in ours.values()
    ]
    for n, ((user, span), listed) in enumerate(theirs.items(), 1):
        own = {code[-2]: code[-1] for code in listed if len(code) > 1 and code[-2].strip().lower() in NAMES}
        left = ["/".join(c) for c in listed if not (len(c) > 1 and c[-2].strip().lower() in NAMES)]
        for k, label in enumerate(left or [None]):
            said.append((statement_of(f"q{n}" + (f".{k}" if k else ""), [span], label, None, own), _coder(user, usual)))
    yield from _grouped(document, said) if said else [Coded(document, (), usual)]


# WebAnno and INCEpTION

LAYER = "webanno.custom.Statement"
FEATURES = ("option", "stance", "speaker", "actor", "voice", "note")


def write_webanno(coded: Iterable[Coded], folder: Path) -> None:
    """A folder of WebAnno TSV 3.3 files, one a document, with a span layer whose features are `FEATURES`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (document, said) in enumerate(_together(coded).values(), 1):
        name = f"{number:05d}-{re.sub(r'[^A-Za-z0-9_-]+', '_', document.id)[:60]}.tsv"
        (folder / name).write_bytes(_webanno(document, said).encode("utf-8", "surrogatepass"))


def _webanno(document: Document, said: list[tuple[Statement, Coder]]) -> str:
    text, units = document.text, Units(document.text)
    edges = {place for statement, _ in said for span in statement.content for place in span}
    lines = ["#FORMAT=WebAnno TSV 3.3", f"#T_SP={LAYER}|{'|'.join(FEATURES)}", ""]
    sentence, at, number = 0, 0, 0
    spans: list[tuple[int, int, list[str]]] = []
    for statement, coder in said:
        note = {**plain(statement), "coder": _who(coder), "label": label_of(statement)}
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


def read_webanno(path: Path, usual: Coder) -> Iterator[Coded]:
    """A WebAnno TSV 3 file as INCEpTION exports it, or a folder of them; the span layers are read."""
    if path.is_dir():
        for inside in sorted(path.rglob("*.tsv")):
            yield from read_webanno(inside, usual)
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
        note = _json(span["own"].pop("note", None) or "")
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
        (statement_of(note["id"], places, label, note), _by(note, usual)) for note, label, places in ours.values()
    ] + said
    document = document_of(str((of or {}).get("id", path.stem)), text, of, path.name)
    yield from _grouped(document, said) if said else [Coded(document, (), usual)]
