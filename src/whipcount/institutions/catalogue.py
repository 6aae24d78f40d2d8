"""The catalogue: institutions as data, with members by date, populations by year, and the legal source of each rule.

An institution is a few lines of YAML.  Those that ship lie in `knowledge/institutions`; `load(path)` reads a user's
own.

    - id: river-commission
      name: River Commission
      source: Convention of 1994, Art. 12
      members: [Austria, Hungary, {state: HRV, from: 2013-07-01}]
      rule: {kind: consensus}

Members are ISO 3166-1 alpha-3 codes or plain names.  `members: open` takes them from the call: `treaty:Russia,Ukraine`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import yaml

from whipcount.errors import InputError, UsageError
from whipcount.institutions.build import Row, build, fault, is_day
from whipcount.institutions.outcome import treatment
from whipcount.institutions.rules import Rule


@dataclass(frozen=True)
class Member:
    """A member and the ISO dates between which it is one (both included; empty: not recorded or still)."""

    name: str
    since: str = ""
    until: str = ""

    def at(self, date: str) -> bool:
        """Whether it is a member on `date` (ISO; a year or month counts to its end for joining, its start for
        leaving)."""
        return (not self.since or self.since <= _end(date)) and (not self.until or date <= self.until)


@dataclass(frozen=True, eq=False)
class Institution:
    """A body, its members by date and its rules by date.

    rules      (first day, last day, rule as data): the rule in force is the first whose days hold the date
    unlisted   what a roll call means by not listing a member: absent, or unknown
    open       members come from the call or from the positions on record
    apart      members named in the call (`osce-minus-one:Russia`) are left out of a consensus, or must abstain as
               parties to the dispute;  fewest, most  how many the call may name (most 0: any number)
    elected    who sits is shown by the roll call itself, where it differs from the list
    named      the names given in the call
    """

    id: str
    name: str
    source: str
    rules: tuple[tuple[str, str, Mapping[str, Any]], ...]
    members: tuple[Member, ...] = ()
    aliases: tuple[str, ...] = ()
    open: bool = False
    apart: bool = False
    elected: bool = False
    fewest: int = 1
    most: int = 0
    unlisted: str = "unknown"
    binding: str = ""
    note: str = ""
    named: tuple[str, ...] = ()

    @property
    def call(self) -> str:
        """How it is called: its id, with the names given (`treaty:Russia,Ukraine`)."""
        return f"{self.id}:{','.join(self.named)}" if self.named else self.id

    def members_at(self, date: str | None) -> tuple[str, ...]:
        """Names of the members on `date` (ISO; None: now); those named in the call for an open institution."""
        if self.open:
            return self.named
        return _members_at(self, date or today())

    def rule_at(
        self,
        date: str | None,
        *,
        members: Iterable[str] | None = None,
        procedural: bool = False,
        parties: Iterable[str] = (),
    ) -> Rule | None:
        """The rule in force on `date` over its members (or those given); None when it had no power to decide then.

        procedural  the variant without veto, where there is one;  parties  members bound to abstain
        """
        day = date or today()
        seats = tuple(members) if members is not None else self.members_at(date)
        apart = frozenset(parties) | (frozenset(self.named) if self.apart else frozenset())
        return _rule_at(self, seats, day, procedural, apart)

    def source_at(self, date: str | None) -> str:
        """The legal source of the rule in force on `date`."""
        return str((_spec_at(self, date or today()) or {}).get("source", self.source))


@lru_cache(4096)
def _members_at(institution: Institution, day: str) -> tuple[str, ...]:
    return tuple(sorted({member.name for member in institution.members if member.at(day)}))


@lru_cache(4096)
def _rule_at(
    institution: Institution, seats: tuple[str, ...], day: str, procedural: bool, parties: frozenset[str]
) -> Rule | None:
    spec = _spec_at(institution, day)
    if spec is None or spec["kind"] == "no-power":
        return None
    return build(spec, seats, day, procedural=procedural, parties=parties, lookup=find)


def _spec_at(institution: Institution, day: str) -> Mapping[str, Any] | None:
    """The rule in force on `day`, as data."""
    rules = institution.rules
    in_force = (s for first, last, s in rules if (not first or first <= _end(day)) and (not last or day <= last))
    return next(in_force, None)


def card(institution: Institution, date: str | None = None) -> dict[str, Any]:
    """An institution as data on a date (ISO; None: now): `id`, `name`, `rule`, `source`, `binding_on`, `note`, `members`,
    and `ballots`: what each ballot does, for each group of seats that are treated alike."""
    rule = institution.rule_at(date) if institution.members_at(date) or not institution.open else None
    spec = _spec_at(institution, date or today())
    words = (
        rule.words() if rule else "no power of its own" if spec is None or spec["kind"] == "no-power" else spec["kind"]
    )
    return {
        "id": institution.id,
        "name": institution.name,
        "rule": words,
        "source": institution.source_at(date),
        "binding_on": institution.binding,
        "note": institution.note,
        "members": list(institution.members_at(date)),
        "ballots": treatment(rule) if rule else [],
    }


def today() -> str:
    """Today's ISO date: what "now" means where a call gives none."""
    return datetime.date.today().isoformat()


def find(name: str) -> Institution:
    """The institution with this id, name or alias, in any case; `ID:A,B` names the members of an open one, or those
    whom another sets apart.

    Raises UsageError if there is none, or if one that needs names is called without.
    """
    wanted, _, members = name.partition(":")
    institution = _index().get(_fold(wanted))
    if institution is None:
        raise UsageError(f"no institution called {name!r}; known: {', '.join(sorted({i.id for i in known()}))}")
    named = tuple(dict.fromkeys(state_name(part.strip()) for part in members.split(",") if part.strip()))
    if named and not (institution.open or institution.apart):
        raise UsageError(f"{institution.id} has members of its own; write {institution.id} without names")
    if (named or institution.apart) and len(named) < institution.fewest:
        example = ",".join("ABCDEFGH"[: institution.fewest])
        number = "a name" if institution.fewest == 1 else f"at least {institution.fewest} names"
        raise UsageError(f"{institution.id} needs {number}, as {institution.id}:{example}")
    if institution.most and len(named) > institution.most:
        number = "one name" if institution.most == 1 else f"{institution.most} names"
        raise UsageError(f"{institution.id} takes {number}, and {len(named)} are given")
    strangers = [n for n in named if institution.apart and not any(m.name == n for m in institution.members)]
    if strangers:
        raise UsageError(f"{strangers[0]!r} never was a member of {institution.name}; name one of its members")
    return replace(institution, named=named) if named else institution


@cache
def shipped() -> tuple[Institution, ...]:
    """The institutions that ship, in the order of their files."""
    folder = resources.files("whipcount.knowledge") / "institutions"
    files = sorted((item for item in folder.iterdir() if item.name.startswith("institutions")), key=lambda i: i.name)
    return tuple(row for item in files for row in read(item.read_text("utf-8"), item.name))


def load(path: Path | str) -> tuple[Institution, ...]:
    """Read a user's own institutions and add them to the catalogue of this process; InputError names the line at
    fault.

    One with the id of a shipped institution takes its place.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error}); give a YAML file of institutions") from None
    rows = read(text, str(path))
    before = dict(_index())
    for row in rows:
        for key in (row.id, row.name, *row.aliases):
            _index()[_fold(key)] = row
    try:
        for row in rows:
            _tried(row, str(path))
    except InputError:
        _index().clear()
        _index().update(before)
        raise
    _rule_at.cache_clear()
    return rows


def _tried(institution: Institution, origin: str) -> None:
    """Build each rule once, on its first day; InputError where weights, or another institution, are missing."""
    for first, last, spec in institution.rules:
        day = first or last or today()
        members = institution.members_at(day)
        try:
            if members and spec["kind"] != "no-power":
                build(spec, members, day, lookup=find)
        except (InputError, UsageError) as error:
            raise InputError(f"{origin}:{getattr(spec, 'line', 1)}: {institution.id}: {error}") from None
        except RecursionError:
            raise InputError(f"{origin}:{getattr(spec, 'line', 1)}: {institution.id}: refers to itself") from None


def known() -> tuple[Institution, ...]:
    """The institutions that ship and those that the user loaded, each once."""
    return tuple({row.id: row for row in (*shipped(), *_index().values())}.values())


@cache
def _index() -> dict[str, Institution]:
    return {_fold(key): row for row in shipped() for key in (row.id, row.name, *row.aliases)}


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.strip().casefold())


def _end(date: str) -> str:
    """The last day that an ISO date or prefix may mean, for comparison as text."""
    return date if len(date) >= 10 else date + "-99"[: 10 - len(date)] * 2


@cache
def _states() -> tuple[dict[str, str], dict[str, str]]:
    """Code -> common English name, and folded name or variant -> common name."""
    text = (resources.files("whipcount.knowledge") / "actors" / "states.yaml").read_text("utf-8")
    rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (safe, in C where it can be)
    codes = {row["id"]: row["name"] for row in rows}
    names = {form.casefold(): row["name"] for row in rows for form in (row["name"], *row.get("variants", ()))}
    return codes | FORMER, names


FORMER = {
    "YUG": "Yugoslavia",
    "CSK": "Czechoslovakia",
    "DDR": "German Democratic Republic",
    "SUN": "Russia",
    "YMD": "Democratic Yemen",
    "SCG": "Serbia",
    "ZAR": "Democratic Republic of the Congo",
    "BUR": "Myanmar",
    "ROM": "Romania",
    "TMP": "East Timor",
}
"""States that are no more, and codes that were withdrawn (ISO 3166-3); a seat continued keeps its present name."""


def state_name(text: str) -> str:
    """The common English name of a code or name; the text itself when it is no state (a party, a city, a person)."""
    codes, names = _states()
    return codes.get(text) or names.get(text.casefold()) or text


def is_code(text: str) -> bool:
    """Whether it is an ISO 3166-1 alpha-3 code, or one of a state that is no more."""
    return text in _states()[0]


def state_code(name: str) -> str:
    """The ISO 3166-1 alpha-3 code of a state's common name; the name itself when it is no state."""
    return _codes().get(name, name)


@cache
def _codes() -> dict[str, str]:
    return {name: code for code, name in reversed(_states()[0].items())}


def states_named(text: str) -> tuple[str, ...]:
    """Common names of the states named in `text` as whole words, each once, in order of the text."""
    found = []
    for form, name in _states()[1].items():
        at = re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text.casefold())
        if at:
            found.append((at.start(), -len(form), name))
    return tuple(dict.fromkeys(name for _, _, name in sorted(found)))


# ---- reading ------------------------------------------------------------------------------------------------------


class _Lined(yaml.SafeLoader):
    """A safe loader whose mappings remember their lines, and whose dates stay text."""


def _mapping(loader: _Lined, node: yaml.MappingNode) -> Row:
    row = Row(cast("dict[str, Any]", loader.construct_mapping(node, deep=True)))
    row.line = node.start_mark.line + 1
    row.lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    twice = next((key for key, _ in node.value if names.count(key.value) > 1 and not _merged(node)), None)
    if twice is not None:
        raise yaml.constructor.ConstructorError(None, None, f"{twice.value!r} stands twice", twice.start_mark)
    if not all(isinstance(key, str) for key in row):
        mark = node.start_mark
        raise yaml.constructor.ConstructorError(None, None, "a key that reads as no text; put it in quotes", mark)
    return row


def _merged(node: yaml.MappingNode) -> bool:
    """Whether keys of another mapping were merged into it: then the same key may stand twice."""
    lines = [key.start_mark.line for key, _ in node.value]
    return min(lines, default=0) < node.start_mark.line


_Lined.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Lined.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))

KEYS = (
    "id",
    "name",
    "source",
    "members",
    "rule",
    "rules",
    "aliases",
    "fewest",
    "most",
    "apart",
    "elected",
    "unlisted",
    "binding",
    "note",
)


def read(text: str, origin: str) -> tuple[Institution, ...]:
    """Institutions from YAML text (a list, or one mapping); InputError names file and line of a mistake."""
    try:
        rows = yaml.load(text, Loader=_Lined)  # noqa: S506  (a SafeLoader with line numbers)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        said = " ".join(str(getattr(error, "problem", None) or error).split())
        raise InputError(f"{origin}:{line}: not YAML ({said}); check quotes and indents") from None
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not rows:
        raise InputError(
            f"{origin}:1: no institutions; write a list of mappings with id, name, source, members and rule"
        )
    found: dict[str, Institution] = {}
    for row in rows:
        institution = _institution(row, origin)
        if institution.id in found:
            raise InputError(f"{origin}:{row.at('id')}: {institution.id}: stands twice; give each its own id")
        found[institution.id] = institution
    return tuple(found.values())


def _institution(row: object, origin: str) -> Institution:
    if not isinstance(row, Row):
        raise InputError(f"{origin}:1: an institution is a mapping with id, name, source, members and rule")

    def wrong(message: str, line: int = row.line) -> InputError:
        named = " ".join(str(row.get("id", "")).split()) or "institution"
        return InputError(f"{origin}:{line}: {named}: {message}")

    for key in ("id", "name", "source"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise wrong(f"needs a text {key!r}", row.at(key))
    if not re.fullmatch(r"[^\s:,/?#]+", row["id"]):
        raise wrong("an id has no blanks, colons, commas, slashes; write it as river-commission", row.at("id"))
    for key, value in row.items():
        if key not in KEYS:
            raise wrong(f"has no key {key!r}; known: {', '.join(sorted(KEYS))}", row.at(key))
        problem = _misfit(key, value)
        if problem:
            raise wrong(f"{key} {value!r} {problem}"[:400], row.at(key))
    specs = row["rules"] if "rules" in row else [row.get("rule")]
    if not isinstance(specs, list) or not specs or not all(isinstance(spec, Row) for spec in specs):
        raise wrong(
            "needs 'rule: {kind: ...}' or a list 'rules' of them", row.at("rules" if "rules" in row else "rule")
        )
    for spec in specs:
        found = fault(spec)
        if found:
            raise wrong(found[1], found[0])
    opened = row.get("members") == "open"
    return Institution(
        id=row["id"],
        name=row["name"],
        source=row["source"],
        rules=tuple((str(spec.get("from", "")), str(spec.get("until", "")), spec) for spec in specs),
        members=() if opened else _members(row.get("members"), wrong, row.at("members")),
        aliases=tuple(row.get("aliases", ())),
        open=opened,
        apart=row.get("apart", False),
        elected=row.get("elected", False),
        fewest=row.get("fewest", 1),
        most=row.get("most", 0),
        unlisted=row.get("unlisted", "unknown"),
        binding=row.get("binding", ""),
        note=row.get("note", ""),
    )


def _misfit(key: str, value: object) -> str | None:
    """What is wrong with the value of a key of an institution, in words."""
    match key:
        case "aliases":
            fits, needed = isinstance(value, list) and all(isinstance(item, str) for item in value), "a list of names"
        case "fewest" | "most":
            fits, needed = isinstance(value, int) and not isinstance(value, bool) and value > 0, "a number from 1 on"
        case "apart" | "elected":
            fits, needed = isinstance(value, bool), "true or false"
        case "unlisted":
            fits, needed = value in ("absent", "unknown"), "absent or unknown"
        case "binding" | "note":
            fits, needed = isinstance(value, str), "a text; put it in quotation marks"
        case _:
            fits, needed = True, ""
    return None if fits else f"is not {needed}"


def _members(value: Any, wrong: Callable[[str, int], InputError], line: int) -> tuple[Member, ...]:
    """Members from a list of codes, names and mappings, or the name of a shipped list, `{list: eu}`."""
    if isinstance(value, Row) and isinstance(value.get("list"), str):
        lists, other = _lists(), next((key for key in value if key not in ("list", "without")), None)
        if value["list"] not in lists:
            raise wrong(f"no member list called {value['list']!r}; known: {', '.join(sorted(lists))}", value.line)
        if other or not isinstance(value.get("without", []), list):
            raise wrong("a list of members is {list: NAME, without: [NAME until DATE]}", value.line)
        return _without(lists[value["list"]], value.get("without", []), wrong, value.line)
    if not isinstance(value, list) or not value:
        raise wrong("needs 'members': a list of states or names, '{list: NAME}', or 'open'", line)
    members = []
    for item in value:
        if isinstance(item, Row):
            if not isinstance(item.get("state"), str) or set(item) - {"state", "from", "until"}:
                raise wrong("a member is a name or {state: NAME, from: DATE, until: DATE}", item.line)
            for key in ("from", "until"):
                if key in item and not is_day(str(item[key])):
                    raise wrong(f"{key} {item[key]!r} is not an ISO date such as 2013-07-01", item.at(key))
            members.append(Member(state_name(item["state"]), str(item.get("from", "")), str(item.get("until", ""))))
        elif isinstance(item, str) and item.strip():
            members.append(Member(state_name(item)))
        else:
            raise wrong(f"member {item!r} is not a name; quote it if it reads as something else", line)
    return tuple(members)


def _without(
    members: tuple[Member, ...], apart: list[Any], wrong: Callable[[str, int], InputError], line: int
) -> tuple[Member, ...]:
    """A shipped list without some: `DNK` (never a member here) or `DNK until 2022-06-30` (a member only after that)."""
    for item in apart:
        code, _, until = str(item).partition(" until ")
        if not any(member.name == state_name(code) for member in members) or (until and not is_day(until)):
            raise wrong(f"{item!r} is not a member of the list, or not 'NAME until DATE'", line)
        day = until and (datetime.date.fromisoformat(until) + datetime.timedelta(1)).isoformat()
        kept = [replace(m, since=max(m.since, day)) if m.name == state_name(code) else m for m in members]
        members = tuple(m for m in kept if day or m.name != state_name(code))
    return members


@cache
def _lists() -> dict[str, tuple[Member, ...]]:
    """The member lists that ship: list -> members, each written `CODE [FIRST DAY [LAST DAY]]`, `-` for not recorded."""
    text = (resources.files("whipcount.knowledge") / "institutions" / "members.yaml").read_text("utf-8")
    lists = {}
    for name, rows in yaml.safe_load(text).items():
        members = []
        for row in rows:
            code, *dates = row.split()
            since, until = ([*dates, "", ""])[:2]
            members.append(Member(state_name(code), since.strip("-"), until.strip("-")))
        lists[name] = tuple(members)
    return lists


@cache
def populations() -> dict[int, dict[str, int]]:
    """Year -> state -> inhabitants, for the states of the EU."""
    text = (resources.files("whipcount.knowledge") / "institutions" / "population.yaml").read_text("utf-8")
    rows = yaml.safe_load(text)["years"]
    return {int(year): {state_name(code): int(number) for code, number in row.items()} for year, row in rows.items()}
