"""Giving, dismissing and suggesting, by the bytes of the commands."""

import json
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import Giveback

PAGES = {
    "orchid": ("An orchid that flowers twice", "Moth orchids bloom again when they are kept cool at night."),
    "bass": ("Where largemouth bass hide at noon", "Bass fishing under the dock needs patience and a slow worm."),
    "bread": ("Sourdough without fuss", "Bread needs flour, water, salt and a patient oven, no more than that."),
}


def save(home: Giveback, name: str, title: str, text: str) -> None:
    page = home.home / f"{name}.html"
    body = f"<article><h1>{title}</h1><p>{(text + ' ') * 6}</p></article>"
    page.write_text(f"<html><head><title>{title}</title></head><body>{body}</body></html>", "utf-8")
    done = home.run_here("save", str(page), "--url", f"https://example.com/{name}")
    assert done.code == 0, done


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana, who likes two things, and three saved pages; made once, by commands."""
    home = Giveback(tmp_path_factory.mktemp("ana"))
    for name, (title, text) in PAGES.items():
        save(home, name, title, text)
    done = home.run_here("add-contact", "Ana Ruiz", "--email", "ana@example.com", "--interest", "orchids",
                         "--interest", "bass fishing", "--every", "3w")  # fmt: skip
    assert done.code == 0, done
    return home.home


@pytest.fixture
def ana(prepared: Path, giveback: Giveback) -> Giveback:
    """A home like the prepared one, for one test alone."""
    shutil.copytree(prepared, giveback.home, dirs_exist_ok=True)
    return giveback


def suggested(home: Giveback, *options: str) -> list[str]:
    done = home.run_here("suggest", "ana", "--json", *options)
    assert done.code == 0, done
    return [each["title"] for each in json.loads(done.out)[0]["suggestions"]]


def test_suggestions_as_text_and_json(ana: Giveback, golden: Callable[[str, str], None]) -> None:
    golden("suggest.txt", ana.run("suggest", "ana").out)
    found = json.loads(ana.run_here("suggest", "ana", "--json").out)
    for each in found[0]["suggestions"]:
        parts = {name: part for name, part in each["parts"].items() if name != "freshness"}
        assert sum(parts.values()) == pytest.approx(each["score"], abs=1e-9)


def test_giving_shows_the_note_logs_it_and_never_repeats(ana: Giveback) -> None:
    title = suggested(ana)[0]
    done = ana.run("give", "ana", "1", "--via", "email")
    assert done.code == 0
    assert done.out.startswith("Subject: ")
    assert title in done.out
    assert done.err == f"gave Ana Ruiz · {title} · by e-mail\n"
    assert title not in suggested(ana)
    history = json.loads(ana.run_here("history", "ana", "--json").out)
    assert history[0]["direction"] == "given"
    assert history[0]["gift"]["title"] == title
    assert history[0]["note"] in done.out
    again = ana.run_here("give", "ana", title)
    assert again.code == 4
    assert "before" in again.err
    assert ana.run_here("give", "ana", title, "--again").code == 0


def test_undo_brings_a_gift_back(ana: Giveback) -> None:
    title = suggested(ana)[0]
    ana.run_here("give", "ana", "1")
    assert "give Ana Ruiz" in ana.run_here("undo").out
    assert title in suggested(ana)


def test_a_dry_run_gives_nothing(ana: Giveback) -> None:
    before = suggested(ana)
    done = ana.run_here("give", "ana", "1", "--draft", "--dry-run")
    assert done.code == 0
    assert done.err.startswith("dry run: gave Ana Ruiz · ")
    assert suggested(ana) == before
    assert not (ana.home / "drafts").exists()


def test_a_draft_is_a_message_that_a_mail_program_opens(ana: Giveback) -> None:
    title = suggested(ana)[0]
    assert ana.run_here("config", "set", "me.name", "Sam Żółw").code == 0
    assert ana.run_here("config", "set", "me.email", "sam@example.com").code == 0
    done = ana.run_here("give", "ana", "1", "--draft")
    assert done.code == 0, done
    (path,) = (ana.home / "drafts").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["To"] == "Ana Ruiz <ana@example.com>"
    assert message["From"] == '"Sam Żółw" <sam@example.com>' or "sam@example.com" in message["From"]
    assert message["X-Unsent"] == "1"
    part = message.get_body(("plain",))
    assert part is not None
    body = part.get_content()
    assert title in body
    assert "Sam Żółw" in body


def test_other_gifts_are_logged_by_name(ana: Giveback) -> None:
    done = ana.run_here("give", "ana", "home-made chocolate chip cookies", "--via", "in-person")
    assert done.code == 0
    assert "have something for you: home-made chocolate chip cookies." in done.out
    assert json.loads(ana.run_here("history", "ana", "--json").out)[0]["text"] == "home-made chocolate chip cookies"
    assert ana.run_here("give", "ana", "coffee").out == ""


def test_a_link_that_is_not_saved_can_be_given(ana: Giveback) -> None:
    done = ana.run_here("give", "ana", "https://example.org/new?utm_source=x", "--via", "message")
    assert done.code == 0
    assert "https://example.org/new" in done.out
    assert done.err == "gave Ana Ruiz · example.org/new · by message\n"


def test_editing_the_note_is_what_is_logged(ana: Giveback, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf "Mine\\n\\nMy own words.\\n" > "$1"\n')
    editor.chmod(0o755)
    done = ana.run_here("give", "ana", "1", "--via", "email", "--edit", env={"EDITOR": str(editor)})
    assert done.code == 0, done
    assert "My own words." in done.out
    assert json.loads(ana.run_here("history", "ana", "--json").out)[0]["note"] == "My own words."
    broken = ana.run_here("give", "ana", "2", "--edit", env={"EDITOR": "/no/such/editor"})
    assert broken.code == 2
    assert "/no/such/editor" in broken.err


def test_numbers_mean_the_list_last_shown(ana: Giveback) -> None:
    first, second = suggested(ana)[:2]
    done = ana.run_here("dismiss", "ana", "2")
    assert done.code == 0
    assert second in done.out
    assert suggested(ana)[0] == first
    assert second not in suggested(ana)
    number = json.loads(ana.run_here("articles", "sourdough", "--json").out)[0]["id"]
    assert "Sourdough" in ana.run_here("dismiss", "ana", f"id:{number}").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("give", "nobody", "1"), 3, "nobody"),
        (("give", "ana", "999"), 3, "999"),
        (("give", "ana", ""), 2, "given"),
        (("give", "ana", "1", "--via", "pigeon"), 2, "pigeon"),
        (("give", "ana", "1", "--via", "letter", "--draft"), 2, "draft"),
        (("give", "ana", "1", "--occasion", "party"), 2, "party"),
        (("give", "ana", "1", "--occasion", "thank-you"), 2, "nothing in the store bears out the occasion thank-you"),
        (("give", "ana", "1", "--service", "sms"), 2, "--service"),
        (("give", "ana", "1", "--via", "message", "--service", "pager"), 2, "pager"),
        (("give", "ana", "1", "--note", "/no/such/file"), 2, "/no/such/file"),
        (("give", "ana", "1", "--edit"), 2, "no terminal for an editor"),
        (("give", "ana", "1", "--on", "tomorrow"), 2, "future"),
        (("give", "ana", "1", "--on", "tomorrow", "--draft"), 2, "future"),
        (("dismiss", "ana", "no such title"), 3, "no such title"),
        (("suggest", "ana", "--since", "soon"), 2, "soon"),
        (("suggest",), 2, "NAME"),
    ],
)
def test_what_cannot_be_is_one_line_and_the_right_code(
    ana: Giveback, words: tuple[str, ...], code: int, said: str
) -> None:
    done = ana.run_here(*words)
    assert done.code == code, done
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert done.out == ""
    assert not (ana.home / "drafts").exists()


def test_nobody_without_interests_gets_a_random_article(ana: Giveback) -> None:
    ana.run_here("add-contact", "Ben")
    done = ana.run_here("suggest", "ben")
    assert done.code == 0
    assert done.out == ""
    assert "no interests" in done.err


def test_without_a_clipboard_that_is_said_and_the_note_is_kept(ana: Giveback) -> None:
    nowhere = {"PATH": "/nonexistent", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    done = ana.run_here("give", "ana", "1", "--via", "message", "--copy", env=nowhere)
    assert done.code == 2
    (path,) = (ana.home / "drafts").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "there is no clipboard to copy to; nothing was given" in done.err
    assert f"or give it again with --note {path})" in done.err
    assert json.loads(ana.run_here("history", "ana", "--json").out) == []
    again = ana.run_here("give", "ana", "1", "--via", "message", "--note", str(path))
    assert again.code == 0
    assert again.out.strip() == path.read_text("utf-8").strip()


def test_what_was_written_is_kept_when_paper_fails(ana: Giveback, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "My own words." > "$1"\n')
    editor.chmod(0o755)
    done = ana.run_here("give", "ana", "1", "--via", "letter", "-o", "/no/such/folder/card.html", "--edit",
                        env={"EDITOR": str(editor)})  # fmt: skip
    assert done.code != 0
    (path,) = (ana.home / "drafts").iterdir()
    assert path.read_text() == "My own words.\n"
    assert f"nothing was given, and the note is kept in {path}" in done.err
    assert f"--note {path}" in done.err


def test_the_clipboard_has_the_note(ana: Giveback, tmp_path: Path) -> None:
    tool = tmp_path / "pbcopy"
    tool.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/copied\n")
    tool.chmod(0o755)
    done = ana.run_here("give", "ana", "1", "--via", "email", "--copy", env={"PATH": str(tmp_path)})
    assert done.code == 0
    assert done.err.endswith(" · by e-mail · copied to the clipboard\n")
    assert f"Subject: {(tmp_path / 'copied').read_text()}\n\n" == done.out


def as_given(home: Giveback, *words: str) -> dict[str, object]:
    done = home.run_here("give", "ana", *words, "--json")
    assert done.code == 0, done
    found: dict[str, object] = json.loads(done.out)
    return found


def test_the_occasion_follows_from_what_is_known(ana: Giveback) -> None:
    first = as_given(ana, "id:1", "--via", "message", "--dry-run")
    assert first["occasion"] == "first-contact"
    ana.run_here("log", "ana", "she sent me her bread recipe", "--received", "--on", "yesterday")
    thanks = as_given(ana, "id:2", "--via", "message")
    assert thanks["occasion"] == "thank-you"
    assert "for sending me your bread recipe. " in str(thanks["note"])
    assert as_given(ana, "https://example.com/a", "--via", "message")["occasion"] == "staying-in-touch"
    ana.run_here("log", "ana", "lunch", "--via", "in-person")
    met = as_given(ana, "https://example.com/b", "--via", "message", "--dry-run")
    assert (met["occasion"], "see you today" in str(met["note"])) == ("after-event", True)
    later = {"GIVEBACK_NOW": "2027-06-01T12:00:00+00:00"}
    dormant = ana.run_here("give", "ana", "https://example.com/c", "--json", "--dry-run", env=later)
    assert json.loads(dormant.out)["occasion"] == "dormant"
    chosen = as_given(ana, "https://example.com/b", "--occasion", "staying in touch")
    assert chosen["occasion"] == "staying-in-touch"


def test_an_asset_has_words_of_its_kind_and_names_the_interest(ana: Giveback) -> None:
    ana.run_here("assets", "add", "Repotting orchids", "--kind", "skill")
    found = as_given(ana, "Repotting orchids", "--via", "message")
    assert found["interest"] == "orchids"
    assert "gladly do" in str(found["note"])
    ana.run_here("research", "add", "Where bass hide at noon: under the dock. In May they move.", "--source",
                 "https://example.gov/bass")  # fmt: skip
    done = ana.run_here("give", "ana", "Where bass hide", "--via", "letter", "--kind", "research", "--again", "--json")
    assert "Where bass hide at noon: under the dock. In May they move" in json.loads(done.out)["note"], done


def test_a_post_of_theirs_is_answered(ana: Giveback) -> None:
    ana.run_here("edit", "ana", "--blog", "https://example.com")
    found = as_given(ana, "id:1", "--via", "social")
    assert found["occasion"] == "their-post"
    assert "http" not in str(found["note"])


def test_a_call_has_an_email_to_send_afterwards(ana: Giveback) -> None:
    done = ana.run("give", "ana", "id:1", "--via", "call", "--draft")
    said, afterwards = done.out.split("\n\n", 1)
    assert "By the way" in said
    assert "I will send you the link afterwards." in said
    assert afterwards.startswith("Subject: ")
    assert "afterwards, by e-mail:\n" in done.err
    (path,) = (ana.home / "drafts").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    part = message.get_body(("plain",))
    assert part is not None
    assert "It was good to talk to you." in part.get_content()
    assert message["Subject"] in afterwards
    note = json.loads(ana.run_here("history", "ana", "--json").out)[0]["note"]
    assert note == f"{said}\n\n+++\n" + afterwards.removeprefix("Subject: ").strip()


def test_the_same_opening_never_comes_twice_in_a_row_and_undo_forgets(ana: Giveback) -> None:
    def opened(number: int) -> str:
        return str(as_given(ana, f"https://example.com/{number}", "--via", "message")["note"]).split(".")[0]

    seen = [opened(number) for number in range(5)]
    assert all(first != second for first, second in pairwise(seen))
    ana.run_here("undo")
    assert opened(9) == seen[-1]


def test_a_social_note_keeps_to_the_length_of_the_service(ana: Giveback) -> None:
    long = "https://example.com/" + "o" * 150
    assert ana.run_here("give", "ana", long, "--via", "message", "--service", "sms").code == 2
    found = as_given(ana, long, "--via", "message", "--service", "x")
    assert str(found["note"]).endswith(f" {long}")


def test_an_emptied_note_gives_nothing(ana: Giveback, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\n: > "$1"\n')
    editor.chmod(0o755)
    done = ana.run_here("give", "ana", "1", "--edit", env={"VISUAL": str(editor), "EDITOR": "/no/such"})
    assert (done.code, done.err) == (2, "giveback: the note is empty (nothing was given)\n")
    assert json.loads(ana.run_here("history", "ana", "--json").out) == []


def test_an_article_without_a_link_is_told_where_a_link_would_stand(ana: Giveback, tmp_path: Path) -> None:
    page = tmp_path / "notes.txt"
    page.write_text("Orchids in winter\n\n" + "Orchids rest in winter and want little water then. " * 9, "utf-8")
    assert ana.run_here("save", str(page)).code == 0
    for channel, said in (("email", True), ("message", True), ("letter", False), ("in-person", False)):
        done = ana.run_here("give", "ana", "Orchids in winter", "--via", channel, "--dry-run")
        assert done.code == 0, done
        assert ("has no link: send its text along" in done.err) == said, done
        assert ('giveback card "Ana Ruiz" id:4 ' in done.err) != said, "on paper there is the text"
    assert "no link" not in ana.run_here("give", "ana", "id:1", "--via", "email", "--dry-run").err


def test_a_template_that_does_not_render_is_named(ana: Giveback) -> None:
    (ana.home / "templates").mkdir()
    (ana.home / "templates" / "email.txt").write_text("Hi\n\n{{ frist_name }}")
    done = ana.run_here("give", "ana", "1", "--via", "email")
    assert done.code == 2
    assert "templates/email.txt, line 3 cannot be used: 'frist_name' is undefined" in done.err
    assert "giveback templates check" in done.err


def test_hostile_titles_stay_text(ana: Giveback) -> None:
    page = ana.home / "evil.html"
    title = "\x1b]0;owned\x07\x1b[31m[bold]orchids[/bold] \u202egnp \x9b2J"
    page.write_text(f"<html><title>{title}</title><body><p>{'Orchids bloom. ' * 30}</p></body></html>", "utf-8")
    ana.run_here("save", str(page), "--url", "https://example.com/evil")
    for command in (("suggest", "ana"), ("articles",), ("suggest", "ana", "--json"), ("today",)):
        done = ana.run_here(*command)
        assert not any(sign in done.out + done.err for sign in "\x1b\x07\x9b\u202e")


def test_a_number_beyond_the_list_is_no_article_of_that_number(ana: Giveback) -> None:
    assert len(suggested(ana)) == 2
    for command in ("give", "dismiss"):
        done = ana.run_here(command, "ana", "3")
        assert done.code == 3, done
        assert "the last list ended at 2, there is no 3 (id:3 names article 3)" in done.err
    assert ana.run_here("give", "ana", "id:3").code == 0
