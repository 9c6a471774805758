"""What is kept of tact, and what it means for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.matching.suspicion import LEAST, THRESHOLD, Suspicion, packed, suspicion, unpacked
from giveback.matching.tact import KINDS

ODDS = st.dictionaries(st.sampled_from(KINDS), st.floats(0, 1))
ALLOW = st.sets(st.sampled_from(KINDS))
SHARE = st.floats(0.01, 1)


@given(ODDS)
def test_what_was_packed_is_found_again(odds: dict[str, float]) -> None:
    found = unpacked(packed(odds))
    assert set(found) == {kind for kind, value in odds.items() if value >= LEAST}
    assert all(found[kind] == pytest.approx(odds[kind], abs=0.005001) for kind in found)
    assert list(found.values()) == sorted(found.values(), reverse=True)


@given(ODDS, ALLOW, SHARE, SHARE)
def test_a_higher_threshold_holds_back_no_more(
    odds: dict[str, float], allow: set[str], one: float, other: float
) -> None:
    strict, lenient = suspicion(packed(odds), allow, min(one, other)), suspicion(packed(odds), allow, max(one, other))
    assert strict.probability == lenient.probability
    assert strict.kind or not lenient.kind


@given(ODDS, ALLOW, st.sampled_from(KINDS), SHARE)
def test_to_allow_a_kind_makes_no_article_more_suspect(
    odds: dict[str, float], allow: set[str], kind: str, threshold: float
) -> None:
    before, after = suspicion(packed(odds), allow, threshold), suspicion(packed(odds), {*allow, kind}, threshold)
    assert after.probability <= before.probability
    assert before.kind or not after.kind
    assert after.kind not in {*allow, kind}


def test_kinds_count_together() -> None:
    assert suspicion("crime 0.30, death 0.25") == Suspicion(0.55, "crime")
    assert suspicion("crime 0.30, death 0.25", {"crime"}) == Suspicion(0.25, "")
    assert suspicion("crime 0.30, death 0.25", threshold=0.6) == Suspicion(0.55, "")
    assert suspicion("crime 1.00", threshold=1) == Suspicion(1.0, "")
    assert THRESHOLD == 0.5


@pytest.mark.parametrize("kept", [None, ""])
def test_nothing_kept_is_nothing_suspected(kept: str | None) -> None:
    assert suspicion(kept, threshold=0.01) == Suspicion(0.0, "")


@pytest.mark.parametrize("damaged", ["crime zero, , death", "crime nan", "crime -3", "death 7.5", "\x00\xff"])
def test_a_damaged_verdict_holds_the_article_back(damaged: str) -> None:
    """It is not known to be harmless, and no number of it may count."""
    found = suspicion(damaged)
    assert (found.probability, found.kind) == (1.0, "other")
    assert suspicion(damaged, threshold=1.0).kind == ""
