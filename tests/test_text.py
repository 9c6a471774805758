"""What comes from outside appears on a terminal and does nothing else."""

import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.text import clean_line, clean_text, fold, html_to_text, words

# Hypothesis alone would rarely put these next to each other.
_PIECES = st.sampled_from(
    [
        "\x1b",
        "[",
        "]",
        "31m",
        "\x9b",
        "\x9d",
        "\x07",
        "\\",
        "\x00",
        "\u200d",
        "\u200c",
        "\u0301",
        "\u202e",
        "e",
        "é",
        "א",
        "👩",
        " ",
        "\n",
        "\u2028",
        "\u212a",
        "\ud83d",
        "\U000e0041",
        "\u1fef",
        "\u0958",
    ]
)
_ANY_CHARACTER = st.characters(codec=None)
HOSTILE = st.one_of(st.text(_ANY_CHARACTER), st.lists(_PIECES, max_size=20).map("".join))
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def obeyed(text: str) -> list[str]:
    """Characters that a terminal or a text engine would act on rather than show."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in BIDI]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[?1049h\x1b[2Jgone", "gone"),
        ("\x1b]0;title\x07kept", "kept"),
        ("\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP+q544e\x1b\\dcs", "dcs"),
        ("\x9b31mC1", "C1"),
        ("\x9d0;title\x9ckept", "kept"),
        ("\x1b(Bcharset\x1bc", "charset"),
        ("unterminated \x1b]0;still read", "unterminated 0;still read"),
        ("cut off \x1b[3", "cut off 3"),
        ("nul\x00 back\b del\x7f", "nul back del"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff so\u00adft", "zerowidth soft"),
        ("pay\u200dpal", "paypal"),
        ("tag\U000e0041s", "tags"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("a\r\nb\tc\u2028d\u00a0\u3000e", "a b c d e"),
        ("e\u0301", "é"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_a_line_loses_what_is_not_to_be_seen(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


@pytest.mark.parametrize("text", ["👩‍👩‍👧‍👦 family", "❤️ heart", "می‌خواهم", "क्‍ष", "漢字", "naïve résumé"])
def test_a_line_keeps_what_words_and_emoji_need(text: str) -> None:
    assert clean_line(text) == text


@given(HOSTILE)
def test_a_line_never_acts(raw: str) -> None:
    line = clean_line(raw)
    assert obeyed(line) == []
    assert "\x1b" not in line
    assert line == " ".join(line.split())
    assert unicodedata.is_normalized("NFC", line)


@given(HOSTILE, st.integers(1, 30))
def test_cleaning_twice_changes_nothing(raw: str, limit: int) -> None:
    line, text = clean_line(raw, limit), clean_text(raw, limit)
    assert clean_line(line, limit) == line
    assert clean_text(text, limit) == text
    assert len(line) <= limit
    assert len(text) <= limit


@given(HOSTILE)
def test_a_text_never_acts_and_keeps_single_blank_lines(raw: str) -> None:
    text = clean_text(raw)
    assert [c for c in obeyed(text) if c != "\n"] == []
    assert "\n\n\n" not in text
    assert text == text.strip()


def test_a_text_keeps_its_paragraphs() -> None:
    assert clean_text("\n\none\r\ntwo \x1b[1m\n\n \n\nthree\x0b\n") == "one\ntwo\n\nthree"


def test_a_cut_line_says_so() -> None:
    assert clean_line("word " * 200, 11) == "word word…"
    assert clean_line("x" * 1_000_000) == "x" * 499 + "…"


@pytest.mark.parametrize("count", [1, 200_000])
def test_many_unfinished_sequences_are_read_once(count: int) -> None:
    assert clean_line("\x1b]" * count + "end") == "end"
    assert clean_line("\x1b[" * count + " !end") == "nd"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("", ""),
        ("<!-- nothing -->", ""),
        ("fish &amp; chips &lt;3", "fish & chips <3"),
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<ul>\n <li>a</li>\n <li>b\n c</li>\n</ul>after", "a\nb c\n\nafter"),
        ("<b>bo</b>ld <i>x</i>", "bold x"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("a<script>alert(1)</script><style>p{}</style><noscript>on</noscript>b", "ab"),
        ("<script>never closed", ""),
        ('<?xml version="1.0" encoding="latin-1"?><p>é</p>', "é"),
        ("<p>nul\0nul \x1b[31mred &#27;[2J &#x9b;31m</p>", "nulnul red"),
        ("<p>\ud83d lone</p>", "lone"),
        ("tom & jerry", "tom & jerry"),
        ('<a href="javascript:alert(1)" onclick="x()">words</a>', "words"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert html_to_text(markup).startswith(text)
    assert obeyed(html_to_text(markup).replace("\n", "")) == []


@pytest.mark.parametrize("tag", ["div", "b", "table", "blockquote"])
def test_deep_nesting_is_harmless(tag: str) -> None:
    deep = f"<{tag}>" * 50_000 + "treasure" + f"</{tag}>" * 50_000
    assert html_to_text(deep, 1_000_000) in ("treasure", "")


@pytest.mark.parametrize("piece", ["<", "<!--", "<![CDATA[", '<a b="', "&", "</x>", "&#"])
def test_broken_markup_is_harmless(piece: str) -> None:
    assert len(html_to_text(piece * 50_000, 1000)) <= 1000


def test_only_the_beginning_of_huge_markup_is_read() -> None:
    assert html_to_text("<p>" + "word " * 2_000_000, 20) == "word word word word…"


@given(st.one_of(HOSTILE, st.lists(st.sampled_from(["<p>", "</b>", "&#27;", "&lt;", "x", "<!", "<?xml"])).map("".join)))
def test_markup_never_acts(markup: str) -> None:
    text = html_to_text(markup)
    assert [c for c in obeyed(text) if c != "\n"] == []
    assert clean_text(text) == text


def test_plain_strings_need_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    assert html_to_text("no markup here") == "no markup here"


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("  José  ÁLVAREZ ", "jose alvarez"),
        ("ŁÓDŹ Straße Øre", "lodz strasse ore"),
        ("Æther Œuvre Þór Đà", "aether oeuvre thor da"),
        ("I\u0307stanbul \u0131s\u0131 İ", "istanbul isi i"),
        ("O\u2019Brien", "o'brien"),
        ("\ufb01 \uff21", "fi a"),
        ("がく", "がく"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(HOSTILE)
def test_folding_twice_changes_nothing(raw: str) -> None:
    assert fold(fold(raw)) == fold(raw)
    assert words(fold(raw)) == words(raw)


@given(st.text("abcdeéèñüçÅł "))
def test_fold_ignores_case_and_composition(raw: str) -> None:
    assert fold(raw.upper()) == fold(raw) == fold(unicodedata.normalize("NFD", raw))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("O'Brien, naïve 3D!", ["o", "brien", "naive", "3d"]),
        ("snake_case ❤️ -", ["snake", "case"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("", []),
    ],
)
def test_words(raw: str, expected: list[str]) -> None:
    assert words(raw) == expected


@given(HOSTILE, HOSTILE)
def test_words_do_not_depend_on_their_neighbours(one: str, other: str) -> None:
    assert words(f"{one} {other}") == words(one) + words(other)


@given(HOSTILE)
def test_words_are_runs_of_the_folded_text(raw: str) -> None:
    folded = "".join([c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in fold(raw)])
    assert words(raw) == [word for word in folded.split() if any(map(str.isalnum, word))]


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["ansi-titles.json", "unicode-titles.json"])
def test_hostile_titles(corpora: Path, name: str) -> None:
    items = json.loads((corpora / "feeds" / "hostile" / name).read_text(encoding="utf-8"))["items"]
    for item in items:
        line = clean_line(item["title"])
        assert line
        assert obeyed(line) == []
        assert "evil" not in line


@given(st.text(max_size=200))
def test_a_slug_is_one_name_for_every_file_system_and_the_same_when_made_again(said: str) -> None:
    from giveback.naming import NAME_BYTES, slug

    made = slug(said, "none")
    assert made
    assert len(made.encode()) <= NAME_BYTES
    assert set(made).isdisjoint('<>:"/\\|?*. \0')
    assert slug(made) == made
    assert made == made.strip("-")
    assert not any(0xD800 <= ord(character) < 0xE000 for character in made)
