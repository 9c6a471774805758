"""Notes: short, in the recipient's words, never twice the same opening, nothing claimed that is not known."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.giving.composing.notes import NoteFacts, addressed, compose, first_name
from giveback.keeping.exchanges import CHANNELS

FACTS = NoteFacts("Ana", "my orchids", "An orchid that flowers twice", "The Greenhouse", "https://example.com/o", "Sam")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_note_names_the_interest_and_the_gift_and_asks_for_nothing(channel: str) -> None:
    earlier: list[str] = []
    for _ in range(4):
        note = compose(channel, FACTS, earlier)
        assert "An orchid that flowers twice" in note.body
        assert "orchids" in note.subject + note.body
        assert "my orchids" not in note.subject + note.body
        assert "just checking in" not in note.body.lower()
        assert "{" not in note.subject + note.body
        assert bool(note.subject) == (channel == "email")
        earlier.insert(0, note.body)


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_opening_never_comes_twice_in_a_row(channel: str) -> None:
    earlier: list[str] = []
    for _ in range(6):
        note = compose(channel, FACTS, earlier)
        assert note.body not in earlier[:1]
        earlier.insert(0, note.body)


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_not_known_leaves_no_hole(channel: str) -> None:
    earlier: list[str] = []
    for _ in range(4):
        note = compose(channel, NoteFacts("Ana", "", "Chocolate chip cookies"), earlier)
        text = note.subject + "\n" + note.body
        assert "None" not in text
        assert "()" not in text
        assert '""' not in text
        assert not note.body.endswith(",")
        assert not any(line.endswith((" ,", " .", "( ")) for line in text.splitlines())
        earlier.insert(0, note.body)


def test_a_users_template_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "message.txt").write_text("Yo {{ first_name }}: {{ url }}\n---\nLook: {{ url }}")
    assert compose("message", FACTS, (), str(tmp_path)).body == "Yo Ana: https://example.com/o"
    assert compose("message", FACTS, ("Yo Ana: https://example.com/o",), str(tmp_path)).body.startswith("Look")
    assert "Ana" in compose("email", FACTS, (), str(tmp_path)).body


@pytest.mark.parametrize("broken", ["{{ firstname }}", "{% if %}", "{{ ''.__class__.__mro__ }}"])
def test_a_broken_or_nosy_template_is_named(tmp_path: Path, broken: str) -> None:
    (tmp_path / "call.txt").write_text(broken)
    with pytest.raises(UsageError, match=r"call\.txt"):
        compose("call", FACTS, (), str(tmp_path))


@pytest.mark.parametrize(
    ("name", "nickname", "expected"),
    [
        ("Ana Ruiz", "", "Ana"),
        ("Dr. Łucja Wiśniewska", "", "Łucja"),
        ("خالد المنصوري", "Khalid", "Khalid"),
        ("خالد المنصوري", "", "خالد"),
        ("Prof.", "", "Prof."),
        ("ana@example.com", "", "ana@example.com"),
    ],
)
def test_how_somebody_is_addressed(name: str, nickname: str, expected: str) -> None:
    assert first_name(name, nickname) == expected


def test_a_phrase_is_turned_round() -> None:
    assert addressed("the orchids on my windowsill") == "the orchids on your windowsill"
    assert addressed("what helps me and us") == "what helps you and you"
    assert addressed("bass fishing") == "bass fishing"


@given(title=st.text(max_size=60), interest=st.text(max_size=60), source=st.text(max_size=40))
def test_whatever_stands_in_the_facts_no_control_reaches_the_note(title: str, interest: str, source: str) -> None:
    note = compose("email", NoteFacts("Ana", interest, title, source, "https://example.com/x", "Sam"))
    assert "\n" not in note.subject
    assert not any((ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) < 0xA0 for sign in note.subject + note.body)
