"""A record as a project of Discourse Network Analyzer."""

from __future__ import annotations

import base64
import datetime
import json
import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whipcount.errors import RecordError
from whipcount.model import Coder, Document, Entry, Stance, Statement
from whipcount.record.dna.file import DATA_TABLES, password_stored
from whipcount.record.dna.schema import CODER, RELATION, SCHEMA
from whipcount.record.dna.variables import EMPTY, ROLES, SHORT, values_of
from whipcount.record.store import Record
from whipcount.record.units import Units

OURS = "DNA Statement"
"""Statement type under which statements of our own are written, with `EXTRA` after DNA's default variables."""

EXTRA = {"stance": "short text", "voice": "short text", "conditions": "long text", "chain": "long text"}

REMARKS = "Statement without yes or no"
"""Type of those that neither support nor oppose: DNA's agreement knows yes and no only."""


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
        # tables and columns are named in this file and in the schema; values are bound
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
