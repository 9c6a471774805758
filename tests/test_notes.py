"""Notes: short, in the recipient's words, never twice the same opening, nothing claimed that is not known."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.giving.composing.checking import check, sample_facts
from giveback.giving.composing.compose import compose, freshest, opening
from giveback.giving.composing.notes import Note, NoteFacts
from giveback.giving.composing.occasions import OCCASIONS
from giveback.giving.composing.rendering import TemplateError, parsed, renderer
from giveback.giving.composing.sources import built_in, names, variants
from giveback.giving.editing import as_text
from giveback.keeping.exchanges import CHANNELS, KINDS

FACTS = NoteFacts("Ana", "my orchids", "An orchid that flowers twice", "The Greenhouse", "https://example.com/o", "Sam")
NEVER = (
    *("just checking in", "touch base", "favour", "could you", "would you", "can you", "will you", "let me know"),
    *("hear from you", "get back to", "please", "i read", "you told", "you said", "you mentioned", "none", "()", '""'),
    *("{", "}", "?", " ,", " .", ",,", "..", "  "),
)
ONLY_IF: dict[str, Callable[[NoteFacts], bool]] = {
    "thank": lambda facts: bool(facts.thanks) or facts.occasion == "their-post",
    "grateful": lambda facts: bool(facts.thanks),
    "it was good to meet": lambda facts: bool(facts.met),
    "pleasure": lambda facts: bool(facts.met),
    "a while": lambda facts: facts.occasion == "dormant",
    "some time": lambda facts: facts.occasion == "dormant",
    "all this time": lambda facts: facts.occasion == "dormant",
    "again": lambda facts: facts.occasion == "dormant",
    "your post": lambda facts: facts.occasion == "their-post",
    "home-made": lambda facts: facts.kind == "home-made",
    "the link": lambda facts: bool(facts.url),
    "i looked": lambda facts: facts.kind == "research",
    "this bulletin": lambda facts: facts.kind == "bulletin",
}


def sentences(body: str) -> int:
    """Sentences of a note; the gift itself, on lines of its own or after a colon, is part of the one before."""
    count = 0
    for paragraph in body.split("\n\n"):
        said = re.sub(r"https?://\S+", "", paragraph).strip()
        ended = re.split(r"[.!](?=\s|$)", said)
        count += len(ended) - 1 + (":" in ended[-1])
    return count


def wrong(note: Note, channel: str, facts: NoteFacts) -> Iterator[str]:
    """What a note does that it must not do."""
    text = f"{note.subject}\n{note.kept}"
    low = text.lower()
    yield from (f"says {each!r}" for each in NEVER if each in low)
    yield from (f"claims {said!r}" for said, holds in ONLY_IF.items() if said in low and not holds(facts))
    if not 2 <= sentences(note.body) <= 4:
        yield f"has {sentences(note.body)} sentences"
    if facts.interest and facts.interest.replace("my ", "your ") not in note.body:
        yield "does not name the interest"
    if bool(note.subject) != (channel == "email"):
        yield "has a wrong subject"
    is_comment = channel in ("social", "in-person") and facts.occasion == "their-post"
    if facts.title not in text and not is_comment and facts.kind != "link":
        yield "does not name the gift"
    if facts.url and channel != "letter" and not is_comment and text.count(facts.url) != 1:
        yield "has no link, or several"
    if facts.url and channel in ("message", "social", "in-person") and not is_comment:
        yield from () if note.body.endswith(facts.url) else ("does not end with the link",)
    if channel == "call" and not (facts.url in note.after[1] and note.after[0] and sentences(note.after[1]) >= 2):
        yield "has no e-mail to send afterwards"


def situations(channel: str, occasion: str) -> Iterator[tuple[str, NoteFacts, Note]]:
    """Every note of a template with everything that may be known or not."""
    render = renderer("")
    for facts in sample_facts(occasion):
        if occasion == "their-post" and facts.kind != "article":
            continue
        for variant in variants(built_in(f"{channel}-{occasion}")):
            yield f"{facts.kind} {variant.number}", facts, render.note(variant, channel, facts)


@pytest.mark.parametrize("occasion", OCCASIONS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_note_is_short_says_why_and_asks_for_nothing(channel: str, occasion: str) -> None:
    found = [
        f"{name}: {each}: {as_text(note)}"
        for name, facts, note in situations(channel, occasion)
        for each in wrong(note, channel, facts)
    ]
    assert not found, found[0]


def test_the_judge_sees_what_is_wrong() -> None:
    bad = Note("", "Just checking in. Could you help me? Great.")
    assert len(list(wrong(bad, "message", FACTS))) > 5


@pytest.mark.parametrize("channel", CHANNELS)
def test_notes_by_occasion(channel: str, golden: Callable[[str, str], None]) -> None:
    render, parts = renderer(""), []
    for occasion in OCCASIONS:
        facts = next(each for each in sample_facts(occasion) if each.interest and each.kind == "article")
        facts = facts._replace(title="An orchid that flowers twice", source="The Greenhouse", url="https://example.com")
        notes = [render.note(each, channel, facts) for each in variants(built_in(f"{channel}-{occasion}"))]
        parts.append(f"==== {occasion}\n" + "----\n".join(as_text(note) for note in notes))
    golden(f"notes/{channel}.txt", "\n".join(parts))


def test_notes_by_gift(golden: Callable[[str, str], None]) -> None:
    titles = {
        "research": "Median pay for reservoir engineers in Houston: 131,800 dollars",
        "home-made": "Chocolate chip cookies",
        "skill": "Proofreading a paper in English",
        "time": "An hour with your spreadsheet",
        "connection": "The alumni of the Houston section",
        "introduction": "Łucja Wiśniewska",
        "bulletin": "Weekly energy bulletin",
    }
    parts = []
    for kind in (*KINDS[1:], ""):
        url = "https://example.org/pay" if kind in ("research", "bulletin") else ""
        facts = NoteFacts("Ana", "my old boat", titles.get(kind, "box of chocolates"), "", url, "Kim Berg", kind)
        notes = [compose(channel, facts, turn=turn) for turn, channel in enumerate(CHANNELS)]
        parts.append(f"==== {kind or 'named only'}\n" + "----\n".join(as_text(note) for note in notes))
    golden("notes/gifts.txt", "\n".join(parts))


def test_what_research_found_is_written_out_but_not_spoken() -> None:
    found = "Median pay in Houston: 131,800 dollars. It rose by four per cent."
    facts = FACTS._replace(kind="research", title="Median pay in Houston", text=found)
    for channel in CHANNELS:
        note = compose(channel, facts)
        assert found.rstrip(".") in note.kept
        assert (found.rstrip(".") in note.body) == (channel != "call")


def test_an_article_without_a_link_is_spoken_of_without_one() -> None:
    for channel in CHANNELS:
        note = compose(channel, FACTS._replace(url=""))
        assert FACTS.title in note.body
        assert "http" not in note.kept
        assert "link" not in note.kept


@pytest.fixture(scope="module")
def every_note() -> list[list[Note]]:
    """The notes of every template, with a thank-you and a meeting."""
    render = renderer("")
    facts = FACTS._replace(thanks="the tip", met="see you on Friday")
    return [
        [render.note(variant, channel, facts._replace(kind=kind)) for variant in variants(built_in(name))]
        for channel in CHANNELS
        for occasion in OCCASIONS
        for kind in ("article", "home-made", "")
        for name in [f"{channel}-{occasion}"]
    ]


@given(data=st.data(), turn=st.integers(0, 50))
def test_the_same_opening_never_comes_twice_in_a_row(
    every_note: list[list[Note]], data: st.DataObject, turn: int
) -> None:
    earlier: list[str] = []
    for notes in data.draw(st.lists(st.sampled_from(every_note), max_size=12)):
        note = freshest(notes, earlier, turn)
        assert not earlier or opening(note.body) != opening(earlier[0])
        earlier.insert(0, note.kept)


def test_every_opening_has_its_turn_before_one_comes_again() -> None:
    earlier: list[str] = []
    for _ in range(6):
        earlier.insert(0, compose("email", FACTS, earlier).body)
    assert len({opening(body) for body in earlier[:3]}) == 3
    assert [opening(body) for body in earlier[:3]] == [opening(body) for body in earlier[3:]]


def test_an_edited_opening_counts_as_it_was_sent() -> None:
    first = compose("message", FACTS).body
    assert compose("message", FACTS, ["My own words."]).body == first
    assert compose("message", FACTS, [first]).body != first


# The user's own templates


def test_a_users_template_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "message.txt").write_text("Yo {{ first_name }}: {{ url }}\n---\nLook: {{ url }}")
    (tmp_path / "message-dormant.txt").write_text("Long time, {{ first_name }}.")
    folder = str(tmp_path)
    assert compose("message", FACTS, (), folder).body == "Yo Ana: https://example.com/o"
    assert compose("message", FACTS, ("Yo Ana: https://example.com/o",), folder).body.startswith("Look")
    assert compose("message", FACTS._replace(occasion="dormant"), (), folder).body == "Long time, Ana."
    assert "Ana" in compose("email", FACTS, (), folder).body


def test_a_users_phrases_replace_ours_in_all_notes(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text(
        built_in("words").text.replace("No need to answer, I just hope that you enjoy it.", "Viel Freude damit.")
    )
    assert "Viel Freude damit." in compose("email", FACTS, (), str(tmp_path)).body


@pytest.mark.parametrize(
    ("broken", "line", "reason"),
    [
        ("Hi\n\n{{ firstname }}", 3, "'firstname' is undefined"),
        ("Good {{ first_name }}\n---\nHi\n{% if %}", 4, "Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("a\nb {{ 1 // 0 }}", 2, "zero"),
        ("{{ words.becuase(0) }}", 1, "becuase"),
        ("{{ words.because(9) }}", 1, ""),
        ("{% include 'other.txt' %}", 1, ""),
    ],
)
def test_a_broken_or_nosy_template_is_named_with_its_line(tmp_path: Path, broken: str, line: int, reason: str) -> None:
    (tmp_path / "in-person.txt").write_text(broken)
    with pytest.raises(TemplateError) as caught:
        compose("in-person", FACTS, (), str(tmp_path))
    if "because(9)" not in broken:  # the line is one of the phrases then
        assert caught.value.place == str(tmp_path / "in-person.txt")
        assert caught.value.line == line
    assert reason in caught.value.reason
    assert caught.value.reason in caught.value.message


def test_a_fault_in_the_phrases_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("{% macro subject(n) %}\n{{ nothing }}\n{% endmacro %}")
    with pytest.raises(TemplateError, match=r"words\.txt, line 2 cannot be used: 'nothing' is undefined"):
        compose("email", FACTS, (), str(tmp_path))


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"call\.txt is no UTF-8"):
        compose("call", FACTS, (), str(tmp_path))


def test_an_interest_brings_no_punctuation_of_its_own() -> None:
    assert "you and bass fishing:" in compose("email", FACTS._replace(interest="bass fishing!")).body


def test_what_stands_in_the_facts_is_never_run_as_a_template() -> None:
    note = compose("email", FACTS._replace(title="{{ 7 * 7 }} {% if %}", interest="{{ my_name }}"))
    assert "{{ 7 * 7 }} {% if %}" in note.body
    assert "Sam" not in note.subject


def test_ours_are_all_used_and_all_sound() -> None:
    found = check("")
    assert (found.templates, found.faults, found.remarks) == (len(names()), [], [])


@settings(max_examples=25)
@given(title=st.text(max_size=60), interest=st.text(max_size=60), source=st.text(max_size=40))
def test_whatever_stands_in_the_facts_no_control_reaches_the_note(title: str, interest: str, source: str) -> None:
    note = compose("email", NoteFacts("Ana", interest, title, source, "https://example.com/x", "Sam"))
    assert "\n" not in note.subject
    assert not any((ord(sign) < 32 and sign != "\n") or 0x7F <= ord(sign) < 0xA0 for sign in note.subject + note.body)


def test_a_note_survives_the_editor_unchanged() -> None:
    render = renderer("")
    for channel in CHANNELS:
        for variant in variants(built_in(f"{channel}-staying-in-touch")):
            note = render.note(variant, channel, FACTS)
            assert parsed(as_text(note), channel) == note
