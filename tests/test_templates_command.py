"""Templates of notes: where they are, whether they can be used, how to begin one of one's own."""

import json

from conftest import Giveback
from giveback.giving.composing.sources import built_in, names


def test_the_list_says_where_each_is_from(giveback: Giveback) -> None:
    folder = giveback.home / "templates"
    folder.mkdir()
    (folder / "email.txt").write_text("A subject\n\nHi {{ first_name }}: {{ title }}")
    (folder / "email-dormant.txt").write_text("A\n\nOne more.\n---\nB\n\nTwo.")
    done = giveback.run_here("templates", "list", "--json")
    rows = {row["name"]: row for row in json.loads(done.out)}
    assert list(rows) == names()
    assert rows["email-dormant"] == {"name": "email-dormant", "path": str(folder / "email-dormant.txt"), "notes": 2}
    assert rows["email-thank-you"] == {"name": "email-thank-you", "path": str(folder / "email.txt"), "notes": 1}
    assert rows["call-thank-you"] == {"name": "call-thank-you", "path": None, "notes": 3}
    assert giveback.run_here("templates").out == giveback.run_here("templates", "list").out
    assert "built in" in giveback.run_here("templates").out


def test_a_copy_takes_the_place_of_the_built_in_one(giveback: Giveback) -> None:
    path = giveback.home / "templates" / "message-dormant.txt"
    assert giveback.run_here("templates", "copy", "message-dormant", "--dry-run").out == f"dry run: copied to {path}\n"
    assert not path.exists()
    assert giveback.run_here("templates", "copy", "message-dormant").out == f"copied to {path}\n"
    assert path.read_text() == built_in("message-dormant").text
    again = giveback.run_here("templates", "copy", "message-dormant.txt")
    assert (again.code, again.err) == (
        4, f"giveback: {path} is there already (edit it, or move it away first)\n"
    )  # fmt: skip
    assert giveback.run_here("templates", "copy", "emial").code == 3
    assert giveback.run_here("templates", "copy", "words").code == 0
    assert giveback.run_here("templates", "check").code == 0


def test_all_is_well(giveback: Giveback) -> None:
    done = giveback.run_here("templates", "check")
    assert (done.code, done.out, done.err) == (0, "", "108 notes in 37 templates can be used\n")


BROKEN = {
    "message": ("Hi {{ first_name }}\n---\nHello {{ frist_name }}", 3, "'frist_name' is undefined"),
    "social": ("Hi {{ first_name }", 1, "unexpected '}'"),
    "email": ("Hi {{ first_name }}, only a body", 1, "there is no subject: it is the first line, and the note follows"),
    "letter-thank-you": ("{# nothing #}", 1, "the note is empty"),
    "letter-dormant": ("Good day.\n---\n\nI am just checking in.", 4, 'it says "just checking in"'),
    "call": ("{{ '{{ title }}' }}", 1, "a placeholder is left in the note"),
    "in-person": ("\nFor {{ interest.split()[0] }}", 2, "list object has no element 0"),
}


def test_what_cannot_be_used_is_said_with_file_line_and_reason(giveback: Giveback) -> None:
    folder = giveback.home / "templates"
    folder.mkdir()
    for name, (text, _, _) in BROKEN.items():
        (folder / f"{name}.txt").write_text(text)
    done = giveback.run_here("templates", "check")
    expected = {f"{folder / name}.txt:{line}: {reason}" for name, (_, line, reason) in BROKEN.items()}
    assert set(done.out.splitlines()) == expected
    assert done.code == 2
    assert f"giveback: {len(expected)} of the notes cannot be used (mend {folder}/" in done.err


def test_faults_as_json_and_of_the_phrases(giveback: Giveback) -> None:
    path = giveback.home / "templates" / "words.txt"
    path.parent.mkdir()
    path.write_text("{% macro because(n) %}\n{{ nothing }\n")
    done = giveback.run_here("templates", "check", "--json")
    assert done.code == 2
    assert json.loads(done.out)["faults"] == [{"place": str(path), "line": 2, "reason": "unexpected '}'"}]


def test_what_is_worth_a_thought_is_remarked(giveback: Giveback) -> None:
    folder = giveback.home / "templates"
    folder.mkdir()
    (folder / "message.txt").write_text("Hi {{ first_name }}: {{ title }} {{ url }}")
    (folder / "emial.txt").write_text("Hi")
    done = giveback.run_here("templates", "check")
    assert done.code == 0
    assert f"{folder / 'message.txt'}: all its notes begin alike" in done.err
    assert "emial.txt: no channel or occasion is called so" in done.err
