"""What a coder weighed, as a statement keeps it: the options and stances that were likely, and the runners-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whipcount.model import Codebook, Lean, Stance, Statement

OPTION, STANCE = "option:", "stance:"
SIDES: tuple[Stance | None, ...] = (Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL, Stance.UNDECIDED, None)
"""Order in which coders give the probabilities of the stances; None is a report that takes no side."""

LEAST = 0.01
"""Probability below which nothing is kept."""
MOST = 6
"""Options kept, "none" among them."""


def weighed(codebook: Codebook, about: Sequence[float], sides: Sequence[float]) -> dict[str, float]:
    """`Statement.weighed` from the probability of each option of the codebook and of each of `SIDES`.

    Several options may be likely at once, so their probabilities need not sum to one; that of none of them is taken to
    be that of the likeliest one failing.
    """
    options = {OPTION + option.id: float(p) for option, p in zip(codebook.options, about, strict=True)}
    options[OPTION] = 1 - max(options.values(), default=0.0)
    likely = sorted(options.items(), key=lambda item: -item[1])[:MOST]
    stances = [(STANCE + (side or ""), float(p)) for side, p in zip(SIDES, sides, strict=True)]
    return {name: round(p, 3) for name, p in [*likely, *stances] if p >= LEAST}


def likely(given: Mapping[str, float], kind: str) -> list[tuple[str, float]]:
    """The words of a kind (OPTION, STANCE) with their probabilities, likeliest first; "" is for none."""
    found = [(name.removeprefix(kind), p) for name, p in given.items() if name.startswith(kind)]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def runner_up(statement: Statement, kind: str) -> tuple[str, float] | None:
    """The likeliest word of a kind that was not taken, with its probability; None if nothing came near."""
    taken = (statement.option if kind == OPTION else statement.stance) or ""
    return next((one for one in likely(statement.weighed, kind) if one[0] != taken), None)


def lean_of(stance: Stance | None, probabilities: Sequence[float]) -> Lean | None:
    """The direction of an undecided or conditional statement, where one side is clearly likelier than the other."""
    if stance not in (Stance.UNDECIDED, Stance.CONDITIONAL):
        return None
    support, oppose = float(probabilities[0]), float(probabilities[1])
    if support > 1.5 * oppose:
        return Lean.FAVOURABLE
    return Lean.UNFAVOURABLE if oppose > 1.5 * support else None
