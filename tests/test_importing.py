"""Importing CSV files: what is understood, what is rejected and kept, and that it happens once or not at all."""

from __future__ import annotations

import csv
import io
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.keeping import exchanges as keeping
from giveback.people import importing
from giveback.people.formats import Sheet, read
from giveback.people.formats.person import Person, Point
from giveback.people.importing import Brought, bring_in, keep_rejects, load, meaning
from giveback.people.importing import exchanges as imported_exchanges
from giveback.store import connect
from giveback.store.changes import change, undo

if TYPE_CHECKING:
    from giveback.dates import Now

PEOPLE = """\
name,email,phone,company,title,tags,birthday,cadence_days,notes
Ana Ruiz,ana@example.com,+1 713,Shell,Engineer,bass fishing;orchids,1980-03-14,14,"two
lines"
Łukasz Żółć,lz@example.org,,,,,,,
"""
EXCHANGES = """\
date,name,email,kind,note
2026-11-20,Ana Ruiz,ana@example.com,gave,the chart
2026-11-19,ana ruiz,,received,a name
2026-11-18,,lz@example.org,coffee,at Blue Bottle
"""


def sheet(text: str, name: str = "file.csv") -> Sheet:
    return read(text.encode(), name)


def imported(store: str, now: Now, *texts: str, dry_run: bool = False) -> list[Brought]:
    sheets = [sheet(text, f"{number}.csv") for number, text in enumerate(texts, start=1)]
    with change(store, now, "import", dry_run=dry_run) as session:
        return bring_in(session, sheets, now, 60)


def rows(store: str, sql: str) -> list[tuple[Any, ...]]:
    connection = connect.read(store)
    assert connection is not None
    with closing(connection):
        return connection.execute(sql).fetchall()


def reasons(brought: Brought) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in brought.rejects]


def test_contacts_are_told_by_their_columns() -> None:
    found = sheet(PEOPLE)
    assert found.exchanges == ()
    assert [row.line for row in found.contacts] == [2, 4]
    assert found.contacts[0].form == Person(
        "Ana Ruiz", company="Shell", title="Engineer", every="14d", birthday="1980-03-14", notes="two\nlines",
        points=(Point("email", "ana@example.com"), Point("phone", "+1 713")), interests=("bass fishing", "orchids"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("NAME;E-Mail;Organisation;City;Interests", "Ana;a@b.c;Shell;Oslo;x|y"),
        ("interests\tcity\torg\temail address\tfull name", "x|y\tOslo\tShell\ta@b.c\tAna"),
        (' "Name", EMAIL ,company, Town ,"Tags"', ' "Ana", a@b.c ,Shell,Oslo,"x;y"'),
        ("e_mail 1;name;email 2;company;location;topics", "a@b.c;Ana;;Shell;Oslo;x | y"),
    ],
)
def test_columns_come_in_any_case_order_and_delimiter(header: str, cells: str) -> None:
    form = sheet(f"{header}\n{cells}\n").contacts[0].form
    assert form == Person(
        "Ana", company="Shell", town="Oslo", points=(Point("email", "a@b.c"),), interests=("x", "y")
    )  # fmt: skip


def test_several_addresses_may_stand_in_a_cell_or_in_columns() -> None:
    form = sheet("name,email,e-mail 2\nAna,a@b.c; d@e.f,g@h.i\n").contacts[0].form
    assert [point[:2] for point in form.points] == [("email", "a@b.c"), ("email", "d@e.f"), ("email", "g@h.i")]


@pytest.mark.parametrize("data", [
    PEOPLE.encode(), b"\xef\xbb\xbf" + PEOPLE.encode(), PEOPLE.encode("utf-16"), PEOPLE.replace("\n", "\r\n").encode(),
    b"\n\n" + PEOPLE.encode(),
])  # fmt: skip
def test_encodings_and_line_ends(data: bytes) -> None:
    names = [row.form.name for row in read(data, "x.csv").contacts]
    assert names == ["Ana Ruiz", "Łukasz Żółć"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "x.csv is empty"),
        (b"\n \n", "x.csv is empty"),
        (b"\xef\xbb\xbf", "x.csv is empty"),
        (b"foo,bar\n1,2\n", "x.csv holds neither contacts nor exchanges: its header says 'foo', 'bar'"),
        (b"email,phone\n1,2\n", "its header says 'email', 'phone'"),
        (b"a" * 5000 + b"\nname\0\n", "x.csv holds neither"),
        (b"f" + b",f" * 5_000, "x.csv has more than 2,000 columns"),
        (b'"name,email\nAna,x\n', "x.csv has a header with unpaired quotes"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not UTF-8 text"),
        (b"<html><body>name</body></html>", "holds neither contacts nor exchanges"),
        (b"\x1b[31mfoo\x1b[0m\n", "its header says 'foo'"),
    ],
)
def test_what_is_no_such_file_is_named(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(data, "x.csv")
    assert message in refused.value.message
    assert refused.value.hint


def test_unknown_columns_are_told_once() -> None:
    assert sheet("name,shoe size,reason,x\nAna,38,,\n").passed_over == ["shoe size", "x"]


def test_broken_lines_lose_nothing_but_themselves(store: str, now: Now) -> None:
    text = 'name,email\nAna,a@b.c\n"Bob,b@b.c\nCy,c@b.c\nDee,d@b.c,extra\n"Ed" x,e@b.c\nFay\n\n"Gus,g@b.c\n'
    brought = imported(store, now, text)[0]
    assert reasons(brought) == [
        (3, "its quotes do not pair"),
        (6, "its quotes do not pair"),
        (9, "a quote is opened and not closed"),
    ]
    assert rows(store, "SELECT name FROM contact ORDER BY id") == [("Ana",), ("Cy",), ("Dee",), ("Fay",)]
    assert brought.problems == [("1.csv:5", "cells beyond the 2 columns left out: 'extra'")]


def test_bad_rows_say_why_and_good_rows_are_kept(store: str, now: Now) -> None:
    text = (
        "name,email,birthday,every,tags\nAna,ana,,,\n,x@y.z,,,\nBob,,31 Feb,,\nCy,,,0,\nDee,,,sometimes,\n"
        "Ed,,,,jazz; ;\n\x1b[2J,,,,\nFay,,,never,\n"
    )
    brought = imported(store, now, text)[0]
    assert reasons(brought) == [
        (2, "'ana' is no e-mail address"),
        (4, 'no such day: "31 Feb"'),
        (5, 'span out of range: "0d"'),
        (6, 'not a span of time: "sometimes"'),
        (8, "the name is empty"),
    ]
    assert (brought.contacts.added, brought.contacts.known) == (3, 0)
    assert rows(store, "SELECT name, cadence_days FROM contact ORDER BY id") == [
        ("x@y.z", 60), ("Ed", 60), ("Fay", None),
    ]  # fmt: skip
    assert rows(store, "SELECT phrase, source FROM interest") == [("jazz", "import")]


def test_importing_again_adds_nothing(store: str, now: Now) -> None:
    first = imported(store, now, EXCHANGES, PEOPLE)
    assert [(each.contacts, each.exchanges) for each in first] == [((0, 0, 0), (3, 0)), ((2, 0, 0), (0, 0))]
    before = rows(store, "SELECT * FROM contact") + rows(store, "SELECT * FROM exchange")
    again = imported(store, now, PEOPLE, EXCHANGES)
    assert [(each.contacts, each.exchanges) for each in again] == [((0, 2, 0), (0, 0)), ((0, 0, 0), (0, 3))]
    assert rows(store, "SELECT * FROM contact") + rows(store, "SELECT * FROM exchange") == before
    assert rows(store, "SELECT count(*) FROM journal") == [(1,)]


def test_one_undo_takes_all_of_it_back(store: str, now: Now) -> None:
    imported(store, now, PEOPLE)
    imported(store, now, "name\nBob\n", "date,name,kind\n2026-11-20,Bob,gave\n2026-11-20,Ana Ruiz,gave\n")
    undo(store, now)
    assert rows(store, "SELECT name FROM contact ORDER BY id") == [("Ana Ruiz",), ("Łukasz Żółć",)]
    assert rows(store, "SELECT * FROM exchange") == []
    undo(store, now)
    for table in ("contact", "contact_point", "interest", "contact_tally"):
        assert rows(store, f"SELECT * FROM {table}") == []  # noqa: S608 - names of ours


def test_a_dry_run_says_the_same_and_changes_nothing(store: str, now: Now) -> None:
    imported(store, now, PEOPLE)
    tried = imported(store, now, "name\nBob\n", EXCHANGES, dry_run=True)
    assert rows(store, "SELECT count(*) FROM contact") == [(2,)]
    done = imported(store, now, "name\nBob\n", EXCHANGES)
    assert [each[1:] for each in done] == [each[1:] for each in tried]


def test_exchanges_say_what_they_were(store: str, now: Now) -> None:
    imported(store, now, PEOPLE)
    text = (
        "date;name;kind;via;text;note\n2026-11-01;Ana Ruiz;gave;letter;the chart;with a card\n"
        "3 Nov 2026;Ana Ruiz;call;;;about gas\n2026-11-04;Ana Ruiz;Webinar;;on LNG;\n2026-11-05;Ana Ruiz;got;Fax;;\n"
        "2026-11-06;Ana Ruiz;Lunch;;;\n2026-11-07;Ana Ruiz;;;only text;\n"
    )
    assert imported(store, now, text)[0].exchanges.added == 6
    assert rows(store, "SELECT on_day, direction, channel, text, note FROM exchange ORDER BY id") == [
        ("2026-11-01", "given", "letter", "the chart", "with a card"),
        ("2026-11-03", "shared", "call", "about gas", ""),
        ("2026-11-04", "shared", "", "Webinar: on LNG", ""),
        ("2026-11-05", "received", "", "Fax", ""),
        ("2026-11-06", "shared", "in-person", "Lunch", ""),
        ("2026-11-07", "shared", "", "only text", ""),
    ]


def test_exchanges_that_cannot_be_are_rejected(store: str, now: Now) -> None:
    imported(
        store, now, "name,email,nickname\nAna,a@b.c,\nAna,d@e.f,\nBob,b@b.c,Bobby\nBert,shared@b.c,\nEve,shared@b.c,\n"
    )
    text = (
        "date,name,email,kind,note\n2026-11-20,Ana,,gave,x\n2026-11-20,Ana,d@e.f,gave,x\n2026-11-20,Nobody,,gave,x\n"
        "2026-11-24,Bob,,gave,x\n2026-02-30,Bob,,gave,x\n,Bob,,gave,x\n3.4.2026,Bob,,gave,x\n2026-11-20,,,gave,x\n"
        "2026-11-20,Bob,,,\n2026-11-20,bobby,unknown@b.c,gave,x\n2026-11-20,Eve,shared@b.c,gave,x\n"
        "2026-11-20,,shared@b.c,gave,x\n"
    )
    brought = imported(store, now, text)[0]
    assert reasons(brought) == [
        (2, "'Ana' could be 2 contacts"),
        (4, "no contact answers to 'Nobody'"),
        (5, "2026-11-24 lies in the future"),
        (6, 'no such day: "2026-02-30"'),
        (7, "it has no date"),
        (8, 'ambiguous date: "3.4.2026"'),
        (9, "it names nobody"),
        (10, "it says neither kind nor text"),
        (13, "'shared@b.c' could be 2 contacts"),
    ]
    names = (
        "SELECT c.name, p.value FROM exchange e JOIN contact c ON c.id = e.contact_id"
        " JOIN contact_point p ON p.contact_id = c.id ORDER BY e.id"
    )
    assert rows(store, names) == [("Ana", "d@e.f"), ("Bob", "b@b.c"), ("Eve", "shared@b.c")]


def test_the_words_for_kinds_lead_to_what_the_store_knows() -> None:
    assert set(imported_exchanges._DIRECTIONS.values()) <= set(keeping.DIRECTIONS)
    assert set(imported_exchanges._CHANNELS.values()) == set(keeping.CHANNELS)
    assert importing.TEXT_LIMIT == keeping.TEXT_LIMIT
    assert meaning("GAVE") == ("given", "", "")
    assert meaning("e-mail") == ("shared", "email", "")
    assert meaning("Coffee") == ("shared", "in-person", "Coffee")
    assert meaning("") == ("shared", "", "")


def test_a_long_text_is_not_lost(store: str, now: Now) -> None:
    long = "word " * 1000
    imported(store, now, PEOPLE, f"date,name,note\n2026-11-20,Ana Ruiz,{long}\n")
    assert rows(store, "SELECT length(text), note FROM exchange") == [(2000, long.strip())]


def test_rejects_are_written_to_be_mended_and_imported(store: str, now: Now, tmp_path: Path) -> None:
    bad = 'Name;E-Mail;Shoe\nAna;ana;38\nBob;bob@b.c;\n"Cy;c@b.c\n;x@y.z;\n'
    brought = imported(store, now, bad)[0]
    path = keep_rejects(str(tmp_path / "rejects"), brought.sheet, brought.rejects)
    assert path == str(tmp_path / "rejects" / "1.rejects.csv")
    assert Path(path).stat().st_mode & 0o777 == 0o600
    text = Path(path).read_text("utf-8")
    assert text == (
        "reason;Name;E-Mail;Shoe\n'ana' is no e-mail address;Ana;ana;38\na quote is opened and not closed;\"Cy;c@b.c\n"
    )
    assert keep_rejects(str(tmp_path / "rejects"), brought.sheet, brought.rejects) == path
    mended = text.replace(";ana;", ";ana@b.c;").replace('"Cy', "Cy")
    again = imported(store, now, mended)[0]
    assert again.contacts == (2, 0, 0)
    assert again.sheet.passed_over == ["Shoe"]
    Path(path).write_text("mended by hand", "utf-8")
    assert keep_rejects(str(tmp_path / "rejects"), brought.sheet, brought.rejects).endswith("1.rejects-2.csv")


def test_rejects_of_rejects_keep_one_reason(store: str, now: Now) -> None:
    first = imported(store, now, "name,email\nAna,ana\n")[0]
    second = imported(store, now, first.sheet.write(first.rejects))[0]
    assert second.sheet.write(second.rejects) == first.sheet.write(first.rejects)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_every_row_that_was_written_is_read(cells: list[tuple[str, str, str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([("name", "company", "notes"), *cells])
    found = sheet(out.getvalue())
    said = [row for row in cells if any(map(str.strip, row))]
    assert found.rejects == []
    assert [(row.form.name, row.form.company, row.form.notes) for row in found.contacts] == [
        (row[0].strip() or row[1].strip(), row[1].strip(), row[2].strip()) for row in said
    ]


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('",;\n'), max_size=200))
def test_whatever_stands_below_the_header_is_read_or_rejected(body: str) -> None:
    found = sheet(f"name,email\n{body}")
    lines = [row.line for row in found.contacts] + [reject.line for reject in found.rejects]
    assert len(lines) == len(set(lines))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "FILE_LIMIT", 2**20)
    path = tmp_path / "large.csv"
    path.write_bytes(b"name\n" + b"x" * 2**20)
    with pytest.raises(UsageError, match=r"large.csv is larger than 1 MB"):
        load(str(path))


KILLED = """
import os, signal, sys
from giveback.dates import now
from giveback.people.formats.person import Person, Point
from giveback.people import importing
from giveback.store.changes import change

importing.exchanges.AT_A_TIME = 10
seen = []

def die(name):
    seen.append(name)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

with change(sys.argv[1], now(), "import") as session:
    importing.bring_in(session, [importing.load(sys.argv[2])], now(), 60, die)
"""


def test_a_killed_import_leaves_nothing(store: str, now: Now, tmp_path: Path) -> None:
    imported(store, now, PEOPLE)
    path = tmp_path / "many.csv"
    path.write_text("name\n" + "".join(f"Person {number}\n" for number in range(50)), encoding="utf-8")
    killed = subprocess.run([sys.executable, "-c", KILLED, store, str(path)], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert rows(store, "SELECT count(*) FROM contact") == [(2,)]
    assert rows(store, "PRAGMA integrity_check") == [("ok",)]
    with change(store, now, "import") as session:
        assert bring_in(session, [load(str(path))], now, 60)[0].contacts.added == 50
    assert rows(store, "SELECT count(*) FROM contact") == [(52,)]
    undo(store, now)
    assert rows(store, "SELECT count(*) FROM contact") == [(2,)]
