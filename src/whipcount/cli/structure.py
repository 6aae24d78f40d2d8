"""The structure of a debate: coalitions, polarization, backbones, phases, scales, and what ties actors to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.cli.output import CSV, JSON, print_json, say, show
from whipcount.errors import UsageError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection

    from whipcount.analysis.cohesion import Members
    from whipcount.analysis.events import Events
    from whipcount.analysis.networks import Design

Window = Annotated[str | None, typer.Option(metavar="UNIT", help="days, weeks, months, years.")]
WindowSize = Annotated[int, typer.Option(metavar="N", help="Units in a window.")]
Kernel = Annotated[
    str | None, typer.Option(metavar="NAME", help="Smooth: uniform, epanechnikov, triangular, gaussian.")
]
Seed = Annotated[int, typer.Option(help="Start of the random numbers; the same gives the same result.")]


def coalitions(
    events: Events,
    design: Design,
    *,
    method: Annotated[list[str] | None, typer.Option(help="Only this method. Repeatable; else all are tried.")] = None,
    number: Annotated[int | None, typer.Option(help="How many coalitions; else the best number up to --most.")] = None,
    most: Annotated[int, typer.Option(help="At most so many.")] = 5,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find coalitions by many methods, the best by modularity first; `ties` has the statements between two actors."""
    from whipcount.analysis.coalitions import coalitions as find

    found = find(events, design, methods=method, number=number, most=most, seed=seed)
    rows: list[dict[str, Any]] = [
        {"method": one.method, "modularity": one.modularity, "coalitions": len(one.members()), "members": one.members()}
        for one in found
    ]
    if json:
        if rows:
            # what the best split rests on; `ties` has the rest
            rows[0]["backing"] = _backing(events, design, rows[0]["members"])
        print_json(rows)
        return
    flat = [{**row, "coalition": n, "members": members} for row in rows for n, members in enumerate(row["members"], 1)]
    show(["method", "modularity", "coalition", "members"], flat, json=False, csv=csv, empty="too few actors")


def polarization(
    events: Events,
    design: Design,
    *,
    measure: Annotated[
        str, typer.Option(help="signed (blocs of any size) or absdiff (DNA's, blocs alike).")
    ] = "signed",
    number: Annotated[int, typer.Option(help="Blocs; at most so many with --measure signed.")] = 2,
    window: Window = None,
    window_size: WindowSize = 1,
    kernel: Kernel = None,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Measure how far the debate falls apart into blocs, minority blocs included; with windows, over time."""
    from whipcount.analysis.polarization import over_time
    from whipcount.analysis.polarization import polarization as measured

    if window:
        series = list(
            over_time(events, design, window, window_size, kernel=kernel, measure=measure, blocs=number, seed=seed)
        )
    else:
        series = [measured(events, design, measure=measure, blocs=number, seed=seed)]
    rows: list[dict[str, Any]] = [
        {
            "from": one.network.start,
            "to": one.network.stop,
            "score": one.score,
            "statements": one.network.statements,
            "optimum": "proven" if one.exact else "found by search",
            "blocs": one.members(),
        }
        for one in series
    ]
    if json:
        if not window:
            rows[0]["backing"] = _backing(events, design, rows[0]["blocs"])
        print_json(rows if window else rows[0])
        return
    plain = [{**row, "blocs": [", ".join(bloc) for bloc in row["blocs"]]} for row in rows]
    show(list(rows[0]) if rows else ["score"], plain, json=False, csv=csv, empty="no windows in this range")


def backbone(
    events: Events,
    design: Design,
    *,
    method: Annotated[str, typer.Option(help="nested, penalty, or fixed (with --size).")] = "nested",
    penalty: Annotated[float, typer.Option(help="How much a small backbone is favoured.")] = 3.5,
    size: Annotated[int | None, typer.Option(help="Concepts in a fixed backbone.")] = None,
    concept: Annotated[list[str] | None, typer.Option(help="Judge a backbone of these. Repeatable.")] = None,
    iterations: Annotated[int, typer.Option(help="Steps of the search.")] = 10_000,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find the concepts that carry the discourse, or the order in which they can be spared."""
    from whipcount.analysis.backbone import evaluate, nested, smallest

    if method not in ("nested", "penalty", "fixed"):
        raise UsageError(f"no method {method!r}; use nested, penalty or fixed")
    if (method == "fixed") != (size is not None):
        raise UsageError("--method fixed and --size N go together; give both or neither")
    if concept is None and method == "nested":
        columns = ["iteration", "concepts", "backbone_loss", "redundant_loss", "statements"]
        steps = [{name: getattr(step, name) for name in columns} for step in nested(events, design)]
        show(columns, steps, json=json, csv=csv)
        return
    if concept is not None:
        found = evaluate(events, design, concept)
    else:
        found = smallest(events, design, penalty=penalty, size=size, iterations=iterations, seed=seed)
    if json:
        print_json(found)
        return
    rows = [{"concept": name, "part": "backbone"} for name in found.backbone]
    rows += [{"concept": name, "part": "redundant"} for name in found.redundant]
    show(["concept", "part"], rows, json=False, csv=csv)
    say(f"loss of the backbone {found.backbone_loss:.4f}, of the rest {found.redundant_loss:.4f}")


def phases(
    events: Events,
    design: Design,
    *,
    window: Annotated[str, typer.Option(metavar="UNIT", help="days, weeks, months, years.")] = "months",
    window_size: WindowSize = 3,
    kernel: Kernel = None,
    distance: Annotated[str, typer.Option(help="spectral or, with a kernel, absdiff.")] = "spectral",
    most: Annotated[int, typer.Option(help="At most so many states.")] = 6,
    permutations: Annotated[int, typer.Option(help="Draws of the test of each turn.")] = 199,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find phases of the debate and the turns between them, with their significance and the statements on either side."""
    from whipcount.analysis.phases import phases as find

    found = find(
        events, design, window, window_size, kernel=kernel, distance=distance, most=most, permutations=permutations,
        seed=seed,
    )  # fmt: skip
    if json:
        timed = [{"time": time, "state": state} for time, state in zip(found.times, found.states, strict=True)]
        print_json(
            {
                "method": found.method,
                "modularity": found.modularity,
                "states": timed,
                "turns": list(map(_plain, found.turns)),
            }
        )
        return
    columns = ["date", "before", "after", "distance", "p", "documents"]
    rows = [{name: getattr(turn, name) for name in columns} for turn in found.turns]
    show(columns, rows, json=False, csv=csv, empty="one phase from end to end")


def scale(
    events: Events,
    design: Design,
    *,
    dimensions: Annotated[int, typer.Option(help="1 or 2.")] = 1,
    replicates: Annotated[int, typer.Option(help="Draws of documents for the intervals.")] = 100,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Place actors and concepts on one or two dimensions, with intervals."""
    from whipcount.analysis.scaling import scaling

    found = scaling(events, design, dimensions=dimensions, replicates=replicates, seed=seed)
    if json:
        print_json(found)
        return
    rows = [
        {
            "name": one.name,
            "kind": kind,
            **{f"value_{n + 1}": value for n, value in enumerate(one.value)},
            **{f"low_{n + 1}": value for n, value in enumerate(one.low)},
            **{f"high_{n + 1}": value for n, value in enumerate(one.high)},
            "statements": one.statements,
        }
        for kind, places in (("actor", found.actors), ("concept", found.concepts))
        for one in sorted(places, key=lambda place: place.value)
    ]
    show(list(rows[0]), rows, json=False, csv=csv)


def ties(
    events: Events,
    design: Design,
    one: Annotated[str, typer.Option(help="An actor.")],
    other: Annotated[str, typer.Option(help="Another actor.")],
    *,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Show what ties two actors: each concept on which both speak, with the statements of both."""
    from whipcount.analysis.ties import ties as find

    rows = [
        {
            "concept": tie.concept,
            "congruence": tie.congruence,
            "conflict": tie.conflict,
            "statements_of_one": list(tie.sides[0].statements),
            "statements_of_other": list(tie.sides[1].statements),
        }
        for tie in find(events, design, one, other)
    ]
    columns = ["concept", "congruence", "conflict", "statements_of_one", "statements_of_other"]
    show(columns, rows, json=json, csv=csv, empty=f"nothing on which both {one} and {other} speak")


def blocs(
    events: Events,
    design: Design,
    *,
    member: Annotated[list[str] | None, typer.Option(help="Look only among these actors. Repeatable.")] = None,
    bloc: Annotated[str | None, typer.Option(help="Look only among the members of this institution.")] = None,
    least: Annotated[int, typer.Option(help="Concepts on which each pair must agree.")] = 2,
    dissent: Annotated[float, typer.Option(min=0, max=1, help="Share of concepts on which a pair may differ.")] = 0.0,
    size: Annotated[int, typer.Option(min=2, help="Least number of members.")] = 3,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Find sub-blocs: groups in which every pair agrees, with the statements that tie each pair."""
    from whipcount.analysis.ties import blocs as find

    among = _members(member, bloc) if member or bloc else None
    if callable(among):
        times = events.frame["time"]
        last = times.max() if len(times) else None
        among = among(last.date()) if last is not None else []  # type: ignore[union-attr]
    found = find(
        events, design, among=list(among) if among is not None else None, least=least, dissent=dissent, size=size
    )
    if json:
        print_json([_plain(one) for one in found])
        return
    rows = [
        {
            "members": list(one.members),
            "concepts": list(one.concepts),
            "statements": len({name for tie in one.ties for side in tie.sides for name in side.statements}),
        }
        for one in found
    ]
    show(["members", "concepts", "statements"], rows, json=False, csv=csv, empty="no group in which every pair agrees")


def cohesion(
    events: Events,
    design: Design,
    *,
    member: Annotated[list[str] | None, typer.Option(help="A member of the bloc. Repeatable.")] = None,
    bloc: Annotated[
        str | None, typer.Option(help="An institution, with its members at each date: nato, eu-qmv ...")
    ] = None,
    window: Window = None,
    window_size: WindowSize = 1,
    replicates: Annotated[int, typer.Option(help="Draws of documents for the intervals.")] = 500,
    seed: Seed = 1,
    json: JSON = False,
    csv: CSV = False,
) -> None:
    """Does a bloc hold together? Agreement among its members against that with others, with intervals, over time."""
    from whipcount.analysis.cohesion import cohesion as measured
    from whipcount.analysis.cohesion import estimates

    if not member and not bloc:
        raise UsageError("name the bloc: --bloc nato, or --member NAME for each member")
    found, trend = measured(
        events, design, _members(member, bloc), unit=window, size=window_size, replicates=replicates, seed=seed
    )
    if json:
        print_json({"periods": [_plain(one) for one in found], "trend": _plain(trend) if trend else None})
        return
    table = estimates(found)
    rows = table.with_columns(members=table["members"].list.len()).rows(named=True)
    for row in rows:
        row["start"], row["stop"] = (f"{row[name]:%Y-%m-%d}" for name in ("start", "stop"))
    columns = [name for name in table.columns if name not in ("between_documents", "contrast_documents")]
    show(columns, rows, json=False, csv=csv)
    if trend is not None and trend.within.value is not None:
        within = trend.within
        surely = "fraying" if (within.high or 0) < 0 else "closing ranks" if (within.low or 0) > 0 else "no clear trend"
        say(
            f"agreement within changes by {within.value:+.3f} a year ({within.low:+.3f} to {within.high:+.3f}): {surely}"
        )


def _backing(events: Events, design: Design, blocs: list[list[str]]) -> list[dict[str, Any]]:
    """For each bloc the concepts that hold it together and the members' statements on them."""
    from whipcount.analysis.ties import backing

    return [_plain(one) for one in backing(events, design, blocs)]


def _members(member: list[str] | None, bloc: str | None) -> Members:
    """Members by name, or those of an institution of the catalogue by date."""
    from whipcount.institutions.catalogue import find

    if bloc is None:
        return member or []
    institution, more = find(bloc), member or []

    def at(day: datetime.date) -> Collection[str]:
        return [*institution.members_at(day.isoformat()), *more]

    return at


def _plain(value: Any) -> Any:
    from dataclasses import asdict

    return asdict(value)
