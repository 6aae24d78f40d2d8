"""Whole projects of Discourse Network Analyzer (`.dna`, versions 3.0 and 3.1) into a record, and records as projects.

A record keeps all of a project: statement types with their variables become definitions of kind "type", every value of a
short-text variable an "entity" with its colour, parent and attributes, the highlighted expressions "keyword", and
coders with their passwords and permissions "dna coder".  A statement keeps its type; variables that play the roles of
`ROLES` become the fields of a statement (an organization the actor spoken for, agreement its stance), the others stay
variables.  DNA counts positions in UTF-16 units, a record in characters; they are converted.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import json
import os
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from whipcount.errors import RecordError
from whipcount.model import Coder, DateBasis, Document, Entry, SpeakerKind, Stance, Statement, Voice
from whipcount.record import rows
from whipcount.record.dna import DATA_TABLES, ROUNDS, DnaFile
from whipcount.record.schema import documents
from whipcount.record.store import Record
from whipcount.record.units import Units

ROLES = {
    "person": ("speaker", "short text"),
    "organization": ("speaks_for", "short text"),
    "concept": ("option", "short text"),
    "agreement": ("stance", "boolean"),
}
"""The variables of DNA's default statement type: the field of a statement that each is, and its data type."""

OURS = "DNA Statement"
"""Statement type under which statements of our own are written, with `EXTRA` after DNA's default variables."""

EXTRA = {"stance": "short text", "voice": "short text", "conditions": "long text", "chain": "long text"}

REMARKS = "Statement without yes or no"
"""Type of those that neither support nor oppose: DNA's agreement knows yes and no only."""

SHORT = 190
"""Longest short text, in characters."""

EMPTY: dict[str, str | int | bool] = {"boolean": False, "integer": 0, "short text": "", "long text": ""}

PERMISSIONS = (
    "AddDocuments EditDocuments DeleteDocuments ImportDocuments AddStatements EditStatements DeleteStatements "
    "EditAttributes EditRegex EditStatementTypes EditCoders EditCoderRelations ViewOthersDocuments "
    "EditOthersDocuments ViewOthersStatements EditOthersStatements"
).split()


def password_stored(password: str) -> str:
    """A password as DNA keeps it: see `dna.password_fits`."""
    salt = os.urandom(16)
    digest = salt + unicodedata.normalize("NFC", password).encode()
    for _ in range(ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return base64.b64encode(salt + digest).decode()


# From a project into a record


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


# From a record into a project


@dataclass(slots=True)
class Written:
    """What an export wrote; `password` is the one of coders that had none yet."""

    documents: int = 0
    statements: int = 0
    password: str | None = None
    notes: Counter[str] = field(default_factory=Counter)


def write(record: Record, path: Path, password: str | None = None, entries: Iterable[Entry] | None = None) -> Written:
    """Write the documents and statements as they stand as a project that DNA 3.0 and 3.1 open.

    What came from a DNA project is written as it came, with its ids as far as they are free.  Coders that no project
    defined get `password`, or one made here.  RecordError if there is something at `path` already.
    """
    if path.exists():
        raise RecordError(f"{path}: is there already; move it away or name another file")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
        written = _Writer(connection, record, password).write(record.entries() if entries is None else list(entries))
    connection.close()
    return written


class Numbers:
    """Ids: the wanted one if it is free, else the next after all others."""

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.next = 1

    def reserve(self, wanted: Iterable[int]) -> None:
        """Keep these from being given to others."""
        self.next = max(self.next, max(wanted, default=0) + 1)

    def give(self, wanted: int | None = None) -> int:
        """An id."""
        number = wanted if wanted is not None and wanted > 0 and wanted not in self.taken else self.next
        self.taken.add(number)
        self.next = max(self.next, number + 1)
        return number


class _Writer:
    def __init__(self, connection: sqlite3.Connection, record: Record, password: str | None) -> None:
        self.connection, self.record = connection, record
        self.written = Written()
        self.given = password
        self.stored: str | None = None
        self.coders: dict[str, int] = {}
        self.types: dict[str, dict[str, Any]] = {}
        self.entities: dict[tuple[int, str], int] = {}
        self.entity_numbers = Numbers()
        self.data = Counter[str]()

    def insert(self, table: str, **row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608

    def short(self, text: str | None) -> str:
        if text is not None and len(text) > SHORT:
            self.written.notes[f"texts were longer than {SHORT} characters and cut"] += 1
        return (text or "")[:SHORT]

    def write(self, entries: list[Entry]) -> Written:
        settings = {"version": "3.0.11.5", "date": datetime.date.today().isoformat()}
        for name, value in (settings | self.record.definitions("dna setting")).items():
            self.insert("SETTINGS", Property=name, Value=value)
        kept = self.record.documents()
        names = [_named(entry.coder) for entry in entries] + [document.fields.get("coder", "") for document in kept]
        self.write_coders(names)
        self.write_types(any(not entry.statement.type for entry in entries), entries)
        for label, value in self.record.definitions("keyword").items():
            self.insert("REGEXES", Label=self.short(label), **_colors(value["color"]))
        self.write_documents_and(kept, entries)
        return self.written

    def password(self) -> str:
        if self.stored is None:
            if self.given is None:
                self.given = base64.b32encode(os.urandom(10)).decode().lower()
            self.written.password = self.given
            self.stored = password_stored(self.given)
        return self.stored

    def write_coders(self, names: Iterable[str]) -> None:
        known = self.record.definitions("dna coder")
        numbers = Numbers()
        numbers.reserve(held["ID"] for held in known.values())
        if not any(held["ID"] == 1 for held in known.values()):
            known = {"Admin": {"ID": 1}} | {name: held for name, held in known.items() if name != "Admin"}
        for name in dict.fromkeys([*known, *filter(None, names)]):
            held = dict(known.get(name, {}))
            self.coders[name] = numbers.give(held.pop("ID", None))
            row = {"Password": None, **held}
            row["Password"] = row["Password"] or self.password()
            self.insert("CODERS", ID=self.coders[name], Name=self.short(name), **{k: row[k] for k in row if k in CODER})
        relations = self.record.definitions("dna relation")
        number = 0
        for one, first in self.coders.items():
            for other, second in self.coders.items():
                if first != second:
                    number += 1
                    held = relations.get(json.dumps([one, other], ensure_ascii=False), {})
                    kept = {k: held[k] for k in held if k in RELATION}
                    self.insert("CODERRELATIONS", ID=number, Coder=first, OtherCoder=second, **kept)

    def write_types(self, ours: bool, entries: list[Entry]) -> None:
        known = dict(self.record.definitions("type"))
        self.ours = OURS if OURS not in known else "Whipcount statement"
        if ours:
            default = {name: kind for name, (_, kind) in ROLES.items()} | EXTRA
            for label in (self.ours, REMARKS):
                names = default if label == self.ours else {n: k for n, k in default.items() if n != "agreement"}
                known[label] = {"variables": [{"name": n, "kind": k} for n, k in names.items()]}
        for entry in entries:
            label = entry.statement.type
            if label and label not in known:
                known[label] = _type_of([e.statement for e in entries if e.statement.type == label])
        types, variables, attributes = Numbers(), Numbers(), Numbers()
        types.reserve(k.get("id", 0) for k in known.values())
        variables.reserve(v.get("id", 0) for k in known.values() for v in k["variables"])
        attributes.reserve(
            a.get("id", 0) for k in known.values() for v in k["variables"] for a in v.get("attributes", ())
        )
        by_name: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        for label, kind in known.items():
            number = types.give(kind.get("id"))
            self.insert(
                "STATEMENTTYPES", ID=number, Label=self.short(label), **_colors(kind.get("color", (239, 208, 51)))
            )
            listed = []
            for variable in kind["variables"]:
                own = variables.give(variable.get("id"))
                name = self.short(variable["name"])
                self.insert("VARIABLES", ID=own, Variable=name, DataType=variable["kind"], StatementTypeId=number)
                named: dict[str, int] = {}
                for attribute in variable.get("attributes", ()):
                    named[attribute["name"]] = attributes.give(attribute.get("id"))
                    self.insert("ATTRIBUTEVARIABLES", ID=named[attribute["name"]], VariableId=own,
                                AttributeVariable=self.short(attribute["name"]))  # fmt: skip
                by_name[label, variable["name"]] = own, named
                listed.append((variable["name"], variable["kind"], own))
            self.types[label] = {"number": number, "variables": listed}
        link = 0
        for label, kind in known.items():
            for variable in kind["variables"]:
                for target in variable.get("links", ()):
                    link += 1
                    ends = by_name[label, variable["name"]][0], by_name[label, target][0]
                    self.insert("VARIABLELINKS", ID=link, SourceVariableId=ends[0], TargetVariableId=ends[1])
        self.write_entities(by_name)

    def write_entities(self, by_name: dict[tuple[str, str], tuple[int, dict[str, int]]]) -> None:
        known = [(json.loads(name), held) for name, held in self.record.definitions("entity").items()]
        known = [(name, held) for name, held in known if (name[0], name[1]) in by_name]
        self.attributes = dict(by_name.values())
        self.entity_numbers.reserve(held.get("id", 0) for _, held in known)
        for (label, variable, value), held in known:
            self.entity(by_name[label, variable][0], value, held)
        for (label, variable, value), held in known:
            if held.get("child_of") is not None:
                own = by_name[label, variable][0]
                ends = self.entity(own, held["child_of"]), self.entity(own, value)
                self.connection.execute("UPDATE ENTITIES SET ChildOf = ? WHERE ID = ?", ends)
        for listed in self.types.values():
            for _, kind, own in listed["variables"]:
                if kind == "short text":
                    self.entity(own, "")

    def entity(self, variable: int, value: str, held: dict[str, Any] | None = None) -> int:
        """The id of a value of a short-text variable, with a row of attributes for each that the variable has."""
        text = self.short(value)
        if (variable, text) not in self.entities:
            held = held or {}
            number = self.entities[variable, text] = self.entity_numbers.give(held.get("id"))
            self.insert("ENTITIES", ID=number, VariableId=variable, Value=text, **_colors(held.get("color", (0, 0, 0))))
            for name, attribute in self.attributes.get(variable, {}).items():
                self.data["ATTRIBUTEVALUES"] += 1
                self.insert("ATTRIBUTEVALUES", ID=self.data["ATTRIBUTEVALUES"], EntityId=number,
                            AttributeVariableId=attribute,
                            AttributeValue=self.short(held.get("attributes", {}).get(name, "")))  # fmt: skip
        return self.entities[variable, text]

    def write_documents_and(self, kept: list[Document], entries: list[Entry]) -> None:
        numbers, said = Numbers(), Numbers()
        numbers.reserve(n for n in (_whole(document.id) for document in kept) if n is not None)
        said.reserve(n for n in (_id_of(entry) for entry in entries) if n is not None)
        by_document: dict[str, list[Entry]] = {}
        for entry in entries:
            by_document.setdefault(entry.document, []).append(entry)
        for document in kept:
            number = numbers.give(_whole(document.id))
            coder = self.coders.get(document.fields.get("coder", ""), None if "coder" in document.fields else 1)
            foreign = "coder" not in document.fields
            # a line ends in one character in DNA; the space keeps all offsets
            text = document.text.replace("\r\n", " \n") if foreign else document.text
            of = {name: document.fields.get(name.lower(), "") for name in ("Section", "Type")}
            self.insert("DOCUMENTS", ID=number, Title=self.short(document.title), Text=text, Coder=coder,
                        Author=self.short(document.author), Source=self.short(document.outlet),
                        Notes=document.fields.get("notes", ""), Date=self.seconds(document),
                        **{name: self.short(held) for name, held in of.items()})  # fmt: skip
            self.written.documents += 1
            units = Units(document.text)
            for entry in by_document.get(document.id, ()):
                self.write_statement(entry, said.give(_id_of(entry)), number, units)

    def seconds(self, document: Document) -> int:
        """Seconds since 1970 of a document's date and time; parts of the date that are not known are the first."""
        if document.date is None:
            self.written.notes["documents without a date were dated 1970-01-01"] += 1
            return 0
        day = datetime.date.fromisoformat(
            (document.date + "-01-01")[:10] if len(document.date) < 8 else document.date[:10]
        )
        try:
            time = datetime.time.fromisoformat(document.fields.get("time", "00:00:00"))
        except ValueError:
            time = datetime.time()
        made = datetime.datetime.combine(day, time, datetime.UTC) - datetime.datetime.fromtimestamp(0, datetime.UTC)
        return made // datetime.timedelta(seconds=1)

    def write_statement(self, entry: Entry, number: int, document: int, units: Units) -> None:
        said = entry.statement
        yes_or_no = said.stance in (Stance.SUPPORT, Stance.OPPOSE)
        label = said.type or (self.ours if yes_or_no else REMARKS)
        start = units.unit(min((start for start, _ in said.content), default=0))
        stop = max(units.unit(max((end for _, end in said.content), default=0)), start + 1)
        if len(said.content) > 1:
            self.written.notes["statements of several parts became one stretch from first to last"] += 1
        kind = self.types[label]
        self.insert("STATEMENTS", ID=number, StatementTypeId=kind["number"], DocumentId=document, Start=start, Stop=stop,
                    Coder=self.coders.get(_named(entry.coder)))  # fmt: skip
        held = values_of(said)
        for name, data, variable in kind["variables"]:
            table = DATA_TABLES[data]
            self.data[table] += 1
            value = held.get(name, EMPTY[data])
            row = {"ID": self.data[table], "StatementId": number, "VariableId": variable}
            if data == "short text":
                self.insert(table, **row, Entity=self.entity(variable, str(value)))
            else:
                self.insert(table, **row, Value=int(value) if data in ("boolean", "integer") else str(value))
        self.written.statements += 1


def values_of(said: Statement) -> dict[str, Any]:
    """The values of a statement by the names of DNA's variables."""
    alone = said.speaker_kind == SpeakerKind.ORGANISATION and said.speaker == said.speaks_for and bool(said.type)
    roles = {
        "person": "" if alone else said.speaker,
        "organization": said.speaks_for or "",
        "concept": said.option or "",
        "agreement": said.stance == Stance.SUPPORT,
    }
    if said.type:
        return roles | said.variables
    extra = {
        "stance": str(said.stance or ""),
        "voice": str(said.voice),
        "conditions": "; ".join(said.conditions or said.condition_text),
        "chain": "; ".join(said.chain),
    }
    return roles | extra | said.variables


def _type_of(said: list[Statement]) -> dict[str, Any]:
    """A statement type from statements of one that nobody defined."""
    kinds: dict[str, str] = {}
    for statement in said:
        for name, value in statement.variables.items():
            kind = "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "short text"
            if isinstance(value, str) and len(value) > SHORT:
                kind = "long text"
            kinds[name] = kind if kinds.get(name, kind) == kind else "long text"
    if any(statement.option or statement.speaks_for for statement in said):
        kinds = {name: kind for name, (_, kind) in ROLES.items()} | kinds
    return {"variables": [{"name": name, "kind": kind} for name, kind in kinds.items()]}


def _named(coder: Coder) -> str:
    return f"{coder.name} {coder.version}".strip() if coder.is_model else coder.name


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def _id_of(entry: Entry) -> int | None:
    found = re.fullmatch(r"(?:r\d+\.)?s([1-9][0-9]{0,8})", entry.statement.id)
    return int(found[1]) if found and entry.statement.type else None


def _colors(color: Iterable[int | None]) -> dict[str, int | None]:
    return dict(zip(("Red", "Green", "Blue"), color, strict=True))


def _flag(name: str, default: int = 1) -> str:
    return f"{name} INTEGER NOT NULL DEFAULT {default} CHECK ({name} BETWEEN 0 AND 1)"


def _text(name: str, default: str = "") -> str:
    return f"{name} TEXT NOT NULL {default} CHECK (LENGTH({name}) < 191)"


def _rgb(*, required: bool = True) -> str:
    needed = "NOT NULL DEFAULT 0 " if required else ""
    return ", ".join(f"{name} INTEGER {needed}CHECK ({name} BETWEEN 0 AND 255)" for name in ("Red", "Green", "Blue"))


def _to(table: str, *columns: str) -> str:
    return ", ".join(f"FOREIGN KEY({column}) REFERENCES {table}(ID) ON DELETE CASCADE" for column in columns)


def _data(table: str, value: str) -> str:
    return (
        f"CREATE TABLE {table}(ID INTEGER PRIMARY KEY NOT NULL, StatementId INTEGER NOT NULL, VariableId INTEGER NOT NULL,"
        f" {value}, {_to('STATEMENTS', 'StatementId')}, {_to('VARIABLES', 'VariableId')}, UNIQUE (StatementId, VariableId));"
    )


SCHEMA = f"""
CREATE TABLE SETTINGS(Property TEXT PRIMARY KEY, Value TEXT NOT NULL);
CREATE TABLE CODERS(ID INTEGER NOT NULL PRIMARY KEY, {_text("Name")}, {_rgb()},
  Refresh INTEGER NOT NULL DEFAULT 0 CHECK (Refresh BETWEEN 0 AND 9999),
  FontSize INTEGER NOT NULL DEFAULT 14 CHECK (FontSize BETWEEN 1 AND 99), {_text("Password")},
  PopupWidth INTEGER DEFAULT 300 CHECK (PopupWidth BETWEEN 100 AND 9999), {_flag("ColorByCoder", 0)},
  {_flag("PopupDecoration", 0)}, {_flag("PopupAutoComplete")}, {", ".join(_flag(f"Permission{p}") for p in PERMISSIONS)});
CREATE TABLE DOCUMENTS(ID INTEGER NOT NULL PRIMARY KEY, {_text("Title")}, Text TEXT NOT NULL, Coder INTEGER,
  {_text("Author", "DEFAULT ''")}, {_text("Source", "DEFAULT ''")}, {_text("Section", "DEFAULT ''")},
  Notes TEXT NOT NULL DEFAULT '', {_text("Type", "DEFAULT ''")}, Date INTEGER NOT NULL, {_to("CODERS", "Coder")});
CREATE TABLE STATEMENTTYPES(ID INTEGER NOT NULL PRIMARY KEY, {_text("Label")}, {_rgb()});
CREATE TABLE VARIABLES(ID INTEGER NOT NULL PRIMARY KEY, {_text("Variable")}, DataType TEXT NOT NULL DEFAULT 'short text'
  CHECK (DataType IN ('boolean', 'integer', 'long text', 'short text')), StatementTypeId INTEGER,
  {_to("STATEMENTTYPES", "StatementTypeId")}, UNIQUE (Variable, StatementTypeId));
CREATE TABLE VARIABLELINKS(ID INTEGER NOT NULL PRIMARY KEY, SourceVariableId INTEGER, TargetVariableId INTEGER,
  CHECK (TargetVariableId != SourceVariableId), {_to("VARIABLES", "SourceVariableId", "TargetVariableId")});
CREATE TABLE REGEXES(Label TEXT PRIMARY KEY CHECK (LENGTH(Label) < 191), {_rgb()});
CREATE TABLE CODERRELATIONS(ID INTEGER NOT NULL PRIMARY KEY, Coder INTEGER CHECK(Coder > 0),
  OtherCoder INTEGER CHECK(OtherCoder > 0), {_flag("viewStatements")}, {_flag("editStatements")},
  {_flag("viewDocuments")}, {_flag("editDocuments")}, CHECK (Coder != OtherCoder), {_to("CODERS", "Coder", "OtherCoder")});
CREATE TABLE STATEMENTS(ID INTEGER NOT NULL PRIMARY KEY, StatementTypeId INTEGER, DocumentId INTEGER,
  Start INTEGER NOT NULL CHECK(Start >= 0), Stop INTEGER NOT NULL CHECK(Stop >= 0), Coder INTEGER, CHECK (Start < Stop),
  {_to("STATEMENTTYPES", "StatementTypeId")}, {_to("CODERS", "Coder")}, {_to("DOCUMENTS", "DocumentId")});
CREATE TABLE ENTITIES(ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, {_text("Value", "DEFAULT ''")},
  {_rgb(required=False)}, ChildOf INTEGER CHECK(ChildOf > 0), UNIQUE (VariableId, Value), {_to("ENTITIES", "ChildOf")},
  {_to("VARIABLES", "VariableId")});
CREATE TABLE ATTRIBUTEVARIABLES(ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, {_text("AttributeVariable")},
  UNIQUE(VariableId, AttributeVariable), {_to("VARIABLES", "VariableId")});
CREATE TABLE ATTRIBUTEVALUES(ID INTEGER PRIMARY KEY NOT NULL, EntityId INTEGER NOT NULL,
  AttributeVariableId INTEGER NOT NULL, {_text("AttributeValue", "DEFAULT ''")}, UNIQUE (EntityId, AttributeVariableId),
  {_to("ENTITIES", "EntityId")}, {_to("ATTRIBUTEVARIABLES", "AttributeVariableId")});
{_data("DATABOOLEAN", "Value INTEGER NOT NULL DEFAULT 1")}
{_data("DATAINTEGER", "Value INTEGER NOT NULL DEFAULT 0")}
{_data("DATALONGTEXT", "Value TEXT DEFAULT ''")}
{_data("DATASHORTTEXT", "Entity INTEGER NOT NULL")[:-2]}, {_to("ENTITIES", "Entity")});
"""

RELATION = ("viewStatements", "editStatements", "viewDocuments", "editDocuments")
CODER = {
    *("Red", "Green", "Blue", "Refresh", "FontSize", "Password", "PopupWidth"),
    *("ColorByCoder", "PopupDecoration", "PopupAutoComplete"),
    *(f"Permission{name}" for name in PERMISSIONS),
}
"""Columns that a definition may fill, whatever else a file named."""
