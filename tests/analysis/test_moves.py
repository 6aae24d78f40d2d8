"""Who said otherwise before, who moved first, when a debate turned; what is a copy, and how a quotation changed."""

from __future__ import annotations

import random

from whipcount.analysis.contradictions import contradictions
from whipcount.analysis.movers import movers
from whipcount.analysis.quotations import quotations
from whipcount.analysis.sourcing import copies, counted_once, sourcing
from whipcount.analysis.turning import turning_points
from whipcount.documents.document import document_from_text
from whipcount.model import Coder, Document, Entry, SpeakerKind, Stance, Statement, Voice

SUPPORT, OPPOSE, CONDITIONAL = Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL


def said(
    id: str,
    date: str,
    stance: Stance | None,
    actor: str = "Port Quill",
    speaker: str = "Ada Moss",
    voice: Voice = Voice.FIRST_HAND,
    document: str = "",
    span: tuple[int, int] = (0, 1),
    outlet: str | None = None,
) -> Entry:
    fields = {"speaks_for": actor, "option": "build", "stance": stance, "date": date}
    statement = Statement(id, (span,), (), speaker, SpeakerKind.PERSON, voice, **fields)  # type: ignore[arg-type]
    return Entry(statement, document or f"d-{id}", Coder("reader"), date=date, outlet=outlet)


def test_a_change_of_mind_is_one_contradiction_and_colleagues_are_told_apart() -> None:
    entries = [
        said("a", "2031-01-01", SUPPORT),
        said("b", "2031-02-01", OPPOSE),
        said("c", "2031-03-01", OPPOSE),
        said("d", "2031-03-04", SUPPORT, speaker="Bo Reed"),
        said("e", "2031-03-05", SUPPORT, actor="Port Ash"),
    ]
    found = contradictions(entries)
    assert [(c.kind, c.before.statement.id, c.after.statement.id, c.days) for c in found] == [
        ("colleagues", "c", "d", 3),
        ("itself", "a", "b", 31),
    ]
    assert [c.days for c in contradictions(entries, within=7)] == [3]


def test_what_others_say_of_an_actor_contradicts_it_only_when_asked_for() -> None:
    entries = [
        said("a", "2031-01-01", SUPPORT),
        said("b", "2031-01-02", OPPOSE, speaker="a rival", voice=Voice.ASCRIBED),
    ]
    assert contradictions(entries) == []
    assert len(contradictions(entries, count_ascribed=True)) == 1
    assert contradictions([*entries[:1], said("c", "2031-01-02", CONDITIONAL)]) == []


def test_movers_come_in_the_order_in_which_they_moved() -> None:
    entries = [
        said("a", "2031-01-01", SUPPORT, actor="Ash"),
        said("b", "2031-01-02", OPPOSE, actor="Birch"),
        said("c", "2031-01-03", OPPOSE, actor="Cedar"),
        said("d", "2031-02-01", SUPPORT, actor="Cedar"),
        said("e", "2031-02-11", SUPPORT, actor="Birch"),
    ]
    moves = movers(entries)
    assert [(m.place, m.actor, m.days) for m in moves] == [(0, "Ash", None), (1, "Cedar", 0), (2, "Birch", 10)]
    assert moves[1].before == OPPOSE and moves[1].evidence == ("d-c:c", "d-d:d")
    assert moves[0].evidence == ("", "d-a:a")
    assert [m.actor for m in movers(entries, since="2031-02-05")] == ["Ash", "Birch"]
    assert movers(entries[:3]) == []


def test_a_turn_is_dated_and_shows_what_was_said_on_either_side() -> None:
    chance = random.Random(1)
    entries = []
    for n in range(40):
        stance = SUPPORT if chance.random() < (0.15 if n < 18 else 0.9) else OPPOSE
        entries.append(said(f"s{n:02d}", f"2031-{1 + n // 28:02d}-{1 + n % 28:02d}", stance))
    (turn,) = turning_points(entries)
    assert abs(int(turn.date[8:]) - 19) <= 2 and turn.before < 0.4 and turn.after > 0.7 and turn.p < 0.01
    assert turn.documents == (int(turn.date[8:]) - 1, 41 - int(turn.date[8:]))
    assert turn.evidence[1][0] == f"d-s{turn.documents[0]:02d}:s{turn.documents[0]:02d}"
    still = [said(f"s{n:02d}", f"2031-01-{1 + n:02d}", chance.choice([SUPPORT, OPPOSE])) for n in range(28)]
    assert turning_points(still) == []
    # one article that says the same thing often is one article
    loud = [said(f"t{n}", "2031-01-20", SUPPORT, document="one") for n in range(30)]
    few = [said(f"u{n}", f"2031-01-{10 + n}", OPPOSE) for n in range(4)]
    assert turning_points([*few, *loud]) == []


STORY = (
    "The harbour will be rebuilt, the council said on Monday after a long night of talks in the old town hall. "
    "Work should begin in spring and cost about forty million, according to the plan that members were shown."
)


def report(id: str, text: str, outlet: str, date: str) -> Document:
    return document_from_text(text, id=id, outlet=outlet, date=date, title=id)


def test_copies_are_found_and_counted_once_but_for_what_only_they_say() -> None:
    documents = [
        report("second", "Harbour news. " + STORY, "Daily Quill", "2031-01-03"),
        report("first", STORY, "Harbour Post", "2031-01-02"),
        report(
            "other",
            "Nothing of the sort was decided yesterday evening in the park, said nobody at all.",
            "X",
            "2031-01-02",
        ),
    ]
    (group,) = copies(documents)
    assert group.documents == ("first", "second") and group.outlets == ("Harbour Post", "Daily Quill")
    entries = [
        said("a", "2031-01-03", SUPPORT, document="second", outlet="Daily Quill"),
        said("b", "2031-01-02", SUPPORT, document="first", outlet="Harbour Post"),
        said("c", "2031-01-03", OPPOSE, document="second", actor="Port Ash", speaker="Bo Reed", outlet="Daily Quill"),
        said("d", "2031-01-02", SUPPORT, document="other", outlet="X"),
    ]
    assert [e.statement.id for e in counted_once(entries, [group])] == ["b", "c", "d"]
    assert counted_once(entries, []) == entries


def test_shares_of_sourcing_name_their_statements() -> None:
    text = "As translated by Harbour Monitoring from the original. " + STORY
    documents = {"t": report("t", text, "Post", "2031-01-02")}
    entries = [
        said("a", "2031-01-02", SUPPORT, document="t", outlet="Post"),
        said("b", "2031-01-02", SUPPORT, document="u", outlet="Post", voice=Voice.UNNAMED),
        said("c", "2031-01-02", SUPPORT, document="u", outlet="Post", voice=Voice.COMMENTARY),
    ]
    (row,) = sourcing(entries, documents)
    assert (row.statements, row.share_unnamed, row.keys) == (2, 0.5, ("t:a", "u:b"))
    translated = any(str(link.relation) == "translated" for link in documents["t"].chain)
    assert row.share_translated == (0.5 if translated else 0.0)


def test_a_quotation_is_followed_word_by_word() -> None:
    first = "We will never sell the harbour to anyone, not for any price."
    later = "We will not sell the harbour, not for any price at all."
    texts = {"x": first, "y": later, "z": "The budget for schools was agreed on without a debate."}
    documents = {id: report(id, text, id.upper(), f"2031-01-0{n}") for n, (id, text) in enumerate(texts.items(), 1)}
    entries = [
        said(f"q{id}", f"2031-01-0{n}", SUPPORT, document=id, span=(0, len(texts[id])), outlet=id.upper())
        for n, id in enumerate(texts, 1)
    ]
    (found,) = quotations(entries, documents)
    assert [v.entry.outlet for v in found.versions] == ["X", "Y"] and found.versions[0].likeness == 1
    steps = [(s.kind, s.before, s.after) for s in found.versions[1].steps if s.kind != "same"]
    assert steps == [("changed", "never", "not"), ("left out", "to anyone", ""), ("added", "", "at all")]
    # a few words in common do not make a version
    far = (
        "It was never clear what we had to pay, nor at which price the ferry and not the school would have to be sold."
    )
    documents["w"] = report("w", far, "W", "2031-01-02")
    assert quotations([entries[0], said("w", "2031-01-02", SUPPORT, document="w", span=(0, len(far)))], documents) == []
    # what two speakers say in the same words is not one quotation
    other = said("o", "2031-01-02", SUPPORT, document="y", speaker="Bo Reed", span=(0, len(later)))
    assert quotations([entries[0], other], documents) == []
