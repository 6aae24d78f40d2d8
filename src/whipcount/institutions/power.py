"""Voting power: how often a member's yes decides, over all coalitions (Banzhaf) or all orders (Shapley-Shubik).

Banzhaf (1965), absolute: coalitions of the others that a member turns from losing to winning, over 2^(n-1).
Shapley and Shubik (1954): the share of the n! orders of joining in which the member is the one that makes it win.
Both from W_i(k), the winning coalitions of size k that hold member i: counted exactly in `coalitions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import comb
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.coalitions import count
from whipcount.institutions.formula import Ballot
from whipcount.institutions.rules import Rule


def power(
    institution_id: str, date: str | None = None, known: Mapping[str, Ballot] | None = None
) -> list[dict[str, Any]]:
    """Power of each member on `date` (ISO; None: now), strongest first, ties by name.

    With `known` ballots (seat -> ballot, `Verdict.ballots`), only of the members that are not known yet, given those.

    Each row: `member` (ISO 3166-1 alpha-3 for a state), `name`, `banzhaf` (absolute), `banzhaf_normalised` (sums to 1),
    `shapley_shubik` (sums to 1): floats nearest to the exact value; and `exact`, the three as fractions in text.
    Raises UsageError for an unknown institution, one that could not decide then, and one without members of its own.
    """
    institution = catalogue.find(institution_id)
    rule = institution.rule_at(date)
    if rule is None:
        raise UsageError(f"{institution.id} had no power to decide on {date}; choose another date")
    if not rule.seats:
        raise UsageError(f"{institution.id} has no members of its own; name them, as {institution.id}:A,B")
    rows = [
        {
            "member": catalogue.state_code(member),
            "name": member,
            "banzhaf": float(absolute),
            "banzhaf_normalised": float(share),
            "shapley_shubik": float(shapley),
            "exact": {"banzhaf": str(absolute), "banzhaf_normalised": str(share), "shapley_shubik": str(shapley)},
        }
        for member, (absolute, share, shapley) in indices(rule, known).items()
    ]
    return sorted(rows, key=lambda row: (-float(row["shapley_shubik"]), str(row["member"])))


def indices(rule: Rule, known: Mapping[str, Ballot] | None = None) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Seat -> (absolute Banzhaf, normalised Banzhaf, Shapley-Shubik), exact, in the game of yes and no.

    `known` ballots are kept as they are: the power of the others is then conditional on the positions on record.
    """
    known = {seat: ballot for seat, ballot in (known or {}).items() if ballot is not Ballot.UNKNOWN}
    free = [seat for seat in rule.seats if seat not in known]
    if not free:
        return {}
    ballots = {seat: known.get(seat, Ballot.NO) for seat in rule.seats}
    found = count(rule.formula(ballots), ballots, dict.fromkeys(free, Ballot.YES))
    n, winning = len(free), sum(found.sizes)
    swings = {seat: 2 * sum(held) - winning for seat, held in found.with_seat.items()}
    total = sum(swings.values())
    result = {}
    for seat, held in found.with_seat.items():
        # Orders: a coalition of size k that holds the member, less one of size k-1 that does not and wins already.
        shapley = sum(
            (Fraction(held[k] - (found.sizes[k - 1] - held[k - 1]), n * comb(n - 1, k - 1)) for k in range(1, n + 1)),
            Fraction(0),
        )
        absolute = Fraction(swings[seat], 2 ** (n - 1))
        result[seat] = (absolute, Fraction(swings[seat], total) if total else Fraction(0), shapley)
    return result
