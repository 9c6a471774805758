"""The commands about people and exchanges, by their bytes."""

from __future__ import annotations

import json
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from giveback.keeping import exchanges as keeping
from giveback.people.contacts import ContactForm, add
from giveback.store.changes import change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Giveback, Ran

HOSTILE = "\x1b]0;owned\x07[bold red]Mallory[/] \u202eevil\x9b2J"

SESSION = """
add-contact "Ana Ruiz" --email ana@example.com --phone "+1 713" --company Shell --title "Reservoir engineer" \
 --interest "bass fishing" --avoid politics --every 3w --nickname Anita --met-at "SPE Houston" --birthday "25 Nov"
add-contact "Ana Ruiz"
interests ana +orchids -"bass fishing" C++
log anita "coffee, she offered help" --received --on yesterday --via in-person
log ana "asked for a name" --asked --json
promise ana "send the LNG chart" --by friday
remind ana "ask how the move went" --on "in 2 weeks" --dry-run
done ana chart
snooze ana --until "in 2 weeks"
archive ana
"""
"""What a user types in one go; each change is told in one line."""

QUESTIONS = """
contacts
contacts shell --json
contacts --archived
contacts nobody
show ana
show olga
show ana --json
interests ana
interests ana --json
history ana
history ana --limit 1 --json
history bob
"""

REFUSED = """
show nobody
show "lukas zolc" --json
show smith
log smith coffee
show ""
add-contact ""
add-contact Zed --email zed@
add-contact Zed --interest ""
add-contact Zed --birthday "31 Feb"
add-contact Zed --every never-ever
interests ana -golf
interests ana --nonsense
log ana coffee --on 2026-02-30
log ana coffee --on tomorrow
log ana coffee --via pigeon
log ana coffee --gave --received
log ana ""
promise ana chart --by 3.4.2026
promise nobody chart
remind ana x
done bob
done ana golf
snooze ana --until yesterday
history ana --limit -1
archive nobody
import nowhere.csv
"""


def transcript(home: Giveback, run: Callable[..., Ran], commands: str) -> str:
    """Command lines, each with what it printed and its exit code, as one text."""
    told = [_told(line, run(*shlex.split(line))) for line in commands.strip().splitlines()]
    return "\n".join(told).replace(str(home.home), "HOME")


def _told(line: str, ran: Ran) -> str:
    errors = "".join(f"! {each}\n" for each in ran.err.splitlines())
    return f"$ giveback {line}\n{ran.out}{errors}" + (f"= {ran.code}\n" if ran.code else "")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people and a history, made once."""
    from datetime import UTC, date, datetime

    from giveback.dates import Now

    home = tmp_path_factory.mktemp("people")
    now = Now(datetime(2026, 11, 1, 12, 0, tzinfo=UTC), date(2026, 11, 1))
    ana = ContactForm(
        "Ana Ruiz", "Anita", "Shell", "Reservoir engineer", "Houston", "3w", "SPE Houston", "25 Nov",
        "First line.\nSecond line.", (("email", "ana@example.com"), ("blog", "https://ana.example.com/")),
        ("bass fishing", "C++", "🎣"), ("politics",),
    )  # fmt: skip
    forms = [
        ana, ContactForm("Łukasz Żółć", company="Łódź Gas"), ContactForm("Tom Smith", company="Hooli"),
        ContactForm("Tom Smithson"), ContactForm("Bob Bell", every="never"), ContactForm("Olga Petrova"),
        ContactForm("田中 花子", company="株式会社"), ContactForm(HOSTILE, company=HOSTILE, interests=(HOSTILE,)),
    ]  # fmt: skip
    with change(str(home / "giveback.db"), now, "people") as session:
        numbers = [add(session, form, now.today, 60).id or 0 for form in forms]
        for day, direction, text in (
            (3, "given", "the chart"),
            (9, "received", "an introduction"),
            (9, "shared", "hi"),
        ):
            keeping.log(
                session, numbers[0], text, on=date(2026, 10, day), today=now.today, direction=direction, channel="email"
            )  # fmt: skip
        keeping.follow_up(
            session, numbers[0], "send the map", kind="promise", since=date(2026, 10, 9), due=date(2026, 11, 20)
        )
        keeping.log(session, numbers[-1], HOSTILE, on=date(2026, 10, 9), today=now.today)
    with change(str(home / "giveback.db"), now, "archive") as session:
        from giveback.people.contacts import get

        get(session, numbers[5]).archived_at = now.at
    return home


@pytest.fixture
def home(giveback: Giveback, filled: Path) -> Giveback:
    shutil.copytree(filled, giveback.home, dirs_exist_ok=True)
    return giveback


def test_changes_say_what_they_did(giveback: Giveback, golden: Callable[[str, str], None]) -> None:
    golden("people/changes.txt", transcript(giveback, giveback.run_here, SESSION))


def test_questions_print_tables_and_json(home: Giveback, golden: Callable[[str, str], None]) -> None:
    golden("people/questions.txt", transcript(home, home.run, QUESTIONS))


def test_what_is_refused_says_why_and_changes_nothing(home: Giveback, golden: Callable[[str, str], None]) -> None:
    before = home.run("contacts", "--json").out
    golden("people/refused.txt", transcript(home, home.run_here, REFUSED))
    assert home.run("contacts", "--json").out == before
    assert json.loads(home.run("history", "ana", "--json").out)[0]["text"] == "hi"


def test_an_empty_home_has_nobody(giveback: Giveback) -> None:
    assert giveback.run("contacts") == (0, "", "no contacts yet: giveback add-contact NAME\n")
    assert giveback.run("contacts", "--json") == (0, "[]\n", "")
    nobody = giveback.run("show", "ana")
    assert nobody == (3, "", "giveback: no contact answers to 'ana': there are none yet (giveback add-contact NAME)\n")
    assert not (giveback.home / "giveback.db").exists()


def test_hostile_names_do_nothing_on_a_terminal(home: Giveback) -> None:
    for command in (["contacts"], ["show", "mallory"], ["history", "mallory"], ["interests", "mallory"]):
        for more in ([], ["--json"]):
            done = home.run_here(*command, *more)
            assert (done.code, done.err) == (0, "")
            assert "[bold red]Mallory[/] evil" in done.out
            assert all(line.isprintable() for line in done.out.split("\n")), done.out
    nobody = home.run("show", HOSTILE + "nobody")
    assert nobody.code == 3
    assert nobody.err.strip().isprintable()
    assert "[bold red]Mallory[/] evil" in nobody.err


def test_hostile_words_are_kept_clean(giveback: Giveback) -> None:
    done = giveback.run_here("add-contact", HOSTILE, "--company", HOSTILE, "--interest", HOSTILE, "--notes", HOSTILE)
    name = "[bold red]Mallory[/] evil"
    assert done == (0, f"added {name} · {name} · {name} · every 2 months\n", "")
    (record,) = json.loads(giveback.run_here("contacts", "--json").out)
    assert (record["name"], record["company"], record["notes"], record["interests"]) == (name, name, name, [name])


def test_archived_contacts_come_back(home: Giveback) -> None:
    assert home.run_here("archive", "olga", "--back").out == "Olga Petrova is back\n"
    assert "Olga Petrova" in home.run_here("contacts").out


def test_import_keeps_what_is_good(home: Giveback, golden: Callable[[str, str], None]) -> None:
    (home.home / "people.csv").write_text(
        "name;e-mail;tags;shoe size\nDora Doe;dora@example.com;chess|tea;38\nBad;nobody;;\n;;x;\nBob Bell;;;\n"
        f'Tom Smith;tom@example.com;;\n"{HOSTILE}";x@;;\n"{HOSTILE}\n',
        encoding="utf-8",
    )
    (home.home / "exchanges.csv").write_text(
        "date,name,kind,note\n2026-11-20,Dora Doe,gave,the chart\n2026-11-21,Nobody,gave,x\n", encoding="utf-8"
    )
    (home.home / "pixels.csv").write_bytes(b"\x89PNG\r\n")
    text = transcript(home, home.run, "import exchanges.csv people.csv --dry-run")
    assert not (home.home / "rejects").exists()
    text += transcript(
        home,
        home.run_here,
        """\
import exchanges.csv people.csv
history dora
import people.csv --json
import people.csv pixels.csv
import exchanges.csv rejects
contacts dora
""",
    )
    golden("people/import.txt", text)
    golden("people/rejects.csv", (home.home / "rejects" / "people.rejects.csv").read_text("utf-8"))
    assert len(list((home.home / "rejects").iterdir())) == 2


def test_a_name_that_could_be_many_lists_a_screenful(home: Giveback) -> None:
    rows = "".join(f"Jo Number{number}\n" for number in range(25))
    (home.home / "many.csv").write_text(f"name\n{rows}")
    home.run_here("import", "many.csv", "--new")
    said = home.run_here("show", "number").err.splitlines()
    assert (len(said), said[0], said[-1]) == (
        22,
        "giveback: 'number' could be 25 contacts (say more of the name)",
        "  and 5 more",
    )
