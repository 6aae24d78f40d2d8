"""The page to ask: people, options and words of a record by what is typed; every answer is a list of statements."""

from __future__ import annotations

from collections import Counter
from typing import Any

from whipcount.language.actors import Actors
from whipcount.language.names import fold
from whipcount.model import Entry
from whipcount.record import Record
from whipcount.web.addresses import link
from whipcount.web.pages import View
from whipcount.web.present import Present, present
from whipcount.web.views import evidence, statements_with
from whipcount.web.words import N_

EACH, SHOWN = 8, 30
"""So many names of each kind, and statements with the words, are answered at once."""

KINDS = {"actor": N_("Actors"), "speaker": N_("People and other speakers"), "option": N_("Options"), "outlet": N_("Outlets")}


def ask_view(record: Record, asked: str) -> View:
    """What the record has under these words."""
    found, words = present(record), " ".join(asked.split())[:200]
    named = matches(found, words) if words else {}
    entries = sorted(statements_with(record, words), key=lambda e: (e.date or "", e.key), reverse=True) if words else []
    rows = evidence(record, entries[:SHOWN])
    shown = {
        "asked": words,
        "named": [(KINDS[kind], several) for kind, several in named.items() if several],
        "rows": rows,
        "number": len(entries),
        "all": link("/statements", q=words),
        "suggestions": suggestions(found)[:400],
    }
    data = {"asked": words, "named": named, "number": len(entries), "statements": [row.plain() for row in rows]}
    return View(shown, data)


def matches(found: Present, words: str) -> dict[str, list[dict[str, Any]]]:
    """Names in the record that hold all these words, by kind, those with most statements first.

    A name by which the actor data know an actor ("Berlin" in some texts, "UK") finds it as well.
    """
    wanted = fold(words).split()
    known = _actors(found).find(words)
    result = {}
    for kind, counted in names(found).items():
        labels = found.labels if kind == "option" else {}
        several = []
        for name, number in counted.most_common():
            label = labels.get(name, name)
            text = fold(f"{label} {name}")
            if all(word in text for word in wanted) or (known is not None and name == known.name):
                href = link("/statements", **{kind: [name]})
                several.append({"name": label, "statements": number, "href": href})
        result[kind] = several[:EACH]
    return result


def names(found: Present) -> dict[str, Counter[str]]:
    """Kind -> how many statements each name has."""
    if "names" not in found.memory:
        counted: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for entry in found.entries:
            for kind, name in _named(entry):
                if name:
                    counted[kind][name] += 1
        found.memory["names"] = counted
    held: dict[str, Counter[str]] = found.memory["names"]
    return held


def suggestions(found: Present) -> list[str]:
    """All names worth suggesting while somebody types, those with most statements first."""
    labels = found.labels
    every = [
        (number, labels.get(name, name) if kind == "option" else name)
        for kind, counted in names(found).items()
        for name, number in counted.most_common(200)
    ]
    return list(dict.fromkeys(name for _, name in sorted(every, key=lambda row: -row[0])))


def _named(entry: Entry) -> tuple[tuple[str, str | None], ...]:
    said = entry.statement
    return (("actor", said.speaks_for), ("speaker", said.speaker), ("option", said.option), ("outlet", entry.outlet))


def _actors(found: Present) -> Actors:
    if "actors" not in found.memory:
        found.memory["actors"] = Actors.load()
    held: Actors = found.memory["actors"]
    return held
