"""A project of Discourse Network Analyzer into a record."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from whipcount.model import Coder, DateBasis, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record import rows
from whipcount.record.dna.file import DATA_TABLES, DnaFile
from whipcount.record.dna.variables import EMPTY, ROLES
from whipcount.record.schema import documents
from whipcount.record.store import Record
from whipcount.record.units import Units


@dataclass(slots=True)
class Taken:
    """What an import brought: new documents and statements, what was there already, and what had to be changed."""

    documents: int = 0
    statements: int = 0
    known: int = 0
    notes: Counter[str] = field(default_factory=Counter)


def take(record: Record, path: Path, by: Coder, password: str | None = None) -> Taken:
    """Import a project; what is there already is passed over, so that a second import adds nothing.

    Several projects may be imported into one record: the same text with the same data is one document.  RecordError if
    the file cannot be read, UsageError if `password` is given and no coder has it.
    """
    file = DnaFile(path, password)
    types = _types(file)
    record.define_all(_definitions(file, types), by, note=f"import of {path.name}")
    taken = Taken()
    coders = {row["ID"]: row["Name"] for row in file.rows("SELECT ID, Name FROM CODERS")}
    said: dict[int, dict[str, list[tuple[Any, dict[str, Any]]]]] = {}
    for row, given in _statements(file, types):
        said.setdefault(row["DocumentId"], {}).setdefault(coders.get(row["Coder"], ""), []).append((row, given))
    used: set[str] = set()
    for row in file.rows("SELECT * FROM DOCUMENTS ORDER BY ID"):
        document = _document(row, coders, path.name)
        with record.writing() as connection:
            document, new = _twin(connection, document, used)
            used.add(document.sha256)
            taken.documents += new
            rows.document_number(connection, document)
            units = Units(document.text)
            for coder, listed in said.get(row["ID"], {}).items():
                made = [_statement(s, given, types[s["StatementTypeId"]], units, taken) for s, given in listed]
                who = Coder(coder, is_model=False)
                reading = rows.reading_number(connection, document.sha256, who, None)
                if reading is None:
                    rows.add_reading(connection, document, [], made, who, None)
                    taken.statements += len(made)
                else:
                    fresh = rows.unknown(connection, reading, made)
                    rows.add_missing(connection, reading, fresh)
                    taken.statements += len(fresh)
                    taken.known += len(made) - len(fresh)
    return taken


def _types(file: DnaFile) -> dict[int, dict[str, Any]]:
    """Statement types by their ids."""
    names = {row["ID"]: row["Variable"] for row in file.rows("SELECT ID, Variable FROM VARIABLES")}
    found: dict[int, dict[str, Any]] = {}
    for row in file.rows("SELECT * FROM STATEMENTTYPES ORDER BY ID"):
        variables = []
        for variable in file.rows("SELECT * FROM VARIABLES WHERE StatementTypeId = ? ORDER BY ID", (row["ID"],)):
            attributes = file.rows(
                "SELECT * FROM ATTRIBUTEVARIABLES WHERE VariableId = ? ORDER BY ID", (variable["ID"],)
            )
            links = file.rows("SELECT * FROM VARIABLELINKS WHERE SourceVariableId = ? ORDER BY ID", (variable["ID"],))
            variables.append(
                {
                    "name": variable["Variable"],
                    "kind": variable["DataType"],
                    "id": variable["ID"],
                    "attributes": [{"name": a["AttributeVariable"], "id": a["ID"]} for a in attributes],
                    "links": [names[link["TargetVariableId"]] for link in links],
                }
            )
        found[row["ID"]] = {"label": row["Label"], "id": row["ID"], "color": _color(row), "variables": variables}
    return found


def _color(row: dict[str, Any]) -> list[int | None]:
    return [row["Red"], row["Green"], row["Blue"]]


def _definitions(file: DnaFile, types: dict[int, dict[str, Any]]) -> Iterator[tuple[str, str, Any]]:
    for kind in types.values():
        yield "type", kind["label"], kind
    of = {
        variable["id"]: (kind["label"], variable["name"]) for kind in types.values() for variable in kind["variables"]
    }
    attributes: dict[int, dict[str, str]] = {}
    for row in file.rows(
        "SELECT v.EntityId, a.AttributeVariable, v.AttributeValue FROM ATTRIBUTEVALUES v"
        " JOIN ATTRIBUTEVARIABLES a ON a.ID = v.AttributeVariableId ORDER BY a.ID"
    ):
        attributes.setdefault(row["EntityId"], {})[row["AttributeVariable"]] = row["AttributeValue"]
    entities = file.rows("SELECT * FROM ENTITIES ORDER BY ID")
    value = {row["ID"]: row["Value"] for row in entities}
    for row in entities:
        yield (
            "entity",
            json.dumps([*of[row["VariableId"]], row["Value"]], ensure_ascii=False),
            {
                "id": row["ID"],
                "color": _color(row),
                "child_of": value.get(row["ChildOf"]),
                "attributes": attributes.get(row["ID"], {}),
            },
        )
    for row in file.rows("SELECT * FROM REGEXES"):
        yield "keyword", row["Label"], {"color": _color(row)}
    coders = {row["ID"]: row for row in file.rows("SELECT * FROM CODERS ORDER BY ID")}
    for row in coders.values():
        yield "dna coder", row["Name"], {name: held for name, held in row.items() if name != "Name"}
    for row in file.rows("SELECT * FROM CODERRELATIONS ORDER BY ID"):
        pair = [coders[row["Coder"]]["Name"], coders[row["OtherCoder"]]["Name"]]
        kept = {name: held for name, held in row.items() if name not in ("ID", "Coder", "OtherCoder")}
        yield "dna relation", json.dumps(pair, ensure_ascii=False), kept
    for row in file.rows("SELECT * FROM SETTINGS"):
        yield "dna setting", row["Property"], row["Value"]


def _statements(file: DnaFile, types: dict[int, dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each statement's row with its values by the names of variables, and of those alone that its type has."""
    given: dict[int, dict[int, Any]] = {}
    for kind, table in DATA_TABLES.items():
        join = " JOIN ENTITIES e ON e.ID = t.Entity" if kind == "short text" else ""
        value = "e.Value" if join else "t.Value"
        # nothing of the file goes into the query: tables and columns are DNA's own, named here
        for row in file.rows(f"SELECT t.StatementId, t.VariableId, {value} AS held FROM {table} t{join}"):  # noqa: S608
            held = bool(row["held"]) if kind == "boolean" else row["held"]
            given.setdefault(row["StatementId"], {})[row["VariableId"]] = EMPTY[kind] if held is None else held
    for row in file.rows("SELECT * FROM STATEMENTS ORDER BY ID"):
        held = given.get(row["ID"], {})
        variables = types[row["StatementTypeId"]]["variables"]
        yield row, {v["name"]: held.get(v["id"], EMPTY[v["kind"]]) for v in variables}


def _document(row: dict[str, Any], coders: dict[int, str], origin: str) -> Document:
    text = row["Text"] or ""
    made = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(seconds=row["Date"])
    fields = {"coder": coders.get(row["Coder"], "")}
    fields |= {name.lower(): row[name] for name in ("Section", "Notes", "Type") if row[name]}
    if made.time() != datetime.time():
        fields["time"] = made.time().isoformat()
    return Document(
        id=str(row["ID"]),
        text=text,
        body=((0, len(text)),),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=row["Title"] or None,
        outlet=row["Source"] or None,
        date=made.date().isoformat(),
        date_basis=DateBasis.METADATA,
        author=row["Author"] or None,
        origin=origin,
        fields=fields,
    )


def _twin(connection: Any, document: Document, used: set[str]) -> tuple[Document, bool]:
    """The document as it is or will be known here, and whether it is new: the same text with other data is another one."""
    digest, number = document.sha256, 0
    while True:
        sha256 = f"{digest}+{number}" if number else digest
        found = rows.documents_of(connection, select(documents).where(documents.c.sha256 == sha256))
        if not found:
            return dataclasses.replace(document, sha256=sha256), True
        same = dataclasses.replace(found[0], id=document.id, origin=document.origin, sha256=digest)
        if sha256 not in used and same == document:
            return found[0], False
        number += 1


def _statement(
    row: dict[str, Any], given: dict[str, Any], kind: dict[str, Any], units: Units, taken: Taken
) -> Statement:
    kinds = {variable["name"]: variable["kind"] for variable in kind["variables"]}
    roles = {name: given[name] for name, (_, needed) in ROLES.items() if kinds.get(name) == needed}
    start, stop = units.characters(row["Start"]), units.characters(row["Stop"])
    if units.unit(start) != row["Start"] or units.unit(stop) != row["Stop"]:
        taken.notes["ended outside the text or inside a character; moved to its edge"] += 1
    person, organization = roles.get("person", ""), roles.get("organization", "")
    said = bool(person or organization)
    return Statement(
        id=f"s{row['ID']}",
        content=((start, stop),) if start < stop else (),
        source=(),
        speaker=person or organization,
        speaker_kind=SpeakerKind.PERSON if person else SpeakerKind.ORGANISATION if said else SpeakerKind.NARRATOR,
        voice=Voice.FIRST_HAND if said else Voice.COMMENTARY,
        speaks_for=organization or None,
        option=roles.get("concept") or None,
        stance=(Stance.SUPPORT if roles["agreement"] else Stance.OPPOSE) if "agreement" in roles else None,
        type=kind["label"],
        variables={name: held for name, held in given.items() if name not in roles},
    )
