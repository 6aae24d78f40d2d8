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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from whipcount.errors import InputError, UsageError
from whipcount.institutions.build import build
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
    """

    id: str
    name: str
    source: str
    rules: tuple[tuple[str, str, Mapping[str, Any]], ...]
    members: tuple[Member, ...] = ()
    aliases: tuple[str, ...] = ()
    open: bool = False
    fewest: int = 1
    unlisted: str = "unknown"
    binding: str = ""
    note: str = ""
    weights: str = ""
    named: tuple[str, ...] = field(default=())

    def members_at(self, date: str | None) -> tuple[str, ...]:
        """Names of the members on `date` (ISO; None: now); those named in the call for an open institution."""
        if self.named:
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
        return _rule_at(self, seats, day, procedural, frozenset(parties))

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


def today() -> str:
    """Today's ISO date: what "now" means where a call gives none."""
    return datetime.date.today().isoformat()


def find(name: str) -> Institution:
    """The institution with this id, name or alias, in any case; `ID:A,B` names the members of an open one.

    Raises UsageError if there is none, or if an open one that needs names is called without.
    """
    wanted, _, members = name.partition(":")
    institution = _index().get(_fold(wanted))
    if institution is None:
        raise UsageError(f"no institution called {name!r}; known: {', '.join(sorted(i.id for i in shipped()))}")
    if members:
        if not institution.open:
            raise UsageError(f"{institution.id} has members of its own; write {institution.id} without names")
        named = tuple(dict.fromkeys(state_name(part.strip()) for part in members.split(",") if part.strip()))
        if len(named) < institution.fewest:
            raise UsageError(f"{institution.id} needs at least {institution.fewest} names, as {institution.id}:A,B")
        return named_institution(institution, named)
    return institution


def named_institution(institution: Institution, named: tuple[str, ...]) -> Institution:
    """An open institution with its members named."""
    values = {name: getattr(institution, name) for name in institution.__dataclass_fields__}
    return Institution(**(values | {"named": named}))


@cache
def shipped() -> tuple[Institution, ...]:
    """The institutions that ship, in the order of their files."""
    folder = resources.files("whipcount.knowledge") / "institutions"
    files = sorted((item for item in folder.iterdir() if item.name.startswith("institutions")), key=lambda i: i.name)
    return tuple(row for item in files for row in read(item.read_text("utf-8"), item.name))


def load(path: Path | str) -> tuple[Institution, ...]:
    """Read a user's own institutions and add them to the catalogue of this process; InputError names the line at
    fault."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error}); give a YAML file of institutions") from None
    rows = read(text, str(path))
    for row in rows:
        for key in (row.id, row.name, *row.aliases):
            _index()[_fold(key)] = row
    return rows


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
    """A safe loader whose mappings remember the line they began on, and whose dates stay text."""


def _mapping(loader: _Lined, node: yaml.MappingNode) -> dict[Any, Any]:
    row = loader.construct_mapping(node, deep=True)
    row["__line__"] = node.start_mark.line + 1
    return row


_Lined.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Lined.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))

KEYS = {
    "id",
    "name",
    "source",
    "members",
    "rule",
    "rules",
    "aliases",
    "fewest",
    "unlisted",
    "binding",
    "note",
    "__line__",
}


def read(text: str, origin: str) -> tuple[Institution, ...]:
    """Institutions from YAML text (a list, or one mapping); InputError names file and line of a mistake."""
    try:
        rows = yaml.load(text, Loader=_Lined)  # noqa: S506  (a SafeLoader with line numbers)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(
            f"{origin}:{line}: not YAML ({getattr(error, 'problem', error)}); check quotes and indents"
        ) from None
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not rows:
        raise InputError(
            f"{origin}:1: no institutions; write a list of mappings with id, name, source, members and rule"
        )
    return tuple(_institution(row, origin) for row in rows)


def _institution(row: object, origin: str) -> Institution:
    if not isinstance(row, dict):
        raise InputError(f"{origin}:1: an institution is a mapping with id, name, source, members and rule")
    line = row["__line__"]

    def wrong(message: str, at: int = line) -> InputError:
        return InputError(f"{origin}:{at}: {row.get('id', 'institution')}: {message}")

    for key in ("id", "name", "source"):
        if not isinstance(row.get(key), str):
            raise wrong(f"needs a text {key!r}")
    unknown = sorted(str(key) for key in set(row) - KEYS)
    if unknown:
        raise wrong(f"has no key {unknown[0]!r}; known: {', '.join(sorted(KEYS - {'__line__'}))}")
    specs = row.get("rules") or [row.get("rule")]
    if not isinstance(specs, list) or not all(isinstance(spec, dict) for spec in specs):
        raise wrong("needs 'rule: {kind: ...}' or a list 'rules' of them")
    opened = row.get("members") == "open"
    members = () if opened else _members(row.get("members"), wrong)
    institution = Institution(
        id=row["id"],
        name=row["name"],
        source=row["source"],
        rules=tuple((str(spec.get("from", "")), str(spec.get("until", "")), spec) for spec in specs),
        members=members,
        aliases=tuple(row.get("aliases", ())),
        open=opened,
        fewest=int(row.get("fewest", 1)),
        unlisted=row.get("unlisted", "unknown"),
        binding=row.get("binding", ""),
        note=row.get("note", ""),
    )
    for spec in specs:
        problem = faults(spec)
        if problem:
            raise wrong(problem, spec["__line__"])
    return institution


def faults(spec: Mapping[str, Any]) -> str | None:
    """What is wrong with a rule as data, in words; None if it builds over a body of states."""
    from whipcount.institutions.build import fault

    return fault(spec)


def _members(value: Any, wrong: Any) -> tuple[Member, ...]:
    """Members from a list of codes, names and mappings, or the name of a shipped list, `{list: eu}`."""
    if isinstance(value, dict) and isinstance(value.get("list"), str):
        lists = _lists()
        if value["list"] not in lists:
            raise wrong(
                f"no member list called {value['list']!r}; known: {', '.join(sorted(lists))}", value["__line__"]
            )
        return lists[value["list"]]
    if not isinstance(value, list) or not value:
        raise wrong("needs 'members': a list of states or names, '{list: NAME}', or 'open'")
    members = []
    for item in value:
        if isinstance(item, dict):
            at = item.pop("__line__")
            if not isinstance(item.get("state"), str) or set(item) - {"state", "from", "until"}:
                raise wrong("a member is a name or {state: NAME, from: DATE, until: DATE}", at)
            for key in ("from", "until"):
                if key in item and not re.fullmatch(r"\d{4}(-\d\d){0,2}", str(item[key])):
                    raise wrong(f"{key} {item[key]!r} is not an ISO date such as 2013-07-01", at)
            members.append(Member(state_name(item["state"]), str(item.get("from", "")), str(item.get("until", ""))))
        elif isinstance(item, str):
            members.append(Member(state_name(item)))
        else:
            raise wrong(f"member {item!r} is not a name; quote it if it reads as something else")
    return tuple(members)


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
