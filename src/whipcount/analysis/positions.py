"""Where each actor stands on each option, and how it came to stand there, derived from statements alone.

The rules, the same for every actor, option and language:

1. A statement counts when it has an actor to speak for and an option, and is not commentary.
2. A statement without a stance is a neutral report.  It never decides; an actor of whom there is nothing else has no
   stance.
3. Statements are taken day by day, those without a date first.  The newest day decides.
4. The actor's own word outranks what others report of it: on the day of a first-hand statement, and for `window` days
   after it, ascribed, unnamed and narrated statements decide nothing.
5. On one day each speaker has one stance, the one taken most often; a tie goes to the more guarded stance (conditional,
   then undecided), and a speaker who supports as often as he opposes decides nothing.  The day's stance is found from
   its speakers' in the same way.
6. The actor is divided when support and oppose both stand: among its first-hand speakers of the day, or between
   persons whose latest first-hand statements are no more than `window` days apart.
7. Days with the same result that follow each other are one run.  A position is the last run up to the date asked for;
   it holds since the first day of the run.
8. From statements without a date no change follows: nobody knows which came first.

No rule looks at the order in which statements come, so neither does the result depend on it.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from whipcount.model import Entry, Position, SpeakerKind, Stance, Voice

WINDOW = 7
"""Days for which an actor's own word stands against the reports of others, and against its own colleagues."""

GUARDED = (Stance.CONDITIONAL, Stance.UNDECIDED)
"""The stances that win a tie, in this order: they say less than the others."""


@dataclass(frozen=True, slots=True)
class Run:
    """Days on end with one result.

    since     ISO date of the first day, None if the statements have no date
    stance    None when the actor is divided
    entries   the statements it rests on, latest last;  latest  those of the last day
    """

    since: str | None
    stance: Stance | None
    entries: tuple[Entry, ...]
    latest: tuple[Entry, ...]


def counts(entry: Entry) -> bool:
    """Whether a statement can bear on a position: rule 1."""
    said = entry.statement
    return said.speaks_for is not None and said.option is not None and said.voice != Voice.COMMENTARY


def known_at(entry: Entry, at: str | None) -> bool:
    """Whether a statement was made by `at` (an ISO date or a prefix of one); one without a date always was."""
    return not at or _day(entry.date) <= _last_day(at)


def positions(
    entries: Iterable[Entry], at: str | None = None, *, count_ascribed: bool = True, window: int = WINDOW
) -> list[Position]:
    """The position of every actor on every option that it spoke about, sorted by actor and option.

    `at`: an ISO date or a prefix of one; statements made after that day, month or year are not known yet.
    `count_ascribed` False leaves only what actors said themselves.  The rules are those of this module.
    """
    grouped = _by_actor_and_option(entries, at, count_ascribed)
    return [_position(actor, option, said, runs_of(said, window)) for (actor, option), said in grouped.items()]


def _position(actor: str, option: str, said: Sequence[Entry], runs: Sequence[Run]) -> Position:
    if not runs:
        return Position(actor, option, None, statements=tuple(entry.key for entry in said))
    run = runs[-1]
    leans = {entry.statement.lean for entry in run.latest}
    voices = {entry.statement.voice for entry in run.entries}
    before = [
        earlier.stance
        for earlier in runs[:-1]
        if earlier.stance not in (None, run.stance) and earlier.entries[-1].date is not None
    ]
    return Position(
        actor=actor,
        option=option,
        stance=run.stance,
        lean=leans.pop() if len(leans) == 1 and run.stance is not None else None,
        conditions=tuple(sorted({c for entry in run.latest for c in entry.statement.conditions})),
        divided=run.stance is None,
        voices=tuple(voice for voice in Voice if voice in voices),
        statements=tuple(entry.key for entry in run.entries),
        since=run.since,
        changed=before[-1] if before else None,
    )


class Course:
    """The positions of every actor on every option at any date, ready to be asked for one date after another.

    Made once from all statements; `positions(at)` then gives what the function `positions` gives for that date, and
    `said(actor, option, at)` how many statements there are by then.
    """

    def __init__(self, entries: Iterable[Entry], *, count_ascribed: bool = True, window: int = WINDOW) -> None:
        self.groups = _by_actor_and_option(entries, None, count_ascribed)
        self._days = {key: [_day(entry.date) for entry in said] for key, said in self.groups.items()}
        self._steps = {key: list(_steps(said, window)) for key, said in self.groups.items()}

    def positions(self, at: str | None = None) -> list[Position]:
        """The position of every actor on every option as known at `at` (an ISO date or a prefix of one)."""
        day = _last_day(at) if at else None
        found = []
        for (actor, option), said in self.groups.items():
            steps = self._steps[actor, option]
            known = len(said) if day is None else bisect_right(self._days[actor, option], day)
            if known:
                taken = len(steps) if day is None else bisect_right(steps, day, key=lambda step: step[0])
                runs = steps[taken - 1][1] if taken else ()
                found.append(_position(actor, option, said[:known] if not runs else said, runs))
        return found

    def stances(self, at: str | None = None) -> Iterator[Position]:
        """The positions at `at` with nothing but their stances, where there are any; quick enough for many dates."""
        for (actor, option), runs in self.histories(self.groups, at).items():
            yield Position(actor, option, runs[-1].stance)

    def histories(self, keys: Iterable[tuple[str, str]], at: str | None = None) -> dict[tuple[str, str], list[Run]]:
        """What the function `histories` gives at `at` for the actors and options `keys`."""
        found = {}
        for key in keys:
            steps = self._steps[key]
            taken = len(steps) if not at else bisect_right(steps, _last_day(at), key=lambda step: step[0])
            if taken:
                found[key] = list(steps[taken - 1][1])
        return found

    def known(self, actor: str, option: str, at: str | None = None) -> list[Entry]:
        """The statements on which the position at `at` may rest, in their order."""
        return self.groups.get((actor, option), [])[: self.said(actor, option, at)]

    def said(self, actor: str, option: str, at: str | None = None) -> int:
        """How many statements there are on which the position at `at` may rest."""
        days = self._days.get((actor, option), ())
        return len(days) if not at else bisect_right(days, _last_day(at))


def histories(
    entries: Iterable[Entry], at: str | None = None, *, count_ascribed: bool = True, window: int = WINDOW
) -> dict[tuple[str, str], list[Run]]:
    """All runs of every actor on every option, oldest first; the arguments are those of `positions`."""
    grouped = _by_actor_and_option(entries, at, count_ascribed)
    return {key: runs for key, said in grouped.items() if (runs := runs_of(said, window))}


def runs_of(entries: Iterable[Entry], window: int = WINDOW) -> list[Run]:
    """The runs of one actor's statements on one option, oldest first; neutral reports are passed over."""
    runs: tuple[Run, ...] = ()
    for _, runs in _steps(entries, window):  # noqa: B007  the last one is wanted
        pass
    return list(runs)


def _steps(entries: Iterable[Entry], window: int) -> Iterator[tuple[int, tuple[Run, ...]]]:
    """The number of each day that decides something, and the runs as they stand after it."""
    days: dict[int, list[Entry]] = {}
    for entry in sorted(entries, key=_order):
        if entry.statement.stance is not None:
            days.setdefault(_day(entry.date), []).append(entry)
    runs: tuple[Run, ...] = ()
    known: set[str] = set()
    words: dict[str, tuple[int, list[Entry]]] = {}
    own_word: int | None = None
    for day, said in days.items():
        first_hand = _by_speaker(entry for entry in said if entry.statement.voice == Voice.FIRST_HAND)
        if first_hand:
            own_word = day
            recent = {speaker: word for speaker, (when, word) in words.items() if day - when <= window}
            speakers = first_hand if not _divided(recent | first_hand) else recent | first_hand
            words.update({who: (day, word) for who, word in first_hand.items() if _is_person(word[0])})
        elif own_word is not None and day - own_word <= window:
            continue
        else:
            speakers = _by_speaker(said)
        stance = _prevailing(word[0].statement.stance for word in speakers.values())
        divided = bool(first_hand) and _divided(speakers)
        if stance is None and not divided:
            continue
        counted = sorted((entry for word in speakers.values() for entry in word), key=_order)
        if divided:
            stance = None
        else:
            counted = [entry for entry in counted if entry.statement.stance == stance]
        if runs and runs[-1].stance == stance:
            more = tuple(entry for entry in counted if entry.key not in known)
            runs = (*runs[:-1], Run(runs[-1].since, stance, runs[-1].entries + more, tuple(counted)))
        else:
            known, more = set(), tuple(counted)
            runs = (*runs, Run(said[0].date if day else None, stance, more, more))
        known.update(entry.key for entry in more)
        yield day, runs


def _by_actor_and_option(
    entries: Iterable[Entry], at: str | None, count_ascribed: bool
) -> dict[tuple[str, str], list[Entry]]:
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(entries, key=_order):
        said = entry.statement
        if said.speaks_for is None or said.option is None or not counts(entry):
            continue
        if said.voice != Voice.FIRST_HAND and not count_ascribed:
            continue
        if not known_at(entry, at):
            continue
        grouped.setdefault((said.speaks_for, said.option), []).append(entry)
    return dict(sorted(grouped.items()))


def _order(entry: Entry) -> tuple[int, str, str]:
    return _day(entry.date), entry.date or "", entry.key


@lru_cache(10_000)
def _day(date: str | None) -> int:
    """Number of the day; a month or year counts as its first day, and no date (or none that is one) as 0."""
    if not date:
        return 0
    parts = (date + "-01-01").split("-") if len(date) == 4 else (date + "-01").split("-")
    try:
        return datetime.date(*map(int, parts[:3])).toordinal()
    except (TypeError, ValueError):
        return 0


def days_between(one: str | None, other: str | None) -> int | None:
    """Days from one ISO date to another; None unless both are whole."""
    try:
        return (datetime.date.fromisoformat(other or "") - datetime.date.fromisoformat(one or "")).days
    except ValueError:
        return None


@lru_cache(1_000)
def _last_day(at: str) -> int:
    """Number of the last day that an ISO date or a prefix of one may mean."""
    day = _day(at)
    if len(at) >= 10 or not day:
        return day
    first = datetime.date.fromordinal(day)
    after = first.replace(year=first.year + 1) if len(at) == 4 else (first + datetime.timedelta(days=31)).replace(day=1)
    return after.toordinal() - 1


def _by_speaker(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """What each speaker's one stance of the day rests on; speakers who contradict themselves are left out."""
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.statement.speaker_id or entry.statement.speaker, []).append(entry)
    words = {}
    for speaker, said in grouped.items():
        stance = _prevailing(entry.statement.stance for entry in said)
        if stance is not None:
            words[speaker] = [entry for entry in said if entry.statement.stance == stance]
    return words


def _divided(speakers: dict[str, list[Entry]]) -> bool:
    return {Stance.SUPPORT, Stance.OPPOSE} <= {word[0].statement.stance for word in speakers.values()}


def _is_person(entry: Entry) -> bool:
    return entry.statement.speaker_kind == SpeakerKind.PERSON


def _prevailing(stances: Iterable[Stance | None]) -> Stance | None:
    """The most frequent; of a tie the more guarded, and none when only support and oppose are tied."""
    given = list(stances)
    if len(given) == 1:
        return given[0]
    counts = Counter(given)
    most = max(counts.values(), default=0)
    tied = [stance for stance in (*GUARDED, Stance.SUPPORT, Stance.OPPOSE) if most and counts[stance] == most]
    return None if not tied or tied == [Stance.SUPPORT, Stance.OPPOSE] else tied[0]
