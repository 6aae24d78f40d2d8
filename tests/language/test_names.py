"""Spellings of one person are recognised, and two persons are never made one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.language.names import family_name, fold, office, public_body, same_person, strip_titles, surname

ONE = [
    ("Volodymyr Zelenskyy", "Vladimir Zelensky"),
    ("J. D. Vance", "Jay Dee Vance"),
    ("J.D. Vance", "JD Vance"),
    ("Kaja Kallas", "Kaya Kallas"),
    ("Anitta Hipper", "Anita Hipper"),
    ("Emmanuel Macron", "President Macron"),
    ("Emmanuel Macron", "E. Macron"),
    ("Andrii Sybiha", "Andriy Sybiga"),
    ("Alexander Lukashenko", "Lukashenka"),
    ("Ursula von der Leyen", "von der Leyen"),
    ("Viktor Orbán", "Viktor Orban"),
    ("Владимир Путин", "Vladimir Putin"),
    ("Vassily Nebenzia", "Vasily Nebenzya"),
    ("Keir Starmer", "Kier Starmer"),
]
TWO = [
    ("Li Qiang", "Li Keqiang"),
    ("Donald Tusk", "Donald Trump"),
    ("Donald Trump", "Eric Trump"),
    ("Kim Jong Un", "Kim Jong Il"),
    ("Matthew Miller", "Steven Miller"),
    ("J.K. Rowling", "J. D. Rowling"),
    ("Boris Johnson", "Lyndon Johnson"),
    ("", "Emmanuel Macron"),
]


@pytest.mark.parametrize(("a", "b"), ONE)
def test_spellings_of_one_person(a: str, b: str) -> None:
    assert same_person(a, b) and same_person(b, a)


@pytest.mark.parametrize(("a", "b"), TWO)
def test_two_persons_stay_two(a: str, b: str) -> None:
    assert not same_person(a, b) and not same_person(b, a)


@given(st.text(max_size=40))
def test_folding_is_idempotent_and_never_fails(name: str) -> None:
    assert fold(fold(name)) == fold(name) or fold(name).startswith("the ")
    same_person(name, name + " Doe")


@given(st.text(max_size=30), st.text(max_size=30))
def test_being_one_person_is_symmetric(a: str, b: str) -> None:
    assert same_person(a, b) == same_person(b, a)


def test_folding_drops_accents_possessives_and_stops() -> None:
    assert [fold(name) for name in ("the Élysée’s", "U.S.", "The U.S.'s", "N'Djamena")] == [
        "elysee",
        "us",
        "us",
        "ndjamena",
    ]


def test_parts_of_a_name() -> None:
    assert strip_titles("Foreign Minister Dr. Antonio Tajani") == "Antonio Tajani"
    assert strip_titles("President") == "President"
    assert family_name("Ursula von der Leyen") == "von der Leyen"
    assert surname("Ursula von der Leyen's") == "leyen"


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("the French foreign minister", "foreign-minister"),
        ("PM", "head-of-government"),
        ("head of the Russian Foreign Ministry", "foreign-minister"),
        ("Russian Foreign Ministry spokeswoman", "spokesperson"),
        ("British Defence Secretary", "defence-minister"),
        ("Polish Minister of National Defence", "defence-minister"),
        ("US president-elect", "president-elect"),
        ("deputy prime minister", "deputy-head-of-government"),
        ("the EU's top diplomat", "high-representative"),
        ("Ukrainian leader", "head-of-state"),
        ("opposition leader", None),
        ("the spmodel bank", None),
    ],
)
def test_words_for_offices(phrase: str, expected: str | None) -> None:
    assert office(phrase) == expected


def test_bodies_of_any_state_are_known_by_rule() -> None:
    assert public_body("the Ruritanian Foreign Ministry") and not public_body("a Ruritanian baker")
