"""Roll calls: ballots as cast, item by item, and what the rule makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from whipcount.errors import InputError
from whipcount.institutions import catalogue
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, blockers, margins, outcome
from whipcount.institutions.rules import Unanimity

COLUMNS = ("item", "date", "member", "ballot")
BALLOTS = {str(ballot): ballot for ballot in Ballot} | {"": Ballot.UNKNOWN}


def tally(institution_id: str, rows: Iterable[Mapping[str, str | None]]) -> Iterator[dict[str, Any]]:
    """One verdict for each item of a roll call, in the order in which the items first appear.

    rows  mappings with `item`, `date` (ISO), `member` (ISO 3166-1 alpha-3), `ballot` (yes, no, abstain, absent,
          not-participating, unknown) and optionally `procedural` (1 or true: the vote without veto)

    Each object has `item`, `date`, `institution`, `verdict`, `rule`, `source`, `thresholds`, `blockers`, `unknown`,
    `counts` and `reasons`.  Listed voters are the body of their item where they differ from its members on that day,
    and the reasons say so.  A member that is not listed is absent where the body publishes full roll calls, else
    unknown. Raises UsageError for an unknown institution, InputError (with the row) for a row that cannot be read.
    """
    institution = catalogue.find(institution_id)
    items: dict[str, list[tuple[int, str, str, Ballot, bool]]] = {}
    for number, row in enumerate(rows, 2):
        item, *rest = _row(number, row)
        items.setdefault(item, []).append((number, *rest))  # type: ignore[arg-type]
    for item, votes in items.items():
        yield _item(institution, item, votes)


def _row(number: int, row: Mapping[str, str | None]) -> tuple[str, str, str, Ballot, bool]:
    missing = [column for column in COLUMNS if row.get(column) is None]
    if missing:
        raise InputError(f"row {number}: no column {missing[0]!r}; the header is item,date,member,ballot[,procedural]")
    item, date, member, word = (str(row[column]).strip() for column in COLUMNS)
    if date and not re.fullmatch(r"\d{4}(-\d\d){0,2}", date):
        raise InputError(f"row {number}: date {date!r} is not ISO (2025-03-17)")
    member = member.upper()
    if not re.fullmatch(r"[A-Z]{3}", member):
        raise InputError(f"row {number}: member {member!r} is not an ISO 3166-1 alpha-3 code such as FRA")
    ballot = BALLOTS.get(word.casefold())
    if ballot is None:
        raise InputError(f"row {number}: ballot {word!r} is unknown; say one of {', '.join(filter(None, BALLOTS))}")
    procedural = str(row.get("procedural") or "").strip().casefold() in {"1", "true", "yes"}
    return item, date, member, ballot, procedural


def _item(
    institution: catalogue.Institution, item: str, votes: list[tuple[int, str, str, Ballot, bool]]
) -> dict[str, Any]:
    date = votes[0][1]
    procedural = any(vote[4] for vote in votes)
    notes = []
    cast: dict[str, Ballot] = {}
    for number, day, code, ballot, _ in votes:
        name = catalogue.state_name(code)
        if day != date:
            raise InputError(
                f"row {number}: item {item!r} has two dates, {date} and {day}; give each vote its own item"
            )
        if cast.get(name, ballot) != ballot:
            raise InputError(f"row {number}: {code} has two ballots on item {item!r}; keep one")
        cast[name] = ballot
    if not date:
        notes.append("No date: the rule and the members of today.")
    members = institution.members_at(date)
    seats = tuple(sorted(cast)) if institution.open or set(cast) > set(members) else members
    strangers = sorted(set(cast) - set(members))
    if strangers and not institution.open:
        # The roll call is evidence of who sat: keep its voters, and only those members that it does not displace.
        absent = sorted(set(members) - set(cast))
        seats = tuple(sorted(cast)) if len(cast) >= len(members) else tuple(sorted({*cast, *absent[len(strangers) :]}))
        notes.append(f"Voters not on the list of members for {date}, taken as members: {', '.join(strangers)}.")
    unlisted = [seat for seat in seats if seat not in cast]
    ballots = {seat: cast.get(seat, Ballot(institution.unlisted)) for seat in seats}
    if unlisted:
        notes.append(f"No ballot listed, taken as {institution.unlisted}: {', '.join(unlisted)}.")
    rule = institution.rule_at(date, members=seats, procedural=procedural)
    result: dict[str, Any] = {"item": item, "date": date, "institution": institution.id}
    source = institution.source_at(date)
    if rule is None:
        reason = f"{institution.name} had no such power on {date} ({source})."
        return result | {"verdict": "not-competent", "source": source, "reasons": [reason]}
    if isinstance(rule, Unanimity) and rule.population:
        ballots = {seat: Ballot.DECLARED if ballot is Ballot.ABSTAIN else ballot for seat, ballot in ballots.items()}
        if Ballot.DECLARED in ballots.values():
            notes.append("Abstentions are taken as declared (TEU Art. 31(1)); plain ones would not block.")
    if procedural:
        notes.append("A procedural vote: no veto.")
    found = outcome(rule, ballots)
    lines = margins(rule, ballots)
    against = blockers(rule, ballots)
    reasons = [line.words() for line in lines]
    if found is Outcome.BLOCKED and against:
        reasons.append(f"Blocked by {', '.join(against)}.")
    unknown = [seat for seat, ballot in ballots.items() if ballot is Ballot.UNKNOWN]
    counts = {str(kind): n for kind in Ballot if (n := sum(ballot is kind for ballot in ballots.values()))}
    return result | {
        "verdict": str(found),
        "rule": rule.words(),
        "source": source,
        "thresholds": [line.to_json() for line in lines],
        "blockers": against,
        "unknown": unknown,
        "counts": counts,
        "reasons": reasons + notes,
    }
