"""Ways of grouping actors: by a bloc that they belong to at a date, by region, or by the coalitions that statements make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib import resources

import yaml

from whipcount.institutions import catalogue
from whipcount.web.words import gettext, told

INSTITUTIONS = ("eu-unanimity", "nato", "unsc", "osce", "council-of-europe")
"""Institutions whose members are often counted together."""

Grouped = list[tuple[str, list[str]]]
"""(heading, its actors in their order), the heading empty where there is only one group."""


@cache
def _named(file: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Id -> name and members (common names of states) of the groups in a file of `knowledge/actors`."""
    text = (resources.files("whipcount.knowledge") / "actors" / file).read_text("utf-8")
    rows = [row for row in yaml.safe_load(text) if row.get("members")]
    return {row["id"]: (row["name"], frozenset(map(catalogue.state_name, row["members"]))) for row in rows}


def blocs(actors: Collection[str], at: str | None) -> dict[str, tuple[str, frozenset[str]]]:
    """Id -> name and members of every bloc that holds some of these actors, but neither one alone nor all."""
    found = {}
    for id in INSTITUTIONS:
        institution = catalogue.find(id)
        name = "European Union" if id == "eu-unanimity" else institution.name
        found[id] = (name, frozenset(institution.members_at(at)))
    present = set(actors)
    return {
        id: (name, members)
        for id, (name, members) in {**found, **_named("groups.yaml")}.items()
        if 1 < len(members & present) < len(present)
    }


def grouped(
    actors: Sequence[str], by: str, at: str | None, coalitions: Callable[[], Sequence[Collection[str]]]
) -> Grouped:
    """The actors in groups: `by` is the id of a bloc, "coalition", "region" (of the UN's M49), or empty for none.

    `coalitions` gives the communities, largest first; it is asked only when they are wanted.
    """
    if by == "coalition":
        found = [(told("Coalition {number}", number=place), members) for place, members in enumerate(coalitions(), 1)]
        rest = gettext("In no coalition")
    elif by == "region":
        found, rest = list(_named("regions.yaml").values()), gettext("In no region")
    elif by in (known := blocs(actors, at)):
        found, rest = [(known[by][0], known[by][1])], gettext("Others")
    else:
        return [("", list(actors))]
    groups = [(name, [actor for actor in actors if actor in members]) for name, members in found]
    inside = {actor for _, members in groups for actor in members}
    groups.append((rest, [actor for actor in actors if actor not in inside]))
    return [(f"{name} ({len(members)})", members) for name, members in groups if members]
