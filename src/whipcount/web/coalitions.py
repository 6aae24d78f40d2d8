"""The page of coalitions: who stands with whom, on what, and how firmly over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from whipcount.analysis.sides import Cohesion, Sides, Tie, coalitions, cohesion, sides, ties
from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.web.addresses import link
from whipcount.web.blocs import blocs
from whipcount.web.charts import linked
from whipcount.web.pages import View
from whipcount.web.present import Present, present
from whipcount.web.views import dated
from whipcount.web.words import gettext, told

DRAWN = 140
"""Ties drawn unless the reader says otherwise: the strongest."""

POINTS = 12
"""Dates at which the cohesion of a bloc is worked out."""


def coalitions_view(record: Record, at: str | None, least: str | None, bloc: str) -> View:
    """The network at a date: its coalitions in words, its ties from `least` on, and the cohesion of `bloc` over time."""
    found, until = present(record), dated(at)
    taken, bonds, groups = _network(found, until)
    bar = _bar(bonds, least)
    choices = _choices(taken, groups, until)
    if bloc and bloc not in choices:
        raise UsageError(f"bloc={bloc[:40]!r}: no such bloc among the actors of this record")
    bloc = bloc or next(iter(choices), "")
    name, members = choices.get(bloc, ("", ()))
    curve = _curve(found, until, members) if members else []
    drawn = [tie for tie in bonds if abs(tie.weight) >= bar]
    placed = {actor for group in groups for actor in group}
    shown = {
        "at": until,
        "groups": [_in_words(found, taken, place, group, until) for place, group in enumerate(groups, 1)],
        "alone": sorted(taken.keys() - placed),
        "chart": network_chart(found, drawn, groups, until),
        "drawn": len(drawn),
        "ties": len(bonds),
        "weights": sorted({abs(tie.weight) for tie in bonds if tie.weight}),
        "least": bar,
        "dates": found.dates,
        "choices": [(id, label) for id, (label, _) in choices.items()],
        "bloc": bloc,
        "bloc_name": name,
        "curve": curve,
        "cohesion": cohesion_chart(curve, name),
        "here": {"at": until, "least": least, "bloc": bloc},
        "evidence": link("/statements", actor=list(members), at=until) if members else None,
    }
    data = {
        "at": until,
        "coalitions": [list(group) for group in groups],
        "ties": [{"first": t.first, "second": t.second, "weight": t.weight, "agree": list(t.agree),
                  "differ": list(t.differ)} for t in bonds],
        "cohesion": {"bloc": bloc, "members": sorted(members), "over_time": [
            {"date": date, "share": c.share, "low": c.low, "high": c.high, "pairs": c.pairs} for date, c in curve]},
    }  # fmt: skip
    return View(shown, data)


def network_of(record: Record, at: str | None, least: str | None) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """The network as a chart, its title, and its ties as rows."""
    found, until = present(record), dated(at)
    _, bonds, groups = _network(found, until)
    bar = _bar(bonds, least)
    camp = {actor: place for place, group in enumerate(groups, 1) for actor in group}
    rows = [
        {"first": t.first, "second": t.second, "weight": t.weight, "agree": "; ".join(t.agree),
         "differ": "; ".join(t.differ), "coalition_of_first": camp.get(t.first), "coalition_of_second": camp.get(t.second)}
        for t in bonds
    ]  # fmt: skip
    chart = network_chart(found, [tie for tie in bonds if abs(tie.weight) >= bar], groups, until)
    return chart, (told("Who stands with whom, as known on {date}", date=until) if until else gettext("Who stands with whom")), rows


def cohesion_of(record: Record, at: str | None, bloc: str) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """The cohesion of a bloc as a chart, its title, and its points as rows."""
    view = coalitions_view(record, at, None, bloc)
    rows = view.data["cohesion"]["over_time"]
    return view.shown["cohesion"], told("Cohesion of {bloc} over time", bloc=view.shown["bloc_name"]), rows


def _network(found: Present, at: str | None) -> tuple[Sides, list[Tie], list[tuple[str, ...]]]:
    taken = sides(found.positions(at))
    bonds = ties(taken)
    return taken, bonds, coalitions(bonds)


def _bar(bonds: Sequence[Tie], least: str | None) -> float:
    """The weight from which ties are drawn: as asked, else so that about `DRAWN` are."""
    if least:
        try:
            return max(float(least), 0.25)
        except ValueError:
            raise UsageError(
                f"least={least[:20]!r}: write the least weight of a tie as a number, such as 1.5"
            ) from None
    strongest = sorted((abs(tie.weight) for tie in bonds), reverse=True)
    return max(strongest[DRAWN - 1] if len(strongest) >= DRAWN else 0.25, 0.25)


def _choices(taken: Sides, groups: Sequence[tuple[str, ...]], at: str | None) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Blocs whose cohesion can be asked for: id -> name and members that take sides."""
    found = {id: (name, tuple(sorted(members & taken.keys()))) for id, (name, members) in blocs(taken, at).items()}
    found |= {f"coalition-{place}": (told("Coalition {number}", number=place), group) for place, group in enumerate(groups, 1)}
    return {id: (name, members) for id, (name, members) in found.items() if len(members) > 1}


def _curve(found: Present, at: str | None, members: Sequence[str]) -> list[tuple[str, Cohesion]]:
    dates = [date for date in found.dates if len(date) == 10 and (not at or date[: len(at)] <= at)]
    chosen = sorted({dates[round(i * (len(dates) - 1) / (POINTS - 1))] for i in range(POINTS)}) if dates else []
    return [(date, cohesion(sides(found.course.stances(date)), members)) for date in chosen]


def _in_words(found: Present, taken: Sides, place: int, group: Sequence[str], at: str | None) -> dict[str, Any]:
    """A coalition: its members, and the options on which several of them take a side, the clearest first."""
    options: list[dict[str, Any]] = []
    for option in sorted({option for actor in group for option in taken[actor]}):
        those = {actor: taken[actor][option] for actor in group if option in taken[actor]}
        for stance, members in (
            ("support", [actor for actor, side in those.items() if side == 1]),
            ("conditional", [actor for actor, side in those.items() if 0 < side < 1]),
            ("oppose", [actor for actor, side in those.items() if side < 0]),
        ):
            if len(members) > 1 and 2 * len(members) >= len(those):
                options.append(
                    {
                        "stance": stance,
                        "label": found.labels.get(option, option),
                        "number": len(members),
                        "of": len(those),
                        "href": link("/statements", option=option, actor=members, at=at),
                    }
                )
    options.sort(key=lambda row: (-row["number"], row["label"]))
    return {
        "name": told("Coalition {number}", number=place),
        "members": [(actor, link("/statements", actor=actor, at=at)) for actor in group],
        "options": options[:8],
    }


def network_chart(
    found: Present, drawn: Sequence[Tie], groups: Sequence[tuple[str, ...]], at: str | None
) -> Markup | None:
    """Coalitions as circles with their members around, ties between them: full where they agree, dashed where not."""
    if not groups:
        return None
    spots, camps, width, height = _spots(groups)
    named = escape(gettext("Who stands with whom"))
    parts = [f'<svg class="network" viewBox="0 0 {width:.0f} {height:.0f}" role="group" aria-label="{named}">']
    for place, (x, y, radius) in enumerate(camps, 1):
        parts.append(f'<circle class="camp" cx="{x:.0f}" cy="{y:.0f}" r="{radius + 26:.0f}"/>')
        parts.append(f'<text class="camp-name" x="{x:.0f}" y="{y - radius - 34:.0f}">')
        parts.append(f"{escape(told('Coalition {number}', number=place))}</text>")
    strongest = max((abs(tie.weight) for tie in drawn), default=1.0)
    for tie in sorted(drawn, key=lambda tie: abs(tie.weight)):
        if tie.first not in spots or tie.second not in spots or not tie.weight:
            continue
        (x1, y1, _), (x2, y2, _) = spots[tie.first], spots[tie.second]
        kind = "tie" if tie.weight > 0 else "tie differ"
        options = tie.agree if tie.weight > 0 else tie.differ
        labels = "; ".join(found.labels.get(option, option) for option in options)
        how = {"one": tie.first, "other": tie.second, "weight": f"{tie.weight:g}", "options": labels}
        words = (
            told("{one} and {other} agree ({weight}): {options}", **how)
            if tie.weight > 0
            else told("{one} and {other} differ ({weight}): {options}", **how)
        )
        stroke = 0.75 + 4.5 * abs(tie.weight) / strongest
        line = f'<path class="{kind}" stroke-width="{stroke:.2f}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}">'
        href = link("/statements", actor=[tie.first, tie.second], option=[*tie.agree, *tie.differ], at=at)
        parts.append(linked(f"{line}</path>", href, words))
    for actor, (x, y, angle) in spots.items():
        left = math.cos(angle) < -0.2
        middle = abs(math.cos(angle)) <= 0.2
        dx, dy = (0, 24 if math.sin(angle) > 0 else -15) if middle else (-13 if left else 13, 5)
        anchor = "middle" if middle else "end" if left else "start"
        body = f'<g class="member"><circle cx="{x:.1f}" cy="{y:.1f}" r="7"/>'
        body += f'<text class="{anchor}" x="{x + dx:.1f}" y="{y + dy:.1f}">{escape(actor[:28])}</text></g>'
        parts.append(linked(body, link("/statements", actor=actor, at=at), actor))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def _spots(
    groups: Sequence[tuple[str, ...]],
) -> tuple[dict[str, tuple[float, float, float]], list[tuple[float, float, float]], float, float]:
    """Actor -> where it stands and in which direction from the middle of its coalition; the coalitions; the size."""
    radii = [max(34.0, len(group) * 27 / (2 * math.pi)) for group in groups]
    boxes = [(2 * radius + 330, 2 * radius + 130) for radius in radii]
    across = max(1, math.ceil(math.sqrt(len(groups) * 0.8)))
    across = 2 if len(groups) == 2 else across
    camps: list[tuple[float, float, float]] = []
    spots: dict[str, tuple[float, float, float]] = {}
    top, width = 0.0, 0.0
    for start in range(0, len(groups), across):
        row = range(start, min(start + across, len(groups)))
        high = max(boxes[i][1] for i in row)
        left = 0.0
        for i in row:
            x, y = left + boxes[i][0] / 2, top + high / 2 + 10
            camps.append((x, y, radii[i]))
            for place, actor in enumerate(groups[i]):
                angle = 2 * math.pi * (place + 0.5) / len(groups[i]) - math.pi / 2
                spots[actor] = (x + radii[i] * math.cos(angle), y + radii[i] * math.sin(angle), angle)
            left += boxes[i][0]
        top, width = top + high, max(width, left)
    return spots, camps, max(width, 700), top + 24


def cohesion_chart(curve: Sequence[tuple[str, Cohesion]], name: str) -> Markup | None:
    """Cohesion over time as a line, with its interval as a band."""
    known = [(date, found) for date, found in curve if found.share is not None]
    if len(known) < 2:
        return None
    left, right, top, bottom = 60, 940, 20, 240

    def spot(place: int, share: float | None) -> str:
        x = left + (right - left) * place / (len(known) - 1)
        return f"{x:.1f} {bottom - (bottom - top) * (share or 0):.1f}"

    named = escape(told("Cohesion of {bloc} over time", bloc=name))
    parts = [f'<svg class="curves" viewBox="0 0 1000 280" role="img" aria-label="{named}">']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - (bottom - top) * share
        parts.append(
            f'<path class="grid" d="M{left} {y}H{right}"/><text class="tick end" x="{left - 8}" y="{y + 4}">{share:.0%}</text>'
        )
    upper = [spot(i, found.high) for i, (_, found) in enumerate(known)]
    lower = [spot(i, found.low) for i, (_, found) in enumerate(known)]
    parts.append(f'<path class="band" d="M{"L".join(upper)}L{"L".join(reversed(lower))}z"/>')
    parts.append(f'<path class="curve" d="M{"L".join(spot(i, found.share) for i, (_, found) in enumerate(known))}"/>')
    for i, (date, found) in enumerate(known):
        x, height = spot(i, found.share).split()
        words = told(
            "{date}: {share} of {pairs} pairs on the same side (95 %: {low} to {high})",
            date=date, share=f"{found.share:.0%}", pairs=found.pairs, low=f"{found.low:.0%}", high=f"{found.high:.0%}",
        )  # fmt: skip
        parts.append(f'<circle class="dot" cx="{x}" cy="{height}" r="5"><title>{words}</title></circle>')
        if i % max(1, len(known) // 6) == 0:
            parts.append(f'<text class="tick middle" x="{x}" y="{bottom + 22}">{date}</text>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped
