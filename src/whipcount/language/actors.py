"""Actors as dated data: states, organisations, groups, office-holders and outlets, and where a text mentions them.

The data are `knowledge/actors/*` and `knowledge/outlets.yaml`; a user adds files of the same form with `Actors.load(extra)`:
YAML lists of `{id, name, variants, people, capital, seats, weak, of, members}` or a CSV with the columns of `offices.csv`
(person, variants, gender, office, actor, from, to).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from whipcount.errors import InputError
from whipcount.language.names import fold
from whipcount.model import Span, SpeakerKind

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
TOKEN = re.compile(r"\w+(?:[-.’']\w+)*\.?|[^\w\s]")


class Sense(StrEnum):
    """In which sense a text mentions an actor; capitals, seats and weak names stand for it only in context."""

    NAME = "name"
    DEMONYM = "demonym"
    CAPITAL = "capital"
    SEAT = "seat"
    WEAK = "weak"
    GROUP = "group"
    PERSON = "person"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Actor:
    """A state, organisation, named group or outlet; `of` is the actor it belongs to, `members` those of a group."""

    id: str
    name: str
    kind: SpeakerKind
    of: str | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person in an office of an actor from a day to a day (exclusive; None while it lasts or its end is unknown)."""

    person: str
    office: str
    actor: str
    start: str
    end: str | None

    def covers(self, date: str | None) -> bool:
        """Whether the office was held at the date; every tenure is possible where the date is unknown."""
        if not date:
            return True
        return self.start[: len(date)] <= date and (self.end is None or date < self.end)


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names an actor or person, in some sense."""

    span: Span
    ids: tuple[str, ...]
    sense: Sense
    text: str


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Tokens with their offsets; a final stop and a possessive ending are split off unless they abbreviate."""
    result = []
    for match in TOKEN.finditer(text):
        token, start = match.group(), match.start()
        if token.endswith(".") and not re.fullmatch(r"(?:\w\.)+", token):
            token = token[:-1]
        for ending in ("’s", "'s"):
            token = token.removesuffix(ending)
        result.append((token, start, start + len(token)))
    return result


class Actors:
    """All actors known, looked up by name and found in text."""

    def __init__(self) -> None:
        self._actors: dict[str, Actor] = {}
        self._names: dict[str, str] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, Sense]]] = defaultdict(list)
        self._tenures: list[Tenure] = []
        self._people: dict[str, str] = {}
        self._surnames: dict[str, list[str]] = defaultdict(list)
        self._genders: dict[str, str] = {}
        self._by_person: dict[str, list[Tenure]] = defaultdict(list)

    @classmethod
    def load(cls, extra: Sequence[Path] = ()) -> Actors:
        """The shipped data and the user's own files; InputError names the file and line that is wrong."""
        actors = cls()
        folder = KNOWLEDGE / "actors"
        kinds = {"states.yaml": SpeakerKind.STATE, "organisations.yaml": SpeakerKind.ORGANISATION,
                 "groups.yaml": SpeakerKind.STATE}
        for name, kind in kinds.items():
            actors._add_yaml(folder / name, kind)
        actors._add_offices(folder / "offices.csv")
        for row in yaml.load((KNOWLEDGE / "outlets.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader):
            actors._add({"id": row[0], "name": row[0], "variants": row[1]}, SpeakerKind.OUTLET)
        for path in extra:
            if path.suffix.lower() == ".csv":
                actors._add_offices(path)
            else:
                actors._add_yaml(path, SpeakerKind.ORGANISATION)
        return actors

    def _add_yaml(self, path: Path, kind: SpeakerKind) -> None:
        for message in check(path):
            raise InputError(message)
        for row in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            self._add(row, SpeakerKind(row.get("kind", kind)))

    def _add(self, row: dict[str, Any], kind: SpeakerKind) -> None:
        actor = Actor(row["id"], row["name"], kind, row.get("of"), tuple(row.get("members", ())))
        self._actors[actor.id] = actor
        outlet = kind is SpeakerKind.OUTLET
        plain = Sense.OUTLET if outlet else Sense.GROUP if "members" in row else Sense.NAME
        senses = (("variants", plain), ("people", Sense.DEMONYM), ("capital", Sense.CAPITAL), ("seats", Sense.SEAT),
                  ("epithets", Sense.SEAT), ("weak", Sense.WEAK))
        forms = [(actor.name, plain), *((form, sense) for field, sense in senses for form in row.get(field, ()))]
        for form, sense in forms:
            if sense not in (Sense.WEAK, Sense.DEMONYM):
                self._names.setdefault(fold(form), actor.id)
            variants = {form}
            if sense is Sense.DEMONYM and not form.endswith(("h", "s", "e")):
                variants.add(form + "s")
            for variant in variants:
                phrase = tuple(t for t, _, _ in _tokens(variant.removeprefix("the ").removeprefix("The ")))
                self._phrases[phrase[0]].append((phrase, actor.id, sense))

    def _add_offices(self, path: Path) -> None:
        for message in check(path):
            raise InputError(message)
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                person = row["person"].strip()
                tenure = Tenure(person, row["office"], row["actor"], row["from"], row["to"] or None)
                self._tenures.append(tenure)
                self._by_person[person].append(tenure)
                self._genders[person] = row.get("gender") or ""
                for form in (person, *filter(None, (row.get("variants") or "").split(";"))):
                    self._people[fold(form)] = person
                    surname = fold(form).split()[-1]
                    if person not in self._surnames[surname]:
                        self._surnames[surname].append(person)

    def actor(self, id: str) -> Actor:
        """The actor with an id; KeyError if there is none."""
        return self._actors[id]

    def find(self, name: str) -> Actor | None:
        """The actor with a name or other name, whatever its case and accents."""
        id = self._names.get(fold(name))
        return self._actors[id] if id else None

    def sovereign(self, id: str) -> Actor:
        """The actor whose position an organ states: the Pentagon's is the United States'."""
        actor = self._actors[id]
        parent = self._actors.get(actor.of or "")
        return parent if parent and parent.kind is SpeakerKind.STATE else actor

    def mentions(self, text: str, span: Span | None = None) -> list[Mention]:
        """Actors named in the text (or a span of it), longest names first, in order; case counts."""
        start, end = span or (0, len(text))
        tokens = _tokens(text[start:end])
        found = []
        index = 0
        while index < len(tokens):
            best: tuple[int, Sense] | None = None
            ids: list[str] = []
            for phrase, id, sense in self._phrases.get(tokens[index][0], ()):
                size = len(phrase)
                if index + size <= len(tokens) and all(tokens[index + i][0] == phrase[i] for i in range(1, size)):
                    if best is None or size > best[0]:
                        best, ids = (size, sense), [id]
                    elif size == best[0] and id not in ids:
                        ids.append(id)
            if best:
                first, last = tokens[index], tokens[index + best[0] - 1]
                where = (start + first[1], start + last[2])
                found.append(Mention(where, tuple(ids), best[1], text[slice(*where)]))
                index += best[0]
            else:
                index += 1
        return found

    def holders(self, office: str, actor: str, date: str | None) -> list[str]:
        """Who held an office of an actor at a date; several where the date is unknown, none where nobody is known."""
        return list(dict.fromkeys(t.person for t in self._tenures
                                  if t.actor == actor and t.office == office and t.covers(date)))

    def tenures(self, person: str, date: str | None) -> list[Tenure]:
        """Offices that a person held at a date."""
        return [t for t in self._by_person.get(person, ()) if t.covers(date)]

    def person(self, name: str, date: str | None = None) -> list[str]:
        """Persons that a name may mean: by full name or variant, else by surname among those in office at the date."""
        folded = fold(name)
        if folded in self._people:
            return [self._people[folded]]
        if " " in folded or not folded:
            return []
        people = self._surnames.get(folded, [])
        return [p for p in people if self.tenures(p, date)] or list(people)

    def gender(self, person: str) -> str:
        """m, f, or empty where unknown."""
        return self._genders.get(person, "")

    def outlet(self, name: str) -> str | None:
        """Canonical name of an outlet."""
        actor = self.find(name)
        return actor.name if actor and actor.kind is SpeakerKind.OUTLET else None


FIELDS = {"id", "name", "kind", "variants", "people", "capital", "seats", "epithets", "weak", "of", "members"}
COLUMNS = ("person", "office", "actor", "from", "to")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def check(path: Path) -> list[str]:
    """What is wrong with a file of actors or office-holders, one message each: file, line, what to write."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return [f"{path}: cannot be read as UTF-8 text; check the path and save it as UTF-8"]
    return _check_offices(path, text) if path.suffix.lower() == ".csv" else _check_yaml(path, text)


def _check_offices(path: Path, text: str) -> list[str]:
    rows = csv.DictReader(text.splitlines())
    missing = [c for c in COLUMNS if c not in (rows.fieldnames or ())]
    if missing:
        return [f"{path}, line 1: no column {missing[0]}; the first row must name {', '.join(COLUMNS)}"]
    problems = []
    for number, row in enumerate(rows, 2):
        problems += [f"{path}, line {number}: {c} is empty; fill it in" for c in COLUMNS[:3] if not row[c]]
        for column in ("from", "to"):
            if row[column] and not _DAY.fullmatch(row[column]):
                problems.append(f"{path}, line {number}: {column} is {row[column]!r}; write YYYY-MM-DD")
        if not row["from"]:
            problems.append(f"{path}, line {number}: from is empty; write the day on which the office began")
        elif row["to"] and row["to"] < row["from"]:
            problems.append(f"{path}, line {number}: ends before it begins; swap from and to")
    return problems


def _check_yaml(path: Path, text: str) -> list[str]:
    try:
        root = yaml.compose(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return [f"{path}, line {mark.line + 1 if mark else 1}: is not YAML ({getattr(error, 'problem', 'unreadable')})"]
    if not isinstance(root, yaml.SequenceNode):
        return [f"{path}, line 1: must be a list; begin each actor with '- id: ...'"]
    problems = []
    for node in root.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            problems.append(f"{path}, line {line}: must be an actor with id and name; write '- {{id: ..., name: ...}}'")
            continue
        keys = {key.value: value for key, value in node.value}
        problems += [f"{path}, line {line}: has no {field}; add one" for field in ("id", "name") if field not in keys]
        problems += [f"{path}, line {line}: unknown field {k!r}; use {', '.join(sorted(FIELDS))}" for k in keys.keys() - FIELDS]
        problems += [f"{path}, line {v.start_mark.line + 1}: {k} must be a list; write [{getattr(v, 'value', '')}]"
                     for k, v in keys.items() if k in FIELDS - {"id", "name", "of", "kind"} and not isinstance(v, yaml.SequenceNode)]
    return problems


def overlaps(tenures: Sequence[Tenure]) -> list[tuple[Tenure, Tenure]]:
    """Pairs of persons in one single-holder office of one actor at the same time."""
    single = {"head-of-state", "head-of-government", "foreign-minister", "defence-minister", "secretary-general", "president"}
    clashes = []
    ordered = sorted((t for t in tenures if t.office in single), key=lambda t: (t.actor, t.office, t.start))
    for one, other in zip(ordered, ordered[1:], strict=False):
        if (one.actor, one.office) == (other.actor, other.office) and (one.end is None or other.start < one.end):
            clashes.append((one, other))
    return clashes
