"""From a rule as data (YAML) to a rule as a value, over the members of a date."""

from __future__ import annotations

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
    "unanimity": {"constructive"},
    "qualified": {"members", "weight", "at_least", "blockers", "weights", "unit"},
    "weighted": {"votes", "fewest", "weights", "population"},
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

COMMON = {"kind", "of", "from", "until", "option", "source", "__line__"}


def fault(spec: Mapping[str, Any]) -> str | None:
    """What is wrong with a rule as data, in words; None if nothing is."""
    kind = spec.get("kind")
    if kind not in KINDS:
        return f"rule kind {kind!r} is unknown; known: {', '.join(KINDS)}"
    unknown = sorted(str(key) for key in set(spec) - KINDS[kind] - COMMON)
    if unknown:
        return f"rule {kind!r} has no key {unknown[0]!r}; known: {', '.join(sorted(KINDS[kind])) or 'none'}"
    for key in ("share", "members", "weight", "entitled", "population"):
        if key in spec and not (kind == "opt-in" and key == "weight"):
            try:
                share = Fraction(str(spec[key]))
            except (ValueError, ZeroDivisionError):
                return f"{key} {spec[key]!r} is not a share; write 2/3 or 0.55"
            if not 0 <= share <= 1:
                return f"{key} {spec[key]!r} is not between 0 and 1"
    for key in ("needed", "mass", "at_least", "blockers", "votes", "fewest"):
        if key in spec and (not isinstance(spec[key], int) or spec[key] < 0):
            return f"{key} {spec[key]!r} is not a whole number"
    needs = {
        "qualified": ("members", "weight"),
        "weighted": ("votes", "weights"),
        "veto": ("needed",),
        "cast": ("share",),
        "event": ("name",),
    }
    needs |= {"institution": ("id",), "all": ("parts",), "any": ("parts",)}
    for key in needs.get(kind, ()):
        if key not in spec:
            return f"rule {kind!r} needs {key!r}"
    parts = spec.get("parts", [])
    if (
        not isinstance(parts, list)
        or not all(isinstance(part, dict) for part in parts)
        or ("parts" in spec and not parts)
    ):
        return "'parts' is a list of rules, each {kind: ...}"
    if any(part.get("kind") == "no-power" for part in parts):
        return "'no-power' stands alone, it is no part of a rule"
    return next((problem for part in parts if (problem := fault(part))), None)


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
            rule = Unanimity(seats, _weights("population", seats, date) if spec.get("constructive") else {})
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
            rule = WeightedVote(seats, weights, spec["votes"], spec.get("fewest", 0), people, share)
        case "veto":
            rule = VetoVote(seats, spec["needed"], () if procedural else names("permanent"), parties)
        case "cast":
            entitled = Fraction(str(spec["entitled"])) if "entitled" in spec else None
            rule = CastVote(seats, Fraction(str(spec["share"])), bool(spec.get("strictly")), entitled)
        case "all-sign":
            rule = AllSign(seats)
        case "opt-in":
            offered = {state_name(str(name)): n for name, n in spec.get("weights", {}).items() if name != "__line__"}
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
        weights = {state_name(str(name)): number for name, number in table.items() if name != "__line__"}
    else:
        years = populations()
        year = max((year for year in years if year <= int(date[:4])), default=min(years))
        weights = years[year]
    missing = [seat for seat in seats if seat not in weights]
    if missing:
        raise InputError(
            f"no weight known for {', '.join(missing)} on {date[:10]}; leave out who is no member, or add it"
        )
    return {seat: int(weights[seat]) for seat in seats}
