"""The pages that count: an institution's rule held against the positions, what is missing, and what would settle it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from markupsafe import Markup

from whipcount.errors import UsageError
from whipcount.institutions.ballots import Cast
from whipcount.institutions.catalogue import shipped, state_code
from whipcount.institutions.conditions import web
from whipcount.institutions.graph import Web
from whipcount.institutions.knots import Change
from whipcount.institutions.outcome import Margin
from whipcount.institutions.verdict import Verdict, verdict
from whipcount.model import Codebook, Position
from whipcount.record import Record
from whipcount.web import waits
from whipcount.web.addresses import link
from whipcount.web.charts import Place, seats, shares
from whipcount.web.maps import MAPS, mapped, missing
from whipcount.web.pages import View
from whipcount.web.present import Present, present
from whipcount.web.views import dated
from whipcount.web.words import N_, gettext, told

SEATS = {
    "support": N_("yes"),
    "conditional": N_("yes, if"),
    "undecided": N_("abstains or stays away"),
    "divided": N_("divided"),
    "unknown": N_("unknown"),
    "oppose": N_("no"),
}
"""Sign of a seat -> the word for its ballot, in the order in which seats stand from left to right."""

OUTCOMES = {"passes": N_("Passes"), "blocked": N_("Blocked"), "open": N_("Open"), "not-competent": N_("Not competent")}
SIGNS = {"passes": "support", "blocked": "oppose", "open": "undecided", "not-competent": "neutral"}

VIEWS = {"seats": N_("Seats"), **MAPS}
"""What shows the members: half rings of seats, or a map."""

BALLOTS = {"": N_("record"), "support": N_("yes"), "oppose": N_("no"), "abstain": N_("abstains")}
"""What may be assumed of a seat -> the word on its switch; the first one leaves it as it is on record."""

TRUTHS = {"": N_("not known"), "true": N_("holds"), "false": N_("does not hold")}
"""What may be assumed of a condition -> the word on its switch."""


def verdicts_view(record: Record, at: str | None, assumed: Sequence[str]) -> View:
    """The verdict on every option that some institution of the catalogue decides, and what waits for what."""
    found, until = present(record), dated(at)
    assume = assumptions(assumed)
    whole = _web(found, until, assume)
    rows = []
    for option, several in (whole.verdicts if whole else {}).items():
        for each in several:
            places = places_of(each, until)
            rows.append(
                {
                    "label": found.labels.get(option, option),
                    "name": each.institution.name,
                    "outcome": str(each.outcome),
                    "tally": tally(places),
                    "hangs": each.blockers or each.swing,
                    "href": address(each.institution.id, option, until),
                }
            )
    ties = waits.edges(whole) if whole else []
    switches = [
        _switch(condition, found.labels.get(condition, condition), "/verdicts", until, assume, TRUTHS)
        for condition in dict.fromkeys([*waits.unsettled(ties), *(key for key in assume if key in found.labels)])
    ]
    shown = {
        "rows": rows,
        "chart": _waits_chart(whole, until),
        "ties": len(ties),
        "knots": [(knot.words(whole.labels), _ways(knot.changes, until, assume, found.labels)) for knot in whole.knots]
        if whole
        else [],
        "switches": switches,
        "assume": assume,
        "labels": found.labels,
        "at": until,
        "back": link("/verdicts", at=until),
        "columns": [{"id": column.id, "label": column.label} for column in found.columns],
        "institutions": [(institution.id, institution.name) for institution in shipped()],
        "here": {"at": until, "assume": _spelled(assume)},
        **_words(),
    }

    def data() -> dict[str, Any]:
        # smallest moves and swings of every verdict: seconds in a large debate, and the page does not show them
        each = [verdict.to_json() for several in (whole.verdicts.values() if whole else ()) for verdict in several]
        return {"at": until, "assume": assume, "verdicts": each, "web": whole.to_json() if whole else None}

    return View(shown, data)


def verdict_view(
    record: Record, institution: str, option: str, at: str | None, assumed: Sequence[str], view: str = "seats"
) -> View:
    """One verdict; `assumed` are what-ifs as they stand in the address, `Hungary=support`; `view` is one of `VIEWS`."""
    found, until = present(record), dated(at)
    assume = assumptions(assumed)
    if view not in VIEWS:
        raise UsageError(f"view={view[:40]!r}: seats can be shown as {', '.join(VIEWS)}")
    reached = _verdict(found, institution, option, until, assume)
    places = places_of(reached, until)
    path = path_of(reached.institution.id, option)
    conditions = {c.id: c.label for c in found.codebook.conditions} if found.codebook else {}
    waiting = list(dict.fromkeys(id for seat in reached.casts for id in seat.waits_for))
    relevant = [*waiting, *(id for id in assume if id in conditions and id not in waiting)]
    rows = [
        {
            "name": seat.seat,
            "sign": sign(seat),
            "reason": seat.reason,
            "waits": [found.labels.get(id, id) for id in seat.waits_for],
            "assumed": seat.assumed,
            "ascribed": seat.ascribed,
            "silent": not seat.statements and not seat.assumed,
            "href": _words_of(seat, option, until),
            "switch": _switch(seat.seat, seat.seat, path, until, assume, BALLOTS, view=view),
        }
        for seat in _in_order(reached.casts)
    ]
    title = _title(reached, places)
    shown = {
        "verdict": reached,
        "data": reached.to_json(),
        "label": found.labels.get(option, option),
        "rows": rows,
        "tally": tally(places),
        "chart": figure(places, view, title) if places else None,
        "off_map": missing(places, view) if view in MAPS else [],
        "bars": bars(reached, places),
        "views": [(name, link_to(path, until, assume, name), name == view) for name in VIEWS],
        "view_names": VIEWS,
        "at": until,
        "dates": found.dates,
        "option": option,
        "here": link(path),
        "back": link_to(path, until, {}, view),
        "assume": assume,
        "labels": found.labels,
        "switches": [_switch(id, found.labels.get(id, id), path, until, assume, TRUTHS, view=view) for id in relevant],
        "more_switches": [
            _switch(id, name, path, until, assume, TRUTHS, view=view)
            for id, name in conditions.items()
            if id not in relevant
        ],
        "view": view,
        "asked": {"institution": reached.institution.id, "option": option, "at": until, "view": view,
                  "assume": _spelled(assume)},
        **_words(),
    }  # fmt: skip
    return View(shown, reached.to_json())


def assumptions(assumed: Sequence[str]) -> dict[str, str]:
    """What-ifs as they stand in an address, by what they are about; UsageError if one cannot be read."""
    assume = {}
    for text in filter(None, assumed):
        who, equals, what = text.rpartition("=")
        if not (who.strip() and equals and what.strip()):
            raise UsageError(
                f"assume={text[:80]!r}: write it as Hungary=support, or a condition as agreement-first=true"
            )
        assume[who.strip()] = what.strip()
    return assume


def places_of(reached: Verdict, at: str | None) -> list[Place]:
    """The seats of a verdict as charts show them, in order."""
    return [
        Place(
            name=seat.seat,
            sign=sign(seat),
            words=f"{gettext(SEATS[sign(seat)])} ({seat.reason})",
            href=_words_of(seat, reached.option, at),
            code=_code(seat.seat),
        )
        for seat in _in_order(reached.casts)
    ]


def tally(places: Sequence[Place]) -> list[tuple[str, int, str | None]]:
    """(sign, number of seats, where their words are) for every sign that occurs, in the order of seats."""
    found = []
    for name in SEATS:
        those = [place for place in places if place.sign == name]
        if those:
            leads = [place.href for place in those if place.href]
            found.append((name, len(those), _together(leads)))
    return found


def figure(places: Sequence[Place], view: str, title: str) -> Markup:
    """The members as seats or on a map."""
    return mapped(places, view, title) if view in MAPS else seats(places, title)


def bars(reached: Verdict, places: Sequence[Place]) -> list[tuple[Margin, Markup | None]]:
    """Every test of the rule, with a bar of the members' weights where it asks for a share or a number of them."""
    by_name = {place.name: place for place in places}
    found: list[tuple[Margin, Markup | None]] = []
    for margin in reached.thresholds:
        test = margin.test
        if test.sense not in (">=", ">") or not set(test.seats) <= by_name.keys():
            found.append((margin, None))
            continue
        weight = dict(zip(test.seats, test.weights, strict=True))
        those = [place for place in places if place.name in weight]
        total = margin.base[0] or sum(test.weights)
        title = f"{test.name}: {margin.words()}"
        chart = shares(
            those, [weight[place.name] for place in those], margin.needed[0] / total if total else None, title
        )
        found.append((margin, chart))
    return found


def verdicts(codebook: Codebook | None, found: Sequence[Position], at: str | None) -> list[Verdict]:
    """The verdict on every option of the codebook that names an institution which is in the catalogue."""
    known = {institution.id for institution in shipped()}
    options = [option for option in codebook.options if option.institution in known] if codebook else []
    return [verdict(option.institution or "", option.id, found, at, codebook=codebook) for option in options]


def _web(found: Present, at: str | None, assume: Mapping[str, str]) -> Web | None:
    if found.codebook is None:
        return None
    known = {institution.id for institution in shipped()}
    decided = {o.id: (o.institution,) for o in found.codebook.options if o.institution in known}
    return web(found.codebook, found.positions(at), at, decided_by=decided, assume=assume)


def _verdict(found: Present, institution: str, option: str, at: str | None, assume: Mapping[str, str]) -> Verdict:
    """The verdict, given what the verdicts on all other options settle."""
    conditions = {c.id for c in found.codebook.conditions} if found.codebook else set()
    settled = {key: value for key, value in assume.items() if key in conditions}
    whole = _web(found, at, settled)
    facts = whole.facts if whole else {}
    return verdict(institution, option, found.positions(at), at, codebook=found.codebook, assume=assume, facts=facts)


def _waits_chart(whole: Web | None, at: str | None) -> Markup | None:
    title = gettext("Which options wait for which conditions")
    return waits.chart(whole, SIGNS, OUTCOMES, title, at) if whole else None


def chart_of(
    record: Record, institution: str, option: str, at: str | None, assumed: Sequence[str], view: str
) -> tuple[Markup, str, list[dict[str, Any]]]:
    """The members of a verdict as a chart, its title, and its rows."""
    reached = _verdict(present(record), institution, option, dated(at), assumptions(assumed))
    places = places_of(reached, dated(at))
    title = _title(reached, places)
    rows = [{"seat": seat.seat, "ballot": str(seat.ballot), "reason": seat.reason} for seat in _in_order(reached.casts)]
    return figure(places, view, title), title, rows


def waits_of(record: Record, at: str | None, assumed: Sequence[str]) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """The map of conditions as a chart, its title, and its rows."""
    whole = _web(present(record), dated(at), assumptions(assumed))
    rows = [
        {"option": option, "waits_for": on, "condition": condition, "members": "; ".join(members)}
        for option, on, condition, members in (waits.edges(whole) if whole else ())
    ]
    return _waits_chart(whole, dated(at)), gettext("What waits for what"), rows


def _code(name: str) -> str:
    """A few letters for a member: the code of a state, a short name itself, else initials."""
    code = state_code(name)
    return code if len(code) <= 6 else "".join(word[0] for word in re.findall(r"\w+", name))[:4].upper()


def _title(reached: Verdict, places: Sequence[Place]) -> str:
    counted = ", ".join(f"{number} {gettext(SEATS[name])}" for name, number, _ in tally(places))
    option = reached.labels.get(reached.option, reached.option)
    return told(
        "{option}: {number} seats of {institution}, {counted}",
        option=option, number=len(places), institution=reached.institution.name, counted=counted,
    )  # fmt: skip


def _in_order(casts: Sequence[Cast]) -> list[Cast]:
    order = list(SEATS)
    return sorted(casts, key=lambda seat: (order.index(sign(seat)), seat.seat))


def _ways(
    changes: Sequence[Change], at: str | None, assume: Mapping[str, str], labels: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What would untie a knot, in words, and where it is assumed."""
    found = []
    for change in changes:
        key, _, value = change.assume.rpartition("=")
        found.append((change.words(labels), link_to("/verdicts", at, {**assume, key: value})))
    return found


def _switch(
    key: str,
    name: str,
    path: str,
    at: str | None,
    assume: Mapping[str, str],
    choices: Mapping[str, str],
    view: str = "",
) -> dict[str, Any]:
    """A switch: its name, and for every choice its word, address, and whether it is on."""
    now, rest = assume.get(key, ""), {k: v for k, v in assume.items() if k != key}
    return {
        "name": name,
        "choices": [
            (word, link_to(path, at, {**rest, key: value} if value else rest, view), value == now)
            for value, word in choices.items()
        ],
    }


def link_to(path: str, at: str | None, assume: Mapping[str, str], view: str = "") -> str:
    """The address of a page of verdicts (`path` inside the project) with its what-ifs."""
    return link(path, at=at, view=view if view != "seats" else "", assume=_spelled(assume) or None)


def _spelled(assume: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in assume.items()]


def sign(seat: Cast) -> str:
    """The sign for a seat: how it would vote by its position on record."""
    if seat.divided:
        return "divided"
    if seat.waits_for:
        return "conditional"
    return {"yes": "support", "no": "oppose", "unknown": "unknown"}.get(str(seat.ballot), "undecided")


def path_of(institution: str, option: str) -> str:
    """Where a verdict is shown, inside the project."""
    return f"/verdicts/{quote(institution, safe=':,')}/{quote(option, safe='')}"


def address(institution: str, option: str, at: str | None) -> str:
    """The address of a verdict."""
    return link(path_of(institution, option), at=at)


def _words_of(seat: Cast, option: str, at: str | None) -> str | None:
    """Where the words of a seat are, if there are any; one `NAME on OPTION` decides another option."""
    actor, mark, elsewhere = seat.seat.rpartition(" on ")
    about = (actor, elsewhere) if mark else (seat.seat, option)
    return link("/statements", actor=about[0], option=about[1], at=at) if seat.statements else None


def _together(leads: Sequence[str]) -> str | None:
    """One address of the statements to which several lead."""
    if not leads:
        return None
    asked = [parse_qs(urlsplit(lead).query) for lead in leads]
    actors = [actor for each in asked for actor in each["actor"]]
    options = list(dict.fromkeys(option for each in asked for option in each["option"]))
    return link("/statements", actor=actors, option=options, at=asked[0].get("at"))


def _words() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "signs": SIGNS, "seat_words": SEATS}
