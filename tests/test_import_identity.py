"""Who is who when a file is imported, and what a second import may change."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.people.contacts import ContactForm, add, get, remove_point
from giveback.people.contacts import change as edit
from giveback.people.formats import read
from giveback.people.importing import Brought, bring_in
from giveback.people.importing.identity import names_agree
from giveback.people.importing.provenance import JobChange
from giveback.store import connect
from giveback.store.changes import change, change_in_bulk, undo
from giveback.store.doctor import examine
from giveback.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from giveback.dates import Now
    from giveback.people.importing import Doubt


def imported(
    store: str, now: Now, text: str, name: str = "x", decide: Callable[[Doubt], int | None] = lambda _: None
) -> Brought:
    with change_in_bulk(store, now, "import") as unit:
        return bring_in(unit, [read(text.encode(), name)], now, 60, decide=decide)[0]


def rows(store: str, sql: str) -> list[tuple[Any, ...]]:
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        return connection.execute(sql).fetchall()


def names(store: str) -> list[str]:
    return [row[0] for row in rows(store, "SELECT name FROM contact ORDER BY id")]


def values(store: str, kind: str = "email") -> list[str]:
    return [row[0] for row in rows(store, f"SELECT value FROM contact_point WHERE kind = '{kind}' ORDER BY id")]  # noqa: S608


def by_hand(store: str, now: Now, *forms: ContactForm) -> None:
    with change(store, now, "add") as session:
        for form in forms:
            add(session, form, now.today, 60)


def card(*lines: str) -> str:
    return "\n".join(["BEGIN:VCARD", *lines, "END:VCARD", ""])


CONNECTIONS = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
ANA = "Ana,Ruiz,https://www.linkedin.com/in/ana,,Shell,Engineer,07 Feb 2022\n"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("pat lee", "patricia lee", True), ("dr. mira kovac", "mira kovac", True), ("ruiz, ana", "ana ruiz", True),
        ("a. ruiz", "ana ruiz", True), ("ana maria ruiz", "ana ruiz", True), ("ana ruiz", "bob ruiz", False),
        ("ana", "bob", False), ("a@b.c", "anybody", True), ("al lee", "alexandra lee", False),
        ("ana", "ana ruiz", True),
    ],
)  # fmt: skip
def test_names_that_can_be_of_one_person(one: str, other: str, agree: bool) -> None:  # noqa: FBT001 - a case of the test
    assert names_agree(one, other) is names_agree(other, one) is agree


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_agreement_knows_no_sides(one: str, other: str) -> None:
    first, second = fold(one), fold(other)
    assert names_agree(first, first)
    assert names_agree(first, second) == names_agree(second, first)


def test_the_uid_comes_first(store: str, now: Now) -> None:
    imported(store, now, card("UID:urn:uuid:00000000-0000-4000-8000-000000000001", "FN:Ana Ruiz", "EMAIL:a@b.c"))
    assert rows(store, "SELECT uuid FROM contact") == [("00000000-0000-4000-8000-000000000001",)]
    again = card("UID:urn:uuid:00000000-0000-4000-8000-000000000001", "FN:Ana Gil", "EMAIL:new@b.c")
    assert imported(store, now, again).contacts == (0, 1, 1)
    assert (names(store), values(store)) == (["Ana Gil"], ["new@b.c"])
    by_uuid = "uid,name\n00000000-0000-4000-8000-000000000001,Ana Gil-Ruiz\n"
    assert imported(store, now, by_uuid).contacts == (0, 1, 0)


def test_then_the_profile_the_address_and_the_name_with_the_company(store: str, now: Now) -> None:
    by_hand(
        store, now,
        ContactForm("A. Ruiz", points=(("url", "http://linkedin.com/in/Ana/"),)),
        ContactForm("Bo Lund", points=(("email", "bo@b.c"),)),
        ContactForm("Cy Young", company="BP"),
        ContactForm("Di Marco", points=(("phone", "+44 20 7946 0018"),)),
    )  # fmt: skip
    text = CONNECTIONS + ANA + ",,,,,,\n"
    text += "Bo,Lund,,BO@b.c,,,\nCy,Young,,,BP,,\n"
    assert imported(store, now, text).contacts == (0, 3, 1)  # names that the parts only repeat are nothing new
    assert imported(store, now, card("FN:Di Marco", "TEL:(020) 7946 0018")).contacts == (0, 1, 1)
    assert names(store) == ["A. Ruiz", "Bo Lund", "Cy Young", "Di Marco"]
    assert rows(store, "SELECT title, company FROM contact WHERE id = 1") == [("Engineer", "Shell")]
    assert rows(store, "SELECT met_on FROM contact_detail WHERE contact_id = 1") == [("2022-02-07",)]


def test_two_profiles_are_two_people(store: str, now: Now) -> None:
    text = CONNECTIONS + ANA + ANA.replace("in/ana", "in/ana-2") + ANA
    brought = imported(store, now, text)
    assert (brought.contacts, brought.namesakes, brought.doubts) == ((2, 1, 0), ["Ana Ruiz"], [])


def test_what_is_uncertain_is_proposed_and_left(store: str, now: Now) -> None:
    by_hand(
        store, now, ContactForm("Ana Ruiz", company="BP"), ContactForm("Bob Bell", points=(("email", "bells@b.c"),))
    )
    text = card("FN:Ana Ruiz", "EMAIL:ana@b.c", "ORG:Shell") + card("FN:Eva Bell", "EMAIL:bells@b.c") + card("FN:Cy")
    brought = imported(store, now, text)
    assert brought.contacts == (1, 0, 0)
    assert [(doubt.name, doubt.hint, doubt.reason) for doubt in brought.doubts] == [
        ("Ana Ruiz", "Shell, ana@b.c", "the same name"),
        ("Eva Bell", "bells@b.c", "the same e-mail address under another name"),
    ]
    assert brought.doubts[0].candidates[0].label == "Ana Ruiz, BP"
    assert names(store) == ["Ana Ruiz", "Bob Bell", "Cy"]
    same = imported(store, now, text, decide=lambda doubt: doubt.candidates[0].id if doubt.name == "Ana Ruiz" else 0)
    assert same.contacts == (1, 2, 1)
    assert names(store) == ["Ana Ruiz", "Bob Bell", "Cy", "Eva Bell"]
    assert rows(store, "SELECT company FROM contact WHERE id = 1") == [("BP",)], "what was there stays"
    assert imported(store, now, text).contacts == (0, 3, 0), "what was decided is remembered"


def test_entries_of_one_file_that_share_a_name_are_two_people(store: str, now: Now) -> None:
    text = "name,email\nAna Ruiz,a@b.c\nAna Ruiz,d@e.f\nBob,\nBob,\n"
    brought = imported(store, now, text)
    assert (brought.contacts, brought.namesakes) == ((3, 1, 0), ["Ana Ruiz"])
    assert imported(store, now, text).contacts == (0, 4, 0)


def test_one_uid_is_one_person_unless_the_names_say_otherwise(store: str, now: Now, corpora: Path) -> None:
    text = (corpora / "contacts" / "vcard" / "own-duplicates.vcf").read_text("utf-8")
    assert imported(store, now, text).contacts == (1, 3, 0)
    assert values(store) == ["pat@lee.example", "other.pat@example.net"]
    broken = card("UID:0", "FN:Ana Ruiz") + card("UID:0", "FN:Bob Bell") + card("UID:0", "FN:Cy Young")
    assert imported(store, now, broken).contacts == (3, 0, 0)
    assert imported(store, now, broken).contacts == (0, 3, 0)


def test_only_what_changed_changes_and_what_is_yours_stays(store: str, now: Now) -> None:
    first = card(
        "UID:1", "FN:Ana Ruiz", "TITLE:Engineer", "ORG:Shell", "NOTE:one", "EMAIL:a@b.c", "EMAIL:old@b.c", "TEL:1",
        "CATEGORIES:crew,ski", "INTEREST:boats", "X-ODD:1",
    )  # fmt: skip
    imported(store, now, first)
    with change(store, now, "edit") as session:
        contact = get(session, 1)
        edit(contact, {"title": "Chief", "town": "Oslo"}, now.today)
        remove_point(session, contact, "1", "phone")
    assert imported(store, now, first).contacts == (0, 1, 0)
    second = card(
        "UID:1", "FN:Ana Ruiz", "TITLE:Manager", "ORG:BP", "NOTE:one", "EMAIL:a@b.c", "EMAIL;TYPE=home:new@b.c",
        "TEL:1", "CATEGORIES:crew,sea", "INTEREST:birds", "X-ODD:2",
    )  # fmt: skip
    brought = imported(store, now, second)
    assert (brought.contacts, brought.yours) == ((0, 1, 1), ["Ana Ruiz: title"])
    assert rows(store, "SELECT title, company, town, notes FROM contact") == [("Chief", "BP", "Oslo", "one")]
    assert (values(store), values(store, "phone")) == (["a@b.c", "new@b.c"], [])
    assert rows(store, "SELECT phrase FROM interest") == [("birds",)]
    assert rows(store, "SELECT line FROM contact_property") == [("X-ODD:2",)]
    circles = "SELECT c.name FROM circle_member m JOIN circle c ON c.id = m.circle_id ORDER BY c.name"
    assert rows(store, circles) == [("crew",), ("sea",)]
    assert brought.job_changes == [JobChange(1, "Ana Ruiz", "Engineer", "Shell", "Manager", "BP", "vcard")]
    assert rows(store, "SELECT kind, on_day, text FROM occasion") == [("job", "2026-11-23", "Manager at BP")]
    assert imported(store, now, second).contacts == (0, 1, 0)
    undo(store, now)
    assert rows(store, "SELECT title, company FROM contact") == [("Chief", "Shell")]
    assert values(store) == ["a@b.c", "old@b.c"]
    assert rows(store, "SELECT count(*) FROM occasion") == [(0,)]


def test_what_another_source_says_does_not_go(store: str, now: Now) -> None:
    imported(store, now, card("UID:1", "FN:Ana Ruiz", "EMAIL:a@b.c", "EMAIL:both@b.c"))
    imported(store, now, "name,email\nAna Ruiz,both@b.c;a@b.c\n")
    assert imported(store, now, card("UID:1", "FN:Ana Ruiz", "EMAIL:a@b.c")).contacts == (0, 1, 0)
    assert values(store) == ["a@b.c", "both@b.c"]


def test_a_new_job_at_linkedin_is_told_even_without_a_profile(store: str, now: Now) -> None:
    header = "First Name,Last Name,Email Address,Company,Position,Connected On\n"
    imported(store, now, header + "Olga,Petrova,,Old Ltd,Engineer,\n")
    brought = imported(store, now, header + "Olga,Petrova,,New Ltd,Head of Data,\n")
    assert (brought.contacts, [job.company for job in brought.job_changes]) == ((0, 1, 1), ["New Ltd"])
    assert imported(store, now, header + "Olga,Petrova,,NEW LTD,Head of data,\n").job_changes == []


def test_groups_become_circles_of_their_members(store: str, now: Now) -> None:
    text = card("UID:1", "FN:Ana") + card("UID:2", "FN:Bo", "EMAIL:b@b.c")
    text += card("KIND:group", "FN:Crew", "MEMBER:urn:uuid:1", "MEMBER:mailto:b@b.c", "MEMBER:urn:uuid:9")
    imported(store, now, text)
    members = "SELECT c.name, m.contact_id FROM circle_member m JOIN circle c ON c.id = m.circle_id"
    assert rows(store, members) == [("Crew", 1), ("Crew", 2)]


def test_many_at_once_are_journaled_like_few(store: str, now: Now) -> None:
    text = "".join(
        card(f"UID:{n}", f"FN:Person {n}", f"N:{n};Person", f"EMAIL:p{n}@b.c", "CATEGORIES:crew", "X-A:1", "TITLE:x")
        for n in range(300)
    )
    imported(store, now, card("UID:a", "FN:Ana", "CATEGORIES:crew"))
    before = rows(store, "SELECT sql FROM sqlite_schema ORDER BY name")
    assert imported(store, now, text).contacts == (300, 0, 0)
    assert rows(store, "SELECT sql FROM sqlite_schema ORDER BY name") == before
    assert rows(store, "SELECT count(*) FROM ranking_stale") == [(300,)]
    assert {finding.kind for finding in examine(store)} <= {"ranking"}
    undo(store, now)
    assert names(store) == ["Ana"]
    for table in ("contact_source", "circle_member"):
        assert rows(store, f"SELECT contact_id FROM {table}") == [(1,)]  # noqa: S608 - names of ours
    assert rows(store, "SELECT count(*) FROM contact_point") == [(0,)]


def test_hostile_values_are_cleaned(store: str, now: Now, corpora: Path) -> None:
    imported(store, now, (corpora / "contacts" / "vcard" / "own-hostile.vcf").read_text("utf-8"))
    assert names(store) == ["Red [bold]Name[/bold]"]
    assert rows(store, "SELECT count(*) FROM contact_point") == [(0,)]
    said = json.loads(rows(store, "SELECT said FROM contact_source")[0][0])
    assert said["name"] == "Red [bold]Name[/bold]"
    assert all(line.isprintable() for (line,) in rows(store, "SELECT line FROM contact_property"))
