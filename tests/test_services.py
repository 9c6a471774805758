"""Messages keep to the length of a service, counted as the service counts, the link last."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.giving.composing.notes import Note
from giveback.giving.services import SERVICES, clipped, services, too_long

LINK = "https://example.com/" + "o" * 80


@pytest.mark.parametrize(
    ("service", "text", "counts"),
    [
        ("x", "hello", 5),
        ("x", "日本", 4),
        ("x", "Łódź", 4),
        ("x", "Привет", 6),
        ("x", "👩‍👩‍👧‍👦", 2),
        ("x", "👍🏽", 2),
        ("x", "☀️", 2),
        ("x", "© 7", 3),
        ("x", f"a {LINK}", 25),
        ("x", "“quoted” \u2013 …", 13),
        ("mastodon", "👩‍👩‍👧‍👦", 1),
        ("mastodon", f"a {LINK}", 25),
        ("mastodon", "http://a.io", 23),
        ("bluesky", "👩‍👩‍👧‍👦 e\u0301", 3),
        ("bluesky", LINK, 100),
        ("linkedin-note", "👍", 2),
        ("sms", "a" * 160, 160),
        ("sms", "€[]", 6),
        ("sms", "ł" + "a" * 69, 160),
        ("sms", "ł" + "a" * 70, 163),
    ],
)
def test_what_a_text_counts(service: str, text: str, counts: int) -> None:
    assert SERVICES[service].count(text) == counts


def test_a_note_that_fits_stays() -> None:
    note = Note("", f"Hi Ana, this made me think of you: A title {LINK}")
    assert clipped(note, services("x", "social")) == note


def test_a_long_title_is_clipped_at_a_word_before_the_link() -> None:
    note = Note("", f"Hi Ana, this made me think of you: {'word ' * 60}{LINK}")
    found = clipped(note, services("x", "message")).body
    assert found.endswith(f" word… {LINK}")
    assert 275 < SERVICES["x"].count(found) <= 280


def test_an_sms_is_clipped_in_its_own_alphabet() -> None:
    note = Note("", "Hi Ana, this made me think of you: “" + "quoted words \u2013 " * 20 + "https://example.com/a")
    found = clipped(note, services("sms", "message")).body
    assert found.endswith("... https://example.com/a")
    assert 140 < len(found) <= 160


@pytest.mark.parametrize(("service", "said"), [("sms", "the link does not fit"), ("linkedin-note", "does not fit")])
def test_a_link_that_cannot_fit_is_said(service: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        clipped(Note("", "Hi https://example.com/" + "o" * 300), services(service, "message"))


def test_without_a_service_social_notes_fit_everywhere_and_messages_are_free() -> None:
    long = Note("", "word " * 200)
    assert clipped(long, services("", "message")) == long
    body = clipped(long, services("", "social")).body
    assert all(SERVICES[name].count(body) <= SERVICES[name].limit for name in ("x", "mastodon", "bluesky"))


@pytest.mark.parametrize(("said", "channel"), [("myspace", "social"), ("x", "email"), ("sms", "")])
def test_a_service_that_is_none_is_refused(said: str, channel: str) -> None:
    with pytest.raises(UsageError):
        services(said, channel)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=9)


@settings(max_examples=60)
@given(st.sampled_from(list(SERVICES)), st.lists(words, min_size=1, max_size=90), st.booleans())
def test_a_clipped_note_fits_and_ends_with_its_link(name: str, said: list[str], linked: bool) -> None:  # noqa: FBT001 - drawn
    link = "https://example.com/o" if linked else ""
    note = Note("", " ".join([*said, link]).strip())
    limits = services(name, "message")
    found = clipped(note, limits).body
    assert too_long(found, limits) is None
    assert found.endswith(link)
    if too_long(note.body, limits) is None and name != "sms":
        assert found == " ".join(note.body.split())
