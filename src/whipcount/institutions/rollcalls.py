"""Roll calls as statements of the highest voice: how a member voted is its own word on the option put to the vote.

A yes is support, a no opposition, an abstention undecided; who was absent or took no part said nothing.  Each item
becomes a document of one line a ballot, so that a position that rests on a vote leads back to that line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from whipcount.errors import InputError
from whipcount.institutions import catalogue
from whipcount.institutions.formula import Ballot
from whipcount.institutions.tally import Vote, votes_of
from whipcount.model import Codebook, Coder, DateBasis, Document, SpeakerKind, Stance, Statement, Voice

CODER = Coder("roll call", "1", is_model=False)
"""Who coded them: nobody had to judge."""

STANCES = {
    Ballot.YES: Stance.SUPPORT,
    Ballot.NO: Stance.OPPOSE,
    Ballot.ABSTAIN: Stance.UNDECIDED,
    Ballot.DECLARED: Stance.UNDECIDED,
}
"""Ballot -> stance; the other ballots say nothing."""


def statements_of(
    rows: Iterable[Mapping[str, str | None]],
    option: str | None,
    codebook: Codebook | None = None,
    institution_id: str | None = None,
) -> Iterator[tuple[Document, tuple[Statement, ...]]]:
    """One document with its statements for each item of a roll call.

    rows    as for `tally.tally`, and optionally with `option`: the option that the item decided
    option  that of the rows that name none;  institution_id  the body that voted, for the title
    InputError (naming the row) for a row that cannot be read, or names no option, or one that the codebook lacks.
    """
    body = f" of the {catalogue.find(institution_id).name}" if institution_id else ""
    kept = list(rows)
    options: dict[str, str] = {}
    for row in kept:
        item, name = str(row.get("item") or "").strip(), str(row.get("option") or option or "").strip()
        where = f"{row.get('line')}: " if row.get("line") else ""
        if not name:
            raise InputError(f"{where}item {item!r} names no option; add a column option, or give one for all")
        if codebook and name not in {known.id for known in codebook.options}:
            known = ", ".join(known.id for known in codebook.options)
            raise InputError(f"{where}no option called {name!r} in the codebook; known: {known}")
        if options.setdefault(item, name) != name:
            raise InputError(f"{where}item {item!r} names two options, {options[item]} and {name}; keep one")
    for item, votes in votes_of(kept).items():
        yield _reading(item, options[item], body, list(votes.items()))


def _reading(
    item: str, option: str, body: str, votes: list[tuple[str, Vote]]
) -> tuple[Document, tuple[Statement, ...]]:
    date = votes[0][1].date or None
    title = f"Roll call {item}{body}"
    text = f"{title}{f', {date}' if date else ''}\n"
    statements: list[Statement] = []
    for name, vote in votes:
        start = len(text)
        text += f"{name}: {vote.ballot}\n"
        stance = STANCES.get(vote.ballot)
        if stance is None:
            continue
        named = (start, start + len(name))
        statements.append(
            Statement(
                f"v{len(statements) + 1}",
                ((named[1] + 2, len(text) - 1),),
                (named,),
                name,
                SpeakerKind.STATE,
                Voice.FIRST_HAND,
                speaker_id=catalogue.state_code(name),
                speaks_for=name,
                actor_id=catalogue.state_code(name),
                option=option,
                stance=stance,
                date=date,
            )
        )
    return _document(title, text, date), tuple(statements)


def _document(title: str, text: str, date: str | None) -> Document:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    basis = DateBasis.STATED if date else DateBasis.UNKNOWN
    return Document(f"roll-call-{digest[:12]}", text, ((0, len(text)),), digest, title, None, date, basis, "en")
