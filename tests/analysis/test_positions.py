"""Positions follow from statements by the stated rules, whoever the actors are, in whatever order statements come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from whipcount.analysis.changes import changes
from whipcount.analysis.positions import Course, positions
from whipcount.model import Coder, Entry, Position, SpeakerKind, Stance, Statement, Voice

SUPPORT, OPPOSE, CONDITIONAL, UNDECIDED = Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL, Stance.UNDECIDED
OWN, ASCRIBED, NARRATED, COMMENTARY = Voice.FIRST_HAND, Voice.ASCRIBED, Voice.NARRATED, Voice.COMMENTARY


def said(
    id: str,
    date: str | None,
    stance: Stance | None,
    voice: Voice = OWN,
    speaker: str = "the minister",
    actor: str | None = "Port Quill",
    conditions: tuple[str, ...] = (),
) -> Entry:
    person, spans = SpeakerKind.PERSON, ((0, 1),)
    coded = {"speaks_for": actor, "option": "build", "stance": stance, "date": date, "conditions": conditions}
    statement = Statement(id, spans, (), speaker, person, voice, **coded)  # type: ignore[arg-type]
    return Entry(statement, "d", Coder("reader"), date=date)


def one(*entries: Entry, **options: object) -> Position:
    (position,) = positions(entries, **options)  # type: ignore[arg-type]
    return position


def test_the_newest_day_decides_and_the_change_is_kept() -> None:
    position = one(said("a", "2031-01-05", SUPPORT), said("b", "2031-02-01", OPPOSE), said("c", "2031-03-01", OPPOSE))
    assert (position.stance, position.since, position.changed) == (OPPOSE, "2031-02-01", SUPPORT)
    assert position.statements == ("d:b", "d:c")


def test_what_is_said_later_is_not_known_yet() -> None:
    entries = said("a", "2031-01-05", SUPPORT), said("b", "2031-02-01", OPPOSE)
    assert one(*entries, at="2031-01-31").stance == SUPPORT
    assert one(*entries, at="2031-01").stance == SUPPORT
    assert one(*entries, at="2031").stance == OPPOSE
    assert positions(entries, at="2030") == []


def test_commentary_never_counts_and_neither_does_what_nobody_stands_for() -> None:
    assert positions([said("a", "2031-01-01", SUPPORT, COMMENTARY), said("b", "2031-01-01", SUPPORT, actor=None)]) == []


def test_neutral_reports_never_decide() -> None:
    assert one(said("a", "2031-01-01", SUPPORT), said("b", "2031-02-01", None)).stance == SUPPORT
    alone = one(said("b", "2031-02-01", None))
    assert (alone.stance, alone.divided, alone.statements) == (None, False, ("d:b",))


def test_nothing_changes_from_what_has_no_date() -> None:
    undated = said("a", None, SUPPORT), said("b", "2031-02-01", OPPOSE)
    assert (one(*undated).stance, one(*undated).changed, changes(undated)) == (OPPOSE, None, [])
    (change,) = changes([*undated, said("c", "2031-01-01", SUPPORT)])
    assert (change.before, change.after, change.evidence) == (SUPPORT, OPPOSE, ("d:c", "d:b"))


def test_an_actors_own_word_outranks_reports_for_a_week() -> None:
    own = said("a", "2031-01-01", SUPPORT)
    assert one(own, said("b", "2031-01-01", OPPOSE, ASCRIBED)).stance == SUPPORT
    assert one(own, said("b", "2031-01-08", OPPOSE, NARRATED)).stance == SUPPORT
    assert one(own, said("b", "2031-01-09", OPPOSE, NARRATED)).stance == OPPOSE
    assert one(own, said("b", "2031-01-03", OPPOSE, NARRATED), window=1).stance == OPPOSE
    assert one(own, said("b", "2031-01-09", OPPOSE, NARRATED), count_ascribed=False).stance == SUPPORT


def test_statements_without_a_date_are_the_oldest() -> None:
    assert one(said("a", None, OPPOSE), said("b", "1999", SUPPORT)).stance == SUPPORT
    undated = one(said("a", None, OPPOSE))
    assert (undated.stance, undated.since) == (OPPOSE, None)


def test_office_holders_who_contradict_each_other_divide_the_actor() -> None:
    president = said("a", "2031-01-01", OPPOSE, speaker="president")
    for date in ("2031-01-01", "2031-01-08"):
        position = one(president, said("b", date, SUPPORT, speaker="prime minister"))
        assert position.divided and position.stance is None and position.statements == ("d:a", "d:b")
    assert one(president, said("b", "2031-01-09", SUPPORT, speaker="prime minister")).stance == SUPPORT
    same = one(president, said("b", "2031-01-08", SUPPORT, speaker="president"))
    assert (same.stance, same.divided) == (SUPPORT, False)


def test_reports_that_contradict_each_other_decide_nothing() -> None:
    reports = said("b", "2031-02-01", SUPPORT, ASCRIBED, "x"), said("c", "2031-02-01", OPPOSE, ASCRIBED, "y")
    assert one(said("a", "2031-01-01", CONDITIONAL), *reports).stance == CONDITIONAL
    assert one(*reports).stance is None


def test_a_tie_goes_to_the_guarded_stance_and_conditions_are_kept() -> None:
    position = one(said("a", "2031-01-01", SUPPORT), said("b", "2031-01-01", CONDITIONAL, conditions=("loan",)))
    assert (position.stance, position.conditions) == (CONDITIONAL, ("loan",))
    assert one(said("a", "2031-01-01", SUPPORT), said("b", "2031-01-01", UNDECIDED)).stance == UNDECIDED


def test_a_return_to_an_earlier_stance_is_a_new_run() -> None:
    entries = [said("a", "2031-01-01", SUPPORT), said("b", "2031-02-01", OPPOSE), said("c", "2031-03-01", SUPPORT)]
    position = one(*entries)
    assert (position.since, position.changed, position.statements) == ("2031-03-01", OPPOSE, ("d:c",))
    found = [(change.date, change.before, change.after, change.evidence) for change in changes(entries)]
    assert found == [
        ("2031-02-01", SUPPORT, OPPOSE, ("d:a", "d:b")),
        ("2031-03-01", OPPOSE, SUPPORT, ("d:b", "d:c")),
    ]
    assert [change.date for change in changes(entries, since="2031-02-02")] == ["2031-03-01"]
    assert [change.date for change in changes(entries, until="2031-02")] == ["2031-02-01"]


def test_a_change_into_division_shows_the_word_that_divided() -> None:
    entries = said("a", "2031-01-01", OPPOSE, speaker="president"), said("b", "2031-01-04", SUPPORT, speaker="minister")
    (change,) = changes(entries)
    assert (change.before, change.after, change.evidence) == (OPPOSE, None, ("d:a", "d:b"))


DATES = st.one_of(
    st.none(), st.dates().map(str), st.sampled_from(["2031", "2031-02", "2031-02-03", "", "soon", "2031-99-99"])
)
ENTRIES = st.lists(
    st.builds(
        said,
        id=st.integers(0, 10**6).map(str),
        date=DATES,
        stance=st.sampled_from([*Stance, None]),
        voice=st.sampled_from(list(Voice)),
        speaker=st.sampled_from(["a", "b", "c"]),
        actor=st.sampled_from(["Port Quill", "Port Ash"]),
    ),
    max_size=12,
    unique_by=lambda entry: entry.key,
)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(entries: list[Entry], chance: random.Random) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert positions(shuffled) == positions(entries) and changes(shuffled) == changes(entries)


@given(ENTRIES, st.sampled_from([None, "2031", "2031-02", "2031-02-03", "2015-06-30", "1999"]))
def test_a_course_gives_the_positions_of_any_date(entries: list[Entry], at: str | None) -> None:
    course = Course(entries)
    assert course.positions(at) == positions(entries, at)
    for position in course.positions(at):
        assert course.said(position.actor, position.option, at) >= len(position.statements)


@given(ENTRIES)
def test_actors_that_change_names_change_places(entries: list[Entry]) -> None:
    swap = {"Port Quill": "Port Ash", "Port Ash": "Port Quill"}

    def renamed(entry: Entry) -> Entry:
        fields = {name: getattr(entry.statement, name) for name in entry.statement.__dataclass_fields__}
        statement = Statement(**(fields | {"speaks_for": swap[str(entry.statement.speaks_for)]}))
        return Entry(statement, entry.document, entry.coder, date=entry.date)

    def without_name(found: list[Position]) -> dict[str, object]:
        return {p.actor: (p.stance, p.divided, p.since, p.statements, p.changed) for p in found}

    swapped = without_name(positions(map(renamed, entries)))
    assert {swap[actor]: rest for actor, rest in swapped.items()} == without_name(positions(entries))


@given(ENTRIES)
def test_a_position_rests_on_statements_that_say_so(entries: list[Entry]) -> None:
    by_key = {entry.key: entry.statement for entry in entries}
    for position in positions(entries):
        stances = {by_key[key].stance for key in position.statements}
        assert position.statements
        assert (
            {SUPPORT, OPPOSE} <= stances
            if position.divided
            else position.stance is None or stances == {position.stance}
        )
        assert position.changed is None or position.changed != position.stance
