"""`giveback import` of people as a user runs it: folders, standard input, mapped tables, doubts."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from giveback.errors import Exit
from giveback.people.importing import folders

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Giveback

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{0}\r\nFN:{0}\r\nEMAIL:{0}@b.c\r\nEND:VCARD\r\n"


@pytest.fixture
def book(giveback: Giveback) -> Path:
    folder = giveback.home / "book"
    (folder / "work").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "ana.vcf").write_text(CARD.format("ana"))
    (folder / "work" / "bo.vcf").write_text(CARD.format("bo"))
    (folder / ".hidden" / "x.vcf").write_text(CARD.format("hidden"))
    (folder / ".cy.vcf").write_text(CARD.format("writing"))
    (folder / "half.vcf").write_text(CARD.format("half")[:60])
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    return folder


def test_a_folder_of_cards(giveback: Giveback, book: Path) -> None:
    ran = giveback.run_here("import", "book/")
    assert ran.out == (
        "File   What      New  Changed  Unchanged  Rejected\n"
        "book/  contacts  2    0        0          1\nnew: ana; bo\n"
    )
    assert "book/half.vcf:1: the file ends inside of this card" in ran.err
    assert ran.code == 7
    mended = giveback.home / "rejects" / "book.rejects.vcf"
    assert mended.read_text().startswith("BEGIN:VCARD\nX-GIVEBACK-REJECTED:the file ends inside of this card\n")
    mended.write_text(mended.read_text() + "END:VCARD\n")
    assert giveback.run_here("import", str(mended)).code == 0
    (book / "half.vcf").unlink()
    assert giveback.run_here("import", "book").code == 0


def test_a_folder_may_change_while_it_is_read(giveback: Giveback, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [*folders._names(str(book)), "gone.vcf"]
    monkeypatch.setattr(folders, "_names", lambda _: iter(found))
    ran = giveback.run_here("import", "book", "--json")
    assert json.loads(ran.out)[0]["contacts"] == {"added": 2, "known": 0, "changed": 0}
    monkeypatch.setattr(folders, "_names", lambda _: iter(["gone.vcf"]))
    ran = giveback.run_here("import", "book")
    assert (ran.code, ran.err) == (2, "giveback: book/ holds no vCards (cards are files that end in .vcf)\n")


def test_standard_input_and_a_cadence_for_all(giveback: Giveback) -> None:
    ran = giveback.run("import", "-", "--every", "never", stdin=CARD.format("ana"))
    assert (ran.code, ran.out.splitlines()[1].split()) == (
        0, ["standard", "input", "contacts", "1", "0", "0", "0"],
    )  # fmt: skip
    assert json.loads(giveback.run_here("contacts", "--json").out)[0]["cadence_days"] is None


def test_a_mapping_is_remembered(giveback: Giveback) -> None:
    table = giveback.home / "members.csv"
    table.write_text("Who,Mail,Works for\nAna,a@b.c,Shell\n")
    assert giveback.run_here("import", "members.csv").code == 2
    assert giveback.run_here("import", "members.csv", "--map", "Who=name,Mail=email", "--dry-run").code == 0
    assert giveback.run_here("import", "members.csv").code == 2, "a dry run remembers nothing"
    assert giveback.run_here("import", "members.csv", "--map", "Who=name,Mail=email").code == 0
    table.write_text("Who,Mail,Works for\nAna,a@b.c,Shell\nBo,b@b.c,BP\n")
    ran = giveback.run_here("import", "members.csv")
    assert (ran.code, "new: Bo\n" in ran.out) == (0, True)
    ran = giveback.run_here("import", "members.csv", "--map", "Who=name,Mail=shoe")
    assert (ran.code, "'Mail=shoe' maps no column" in ran.err) == (2, True)


def test_doubts_are_left_in_a_pipe_and_decided_by_options(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--company", "BP")
    (giveback.home / "x.vcf").write_text(CARD.format("Ana Ruiz").replace("Ana Ruiz@", "ana@"))
    ran = giveback.run_here("import", "x.vcf")
    assert (ran.code, ran.out) == (
        7, ("File   What      New  Changed  Unchanged  Rejected  Unsure\n"
        "x.vcf  contacts  0    0        0          0         1\n"),
    )  # fmt: skip
    assert ran.err == (
        "x.vcf: Ana Ruiz (ana@b.c) may be Ana Ruiz, BP: the same name\n"
        "giveback: 1 person left, who may be in the store already (import again with --same or --new)\n"
    )
    said = json.loads(giveback.run_here("import", "x.vcf", "--json").out)[0]["unsure"][0]
    assert (said["name"], said["hint"], said["candidates"][0]["name"]) == ("Ana Ruiz", "ana@b.c", "Ana Ruiz, BP")
    assert giveback.run_here("import", "x.vcf", "--same", "--new").code == 2
    assert "new: Ana Ruiz" in giveback.run_here("import", "x.vcf", "--new", "--dry-run").out
    assert "changed: Ana Ruiz" in giveback.run_here("import", "x.vcf", "--same").out
    assert giveback.run_here("import", "x.vcf").code == 0


def test_doubts_are_asked_on_a_terminal(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--company", "BP")
    (giveback.home / "x.vcf").write_text(CARD.format("Ana Ruiz").replace("Ana Ruiz@", "ana@"))
    child = pexpect.spawn(
        sys.executable, ["-m", "giveback", "import", "x.vcf"], cwd=giveback.home, env=giveback.environment, timeout=60
    )
    child.expect("Which one")
    child.sendline("7")
    child.expect("Which one")
    child.sendline("1")
    child.expect("changed: Ana Ruiz")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_second_import_tells_of_new_jobs(giveback: Giveback) -> None:
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    row = "Ana,Ruiz,https://www.linkedin.com/in/ana,,{},Engineer,07 Feb 2022\n"
    (giveback.home / "Connections.csv").write_text(header + row.format("Shell"))
    giveback.run_here("import", "Connections.csv")
    (giveback.home / "Connections.csv").write_text(header + row.format("BP"))
    ran = giveback.run_here("import", "Connections.csv")
    assert "new job: Ana Ruiz: Engineer at BP (was Engineer at Shell)\n" in ran.out
    assert "new job" in giveback.run_here("followups").out
    giveback.run_here("undo")
    assert "new job" not in giveback.run_here("followups").out


def test_values_left_out_are_told_with_their_line(giveback: Giveback) -> None:
    (giveback.home / "x.vcf").write_text(CARD.format("ana").replace("EMAIL:", "EMAIL:\x1b[31m@@"))
    ran = giveback.run_here("import", "x.vcf")
    assert (ran.code, ran.err.startswith("x.vcf:5: left out: ")) == (0, True)
    assert "\x1b" not in ran.err


def test_a_program_by_its_name(giveback: Giveback) -> None:
    book, conf = giveback.home / ".abook" / "addressbook", giveback.home / ".config" / "khard" / "khard.conf"
    for path in (book, conf, giveback.home / "cards" / "x.vcf"):
        path.parent.mkdir(parents=True)
    missing = giveback.run_here("import", "khard")
    assert (missing.code, str(conf) in missing.err) == (Exit.NOT_FOUND, True)
    book.write_text(
        "# abook addressbook file\n\n[format]\nprogram=abook\n\n[0]\nname=Ana Ruiz\nemail=ana@example.com\n"
    )
    conf.write_text("[addressbooks]\n[[family]]\n  path = ~/cards # all of them\n[general]\npath = /nowhere\n")
    (giveback.home / "cards" / "x.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Bob Lee\nEND:VCARD\n")
    done = giveback.run_here("import", "abook", "khard", env={"XDG_CONFIG_HOME": ""})
    assert (done.code, done.out.count("new: ")) == (0, 2), done
    (giveback.home / "abook").write_text("name,email\nZoe Ash,zoe@example.com\n")
    assert "new: Zoe Ash" in giveback.run_here("import", "abook").out


def test_a_folder_that_was_written_here_says_nothing_new(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Maria Ruiz", "--email", "ana@example.com")
    giveback.run_here("export", "--to", "cards/")
    (row,) = json.loads(giveback.run_here("import", "cards/", "--json").out)
    assert row["contacts"] == {"added": 0, "known": 1, "changed": 0}
    (card,) = (giveback.home / "cards").iterdir()
    card.write_text(card.read_text().replace("N:Ruiz;Ana Maria;;;", "N:Ruiz;Ana;Maria;;"))
    (row,) = json.loads(giveback.run_here("import", "cards/", "--json").out)
    assert row["contacts"]["changed"] == 1
    (person,) = json.loads(giveback.run_here("export", "--format", "json").out)["contacts"]
    assert (person["name_parts"]["given"], person["name_parts"]["family"]) == ("Ana", "Ruiz")
    giveback.run_here("export", "--to", "all.csv")
    other = {"GIVEBACK_PROFILE": "other"}
    giveback.run_here("import", "all.csv", env=other)
    (again,) = json.loads(giveback.run_here("export", "--format", "json", env=other).out)["contacts"]
    assert again["name_parts"] == person["name_parts"]
