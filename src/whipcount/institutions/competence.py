"""Which institution decides an option: from a codebook's words for its body to ids of the catalogue."""

from __future__ import annotations

import re
from functools import cache

from whipcount.institutions import catalogue
from whipcount.model import Option


def institution_for(option: Option) -> list[str]:
    """Ids of the institutions that would decide `option`, in the order its `decision_body` names them.

    `option.institution`, where set, comes first.  Each body is matched by the longest name or alias of the catalogue in
    its words; a state named alone decides alone (`individual:France`).  An institution open as to members gets the
    states that the body names, else those that the option's label or definition names (for a host: those it says "in"
    or "to" of); its bare id when none does.  A body that the catalogue does not know gives nothing: no guess.
    """
    return list(dict.fromkeys(id for alternatives in bodies_for(option) for id in alternatives))


def bodies_for(option: Option) -> list[tuple[str, ...]]:
    """As `institution_for`, in groups: every group must agree, and in each group ("A or B") one institution is
    enough."""
    found: list[tuple[str, ...]] = [(option.institution,)] if option.institution else []
    for body in option.decision_body:
        for text in body.split(";"):
            ids = _part(text, option)
            found += [tuple(ids)] if " or " in text.casefold() else [(id,) for id in ids]
    return [group for group in dict.fromkeys(found) if group]


def _part(text: str, option: Option) -> list[str]:
    rest = f" {text.casefold()} "
    states = catalogue.states_named(text)
    ids: dict[str, int] = {}
    for alias, id in _aliases():
        at = re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", rest)
        if at:
            rest = rest[: at.start()] + "|" * (at.end() - at.start()) + rest[at.end() :]
            ids.setdefault(id, at.start())
    if not ids:
        return [f"individual:{state}" for state in states]
    return [_named(id, states, option) for id in sorted(ids, key=ids.__getitem__)]


def _named(id: str, states: tuple[str, ...], option: Option) -> str:
    institution = catalogue.find(id)
    if not institution.open or institution.rules[0][2]["kind"] == "opt-in":
        return id
    texts: tuple[str, ...] = (option.label, option.definition)
    if id == "host-consent":
        texts = tuple(" | ".join(re.findall(r"\b(?:in|into|to|on) ([^,.;]{1,60})", text)) for text in texts)
    bodies = catalogue.states_named("; ".join(option.decision_body))
    for names in (states, bodies, *(catalogue.states_named(text) for text in texts)):
        if len(names) >= institution.fewest:
            # A force has one host: the place named first.
            names = names[:1] if id == "host-consent" and names is not states else names
            return f"{id}:{','.join(names)}"
    return id


@cache
def _aliases() -> list[tuple[str, str]]:
    """Every name and alias with its id, longest first, so that the most specific is taken."""
    rows = {(alias.casefold(), row.id) for row in catalogue.shipped() for alias in (row.id, row.name, *row.aliases)}
    return sorted((row for row in rows if len(row[0]) > 2), key=lambda row: (-len(row[0]), row))
