"""W3C Web Annotation: a page of annotations in JSON-LD."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from whipcount.errors import InputError
from whipcount.model import Coder, Document, Statement
from whipcount.record import values
from whipcount.record.annotations.coded import (
    STANCES,
    Coded,
    by_coder,
    by_document,
    coder_fields,
    coder_of,
    document_of,
    label_of,
    load,
    plain,
    statement_of,
)


def write(coded: Iterable[Coded], path: Path) -> None:
    """A page of W3C Web Annotations (https://www.w3.org/TR/annotation-model/), each place by position and by words.

    The texts themselves stand in `documents`, a property of ours, so that the page can be imported elsewhere.
    """
    items: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for document, said in by_document(coded).values():
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
                    "statement": {**plain(statement), "coder": coder_fields(coder)},
                }
            )
    page: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/anno.jsonld", {"@vocab": "urn:whipcount:vocabulary:"}],
        "type": "AnnotationPage",
        "items": items,
        "documents": kept,
    }
    path.write_text(json.dumps(page, indent=1), encoding="utf-8")


def read(path: Path, usual: Coder, text_of: Callable[[str], Document | None] = lambda _: None) -> Iterator[Coded]:
    """The annotations of a page, a collection or a list; `text_of` finds a document whose text is not in the file."""
    page = load(path)
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
        said.setdefault(source, []).append((statement_of(f"w{number}", places, label, note, own), coder_of(by, usual)))
    for source, listed in said.items():
        yield from by_coder(texts[source], listed) if listed else [Coded(texts[source], (), usual)]


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
