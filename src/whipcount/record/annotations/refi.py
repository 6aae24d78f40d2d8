"""REFI-QDA projects (.qdpx), which MAXQDA, NVivo and ATLAS.ti export and import."""

from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from whipcount.errors import InputError
from whipcount.model import Coder
from whipcount.record.annotations.coded import (
    LARGEST,
    NAMES,
    Coded,
    about,
    by_coder,
    by_document,
    coder_fields,
    coder_of,
    coder_of_note,
    document_of,
    json_or_none,
    label_of,
    plain,
    statement_of,
)

QDA = "urn:QDA-XML:project:1.0"


def write(coded: Iterable[Coded], path: Path) -> None:
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
        for document, said in by_document(coded).values():
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
                    note = {**plain(statement), "coder": coder_fields(coder), "label": label_of(statement)}
                    etree.SubElement(place, f"{{{QDA}}}Description").text = json.dumps(note)
                    coding = etree.SubElement(place, f"{{{QDA}}}Coding", guid=_guid(guid, n, k, "c"), creatingUser=user)
                    etree.SubElement(coding, f"{{{QDA}}}CodeRef", targetGUID=code)
        out.writestr("project.qde", etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _guid(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join(map(str, parts))))


def _xml(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return re.sub("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]", " ", text)


def read(path: Path, usual: Coder) -> Iterator[Coded]:
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
                ours = isinstance(json_or_none(source.findtext("{*}Description") or ""), dict)
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
    of = json_or_none(source.findtext("{*}Description") or "")
    id = str(of["id"]) if isinstance(of, dict) and "id" in of else str(source.get("name") or source.get("guid"))
    document = document_of(id, text, of, path.name)
    if document.title is None:
        document = document_of(id, text, {**about(document), "title": source.get("name")}, path.name)
    ours: dict[tuple[str, str], tuple[Any, str | None, list[tuple[int, int]]]] = {}
    theirs: dict[tuple[str, tuple[int, int]], list[tuple[str, ...]]] = {}
    for place in source.iter("{*}PlainTextSelection"):
        span = int(place.get("startPosition")), int(place.get("endPosition"))
        note = json_or_none(place.findtext("{*}Description") or "")
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
        (statement_of(note["id"], [p for p in places if p != (0, 0)], label, note), coder_of_note(note, usual))
        for note, label, places in ours.values()
    ]
    for n, ((user, span), listed) in enumerate(theirs.items(), 1):
        own = {code[-2]: code[-1] for code in listed if len(code) > 1 and code[-2].strip().lower() in NAMES}
        left = ["/".join(c) for c in listed if not (len(c) > 1 and c[-2].strip().lower() in NAMES)]
        for k, label in enumerate(left or [None]):
            said.append(
                (statement_of(f"q{n}" + (f".{k}" if k else ""), [span], label, None, own), coder_of(user, usual))
            )
    yield from by_coder(document, said) if said else [Coded(document, (), usual)]
