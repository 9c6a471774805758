"""The file of an issue: what is written is read again, what is edited goes out, what is broken is named by its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.bulletins.document import Letter, examine, read
from giveback.bulletins.rendering import html, text
from giveback.bulletins.writing import Entry, Part, Source, write
from giveback.errors import UsageError
from giveback.text import clean_line

DAY = date(2026, 11, 23)
LINES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).map(clean_line).filter(bool)
MARKUP = st.text("ab #*_`[]()<>!&;\\-+=~0123456789.:|\"'{}$^/", min_size=1, max_size=30).map(clean_line).filter(bool)
TITLES = (LINES | MARKUP).filter(lambda line: any(map(str.isalnum, line)))
URLS = st.from_regex(
    r"https://[a-z]{1,8}\.example/[a-z0-9()_~.%!*'-]{0,12}(\?[a-z]=[a-z0-9&;äß]{0,7})?", fullmatch=True
)


def one(body: str) -> str:
    return f"# A title\n\n{body}"


@settings(max_examples=15)
@given(TITLES, st.lists(st.tuples(TITLES, URLS, TITLES, TITLES), max_size=3, unique_by=lambda row: row[1]), TITLES)
def test_what_is_written_is_read_again(title: str, rows: list[tuple[str, str, str, str]], section: str) -> None:
    entries = tuple(Entry(said, url, source, DAY, line) for said, url, source, line in rows)
    document = read(write(Letter(issue=3), title, [Part(section, entries)]), issue=3)
    assert document.title == clean_line(title, 1_000)
    assert [(item.title, item.url) for item in document.items] == [(row[0], row[1]) for row in rows]
    if rows:
        assert document.sections[0].name == section
        quoted = html(document.items[0].body, level=3)
        assert "<script" not in quoted
        assert clean_line(text(document.items[0].body).replace(">", " ")) != ""


def test_an_item_names_the_other_sources_of_its_story() -> None:
    entry = Entry("Gas", "https://a.example/1", "A [1]", DAY, "", (Source("B", "https://b.example/(2)"),))
    body = html(read(write(Letter(), "T", [Part("", (entry,))])).items[0].body, level=3)
    assert body == (
        '<p class="source"><em>A [1], 23 November 2026; also in <a href="https://b.example/(2)">B</a></em></p>\n'
    )


BROKEN = {
    "hello\n\n# T": (1, "text above the title"),
    "": (1, "there is no title"),
    "## S\n": (1, "there is no title"),
    "# T\n\n# U": (3, "a title on line 1 already"),
    "# T\n\n### [a](https://a.example/) and [b](https://b.example/)": (3, "two addresses"),
    "# T\n\n### [a](javascript:alert(1))": (3, "begins with http"),
    "# T\n\n### [a](mailto:a@b.example)": (3, "begins with https"),
    "# T\n\n### [a](https://a.example/)\n\n## S\n\n### [b](https://a.example/)": (7, "there twice: first on line 3"),
    "# T\n\n###\n": (3, "no title"),
    "# T\n\n<!-- a\n\nb": (3, "has no end"),
    "# T\n\n```\ncode\n\n## S": (3, "never closed"),
    "---\nissue: 3\n# T": (1, "have no end"),
    "---\nissue: 4\n---\n# T": (2, "the file of issue 3, not 4"),
    "---\nissue: x\n---\n# T": (2, "no number"),
    "---\nlanguage: de at\n---\n# T": (2, "no language"),
    "---\ncolour: red\n---\n# T": (2, "no setting"),
    "# T\n" + "x" * 200_001: (1, "200,005 characters"),
}


@pytest.mark.parametrize("said", BROKEN, ids=lambda said: repr(said)[:40])
def test_a_broken_file_is_named_by_line_and_reason(said: str) -> None:
    line, reason = BROKEN[said]
    with pytest.raises(UsageError, match=rf"3\.md, line {line}: .*{reason}") as error:
        read(said, issue=3, name="3.md")
    assert "your text is as you left it" in error.value.hint


def test_every_problem_is_told_the_first_one_first() -> None:
    _, problems = examine("---\ncolour: red\n---\nhello\n# T\n\n###\n")
    assert [each.line for each in problems] == [2, 7, 4] or sorted(each.line for each in problems) == [2, 4, 7]


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.text("#-<>!`*[]()\n: ~a1", max_size=80))
def test_no_file_is_too_odd_to_be_examined(said: str) -> None:
    document, problems = examine(said)
    assert document is not None or problems
    assert all(0 < each.line <= said.count("\n") + 1 for each in problems)
    for item in document.items if document else ():
        assert "<script" not in html(item.body, level=3)
        text(item.body)


def test_what_the_user_moves_writes_and_deletes_goes_out() -> None:
    said = one(
        "A word.\n\n## Two\n\nAbout it.\n\n### [B](https://b.example/)\n\nMy comment.\n\n"
        "### Words of mine\n\nYes.\n\n## Empty\n"
    )
    document = read(said)
    assert html(document.intro, level=1) == "<p>A word.</p>\n"
    assert [section.name for section in document.sections] == ["Two"]
    assert text(document.sections[0].lead) == "About it."
    assert [(item.title, item.url, text(item.body)) for item in document.items] == [
        ("B", "https://b.example/", "My comment."),
        ("Words of mine", "", "Yes."),
    ]


def test_comments_do_not_go_out_and_lines_keep_their_numbers() -> None:
    document, problems = examine(one("<!-- a\nb --> word <!-- c -->\n\n### [x](ftp://x.example/)"))
    assert document is not None
    assert text(document.intro) == "word"
    assert problems[0].line == 6


def test_html_pictures_and_headings_are_tamed() -> None:
    document = read(
        one('<b onclick="x()">hi</b> ![chart](https://c.example/x.png) [y](https://y.example/)\n\n#### Deep')
    )
    assert html(document.intro, level=1) == (
        "<p>&lt;b onclick=&quot;x()&quot;&gt;hi&lt;/b&gt; "
        '<a href="https://c.example/x.png">chart</a> <a href="https://y.example/">y</a></p>\n<h2>Deep</h2>\n'
    )


def test_plain_text_says_the_same() -> None:
    said = (
        "Long words that go on and on until they have to be wrapped at seventy-two columns.\n\n"
        "- one\n- two\n  1. a\n\n> quoted\n\n    code\n\n***"
    )
    assert text(read(one(said)).intro) == (
        "Long words that go on and on until they have to be wrapped at\nseventy-two columns.\n\n"
        "- one\n- two\n  1. a\n\n"
        "> quoted\n\n    code\n\n* * *"
    )
    assert text(read(one("[a](https://a.example/) <https://b.example/>")).intro) == (
        "a <https://a.example/> https://b.example/"
    )
