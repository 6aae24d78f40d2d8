"""Actors are found where a text names them, and the dated data are sound."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from whipcount.errors import InputError
from whipcount.language.actors import KNOWLEDGE, Actors, Sense, Tenure, check, overlaps
from whipcount.model import SpeakerKind

ACTORS = Actors.load()


def found(text: str) -> list[tuple[str, Sense, str]]:
    return [(m.ids[0], m.sense, m.text) for m in ACTORS.mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Turkey told us that turkey is off.", [("TUR", Sense.NAME, "Turkey")]),
        ("the U.S. and the US, not us", [("USA", Sense.NAME, "U.S."), ("USA", Sense.NAME, "US")]),
        ("US-Russia talks", [("USA", Sense.NAME, "US"), ("RUS", Sense.NAME, "Russia")]),
        ("a pro-Russian site and a Berlin-based NGO", []),
        ("France’s and Ukraine's plan.", [("FRA", Sense.NAME, "France"), ("UKR", Sense.NAME, "Ukraine")]),
        ("THE KREMLIN SAYS", [("RUS", Sense.SEAT, "KREMLIN")]),
        ("Elysée, Élysée Palace", [("FRA", Sense.SEAT, "Elysée"), ("FRA", Sense.SEAT, "Élysée Palace")]),
        ("Poles and the Polish Foreign Ministry", [("POL", Sense.DEMONYM, "Poles"), ("POL", Sense.DEMONYM, "Polish")]),
        ("Guinea-Bissau", [("GNB", Sense.NAME, "Guinea-Bissau")]),
        ("The Hague", [("NLD", Sense.CAPITAL, "The Hague")]),
        ("a hill, the Times Square, a trade union", []),
        ("The alliance", [("NATO", Sense.WEAK, "The alliance")]),
        ("Baltic states", [("BALTIC", Sense.GROUP, "Baltic states")]),
    ],
)
def test_mentions(text: str, expected: list[tuple[str, Sense, str]]) -> None:
    assert [m for m in found(text) if m[1] is not Sense.OUTLET] == expected


def test_mentions_within_a_span_keep_their_offsets() -> None:
    text = "Spain said nothing. Italy did."
    (mention,) = ACTORS.mentions(text, (20, len(text)))
    assert text[slice(*mention.span)] == mention.text == "Italy"


def test_all_states_are_treated_alike() -> None:
    states = [a for a in ACTORS._actors.values() if a.kind is SpeakerKind.STATE and len(a.id) == 3 and a.id.isalpha()]
    for actor in states:
        assert [m.ids[0] for m in ACTORS.mentions(f"Then {actor.name} agreed.")] == [actor.id], actor
        assert ACTORS.find(actor.name.upper()) == actor
    assert len(states) >= 197


def test_scanning_takes_linear_time() -> None:
    text = "New South United States of the Republic of Korea's Council of the European Central Bank. " * 200
    times = []
    for copies in (1, 8):
        start = time.perf_counter()
        ACTORS.mentions(text * copies)
        times.append(time.perf_counter() - start)
    assert times[1] < 40 * times[0]


def test_office_holders_by_date() -> None:
    assert ACTORS.holders("head-of-government", "GBR", "2022-10-01") == ["Liz Truss"]
    assert ACTORS.holders("head-of-state", "USA", "2024-12") == ["Joe Biden"]
    assert ACTORS.holders("president-elect", "USA", "2024-12-01") == ["Donald Trump"]
    assert ACTORS.holders("foreign-minister", "ISR", "2023-05-01") == ["Eli Cohen"]
    assert ACTORS.holders("head-of-state", "no-such", None) == []
    assert [t.actor for t in ACTORS.tenures("Mark Rutte", "2025-03-01")] == ["NATO"]


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Vladimir Zelensky", "Volodymyr Zelenskyy"),
        ("Jay Dee Vance", "J. D. Vance"),
        ("President Macron", "Emmanuel Macron"),
        ("Sergey Viktorovich Lavrov", "Sergei Lavrov"),
        ("Anita Hipper", "Anitta Hipper"),
        ("Merz", "Friedrich Merz"),
    ],
)
def test_persons_by_any_spelling(name: str, person: str) -> None:
    assert ACTORS.person(name) == [person]


def test_unknown_names_stay_unknown() -> None:
    assert ACTORS.person("Nobody Atall") == [] == ACTORS.person("")
    assert ACTORS.find("Ruritania") is None
    assert ACTORS.outlet("The Daily Nothing") is None
    assert ACTORS.outlet("WaPo") == "The Washington Post"


def test_shipped_data_are_sound() -> None:
    for path in (KNOWLEDGE / "actors").rglob("*.*"):
        assert check(path) == [], path
    assert overlaps(ACTORS._tenures) == []
    assert [t for t in ACTORS._tenures if t.actor not in ACTORS._actors] == []
    for actor in ACTORS._actors.values():
        assert set(actor.members) | ({actor.of} if actor.of else set()) <= ACTORS._actors.keys()


def test_two_holders_at_once_are_noticed() -> None:
    one, other = (Tenure(p, "head-of-state", "FRA", s, None) for p, s in (("A", "2020-01-01"), ("B", "2021-01-01")))
    assert overlaps([other, one]) == [(one, other)]


def test_a_users_own_actors_are_found(tmp_path: Path) -> None:
    parties, people = tmp_path / "parties.yaml", tmp_path / "people.csv"
    parties.write_text("- {id: greens, name: Moss Party, variants: [the Mosses], of: DEU}\n")
    people.write_text("person,variants,gender,office,actor,from,to\nJane Doe,J. Doe,f,spokesperson,greens,2024,\n")
    actors = Actors.load([parties, people])
    assert [m.ids for m in actors.mentions("What the Mosses want")] == [("greens",)]
    assert actors.holders("spokesperson", "greens", "2024-03-01") == ["Jane Doe"]
    assert actors.gender("Jane Doe") == "f"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yaml", "- {id: x}\n", 1),
        ("a.yaml", "- {id: x, name: X1}\n- {id: y, name: NO}\n", 2),
        ("a.yaml", "- {id: x, name: X1}\n- {id: x, name: Y1}\n", 2),
        ("a.yaml", "- {id: x, name: X1, kind: planet}\n", 1),
        ("a.yaml", "- {id: x, name: X1, variants: one}\n", 1),
        ("a.yaml", "- {id: x, name: '!', [a]: b}\n", 1),
        ("a.yaml", "- {id: x]", 1),
        ("a.yaml", "", 1),
        ("a.yaml", "- just text\n", 1),
        ("a.csv", "person,office\n", 1),
        ("a.csv", "", 1),
        ("a.csv", "person,office,actor,from,to\nA,head-of-state,FRA,2020-13-01,\n", 2),
        ("a.csv", "person,office,actor,from,to\nA,head-of-state,FRA,2021,2020\n", 2),
        ("a.csv", "person,office,actor,from,to\nA\n", 2),
        ("a.csv", "person,office,actor,from,to\nA,b,c,2020,,extra\n", 2),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert f"line {line}:" in check(path)[0] and str(path) in check(path)[0]
    with pytest.raises(InputError):
        Actors.load([path])


def test_a_missing_or_binary_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert "cannot be read" in check(path)[0]
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in check(path)[0]
