"""Roll calls: ballots as cast, item by item, and what the rule makes of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from whipcount.errors import InputError
from whipcount.institutions import catalogue
from whipcount.institutions.build import is_day
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, blockers, margins, outcome
from whipcount.institutions.rules import Unanimity, VetoVote, parts_of

COLUMNS = ("item", "date", "member", "ballot")
HEADER = "item,date,member,ballot[,procedural]"
BALLOTS = {str(ballot): ballot for ballot in Ballot} | {"": Ballot.UNKNOWN}


def ballots_of(path: Path | str) -> list[dict[str, str | None]]:
    """The rows of a CSV of ballots, each with its `line` in the file.

    InputError (file and line) if it cannot be read, has no such columns or no rows, or a row has too many or too few
    cells.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; give a CSV of ballots") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error}); save it again as CSV in UTF-8") from None
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    found: list[dict[str, str | None]] = []
    header: list[str] | None = None
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().casefold() for cell in cells]
                missing = [column for column in COLUMNS if column not in header]
                if missing or len(set(header)) < len(header):
                    what = f"no column {missing[0]!r}" if missing else "a column twice"
                    raise InputError(f"{path}, line {lines.line_num}: {what}; the header is {HEADER}, with commas")
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"{path}, line {lines.line_num}: {len(cells)} cells under {len(header)} columns; write one under each"
                )
            found.append({"line": f"{path}, line {lines.line_num}", **dict(zip(header, cells, strict=True))})
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.line_num}: not CSV ({error}); check the quotation marks") from None
    if not found:
        raise InputError(f"{path}: no ballots; the first line is {HEADER}, then one ballot a line")
    return found


@dataclass(frozen=True, slots=True)
class Vote:
    """One row: where it stands, and what it says."""

    line: str
    item: str
    date: str
    member: str
    ballot: Ballot
    procedural: bool


def tally(institution_id: str, rows: Iterable[Mapping[str, str | None]]) -> Iterator[dict[str, Any]]:
    """One verdict for each item of a roll call, in the order in which the items first appear.

    rows  mappings with `item`, `date` (ISO), `member` (ISO 3166-1 alpha-3), `ballot` (yes, no, abstain, absent,
          not-participating, unknown) and optionally `procedural` (1 or true: the vote without veto) and `line` (where
          the row stands, for messages); `ballots_of` reads them from a file

    Each object has `item`, `date`, `institution`, `verdict`, `rule`, `source`, `thresholds`, `blockers`, `unknown`,
    `counts` and `reasons`.  A ballot of who is no member on that day is not counted, and the reasons say so (in an
    elected body the roll call says who sat).  A member that is not listed is absent where the body publishes full roll
    calls, else unknown.  Raises UsageError for an unknown institution, InputError (naming the row) for a row that
    cannot be read; nothing is tallied then.
    """
    institution = catalogue.find(institution_id)
    for item, votes in votes_of(rows).items():
        yield _item(institution, item, votes)


def votes_of(rows: Iterable[Mapping[str, str | None]]) -> dict[str, dict[str, Vote]]:
    """Item -> member's name -> its vote, as the rows of `tally` say; InputError (naming the row) for one that cannot be
    read, and for an item with two dates or a member with two ballots."""
    items: dict[str, dict[str, Vote]] = {}
    for number, row in enumerate(rows, 2):
        vote = _vote(str(row.get("line") or f"row {number}"), row)
        votes = items.setdefault(vote.item, {})
        for other in list(votes.values())[:1]:
            if other.date != vote.date:
                raise InputError(
                    f"{vote.line}: item {vote.item!r} has two dates, {other.date} and {vote.date}; "
                    "give each vote its own item"
                )
        name = catalogue.state_name(vote.member)
        if name in votes and votes[name].ballot != vote.ballot:
            raise InputError(f"{vote.line}: {vote.member} has two ballots on item {vote.item!r}; keep one")
        votes[name] = vote
    return items


TRUTHS = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}
"""Words of the column `procedural`."""


def _vote(line: str, row: Mapping[str, str | None]) -> Vote:
    missing = [column for column in COLUMNS if row.get(column) is None]
    if missing:
        raise InputError(f"{line}: no column {missing[0]!r}; the header is {HEADER}")
    item, date, member, word = (str(row[column]).strip() for column in COLUMNS)
    if not item:
        raise InputError(f"{line}: the item has no name; number the votes")
    if date and not is_day(date):
        raise InputError(f"{line}: date {date!r} is not ISO; write it as 2025-03-17")
    member = member.upper()
    if not catalogue.is_code(member):
        raise InputError(f"{line}: member {member!r} is not an ISO 3166-1 alpha-3 code such as FRA")
    ballot = BALLOTS.get(word.casefold())
    if ballot is None:
        raise InputError(f"{line}: ballot {word!r} is unknown; say one of {', '.join(filter(None, BALLOTS))}")
    procedural = TRUTHS.get(str(row.get("procedural") or "").strip().casefold())
    if procedural is None:
        raise InputError(f"{line}: procedural {row.get('procedural')!r} is neither 1 nor 0")
    return Vote(line, item, date, member, ballot, procedural)


def _item(institution: catalogue.Institution, item: str, votes: Mapping[str, Vote]) -> dict[str, Any]:
    date = next(iter(votes.values())).date
    procedural = any(vote.procedural for vote in votes.values())
    notes = [] if date else ["No date: the rule and the members of today."]
    members = institution.members_at(date or None)
    strangers = sorted(set(votes) - set(members))
    if institution.open and not institution.named:
        seats = tuple(sorted(votes))
    elif strangers and institution.elected:
        # The roll call is evidence of who sat: keep its voters, and only those members that it does not displace.
        silent = sorted(set(members) - set(votes))
        full = len(votes) >= len(members)
        seats = tuple(sorted(votes)) if full else tuple(sorted({*votes, *silent[len(strangers) :]}))
        notes.append(f"Voters not on the list of members for {date}, taken as members: {', '.join(strangers)}.")
    else:
        seats = members
        if strangers:
            notes.append(f"No member{f' on {date}' if date else ''}, and not counted: {', '.join(strangers)}.")
    cast = {name: vote.ballot for name, vote in votes.items() if name in seats}
    unlisted = [seat for seat in seats if seat not in cast]
    ballots = {seat: cast.get(seat, Ballot(institution.unlisted)) for seat in seats}
    if unlisted:
        notes.append(f"No ballot listed, taken as {institution.unlisted}: {', '.join(unlisted)}.")
    rule = institution.rule_at(date or None, members=seats, procedural=procedural)
    result: dict[str, Any] = {"item": item, "date": date, "institution": institution.id}
    source = institution.source_at(date or None)
    if rule is None:
        reason = f"{institution.name} had no such power on {date} ({source})."
        return result | {"verdict": "not-competent", "source": source, "reasons": [reason]}
    if Ballot.ABSTAIN in ballots.values() and any(isinstance(p, Unanimity) and p.weights for p in parts_of(rule)):
        ballots = {seat: Ballot.DECLARED if ballot is Ballot.ABSTAIN else ballot for seat, ballot in ballots.items()}
        notes.append("Abstentions are taken as declared (TEU Art. 31(1)); plain ones would not block.")
    if procedural and isinstance(rule, VetoVote):
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
