"""Agreement equals published results, its intervals are over documents, and differences can be settled."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.analysis.agreement import agreement, alpha, disagreements, kappa, taking, units
from whipcount.errors import UsageError
from whipcount.model import Coder, Document, Entry, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record

ONCE = np.ones((1, 1))
ADA, BEN, CAT = (Coder(name, is_model=False) for name in ("Ada", "Ben", "Cat"))

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C and E: four observers, twelve units
OBSERVERS = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}


def test_alpha_is_krippendorffs() -> None:
    rated = [(0, {name: values[i] for name, values in OBSERVERS.items() if values[i] is not None}) for i in range(12)]
    assert alpha(rated, 1, ONCE)[0] == pytest.approx(0.743, abs=5e-4)
    assert alpha(rated, 1, ONCE, interval=True)[0] == pytest.approx(0.849, abs=5e-4)
    # the same, section B: two observers, ten units, binary data: 0.095
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert alpha([(0, {"m": a, "o": b}) for a, b in zip(meg, owen, strict=True)], 1, ONCE)[0] == pytest.approx(
        0.095, abs=5e-4
    )


def test_kappa_is_cohens() -> None:
    # the textbook table: 20 both yes, 15 both no, 5 and 10 apart: observed 0.7, by chance 0.5
    both = [(0, "y", "y")] * 20 + [(0, "y", "n")] * 5 + [(0, "n", "y")] * 10 + [(0, "n", "n")] * 15
    assert kappa(both, 1, ONCE)[0] == pytest.approx(0.4)
    assert np.isnan(kappa([(0, "y", "y")] * 5, 1, ONCE)[0])


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.sampled_from("abc")), min_size=2))
def test_order_of_coders_and_names_of_values_do_not_matter(rows: list[tuple[int, str, str]]) -> None:
    weights = np.array([[1.0, 1, 1, 1], [0, 2, 1, 3]])
    there = [(d, {"x": a, "y": b}) for d, a, b in rows]
    back = [(d, {"x": "bca"["abc".index(b)], "y": "bca"["abc".index(a)]}) for d, a, b in rows]
    np.testing.assert_allclose(alpha(there, 4, weights), alpha(back, 4, weights))
    np.testing.assert_allclose(kappa(rows, 4, weights), kappa([(d, b, a) for d, a, b in rows], 4, weights))


def statement(start: int, end: int, **fields: object) -> Statement:
    values: dict[str, object] = {"speaks_for": "Ash", "option": "build", "stance": Stance.SUPPORT}
    return Statement("x", ((start, end),), (), "Ash", SpeakerKind.STATE, Voice.FIRST_HAND, **(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "two.whip", create=True) as made:
        for number in range(4):
            text = f"Document {number}: " + "words and more words " * 5
            made.add_document(
                Document(f"d{number}", text, ((0, len(text)),), hashlib.sha256(text.encode()).hexdigest())
            )
            for coder in ("Ada", "Ben"):
                made.assign([f"d{number}"], coder, CAT, suggestions=False)
        yield made


def test_statements_that_overlap_are_one_unit_and_the_likest_are_paired(record: Record) -> None:
    record.add_statement("d0", statement(10, 30), ADA)
    record.add_statement("d0", statement(10, 30, option="sell"), ADA)
    record.add_statement("d0", statement(12, 34, option="sell", stance=Stance.OPPOSE), BEN)
    record.add_statement("d0", statement(60, 80), BEN)
    found = units({name: record.codings(name) for name in ("Ada", "Ben")})
    assert [sorted(unit) for unit in found] == [["Ada"], ["Ada", "Ben"], ["Ben"]]
    pair = found[1]
    assert pair["Ada"].statement.option == pair["Ben"].statement.option == "sell"
    assert len(disagreements({name: record.codings(name) for name in ("Ada", "Ben")})) == 3
    record.review_all(taking(pair, "Ben"), CAT, settles=True)
    (settled,) = record.entries(option="sell")
    assert (settled.coder, settled.statement.stance, settled.judges) == (BEN, Stance.OPPOSE, ("Cat",))


def test_agreement_per_field_with_an_interval(record: Record) -> None:
    for number in range(4):
        ours = statement(10, 30, option="build" if number % 2 else "sell", variables={"tone": number})
        theirs = dataclasses.replace(ours, stance=Stance.OPPOSE if number == 3 else Stance.SUPPORT)
        record.add_statement(f"d{number}", ours, ADA)
        record.add_statement(f"d{number}", theirs, BEN)
    codings = {name: record.codings(name) for name in ("Ada", "Ben")}
    found = {(a.field, a.measure): a for a in agreement(codings)}
    assert found["option", "alpha"].value == found["option", "kappa"].value == found["tone", "alpha"].value == 1
    stance = found["stance", "percent"]
    assert (stance.value, stance.units, stance.documents) == (0.75, 4, 4)
    assert stance.low is not None and stance.high is not None and stance.low < 0.75 < stance.high
    assert found["speaker", "alpha"].value is None, "one value only: nothing can be said"
    assert found["spans", "f1-exact"].value == 1
    record.add_statement("d0", statement(50, 70), BEN)
    codings["Ben"] = record.codings("Ben")
    found = {(a.field, a.measure): a for a in agreement(codings, ["d0", "d1"])}
    assert found["spans", "f1-exact"].value == found["spans", "f1-overlap"].value == pytest.approx(4 / 5)
    assert agreement(codings) == agreement(codings), "the same draws each time"


def test_rejecting_a_suggestion_is_a_disagreement_on_whether_it_is_a_statement(record: Record) -> None:
    suggested = [dataclasses.replace(statement(i * 10, i * 10 + 9), id=f"s{i}") for i in range(1, 5)]
    record.add(record.document("d0"), [], suggested, Coder("model"), None)
    for name in ("Ada", "Ben"):
        record.assign(["d0"], name, CAT)
    for i in range(1, 5):
        record.review(f"d0:s{i}", "accept" if i < 3 else "reject", {}, ADA)
        record.review(f"d0:s{i}", "accept" if i < 4 else "reject", {}, BEN)
    found = {(a.field, a.measure): a for a in agreement({n: record.codings(n) for n in ("Ada", "Ben")})}
    assert found["statement", "percent"].value == 0.75 and found["statement", "kappa"].value == 0.5
    assert found["stance", "percent"].units == 2 and ("spans", "f1-exact") not in found


def test_nothing_in_common_is_said_in_one_line(record: Record) -> None:
    with pytest.raises(UsageError, match="in common"):
        agreement({"Ada": [], "Ben": []})
    with pytest.raises(UsageError, match="two coders"):
        agreement({"Ada": []})


def test_every_coding_is_in_one_unit(record: Record) -> None:
    rng = np.random.default_rng(3)
    coders = (ADA, BEN, CAT)
    for _ in range(30):
        start = int(rng.integers(0, 80))
        record.add_statement("d1", statement(start, start + int(rng.integers(1, 30))), coders[rng.integers(3)])
    codings = {c.name: record.codings(c.name) for c in coders}
    found: list[Entry] = [entry for unit in units(codings) for entry in unit.values()]
    assert sorted(e.key for e in found) == sorted(e.key for entries in codings.values() for e in entries)
