"""Editing a contact: the form, what it changes, and real editors."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.people import editing, forms
from giveback.people.contacts import ContactForm, add, get
from giveback.people.editing import Edits
from giveback.people.forms import FIELDS, LISTS, Form, difference, read, write
from giveback.store import connect
from giveback.store.changes import change, undo
from giveback.store.questions import contacts as ask
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from conftest import Giveback
    from giveback.dates import Now

MONDAY = date(2026, 11, 23)
ANA = ContactForm(
    "Ana Ruiz",
    company="Shell",
    every="3w",
    notes='Says "hi".\nHas a \\ boat.',
    points=(("email", "ana@example.com"), ("email", "ana@home.example"), ("phone", "+1 713")),
    interests=("natural gas", "C++", "orchids"),
    avoid=("politics",),
)


def empty(**said: str) -> Form:
    fields = dict.fromkeys(FIELDS, "") | {"name": "Ana Ruiz", "every": "3 weeks"} | said
    return Form(fields, {field: [] for field in LISTS})


def added(store: str, now: Now) -> int:
    with change(store, now, "add") as session:
        number = add(session, ANA, now.today, None).id
    assert number is not None
    return number


def form_in(store: str, number: int) -> Form:
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        return forms.form_of(
            ask.one(connection, number), ask.points(connection, number), ask.interests(connection, number)
        )


LINES = st.text(max_size=40).map(clean_line)
PHRASES = st.lists(st.text("abc \"\\#'[]=é🎣", min_size=1, max_size=30).map(clean_line).filter(bool), max_size=5)


@given(LINES, LINES, st.text(max_size=200).map(clean_text), PHRASES, PHRASES)
@example('"', "\\", '"""\n"\\"""\\\n\nx = 1"', ['"a", "b"', "\\"], ["# no comment"])
def test_a_form_reads_back_as_it_was_written(
    company: str, town: str, notes: str, interests: list[str], handles: list[str]
) -> None:
    form = Form(
        {**empty().fields, "company": company, "town": town, "notes": notes},
        {**empty().lists, "interests": list(dict.fromkeys(interests)), "handle": list(dict.fromkeys(handles))},
    )
    # Read against an empty form, so that nothing is right because it was left out.
    again = read(write(form), empty(name="?", every="?"), MONDAY)
    assert again.lists == form.lists
    assert again.fields == {**form.fields, "name": "Ana Ruiz"}
    assert not any(difference(form, read(write(form), form, MONDAY)))


def test_the_form_of_a_contact_is_small_and_says_how_it_is_used(store: str, now: Now) -> None:
    text = write(form_in(store, added(store, now)))
    assert text.startswith("# Ana Ruiz: change what you like, save and close.\n")
    assert 'every = "3 weeks"             # 3w, 45d, 2 months, close, warm, weak, dormant or never\n' in text
    assert 'interests = ["natural gas", "C++", "orchids"]\n' in text
    assert text.endswith('notes = """\nSays "hi".\nHas a \\\\ boat."""\n')
    assert max(map(len, text.splitlines())) <= 90


def test_long_lists_stand_one_on_a_line() -> None:
    form = Form(empty().fields, {**empty().lists, "interests": [f"a rather long interest {n}" for n in range(9)]})
    assert '    "a rather long interest 8",\n]\n' in write(form)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "Ana"\ncompany = Shell\n', "line 2: invalid value"),
        ('name = "Ana\n', "line 1: illegal character"),
        ('# x\n\nnmae = "Ana"\n', "line 3: there is no field 'nmae'"),
        ('\nname = " "\n', "line 2: the name is empty"),
        ('name = "Ana"\nevery = "sometimes"\n', 'line 2: not a span of time: "sometimes"'),
        ("every = 0\n", 'line 1: span out of range: "0d"'),
        ('\n\nbirthday = "31 Feb"', 'line 3: no such day: "31 Feb"'),
        ("birthday = 2026-11-24\n", "line 1: the birthday '2026-11-24' lies in the future"),
        ("birthday = 2026-02-30\n", "line 1: "),
        ("company = 3\n", "line 1: company needs a text in quotes"),
        ("company = true\n", "line 1: company needs a text in quotes"),
        ("every = true\n", "line 1: every needs a text in quotes"),
        ('email = "a@b.c"\n', "line 1: email needs a list of texts in quotes"),
        ("email = [1]\n", "line 1: email needs a list of texts in quotes"),
        ('email = ["a@b.c", "nobody"]\n', "line 1: 'nobody' is no e-mail address"),
        ('email = [\n  "a@b.c",\n  "nobody",\n]\n', "line 3: 'nobody' is no e-mail address"),
        ('interests = ["x", " "]\n', "line 1: an interest is empty"),
        ('phone = [""]\n', "line 1: the phone is empty"),
        ('name = "A"\nname = "B"\n', "line 2: cannot overwrite a value"),
        ('[name]\nfirst = "A"\n', "line 1: name needs a text in quotes"),
        ('notes = """\nnever closed\n', "line 3: "),
        ("x = " + "[" * 5000, "line 1: "),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(text, empty(), MONDAY)
    assert refused.value.message.startswith(message)
    assert refused.value.message.isprintable()


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused_with_its_line(text: str) -> None:
    try:
        read(text, empty(), MONDAY)
    except UsageError as error:
        refused = error.message
    else:
        refused = "line"
    assert refused.startswith("line")


def test_toml_of_other_hands_is_understood() -> None:
    text = "\ufeffname = 'Ana Ruiz'\r\nevery = 45\r\nbirthday = 1980-03-14\r\nemail = [ 'a@b.c', ]\r\nnotes = 'x'\r\n"
    form = read(text, empty(), MONDAY)
    assert (form.fields["every"], form.fields["birthday"], form.fields["notes"]) == ("45d", "1980-03-14", "x")
    assert form.lists["email"] == ["a@b.c"]


def test_a_line_that_is_deleted_stays_as_it_was() -> None:
    old = Form(empty(company="Shell").fields, {**empty().lists, "email": ["a@b.c"]})
    assert read("", old, MONDAY) == old
    assert not any(difference(old, read('town = ""\n', old, MONDAY)))


def test_only_what_the_user_changed_is_changed(store: str, now: Now) -> None:
    number = added(store, now)
    old = form_in(store, number)
    text = write(old).replace("Shell", "Equinor").replace("ana@home.example", "ANA@HOME.EXAMPLE")
    text = text.replace('"C++", "orchids"', '"Orchids", "jazz"').replace(
        'avoid = ["politics"]', 'avoid = ["natural gas"]'
    )
    text = text.replace('interests = ["natural gas", ', "interests = [")
    with change(store, now, "meanwhile") as session:
        editing.apply(session, get(session, number), Edits({"town": "Oslo"}, [("phone", "+47")]), now)
    with change(store, now, "edit") as session:
        lines = editing.apply(session, get(session, number), difference(old, read(text, old, MONDAY)), now)
    assert lines == [
        "company: Shell -> Equinor",
        "email: removed ana@home.example",
        "email: added ANA@HOME.EXAMPLE",
        "interests: -C++",
        "interests: -orchids",
        "interests: -politics",
        "interests: +Orchids",
        "interests: +jazz",
        "avoids: natural gas",
    ]
    new = form_in(store, number)
    assert (new.fields["town"], new.lists["phone"]) == ("Oslo", ["+1 713", "+47"])
    assert (new.lists["interests"], new.lists["avoid"]) == (["Orchids", "jazz"], ["natural gas"])
    undo(store, now)
    undo(store, now)
    assert form_in(store, number) == old


def test_saying_what_is_there_already_changes_nothing(store: str, now: Now) -> None:
    number = added(store, now)
    edits = Edits({"company": "Shell", "every": "21d"}, [("email", "ANA@example.com")])
    with change(store, now, "edit") as session:
        assert editing.apply(session, get(session, number), edits, now) == []
    undo(store, now)  # the addition: an edit that changes nothing is no step


# The command itself, with editors that are small scripts.


@pytest.fixture
def home(giveback: Giveback, now: Now) -> Giveback:
    added(giveback.store, now)
    return giveback


def editor(home: Giveback, body: str) -> dict[str, str]:
    """An environment whose editor is a Python script that finds the form's text in `text`."""
    script = home.home / "editor.py"
    script.write_text(
        "import sys\npath = sys.argv[-1]\ntext = open(path, encoding='utf-8').read()\n"
        f"{body}\nopen(path, 'w', encoding='utf-8').write(text)\n",
        encoding="utf-8",
    )
    return {"EDITOR": f"'{sys.executable}' '{script}' --wait", "VISUAL": ""}


def test_the_editor_gets_the_form_and_its_changes_are_applied(home: Giveback) -> None:
    body = "assert path.endswith('.toml')\ntext = text.replace('\"Shell\"', '\"Equinor\"').replace('\"C++\", ', '')"
    done = home.run("edit", "ana", env=editor(home, body))
    assert (done.code, done.out) == (0, "Ana Ruiz · company: Shell -> Equinor\nAna Ruiz · interests: -C++\n")
    assert form_in(home.store, 1).lists["interests"] == ["natural gas", "orchids"]
    tried = home.run_here("edit", "ana", "--dry-run", env=editor(home, "text = text.replace('Equinor', 'Total')"))
    assert tried.out == "dry run: Ana Ruiz · company: Equinor -> Total\n"
    assert form_in(home.store, 1).fields["company"] == "Equinor"


@pytest.mark.parametrize("body", ["", "text = ''", "text += '# a comment'"])
def test_saving_without_a_change_says_so(home: Giveback, body: str) -> None:
    done = home.run_here("edit", "ana", env=editor(home, body))
    assert (done.code, done.out) == (0, "Ana Ruiz: nothing changed\n")


def test_what_was_typed_is_kept_when_it_is_refused(home: Giveback) -> None:
    done = home.run_here("edit", "ana", env=editor(home, 'text = text.replace(\'"+1 713"\', \'"+1 713", ""\')'))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("giveback: line 15: the phone is empty (")
    (kept,) = (home.home / "drafts").iterdir()
    assert f'giveback edit "Ana Ruiz" --form {kept})' in done.err
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(kept.read_text("utf-8").replace(', ""]', ', "+47"]'), "utf-8")
    mended = home.run_here("edit", "ana", "--form", str(kept))
    assert (mended.code, mended.out) == (0, "Ana Ruiz · phone: added +47\n")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("false", "giveback: the editor 'false' ended with 1 (nothing was changed)\n"),
        ("/nowhere/ed", "giveback: the editor '/nowhere/ed' cannot be started (set EDITOR to one that is installed)\n"),
        ("", "giveback: there is no terminal for an editor (say what to change by options: giveback edit --help)\n"),
    ],
)
def test_an_editor_that_fails_changes_nothing(home: Giveback, command: str, message: str) -> None:
    done = home.run_here("edit", "ana", env={"EDITOR": command})
    assert (done.code, done.out, done.err) == (2, "", message)


def test_options_change_directly(home: Giveback) -> None:
    done = home.run_here(
        "edit", "ana", "--name", "Ana Smith", "--company", "", "--every", "never", "--birthday", "14 Mar",
        "--email", "new@example.com", "--email", "ANA@example.com", "--remove-email", "ana@HOME.example",
        "--remove-point", "+1 713", "--blog", "https://ana.example.com/",
    )  # fmt: skip
    assert done.err == ""
    assert done.out.splitlines() == [
        "Ana Smith · name: Ana Ruiz -> Ana Smith",
        "Ana Smith · company: Shell -> (nothing)",
        "Ana Smith · every: 3 weeks -> never",
        "Ana Smith · birthday: (nothing) -> --03-14",
        "Ana Smith · email: removed ana@home.example",
        "Ana Smith · contact point: removed +1 713",
        "Ana Smith · email: added new@example.com",
        "Ana Smith · blog: added https://ana.example.com/",
    ]
    assert form_in(home.store, 1).lists["email"] == ["ana@example.com", "new@example.com"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--email", "nobody"], "'nobody' is no e-mail address (it needs a name, an @ and a host: name@example.com)"),
        (["--remove-email", "x@y.z"], "Ana Ruiz has no email 'x@y.z' (giveback show \"Ana Ruiz\" lists them)"),
        (["--company", "X", "--form", "y"], "--form excludes the other options ("),
        (["--company", "X", "--birthday", "31 Feb"], 'no such day: "31 Feb" ('),
        (["--form", "nowhere.toml"], "nowhere.toml: No such file or directory ("),
    ],
)
def test_options_that_cannot_be_change_nothing(home: Giveback, arguments: list[str], message: str) -> None:
    before = form_in(home.store, 1)
    done = home.run_here("edit", "ana", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"giveback: {message}")
    assert form_in(home.store, 1) == before
    assert not Path(home.home / "drafts").exists()
