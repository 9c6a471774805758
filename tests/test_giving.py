"""Giving, dismissing and suggesting, by the bytes of the commands."""

import json
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
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
    assert done.out == ""
    assert json.loads(ana.run_here("history", "ana", "--json").out)[0]["text"] == "home-made chocolate chip cookies"


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
        (("give", "ana", "1", "--via", "call", "--draft"), 2, "draft"),
        (("give", "ana", "1", "--on", "tomorrow"), 2, "future"),
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


def test_nobody_without_interests_gets_a_random_article(ana: Giveback) -> None:
    ana.run_here("add-contact", "Ben")
    done = ana.run_here("suggest", "ben")
    assert done.code == 0
    assert done.out == ""
    assert "no interests" in done.err


def test_the_clipboard_says_so_when_there_is_none(ana: Giveback) -> None:
    done = ana.run_here(
        "give", "ana", "1", "--copy", env={"PATH": "/nonexistent", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    )
    assert done.code == 2
    assert "clipboard" in done.err
    assert json.loads(ana.run_here("history", "ana", "--json").out) == []


def test_hostile_titles_stay_text(ana: Giveback) -> None:
    page = ana.home / "evil.html"
    title = "\x1b]0;owned\x07\x1b[31m[bold]orchids[/bold] \u202egnp \x9b2J"
    page.write_text(f"<html><title>{title}</title><body><p>{'Orchids bloom. ' * 30}</p></body></html>", "utf-8")
    ana.run_here("save", str(page), "--url", "https://example.com/evil")
    for command in (("suggest", "ana"), ("articles",), ("suggest", "ana", "--json"), ("today",)):
        done = ana.run_here(*command)
        assert not any(sign in done.out + done.err for sign in "\x1b\x07\x9b\u202e")
