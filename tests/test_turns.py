"""The short list in plain Python follows the same rule as the one over arrays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching.fusion import take_in_turn
from giveback.matching.turns import Rules, Story, closeness, take


@given(
    scores=st.lists(st.lists(st.integers(min_value=0, max_value=9), min_size=6, max_size=6), min_size=1, max_size=4),
    weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=4, max_size=4),
    sources=st.lists(st.sampled_from(["", "A", "B"]), min_size=6, max_size=6),
    limit=st.integers(min_value=0, max_value=8),
)
def test_both_take_the_same_turns(
    scores: list[list[int]], weights: list[float], sources: list[str], limit: int
) -> None:
    # Scores whose shares differ by far more than float32 rounds: of two equal ones either may come first.
    table = np.array(
        [
            [cell * (1 + 0.2 * ((row * 6 + column + 1) * 0.6180339887 % 1)) for column, cell in enumerate(line)]
            for row, line in enumerate(scores)
        ]
    )
    expected = take_in_turn(table.astype(np.float32), weights[: len(scores)], limit, sources)
    sparse = {
        row: {column: float(np.float32(v)) for column, v in enumerate(line) if v > 0} for row, line in enumerate(table)
    }
    stories = {n: Story(source, {f"title{n}", "with", "words"}, b"") for n, source in enumerate(sources)}
    assert take(sparse, dict(enumerate(weights)), stories.__getitem__, Rules(limit)) == expected


def test_of_articles_that_add_as_much_the_surer_one_comes_first() -> None:
    stories = {n: Story("", {f"title{n}", "with", "words"}, b"") for n in range(3)}
    scores, weights = {0: {0: 0.3}, 1: {1: 0.9}, 2: {2: 0.5}}, {0: 1.0, 1: 1.0, 2: 1.0}
    sure = {0: 0.26, 1: 0.3, 2: 0.5}
    assert take(scores, weights, stories.__getitem__, Rules(3, sure=sure)) == [(2, 2), (1, 1), (0, 0)]
    assert take(scores, weights | {0: 2.0}, stories.__getitem__, Rules(3, sure=sure))[0] == (0, 0), "weights go first"


def test_closeness_of_bytes() -> None:
    one = np.array([1, 2, -3] + [0] * 253, dtype=np.int8).tobytes()
    other = np.array([-1, -2, 3] + [0] * 253, dtype=np.int8).tobytes()
    assert round(closeness(one, one), 6) == 1
    assert round(closeness(one, other), 6) == -1
    assert closeness(one, b"") == closeness(one, b"short") == closeness(bytes(256), bytes(256)) == 0
