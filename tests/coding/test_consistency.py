"""What an actor's other statements in a text say of each: they count, and nobody is told apart by who they are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from whipcount.coding.consistency import Floats, consistent

GROUPS = st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=6)


@st.composite
def readings(draw: st.DrawFn) -> tuple[Floats, list[str | None]]:
    groups = draw(GROUPS)
    odds = draw(arrays(np.float32, (len(groups), 5), elements=st.floats(0.125, 1, width=32)))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32), groups


@given(readings())
def test_statements_that_stand_alone_stay_as_they_are(reading: tuple[Floats, list[str | None]]) -> None:
    sides, groups = reading
    heard = consistent(sides, groups, 0.7)
    for row, group in enumerate(groups):
        if group is None or groups.count(group) == 1:
            np.testing.assert_allclose(heard[row], sides[row], rtol=1e-4)
    np.testing.assert_allclose(consistent(sides, groups, 0), sides, rtol=1e-4)


@given(readings())
def test_renaming_actors_changes_nothing(reading: tuple[Floats, list[str | None]]) -> None:
    sides, groups = reading
    swapped = [{"a": "b", "b": "a", None: None}[group] for group in groups]
    np.testing.assert_array_equal(consistent(sides, groups, 0.7), consistent(sides, swapped, 0.7))


def test_a_doubtful_statement_follows_its_neighbours_and_a_sure_one_does_not() -> None:
    doubtful, sure, no = (
        [0.45, 0.40, 0.05, 0.05, 0.05],
        [0.98, 0.005, 0.005, 0.005, 0.005],
        [0.02, 0.92, 0.02, 0.02, 0.02],
    )
    both = consistent(np.array([doubtful, no], dtype=np.float32), ["a", "a"], 0.6)
    assert both.argmax(axis=1).tolist() == [1, 1]
    both = consistent(np.array([sure, no], dtype=np.float32), ["a", "a"], 0.6)
    assert both.argmax(axis=1).tolist() == [0, 1]
    apart = consistent(np.array([doubtful, no], dtype=np.float32), ["a", "b"], 0.6)
    assert apart.argmax(axis=1).tolist() == [0, 1]
