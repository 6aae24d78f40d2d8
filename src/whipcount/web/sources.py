"""The page of sources: which outlet has what on whose word, how words reached the page, and what became of them."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape
from rapidfuzz import fuzz

from whipcount.documents.duplicates import similar
from whipcount.model import Entry, Relation, Voice
from whipcount.record import Record
from whipcount.record.chains import chains, texts
from whipcount.web.addresses import link
from whipcount.web.charts import statement_link
from whipcount.web.pages import View
from whipcount.web.present import Present, present
from whipcount.web.words import gettext

OUTLETS, ACTORS, CHAINS, PAIRS = 25, 12, 30, 12
"""So many are shown; the data have all outlets and actors."""

VOICES = [voice for voice in Voice if voice != Voice.COMMENTARY]

DOCUMENTS = 1_500
"""Documents up to which rewritten copies are looked for; the newest are taken."""

DAYS, ALIKE = 3, 70
"""Two reports of one remark: at most so many statements apart in time, and at least so many per cent alike."""


def sources_view(record: Record) -> View:
    """On whose word each outlet reports each actor, the chains, copies of one story, and versions of one quotation."""
    found = present(record)
    of_outlets = Counter(entry.outlet or "" for entry in found.counted)
    of_actors = Counter(entry.statement.speaks_for or "" for entry in found.counted)
    outlets = [name for name, _ in of_outlets.most_common(OUTLETS)]
    actors = [name for name, _ in of_actors.most_common(ACTORS)]
    cells: defaultdict[tuple[str, str], Counter[Voice]] = defaultdict(Counter)
    by_outlet: defaultdict[str, Counter[Voice]] = defaultdict(Counter)
    by_actor: defaultdict[str, Counter[Voice]] = defaultdict(Counter)
    for entry in found.counted:
        outlet, actor, voice = entry.outlet or "", entry.statement.speaks_for or "", entry.statement.voice
        by_outlet[outlet][voice] += 1
        by_actor[actor][voice] += 1
        cells[outlet, actor][voice] += 1
    ways = _chains(record, found)
    copies, more = _copies(record, found)
    shown = {
        "voices": [str(voice) for voice in VOICES],
        "outlets": [_row("outlet", name, by_outlet[name]) for name in outlets],
        "actors": [_row("actor", name, by_actor[name]) for name in actors],
        "matrix": [(name, [_cell(name, actor, cells.get((name, actor))) for actor in actors]) for name in outlets],
        "columns": actors,
        "number": len(found.counted),
        "outlet_number": len(of_outlets),
        "chains": [
            (way, number, link("/statements", key=keys) if len(keys) <= 60 else None)
            for way, number, keys in ways[:CHAINS]
        ],
        "copies": copies,
        "newest_only": more,
        "versions": versions(record, found.counted)[:PAIRS],
        "here": {},
    }
    data = {
        "outlets": [{"outlet": name or None, **{str(v): n for v, n in row.items()}} for name, row in by_outlet.items()],
        "actors": [{"actor": name, **{str(v): n for v, n in row.items()}} for name, row in by_actor.items()],
        "cells": cells_of(cells),
        "chains": [{"chain": list(way), "statements": number} for way, number, _ in ways],
        "copies": [{"documents": [id for id, _, _ in group["documents"]], "alike": group["alike"]} for group in copies],
    }
    return View(shown, data)


def cells_of(cells: dict[tuple[str, str], Counter[Voice]]) -> list[dict[str, Any]]:
    """Outlet by actor as rows."""
    return [
        {"outlet": outlet or None, "actor": actor, "statements": row.total(), **{str(v): row[v] for v in VOICES}}
        for (outlet, actor), row in sorted(cells.items())
    ]


def chart_for(record: Record) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """Outlets by actors as a chart: darker where more rests on others' word; its title and rows."""
    view = sources_view(record)
    columns, rows = view.shown["columns"], view.shown["matrix"]
    title = gettext("Statements by outlet and actor; warmer where more rests on others’ word")
    wide, high, left, top = 74, 30, 210, 120
    width, height = left + wide * len(columns) + 60, top + high * len(rows) + 10
    parts = [f'<svg class="matrix-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">']
    for place, name in enumerate(columns):
        x = left + wide * place + wide / 2
        parts.append(
            f'<text class="tick" transform="translate({x:.0f} {top - 10}) rotate(-40)">{escape(name[:22])}</text>'
        )
    for row, (name, cells) in enumerate(rows):
        y = top + high * row
        parts.append(f'<text x="0" y="{y + 20}">{escape((name or "unknown")[:28])}</text>')
        for place, cell in enumerate(cells):
            if cell:
                x = left + wide * place
                parts.append(f'<rect class="square w{cell["shade"]}" x="{x}" y="{y}" width="{wide}" height="{high}"/>')
                parts.append(f'<text class="middle" x="{x + wide / 2}" y="{y + 20}">{cell["number"]}</text>')
    return Markup("".join(parts) + "</svg>") if rows else None, title, view.data["cells"]  # noqa: S704  escaped


def _row(field: str, name: str, counted: Counter[Voice]) -> dict[str, Any]:
    """One outlet or actor: its statements, and those of each voice with their share."""
    total = counted.total()
    return {
        "name": name,
        "number": total,
        "href": link("/statements", **{field: [name]}),
        "voices": [
            (
                counted[voice],
                round(100 * counted[voice] / total),
                link("/statements", **{field: [name], "voice": str(voice)}),
            )
            for voice in VOICES
        ],
    }


def _cell(outlet: str, actor: str, counted: Counter[Voice] | None) -> dict[str, Any] | None:
    if not counted:
        return None
    total = counted.total()
    others = 1 - counted[Voice.FIRST_HAND] / total
    return {
        "number": total,
        "others": round(100 * others),
        "shade": min(4, int(others * 5)),
        "href": link("/statements", outlet=[outlet], actor=actor),
    }


def _chains(record: Record, found: Present) -> list[tuple[tuple[str, ...], int, list[str]]]:
    """The ways that words took to the page (outermost first), the most used first, with the statements' keys."""
    of_documents = chains(record)
    ways: dict[tuple[str, ...], list[str]] = {}
    for entry in found.counted:
        links = of_documents.get(entry.document, ())
        words = [
            each.name if each.relation == Relation.PUBLISHED else f"{each.name} ({each.relation})" for each in links
        ]
        if not words and entry.outlet:
            words = [entry.outlet]
        inner = [name for name in entry.statement.chain if not words or name != words[-1]]
        if len(words) + len(inner) > 1:
            ways.setdefault((*words, *inner), []).append(entry.key)
    return sorted(((way, len(keys), keys) for way, keys in ways.items()), key=lambda row: (-row[1], row[0]))


def _copies(record: Record, found: Present) -> tuple[list[dict[str, Any]], bool]:
    """Groups of documents that share their wording, largest first; whether only the newest were looked at."""
    held = found.memory.get("copies")
    if held is None:
        ids = sorted(
            found.by_document, key=lambda id: (found.by_document[id][0].date or "") if found.by_document[id] else ""
        )
        chosen = ids[-DOCUMENTS:]
        documents = [record.document(id) for id in chosen] if len(chosen) < 60 else [
            document for document in record.documents() if document.id in set(chosen)
        ]  # fmt: skip
        about = {document.id: document for document in documents}
        pairs = similar(documents)
        group: dict[str, set[str]] = {}
        for first, second, _ in pairs:
            joined = group.get(first, {first}) | group.get(second, {second})
            for id in joined:
                group[id] = joined
        alike = {frozenset((first, second)): share for first, second, share in pairs}
        rows: list[dict[str, Any]] = []
        for members in {frozenset(group[id]) for id in group}:
            listed = sorted(members, key=lambda id: (about[id].date or "", id))
            rows.append(
                {
                    "documents": [(id, about[id].title or id, about[id].outlet or "unknown") for id in listed],
                    "alike": round(100 * max(share for pair, share in alike.items() if pair <= members)),
                }
            )
        held = (sorted(rows, key=lambda row: (-len(row["documents"]), row["documents"])), len(ids) > len(chosen))
        found.memory["copies"] = held
    return held


def versions(record: Record, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Two reports of one remark in different documents, aligned word by word, the most different of the alike first."""
    spoken: dict[tuple[str, str | None, str | None], list[Entry]] = {}
    for entry in entries:
        said = entry.statement
        if said.content and said.voice == Voice.FIRST_HAND and entry.date and len(spoken) < 20_000:
            spoken.setdefault((said.speaker_id or said.speaker, said.speaks_for, said.option), []).append(entry)
    near: list[tuple[Entry, Entry]] = []
    for several in spoken.values():
        several.sort(key=lambda entry: (entry.date or "", entry.key))
        for place, entry in enumerate(several):
            for later in several[place + 1 : place + 1 + DAYS]:
                if entry.document != later.document and (entry.date or "")[:7] == (later.date or "")[:7]:
                    near.append((entry, later))
    near = near[-2_000:]
    held = texts(record, sorted({entry.document for pair in near for entry in pair}))

    def words(entry: Entry) -> str:
        return " … ".join(held[entry.document][start:end] for start, end in entry.statement.content)

    rows = []
    for first, second in near:
        one, other = words(first), words(second)
        alike = fuzz.token_set_ratio(one, other)
        if alike >= ALIKE and one != other and min(len(one), len(other)) > 20:
            marked = aligned(one, other)
            rows.append({"alike": round(alike), "speaker": first.statement.speaker,
                         "sides": [(first, statement_link(first), marked[0]), (second, statement_link(second), marked[1])]})  # fmt: skip
    return sorted(rows, key=lambda row: (-row["alike"], row["sides"][0][0].key))


def aligned(one: str, other: str) -> tuple[Markup, Markup]:
    """Both wordings, with what the other does not have marked."""
    left, right = (re.findall(r"\w+|\W+", text) for text in (one, other))
    sides: tuple[list[Markup], list[Markup]] = ([], [])
    matcher = difflib.SequenceMatcher(None, [w.lower() for w in left], [w.lower() for w in right], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for side, part in ((sides[0], left[a:b]), (sides[1], right[c:d])):
            text = escape("".join(part))
            side.append(Markup("<ins>{}</ins>").format(text) if kind != "equal" and text.strip() else text)
    return Markup("").join(sides[0]), Markup("").join(sides[1])
