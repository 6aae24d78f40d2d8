"""Figures of the institutions, as ratios in one run: voting power beside power-bdd, the fixpoint, one what-if change.

Run: python benchmarks/power.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whipcount.institutions.catalogue import find, load, populations, shipped, state_code
from whipcount.institutions.conditions import web
from whipcount.institutions.power import power
from whipcount.institutions.verdict import verdict
from whipcount.model import Codebook, Condition, Option, Position, Stance, Voice

DATE = "2024-06-01"


def best(call: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Least seconds of processor time of some runs, and the result."""
    found = []
    for _ in range(times):
        start = time.process_time()
        result = call()
        found.append(time.process_time() - start)
    return min(found), result


def peer() -> dict[str, tuple[float, float]]:
    """Both indices of the same game by power-bdd: state's code -> (Banzhaf, Shapley-Shubik).

    55 % of 27 members is 15; the clause on four blockers is "or at least 24 in favour".
    """
    from power_bdd.bdd import BDD, WeightedGame  # type: ignore[import-untyped]

    members = find("eu-qmv").members_at(DATE)
    people = populations()[int(DATE[:4])]
    weights = sorted(((people[member], member) for member in members), reverse=True)
    ones, inhabitants = [1] * len(members), [weight for weight, _ in weights]
    quota = -(-65 * sum(inhabitants) // 100)
    game = BDD(WeightedGame(15, list(ones))) & BDD(WeightedGame(quota, inhabitants)) | BDD(WeightedGame(24, list(ones)))
    game.calc_banzhaf()
    game.calc_shapley()
    return {state_code(member): (game.beta[at], game.phi[at]) for at, (_, member) in enumerate(weights, 1)}


def web_of(options: int, actors: int, bodies: int) -> tuple[Codebook, list[Position], dict[str, list[str]]]:
    """A debate of this size in which each option waits for others, over so many bodies in turn: those of the catalogue
    that have members of their own, and as many clubs of thirty states as are missing."""
    states = sorted({*find("osce").members_at(DATE), *find("unga").members_at(DATE)})[:actors]
    ids = [row.id for row in shipped() if not (row.open or row.apart) and row.rule_at(DATE) and len(row.members) < 300]
    kinds = ["{kind: consensus}", "{kind: cast, share: 2/3}", "{kind: opt-in, mass: 9}", "{kind: unanimity}"]
    clubs = [
        f"- {{id: club-{n}, name: Club {n}, source: made up, rule: {kinds[n % 4]},\n   members: "
        + "[" + ", ".join(state_code(states[(n * 13 + at) % len(states)]) for at in range(30)) + "]}"
        for n in range(max(bodies - len(ids), 0))
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "clubs.yaml"
        own.write_text("\n".join(clubs), encoding="utf-8")
        ids = [*ids, *(row.id for row in load(own))][:bodies]
    stances = list(Stance)
    codebook = Codebook(
        "size",
        "A debate of this size",
        tuple(Option(f"o{n}", f"Option {n}") for n in range(options)),
        tuple(Condition(f"c{n}", f"Condition {n}", f"o{n}") for n in range(options)),
    )
    positions = [
        Position(
            state,
            f"o{n}",
            stances[(n * 7 + at) % 4],
            conditions=(f"c{(n + at) % options}",),
            voices=(Voice.FIRST_HAND,),
        )
        for n in range(options)
        for at, state in enumerate(states)
    ]
    return codebook, positions, {f"o{n}": [ids[n % len(ids)]] for n in range(options)}


def main() -> None:
    """Print the figures."""
    ours, found = best(lambda: power("eu-qmv", DATE))
    theirs, expected = best(peer, 1)
    gap = max(
        max(abs(row["banzhaf"] - expected[row["member"]][0]), abs(row["shapley_shubik"] - expected[row["member"]][1]))
        for row in found
    )
    print(
        f"voting power, EU27: {ours:.3f} s, power-bdd {theirs:.2f} s, {theirs / ours:.0f} times; largest gap {gap:.1e}"
    )
    codebook, positions, decided_by = web_of(200, 200, 50)
    seconds, reached = best(lambda: web(codebook, positions, DATE, decided_by=decided_by, knots=False), 9)
    bodies = len({body for row in decided_by.values() for body in row})
    print(
        f"fixpoint, {bodies} institutions, {len(codebook.options)} options, {len(positions)} positions: "
        f"{1000 * seconds:.0f} ms (target 100)"
    )
    mine = [position for position in positions if position.option == "o1"]
    change, _ = best(lambda: verdict("eu-qmv", "o1", mine, DATE, assume={"France": "support"}))
    print(f"one what-if change: {1000 * change:.1f} ms (target 20); {len(reached.facts)} conditions settled")


if __name__ == "__main__":
    main()
