"""Actors as dated data: states, organisations, groups, office-holders and outlets, and where a text mentions them.

The data are `knowledge/actors/*` and `knowledge/outlets.yaml`.  `Actors.load(extra)` adds a user's own files (parties,
companies, provinces, people) of the same forms, checked by `check`, which names file and line:

    parties.yaml    - {id: greens, name: Green Party, variants: [the Greens], kind: organisation, of: DEU}
    people.csv      person,variants,gender,office,actor,from,to
                    Jane Doe,J. Doe;Janie Doe,f,spokesperson,greens,2024-05-01,

In YAML `people` are adjectives and nouns of a people, `capital`, `seats` and `epithets` stand for an actor in context,
`weak` names need it named before, `members` make it a group, `of` is the actor whose organ it is, and `kind` is state,
organisation (the default) or outlet.  In CSV `variants` are parted by semicolons, `gender` is m, f or empty,
and dates are YYYY-MM-DD or as much of it as is known; `to` is the first day out of office, empty while it lasts.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from anyascii import anyascii

from whipcount.errors import InputError
from whipcount.language.names import fold, initial, same_person, sound, sounds, strip_titles
from whipcount.model import Span, SpeakerKind

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
TOKEN = re.compile(r"\w+(?:(?:[’']|\.(?![A-Z])|(?<![a-z][a-z])\.)\w+)*\.?|[^\w\s]")
"""A word with the stops and apostrophes in it; a stop between two sentences that run together ("on.Peru") is not in one."""
_ARTICLE = re.compile(r"^The$")
_ABBREVIATION = re.compile(r"(?:\w\.)+")
_KINDS = {
    "states.yaml": SpeakerKind.STATE,
    "organisations.yaml": SpeakerKind.ORGANISATION,
    "groups.yaml": SpeakerKind.STATE,
}


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
    """Words and marks without accents, with offsets; stops and possessives are split off unless they abbreviate."""
    result = []
    for match in TOKEN.finditer(text):
        token, start = match.group(), match.start()
        if token.endswith(".") and not _ABBREVIATION.fullmatch(token):
            token = token[:-1]
        for ending in ("’s", "'s"):
            token = token.removesuffix(ending)
        end = start + len(token)
        if not token.isascii():
            token = anyascii(token)
        result.append((_ARTICLE.sub("the", token), start, end))
    return result


def _compound(text: str, start: int, end: int) -> bool:
    """Whether a name is only part of a describing compound: "pro-Russian", "Brussels-based"; "US-Russia" is not."""
    before = start > 1 and text[start - 1] in "-‑" and text[start - 2].islower()
    return before or (text[end : end + 1] in ("-", "‑", "–", "—") and text[end + 1 : end + 2].islower())


class Actors:
    """All actors known, looked up by name and found in text."""

    def __init__(self) -> None:
        self._actors: dict[str, Actor] = {}
        self._names: dict[str, str] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, Sense]]] = defaultdict(list)
        self._words: set[str] = set()
        self._tenures: list[Tenure] = []
        self._people: dict[str, str] = {}
        self._surnames: dict[str, list[str]] = defaultdict(list)
        self._heard: dict[str, set[str]] = defaultdict(set)
        self._genders: dict[str, str] = {}
        self._initials: dict[str, set[str]] = defaultdict(set)
        self._by_person: dict[str, list[Tenure]] = defaultdict(list)

    @classmethod
    def load(cls, extra: Sequence[Path] = ()) -> Actors:
        """The shipped data and the user's own files; InputError names the file and line that is wrong."""
        actors = cls()
        folder = KNOWLEDGE / "actors"
        for name, kind in _KINDS.items():
            actors._add_yaml(folder / name, kind)
        for path in (folder / "offices.csv", *sorted((folder / "offices").glob("*.csv"))):
            actors._add_offices(path)
        for row in yaml.load((KNOWLEDGE / "outlets.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader):
            actors._add({"id": row[0], "name": row[0], "variants": row[1]}, SpeakerKind.OUTLET)
        for path in extra:
            for message in check(path):
                raise InputError(message)
            if path.suffix.lower() == ".csv":
                actors._add_offices(path)
            else:
                actors._add_yaml(path, SpeakerKind.ORGANISATION)
        return actors

    def _add_yaml(self, path: Path, kind: SpeakerKind) -> None:
        for row in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            self._add(row, SpeakerKind(row.get("kind", kind)))

    def _add(self, row: dict[str, Any], kind: SpeakerKind) -> None:
        actor = Actor(row["id"], row["name"], kind, row.get("of"), tuple(row.get("members", ())))
        self._actors[actor.id] = actor
        outlet = kind is SpeakerKind.OUTLET
        plain = Sense.OUTLET if outlet else Sense.GROUP if "members" in row else Sense.NAME
        senses = (
            ("variants", plain),
            ("people", Sense.DEMONYM),
            ("capital", Sense.CAPITAL),
            ("seats", Sense.SEAT),
            ("epithets", Sense.SEAT),
            ("weak", Sense.WEAK),
        )
        forms = [(actor.name, plain), *((form, sense) for field, sense in senses for form in row.get(field, ()))]
        for form, sense in forms:
            if sense not in (Sense.WEAK, Sense.DEMONYM):
                self._names.setdefault(fold(form), actor.id)
            variants = {form}
            if sense is Sense.DEMONYM and not form.endswith(("h", "s", "ese")):
                variants.add(form + "s")
            for variant in variants:
                words = tuple(t for t, _, _ in _tokens(variant))
                bare = len(words) > 1 and words[0] == "the" and sense not in (Sense.WEAK, Sense.CAPITAL, Sense.OUTLET)
                phrase = words[1:] if bare else words
                if (phrase, actor.id, sense) not in self._phrases[phrase[0]]:
                    self._phrases[phrase[0]].append((phrase, actor.id, sense))
                    self._words.update(phrase)

    def _add_offices(self, path: Path) -> None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                person = row["person"].strip()
                tenure = Tenure(person, row["office"], row["actor"], row["from"], row["to"] or None)
                self._tenures.append(tenure)
                self._by_person[person].append(tenure)
                self._initials[initial(person)].add(person)
                self._genders[person] = row.get("gender") or ""
                for form in (person, *filter(None, (row.get("variants") or "").split(";"))):
                    self._people[fold(form)] = person
                    self._people.setdefault(sound(form), person)
                    surname = fold(form).split()[-1]
                    if person not in self._surnames[surname]:
                        self._surnames[surname].append(person)
                    for heard in sounds(form.split()[-1]):
                        self._heard[heard].add(person)

    def actor(self, id: str) -> Actor:
        """The actor with an id; KeyError if there is none."""
        return self._actors[id]

    def every(self) -> list[Actor]:
        """All actors, by name."""
        return sorted(self._actors.values(), key=lambda actor: actor.name)

    def find(self, name: str) -> Actor | None:
        """The actor with a name or other name, whatever its case and accents."""
        id = self._names.get(fold(name))
        return self._actors[id] if id else None

    def sovereign(self, id: str) -> Actor:
        """The actor whose position an organ states: the Commission's is the Union's."""
        actor = self._actors[id]
        return self._actors.get(actor.of or "", actor)

    def mentions(self, text: str, span: Span | None = None) -> list[Mention]:
        """Actors named in the text (or a span of it), in order, the longest name at each place; case counts.

        A name that several actors share has all their ids, and is weak if it is weak for one of them ("Brussels").
        Persons are found by `person`, from names that a reader of the text has delimited.
        """
        start, end = span or (0, len(text))
        tokens = _tokens(text[start:end])
        words = [t if t in self._words or len(t) < 5 or not t.isupper() else t.capitalize() for t, _, _ in tokens]
        found = []
        index = 0
        while index < len(tokens):
            size, hits = 0, list[tuple[str, Sense]]()
            for phrase, id, sense in self._phrases.get(words[index], ()):
                length = len(phrase)
                if length >= size and tuple(words[index : index + length]) == phrase:
                    hits = [*hits, (id, sense)] if length == size else [(id, sense)]
                    size = length
            if not hits:
                index += 1
                continue
            where = (start + tokens[index][1], start + tokens[index + size - 1][2])
            index += size
            if not _compound(text, *where):
                hits.sort(key=lambda hit: hit[1] is not Sense.WEAK)
                ids = tuple(dict.fromkeys(id for id, _ in hits))
                found.append(Mention(where, ids, hits[0][1], text[slice(*where)]))
        return found

    def holders(self, office: str, actor: str, date: str | None) -> list[str]:
        """Who held an office of an actor at a date; several where the date is unknown, none where nobody is known."""
        return list(
            dict.fromkeys(t.person for t in self._tenures if t.actor == actor and t.office == office and t.covers(date))
        )

    def tenures(self, person: str, date: str | None) -> list[Tenure]:
        """Offices that a person held at a date."""
        return [t for t in self._by_person.get(person, ()) if t.covers(date)]

    def person(self, name: str, date: str | None = None) -> list[str]:
        """Persons that a name may mean: by full name or variant, else by surname among those in office at the date."""
        name = strip_titles(name)
        folded = fold(name)
        for key in (folded, sound(name)):
            if key in self._people:
                return [self._people[key]]
        if not folded:
            return []
        if " " in folded:
            alike = self._initials[initial(name)] | self._initials[initial(folded.split()[-1])]
            return [person for person in self._by_person if person in alike and same_person(person, name)]
        people = self._surnames.get(folded, [])
        return [p for p in people if self.tenures(p, date)] or list(people)

    def heard(self, surname: str, date: str | None) -> list[str]:
        """Those in office at a date whose surname sounds like a word, however it was transliterated."""
        people = set().union(*(self._heard.get(key, set()) for key in sounds(surname)))
        return sorted(person for person in people if self.tenures(person, date))

    def gender(self, person: str) -> str:
        """m, f, or empty where unknown."""
        return self._genders.get(person, "")

    def outlet(self, name: str) -> str | None:
        """Canonical name of an outlet."""
        actor = self.find(name)
        return actor.name if actor and actor.kind is SpeakerKind.OUTLET else None


FIELDS = {"id", "name", "kind", "variants", "people", "capital", "seats", "epithets", "weak", "of", "members"}
_SINGLE = {"id", "name", "kind", "of"}
_USER_KINDS = ("state", "organisation", "outlet")
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
    for row in rows:
        number = rows.line_num
        if None in row:
            problems.append(f"{path}, line {number}: more values than columns; put quotes round a value with a comma")
            continue
        problems += [
            f"{path}, line {number}: {c} is empty; fill it in" for c in COLUMNS[:3] if not (row[c] or "").strip()
        ]
        for column in ("from", "to"):
            if row[column] and not _is_date(row[column]):
                problems.append(f"{path}, line {number}: {column} is {row[column]!r}; write YYYY-MM-DD")
        if (row.get("gender") or "") not in ("", "m", "f"):
            problems.append(f"{path}, line {number}: gender is {row['gender']!r}; write m, f or nothing")
        if not row["from"]:
            problems.append(f"{path}, line {number}: from is empty; write the day on which the office began")
        elif row["to"] and row["to"] < row["from"]:
            problems.append(f"{path}, line {number}: ends before it begins; swap from and to")
    return problems


def _is_date(text: str) -> bool:
    """Whether the text is a day, month or year that exists."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[: 10 - len(text)] if len(text) == 4 else (text + "-01")[:10])
    except ValueError:
        return False
    return True


def _check_yaml(path: Path, text: str) -> list[str]:
    try:
        root = yaml.compose(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return [f"{path}, line {mark.line + 1 if mark else 1}: is not YAML ({getattr(error, 'problem', 'unreadable')})"]
    if not isinstance(root, yaml.SequenceNode):
        return [f"{path}, line 1: must be a list; begin each actor with '- id: ...'"]
    problems = []
    seen: set[str] = set()
    for node in root.value:
        where = f"{path}, line {node.start_mark.line + 1}"
        if not isinstance(node, yaml.MappingNode):
            problems.append(f"{where}: must be an actor with id and name; write '- {{id: ..., name: ...}}'")
            continue
        keys = {str(key.value): value for key, value in node.value}
        for field, value in keys.items():
            if field not in FIELDS:
                problems.append(f"{where}: unknown field {field!r}; use {', '.join(sorted(FIELDS))}")
            elif field in _SINGLE and not _is_text(value):
                problems.append(f'{where}: {field} must be one text; put it in quotes: "..."')
            elif field not in _SINGLE and not (
                isinstance(value, yaml.SequenceNode) and all(_is_text(item) for item in value.value)
            ):
                problems.append(f'{where}: {field} must be a list of texts; write ["...", "..."]')
        problems += [f"{where}: has no {field}; add one" for field in ("id", "name") if field not in keys]
        if "kind" in keys and keys["kind"].value not in _USER_KINDS:
            problems.append(f"{where}: kind is {keys['kind'].value!r}; use {', '.join(_USER_KINDS)}")
        if "id" in keys and str(keys["id"].value) in seen:
            problems.append(f"{where}: second actor with id {keys['id'].value!r}; give each its own")
        seen.add(str(keys["id"].value) if "id" in keys else "")
    return problems


def _is_text(node: yaml.Node) -> bool:
    """Whether a YAML node is text with a letter or digit; NO and 5 without quotes are not text."""
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":str") and any(map(str.isalnum, node.value))


def overlaps(tenures: Sequence[Tenure]) -> list[tuple[Tenure, Tenure]]:
    """Pairs of persons in one single-holder office of one actor at the same time."""
    single = {
        "head-of-state",
        "head-of-government",
        "foreign-minister",
        "defence-minister",
        "secretary-general",
        "president",
    }
    clashes = []
    ordered = sorted((t for t in tenures if t.office in single), key=lambda t: (t.actor, t.office, t.start))
    for one, other in pairwise(ordered):
        if (one.actor, one.office) == (other.actor, other.office) and (one.end is None or other.start < one.end):
            clashes.append((one, other))
    return clashes
