"""From a rule as data (YAML) to a rule as a value, over the members of a date."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from whipcount.errors import InputError, UsageError
from whipcount.institutions.rules import (
    AllOf,
    AllSign,
    AnyOf,
    CastVote,
    Consensus,
    Elsewhere,
    Event,
    OptIn,
    QualifiedVote,
    Rule,
    Unanimity,
    VetoVote,
    WeightedVote,
)

if TYPE_CHECKING:
    from whipcount.institutions.catalogue import Institution

KINDS = {
    "consensus": {"minus"},
    "unanimity": {"constructive", "weights", "members", "weight", "beyond", "unit"},
    "qualified": {"members", "weight", "at_least", "blockers", "weights", "unit"},
    "weighted": {"votes", "fewest", "weights", "population", "members"},
    "veto": {"needed", "permanent"},
    "cast": {"share", "strictly", "entitled"},
    "all-sign": set(),
    "opt-in": {"mass", "weights", "weight", "enablers", "unit"},
    "event": {"name"},
    "institution": {"id"},
    "all": {"parts", "staged"},
    "any": {"parts"},
    "no-power": set(),
}
"""Kind -> its own keys; every kind also takes `of` (its own members), `from` and `until` (its days), `option` (another
option), `source` (where it is not that of the body).  `no-power` says that the body decides nothing of the sort."""

COMMON = {"kind", "of", "from", "until", "option", "source"}
NEEDS = {
    "qualified": ("members", "weight"),
    "weighted": ("votes", "weights"),
    "veto": ("needed",),
    "cast": ("share",),
    "event": ("name",),
    "institution": ("id",),
    "all": ("parts",),
    "any": ("parts",),
}
"""Kind -> the keys that it cannot do without."""

DEEPEST = 12
"""Rules within rules that a file may have."""


class Row(dict[str, Any]):
    """A mapping of a YAML file that knows the line it began on, and those of its keys."""

    line: int = 1
    lines: Mapping[str, int] = {}

    def at(self, key: str) -> int:
        """The line of a key; that of the mapping where the key is not there."""
        return self.lines.get(key, self.line)


Fault = tuple[int, str]
"""A line, and what is wrong there in words."""


def is_day(text: object) -> bool:
    """Whether it is an ISO date, month or year of the calendar."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        return False
    try:
        datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def _share(value: object) -> str | None:
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return "is not a share; write 2/3 or 0.55"
    return None if 0 <= share <= 1 else "is not between 0 and 1"


def _whole(value: object) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62
    return None if whole else "is not a whole number"


def _names(value: object) -> str | None:
    named = isinstance(value, list) and value and all(isinstance(name, str) and name.strip() for name in value)
    return None if named else "is not a list of names, such as [FRA, DEU]"


def _table(value: object) -> str | None:
    if value == "population" or (
        isinstance(value, Mapping) and value and all(isinstance(k, str) and not _whole(n) for k, n in value.items())
    ):
        return None
    return "is neither 'population' nor a weight for each name, such as {FRA: 29, DEU: 29}"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "is neither true nor false"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "is not a text; put it in quotation marks"


def _day(value: object) -> str | None:
    return None if is_day(str(value)) else "is not an ISO date such as 2013-07-01"


CHECKS: Mapping[str, Callable[[object], str | None]] = {
    **dict.fromkeys(("share", "members", "weight", "entitled", "population"), _share),
    **dict.fromkeys(("needed", "mass", "at_least", "blockers", "votes", "fewest"), _whole),
    **dict.fromkeys(("permanent", "minus", "of", "enablers"), _names),
    **dict.fromkeys(("constructive", "strictly", "staged", "beyond"), _flag),
    **dict.fromkeys(("unit", "name", "id", "option", "source"), _text),
    **dict.fromkeys(("from", "until"), _day),
    "weights": _table,
}
"""Key -> what is wrong with its value, in words."""


def fault(spec: Row, depth: int = 0) -> Fault | None:
    """The first thing that is wrong with a rule as data; None if nothing is."""
    kind = spec.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return spec.at("kind"), f"rule kind {kind!r} is unknown; known: {', '.join(KINDS)}"
    if depth and kind == "no-power":
        return spec.line, "'no-power' stands alone, it is no part of a rule"
    if depth > DEEPEST:
        return (
            spec.line,
            f"rules within rules, more than {DEEPEST} deep; give the inner ones an institution of their own",
        )
    known = KINDS[kind] | COMMON
    for key, value in spec.items():
        if key not in known:
            own = ", ".join(sorted(KINDS[kind])) or "none"
            return spec.at(key), f"rule {kind!r} has no key {key!r}; known: {own}"
        check = _whole if kind == "opt-in" and key == "weight" else CHECKS.get(key)
        problem = check(value) if check else None
        if problem:
            return spec.at(key), f"{key} {value!r} {problem}"[:400]
    for key in NEEDS.get(kind, ()):
        if key not in spec:
            return spec.line, f"rule {kind!r} needs {key!r}"
    if "parts" not in spec:
        return None
    parts = spec["parts"]
    if not isinstance(parts, list) or not parts or not all(isinstance(part, Row) for part in parts):
        return spec.at("parts"), "'parts' is a list of rules, each {kind: ...}"
    return next((found for part in parts if (found := fault(part, depth + 1))), None)


def build(
    spec: Mapping[str, Any],
    seats: tuple[str, ...],
    date: str,
    *,
    procedural: bool = False,
    parties: frozenset[str] = frozenset(),
    lookup: Callable[[str], Institution],
) -> Rule:
    """The rule that `spec` describes, over `seats` on `date` (ISO).  InputError when weights are missing for a seat."""
    from whipcount.institutions.catalogue import state_name

    def names(key: str) -> tuple[str, ...]:
        return tuple(state_name(name) for name in spec.get(key, ()))

    def part(inner: Mapping[str, Any]) -> Rule:
        return build(inner, seats, date, procedural=procedural, parties=parties, lookup=lookup)

    seats = names("of") if "of" in spec else seats
    rule: Rule
    match spec["kind"]:
        case "consensus":
            rule = Consensus(seats, frozenset(names("minus")) | parties)
        case "unanimity":
            table = spec.get("weights", "population") if spec.get("constructive") else {}
            third = Fraction(1, 3)
            rule = Unanimity(
                seats,
                _weights(table, seats, date) if table else {},
                Fraction(str(spec.get("members", third))),
                Fraction(str(spec.get("weight", third))),
                bool(spec.get("beyond")),
                spec.get("unit", "people"),
            )
        case "qualified":
            rule = QualifiedVote(
                seats,
                _weights(spec.get("weights", "population"), seats, date),
                Fraction(str(spec["members"])),
                Fraction(str(spec["weight"])),
                spec.get("at_least", 0),
                spec.get("blockers", 0),
                spec.get("unit", "people"),
            )
        case "weighted":
            people = _weights("population", seats, date) if "population" in spec else {}
            share = Fraction(str(spec.get("population", 0)))
            weights = _weights(spec["weights"], seats, date)
            fewest = max(spec.get("fewest", 0), -int(-Fraction(str(spec.get("members", 0))) * len(seats) // 1))
            rule = WeightedVote(seats, weights, spec["votes"], fewest, people, share)
        case "veto":
            rule = VetoVote(seats, spec["needed"], () if procedural else names("permanent"), parties)
        case "cast":
            entitled = Fraction(str(spec["entitled"])) if "entitled" in spec else None
            rule = CastVote(seats, Fraction(str(spec["share"])), bool(spec.get("strictly")), entitled)
        case "all-sign":
            rule = AllSign(seats)
        case "opt-in":
            offered = {state_name(str(name)): n for name, n in spec.get("weights", {}).items()}
            unit = spec.get("unit", "troops")
            rule = OptIn(seats, spec.get("mass", 1), offered, spec.get("weight", 0), names("enablers"), unit)
        case "event":
            rule = Event(spec["name"])
        case "institution":
            other = lookup(spec["id"]).rule_at(date)
            if other is None:
                raise UsageError(f"{spec['id']} had no power to decide on {date}; choose another date")
            rule = other
        case "all":
            rule = AllOf(tuple(part(inner) for inner in spec["parts"]), bool(spec.get("staged")))
        case _:
            rule = AnyOf(tuple(part(inner) for inner in spec["parts"]))
    return Elsewhere(rule, spec["option"]) if "option" in spec else rule


def _weights(table: Any, seats: tuple[str, ...], date: str) -> dict[str, int]:
    """Weights of `seats`: written out in the rule, or the inhabitants of the latest year known by `date`."""
    from whipcount.institutions.catalogue import populations, state_name

    if isinstance(table, Mapping):
        weights = {state_name(str(name)): number for name, number in table.items()}
    else:
        years = populations()
        year = max((year for year in years if year <= int(date[:4])), default=min(years))
        weights = years[year]
    missing = [seat for seat in seats if seat not in weights]
    if missing:
        what = f"no weight known for {', '.join(missing)} on {date[:10]}"
        raise InputError(f"{what}; leave out who is no member, or give the rule 'weights: {{NAME: NUMBER}}'")
    return {seat: int(weights[seat]) for seat in seats}
