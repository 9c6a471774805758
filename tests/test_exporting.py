"""What is written for other programs: cards, tables, documents and pages, as those programs read them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

import readers
from conftest import Giveback
from giveback.errors import Exit
from giveback.people.formats.cells import guarded, joined_list, split_list, unguarded
from giveback.people.formats.contentline import folded
from giveback.people.writing.documents import document
from giveback.people.writing.pages import file_names, page
from giveback.people.writing.tables import table
from giveback.people.writing.vcards import VERSIONS, card
from giveback.store.questions.contacts import ContactRow, InterestRow
from giveback.store.questions.exchanges import ExchangeRow
from giveback.store.questions.whole import Detail, OpenRow, Point, Whole
from giveback.text import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from giveback.people.writing.vcards import Version

SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "schema"

LINES = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=40).map(clean_line)
NAMES = LINES.filter(bool)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=200).map(clean_text)
DAYS = st.sampled_from(["", "1980-02-29", "--03-14", "--02-29"])
LABELS = st.sampled_from(["", "mobile", "Tante's"])
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def a_row(**fields: Any) -> ContactRow:
    said: dict[str, Any] = {
        "id": 1, "uuid": UUID, "name": "Ana Ruiz", "nickname": "", "company": "", "title": "", "town": "",
        "cadence_days": None, "met_at": "", "birthday": "", "notes": "", "tact_allow": "", "added_on": "2026-01-02",
        "snoozed_until": None, "archived_at": None, "exchanges": 0, "given": 0, "received": 0, "last_on": None,
    }  # fmt: skip
    return ContactRow(**(said | fields))


def a_whole(row: ContactRow | None = None, **fields: Any) -> Whole:
    said: dict[str, Any] = {
        "row": row or a_row(), "uid": UUID, "updated_at": "2026-11-23T12:00:00Z", "detail": Detail(), "points": (),
        "interests": (), "circles": (), "properties": (), "exchanges": (), "follow_ups": (),
    }  # fmt: skip
    return Whole(**(said | fields))


@st.composite
def wholes(draw: st.DrawFn) -> Whole:
    row = a_row(
        name=draw(NAMES), nickname=draw(LINES), company=draw(LINES), title=draw(LINES), town=draw(LINES),
        cadence_days=draw(st.none() | st.integers(1, 400)), met_at=draw(LINES), birthday=draw(DAYS), notes=draw(TEXTS),
    )  # fmt: skip
    phrases = draw(st.lists(NAMES, max_size=3))
    return a_whole(
        row,
        points=[
            Point("email", "ana@example.com", "work", ""),
            *[Point("phone", said, draw(LABELS), "") for said in draw(st.lists(NAMES, max_size=2))],
            *[Point("address", said, "home", "") for said in draw(st.lists(NAMES, max_size=1))],
        ],
        interests=[InterestRow(place, phrase, place % 2 == 1, 1.0, "user") for place, phrase in enumerate(phrases)],
        circles=draw(st.lists(NAMES, max_size=2)),
    )  # fmt: skip


FULL = a_whole(
    a_row(
        name="Ana Ruiz", nickname="Anita", company="Shell; Upstream, Ltd", title="Engineer", town="Houston",
        cadence_days=21, met_at="SPE 2026", birthday="1980-02-29", notes="Tall.\n\nLikes; commas, and \\ backslashes.",
        tact_allow="illness",
    ),
    detail=Detail("Dr.", "Ana", "María", "Ruiz", "MBA", "she/her", "2001-12-31", "2026-03-04"),
    points=[
        Point("email", "ana@example.com", "work", ""), Point("phone", "+1 713 555 0100", "mobile", ""),
        Point("phone", "+1 713 555 0199", "work fax", ""), Point("phone", "12", "Beach house", ""),
        Point("address", "1 Main St, Houston, TX 77002", "home", ";;1 Main St;Houston;TX;77002;"),
        Point("address", "at the lake; second hut", "", ""), Point("url", "https://example.com/ana", "", ""),
        Point("blog", "https://blog.example.com/", "", ""), Point("handle", "@ana", "mastodon", ""),
    ],
    interests=[
        InterestRow(1, "bass fishing, in spring", avoid=False, weight=1.0, source="user"),
        InterestRow(2, "golf", avoid=True, weight=1.0, source="user"),
    ],
    circles=["Cookie Club", "helpers"],
    properties=["X-PHONETIC-FIRST-NAME:Anna", "item1.RELATED;TYPE=spouse:Bo", "BDAY:circa 1980", "N:x", "broken line"],
    exchanges=[
        ExchangeRow(
            id=1, uuid="e1", contact_id=1, direction="given", channel="email", on_day="2026-11-01", text="an article",
            note="Dear Ana,\n\nlook!", interest="bass fishing", article_id=None, gift_title="Bass in spring",
            gift_url="https://example.com/bass", kind="article", minutes=5,
        )
    ],
    follow_ups=[OpenRow("f1", "promise", "the chart", "2026-11-20", "2026-11-27", None)],
)  # fmt: skip


# vCard


@pytest.mark.parametrize("version", VERSIONS)
def test_a_card_byte_for_byte(version: Version, golden: Callable[[str, str], None]) -> None:
    golden(f"ana-{version}.vcf", card(FULL, version).replace("\r\n", "\n"))


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=25)
@given(one=wholes())
def test_a_card_is_folded_and_escaped_so_that_vobject_reads_it(version: Version, one: Whole) -> None:
    text = card(one, version)
    lines = text.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() is not None for line in lines), "no character is cut"
    read = vobject.readOne(text)
    assert read.fn.value == one.row.name
    assert read.contents["email"][0].value == "ana@example.com"
    assert [note.value for note in read.contents.get("note", ())] == [one.row.notes] * bool(one.row.notes)
    assert [tel.value for tel in read.contents.get("tel", ())] == [p.value for p in one.points if p.kind == "phone"]
    assert [org.value for org in read.contents.get("org", ())] == [[one.row.company]] * bool(one.row.company)
    likes = read.contents.get("interest" if version == "4.0" else "x-giveback-interest", ())
    assert [like.value for like in likes] == [each.phrase for each in one.interests if not each.avoid]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=300))
def test_folding_is_undone_by_unfolding(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line
    assert all(len(part) <= 75 for part in folded(line).encode().split(b"\r\n"))


def test_khard_reads_both_versions(giveback: Giveback) -> None:
    readers.program("khard")
    for version in VERSIONS:
        folder = giveback.home / version
        folder.mkdir()
        (folder / "ana.vcf").write_bytes(card(FULL, version).encode())
        config = giveback.home / "khard.conf"
        config.write_text(f"[addressbooks]\n[[main]]\npath = {folder}\n[vcard]\nprivate_objects = Giveback-interest,\n")
        shown = readers.run(giveback.home, "khard", "-c", str(config), "show", "ruiz")
        for said in ("Dr. Ana María Ruiz MBA", "Anita", "Engineer", "ana@example.com", "+1 713 555 0100", "Tall.",
                     "https://example.com/ana", "1 Main St", "Cookie Club"):  # fmt: skip
            assert said in shown, version
        assert "02/29/80" in readers.run(giveback.home, "khard", "-c", str(config), "birthdays")


# CSV


@given(st.text())
def test_a_guarded_cell_is_read_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_a_list_in_a_cell_is_taken_apart_again(values: list[str]) -> None:
    assert split_list(joined_list(values)) == values


def test_lists_of_others_are_taken_apart() -> None:
    assert split_list("bass fishing; orchids|C:\\x") == ["bass fishing", "orchids", "C:\\x"]


@settings(max_examples=25)
@given(st.lists(wholes(), max_size=3))
def test_a_table_says_what_is_known(people: list[Whole]) -> None:
    rows = list(csv.DictReader(io.StringIO(table(people), newline="")))
    assert [unguarded(row["name"]) for row in rows] == [one.row.name for one in people]
    assert [unguarded(row["notes"]) for row in rows] == [one.row.notes for one in people]


def test_a_table_byte_for_byte(golden: Callable[[str, str], None]) -> None:
    golden("ana.csv", table([FULL, a_whole()]).replace("\r\n", "\n"))
    assert table([FULL], bom=True).startswith("\ufeffname,")


# JSON


@settings(max_examples=20)
@given(st.lists(wholes(), max_size=2))
def test_a_document_keeps_to_its_schema(people: list[Whole]) -> None:
    schema = json.loads((SCHEMAS / "contacts.schema.json").read_text("utf-8"))
    found = json.loads(document([*people, FULL], "2026-11-23T12:00:00Z"))
    jsonschema.Draft202012Validator(schema).validate(found)
    assert [one["name"] for one in found["contacts"]] == [one.row.name for one in (*people, FULL)]


def test_the_schemas_are_schemas_and_say_no() -> None:
    for path in SCHEMAS.glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))
    schema = json.loads((SCHEMAS / "contacts.schema.json").read_text("utf-8"))
    found = json.loads(document([FULL], "2026-11-23T12:00:00Z"))
    found["contacts"][0]["birthday"] = "soon"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(found)


def test_a_manifest_keeps_to_its_schema(giveback: Giveback) -> None:
    from zipfile import ZipFile

    giveback.run_here("add-contact", "Ana Ruiz")
    giveback.run_here("export", "--all", "all.zip")
    schema = json.loads((SCHEMAS / "archive.schema.json").read_text("utf-8"))
    with ZipFile(giveback.home / "all.zip") as found:
        jsonschema.Draft202012Validator(schema).validate(json.loads(found.read("manifest.json")))


# Markdown


def test_a_page_byte_for_byte(golden: Callable[[str, str], None]) -> None:
    golden("ana.md", page(FULL))
    assert "[[Shell; Upstream, Ltd]]" in page(FULL, links=True)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ana Ruiz", "Ana Ruiz"),
        ("山田 太郎", "山田 太郎"),
        ("../../etc/passwd", "etc passwd"),
        (".hidden", "hidden"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("???", "_"),
        ("AC/DC [live]", "AC DC live"),
        ("x" * 400, "x" * 120),
        ("山" * 100, "山" * 40),
        ("Zoë", "Zoë"),
    ],
)
def test_names_of_files(name: str, file: str) -> None:
    assert file_names([(UUID, name)]) == {UUID: file}


def test_namesakes_have_files_of_their_own() -> None:
    found = file_names([("11111111-a", "Ana Ruiz"), ("22222222-b", "ana ruiz"), ("3", "Bo")])
    assert found == {"11111111-a": "Ana Ruiz 11111111", "22222222-b": "ana ruiz 22222222", "3": "Bo"}


@settings(max_examples=25)
@given(st.lists(LINES, max_size=6))
def test_every_name_is_one_file_in_the_folder(names: list[str]) -> None:
    found = file_names([(f"{place:08}-0000", name) for place, name in enumerate(names)])
    assert len({name.casefold() for name in found.values()}) == len(names)
    assert all(name and "/" not in name and name[0] != "." and len(name.encode()) < 143 for name in found.values())


# The command


@pytest.fixture(scope="module")
def store_of_two(tmp_path_factory: pytest.TempPathFactory) -> str:
    giveback = Giveback(tmp_path_factory.mktemp("two"))
    giveback.run_here("add-contact", "Ana Ruiz", "--email", "ana@example.com", "--notes", "=1+1", "--company", "Shell")
    giveback.run_here("add-contact", "Bo Lund", "--phone", "+47 12 34 56 78")
    with closing(sqlite3.connect(giveback.store)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return giveback.store


@pytest.fixture
def two(giveback: Giveback, store_of_two: str) -> Giveback:
    shutil.copy(store_of_two, giveback.store)
    return giveback


def test_formats_follow_from_the_path(two: Giveback) -> None:
    for name, begins in {
        "a.vcf": b"BEGIN:VCARD", "a.csv": b"name,", "a.json": b"{", "a.ics": b"BEGIN:VCALENDAR", "a.opml": b"<?xml",
    }.items():  # fmt: skip
        ran = two.run_here("export", "--to", name)
        assert (ran.code, ran.out) == (0, f"wrote {name}\n")
        path = two.home / name
        assert path.read_bytes().startswith(begins)
        assert path.stat().st_mode & 0o777 == 0o600
    assert two.run_here("export", "--to", "a.vcf").code == Exit.USAGE
    assert two.run_here("export", "--to", "a.vcf", "--force").code == 0
    for wrong in (["--to", "a.xyz"], ["--format", "xyz"], ["--format", "md"], [], ["--format", "csv", "--to", "b/"],
                  ["--format", "vcf", "--vcard", "2.1"]):  # fmt: skip
        assert two.run_here("export", *wrong).code == Exit.USAGE, wrong


def test_a_selection(two: Giveback) -> None:
    def names(*words: str) -> list[str]:
        found = json.loads(two.run_here("export", "--format", "json", *words).out)
        return [one["name"] for one in found["contacts"]]

    assert names() == ["Ana Ruiz", "Bo Lund"]
    assert names("bo") == ["Bo Lund"]
    assert names("--query", "shell") == ["Ana Ruiz"]
    two.run_here("archive", "bo")
    assert (names(), names("--archived")) == (["Ana Ruiz"], ["Ana Ruiz", "Bo Lund"])
    assert two.run_here("export", "nobody", "--format", "json").code == Exit.NOT_FOUND
    assert two.run_here("export", "--circle", "nobody", "--format", "json").code == Exit.NOT_FOUND


def test_without_a_store_it_is_empty(giveback: Giveback) -> None:
    assert json.loads(giveback.run_here("export", "--format", "json").out)["contacts"] == []
    assert giveback.run_here("export", "--format", "vcf").out == ""
    assert giveback.run_here("export", "--all", "a.zip").code == Exit.NOT_FOUND
    assert not Path(giveback.store).exists()


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.iterdir()}


def test_a_folder_is_kept_in_step(two: Giveback) -> None:
    folder = two.home / "cards"
    assert "2 written" in two.run_here("export", "--to", "cards/").out
    before = stamps(folder)
    assert len(before) == 2
    assert "0 written, 2 unchanged" in two.run_here("export", "--to", "cards/").out
    assert stamps(folder) == before
    two.run_here("edit", "ana", "--title", "Engineer")
    assert "1 written, 1 unchanged" in two.run_here("export", "--to", "cards/").out
    two.run_here("merge", "ana", "bo")
    assert "1 written, 1 removed" in re.sub(r", 0 unchanged", "", two.run_here("export", "--to", "cards").out)
    assert len(stamps(folder)) == 1
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_who_is_put_away_leaves_the_address_book_and_comes_back(two: Giveback) -> None:
    folder = two.home / "cards"
    two.run_here("export", "--to", "cards/")
    two.run_here("export", "--format", "md", "--to", "people/")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    two.run_here("archive", "bo")
    tried = two.run_here("export", "--to", "cards/", "--dry-run")
    assert len(stamps(folder)) == 2
    left = two.run_here("export", "--to", "cards/")
    assert "0 written, 1 unchanged, 1 removed" in left.out
    assert 'removed, since Bo Lund is archived; giveback archive "Bo Lund" --back' in left.err == tried.err
    assert len(stamps(folder)) == 1
    two.run_here("archive", "bo", "--back")
    assert "1 written, 1 unchanged" in two.run_here("export", "--to", "cards/").out
    assert {path.name for path in folder.iterdir()} == set(before)
    # A page is for reading up on somebody, and others may link to it.
    two.run_here("archive", "bo")
    assert "0 written, 1 unchanged" in two.run_here("export", "--format", "md", "--to", "people/").out
    assert len(stamps(two.home / "people")) == 2


def test_an_edit_or_a_picture_of_who_is_put_away_is_not_lost(two: Giveback) -> None:
    folder = two.home / "cards"
    two.run_here("export", "--to", "cards/")
    two.run_here("archive", "bo")
    card = next(path for path in folder.iterdir() if b"FN:Bo" in path.read_bytes())
    edited = card.read_bytes().replace(b"END:VCARD", b"NOTE:plays the cello\r\nEND:VCARD")
    card.write_bytes(edited)
    for _ in range(2):
        ran = two.run_here("export", "--to", "cards/")
        assert (ran.code, card.read_bytes()) == (Exit.REJECTED_IN_PART, edited)
        assert f"{card.name}: changed by others, left as it is" in ran.err
    assert two.run_here("import", "cards/").code == 0
    assert "1 removed" in two.run_here("export", "--to", "cards/").out
    assert "plays the cello" in two.run_here("show", "bo").out

    two.run_here("archive", "bo", "--back")
    two.run_here("export", "--to", "cards/")
    card.write_bytes(card.read_bytes().replace(b"END:VCARD", b"PHOTO:data:image/png;base64,iVBO\r\nEND:VCARD"))
    two.run_here("archive", "bo")
    two.run_here("import", "cards/")
    ran = two.run_here("export", "--to", "cards/")
    assert (ran.code, card.exists()) == (0, True)
    assert "Bo Lund is archived, but the picture in it is kept nowhere else" in ran.err
    assert two.run_here("export", "--to", "cards/", "--force").code == 0
    assert not card.exists()


def test_a_selection_removes_nobody_from_a_folder(two: Giveback) -> None:
    two.run_here("export", "--to", "cards/")
    two.run_here("export", "--to", "cards/", "ana")
    assert len(stamps(two.home / "cards")) == 2


def test_what_others_put_and_changed_there_stays(two: Giveback) -> None:
    folder = two.home / "cards"
    two.run_here("export", "--to", "cards/")
    theirs = {
        "theirs.vcf": b"BEGIN:VCARD\r\nUID:theirs\r\nFN:Cy\r\nEND:VCARD\r\n",
        "note.txt": b"x",
        "broken.vcf": b"\xff\0",
    }
    for name, data in theirs.items():
        (folder / name).write_bytes(data)
    mine = next(path for path in folder.iterdir() if b"FN:Ana" in path.read_bytes())
    edited = mine.read_bytes().replace(b"FN:Ana Ruiz", b"FN:Ana R. Ruiz")
    mine.write_bytes(edited)
    two.run_here("edit", "ana", "--title", "Engineer")
    ran = two.run_here("export", "--to", "cards/")
    assert ran.code == Exit.REJECTED_IN_PART
    assert f"{mine.name}: changed by others" in ran.err
    assert mine.read_bytes() == edited
    assert {name: (folder / name).read_bytes() for name in theirs} == theirs
    assert two.run_here("export", "--to", "cards/", "--force").code == 0
    assert b"TITLE:Engineer" in mine.read_bytes()
    assert {name: (folder / name).read_bytes() for name in theirs} == theirs


def test_pictures_stay_in_their_file(two: Giveback) -> None:
    folder = two.home / "cards"
    two.run_here("export", "--to", "cards/")
    mine = next(path for path in folder.iterdir() if b"FN:Ana" in path.read_bytes())
    photo = b"PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg\r\n ABCDEFGH\r\n"
    mine.write_bytes(mine.read_bytes().replace(b"END:VCARD", photo + b"END:VCARD"))
    two.run_here("edit", "ana", "--title", "Engineer")
    assert two.run_here("export", "--to", "cards/", "--force").code == 0
    assert photo in mine.read_bytes()
    assert b"TITLE:Engineer" in mine.read_bytes()
    assert "0 written" in two.run_here("export", "--to", "cards/").out


def test_a_file_that_was_deleted_there_stays_away(two: Giveback) -> None:
    folder = two.home / "cards"
    two.run_here("export", "--to", "cards/")
    gone = next(path for path in folder.iterdir() if b"FN:Ana" in path.read_bytes())
    gone.unlink()
    ran = two.run_here("export", "--to", "cards/")
    assert (ran.code, gone.exists()) == (0, False)
    assert f"{gone.name}: deleted there" in ran.err
    two.run_here("export", "--to", "cards/", "--force")
    assert gone.exists()


def test_pages_are_kept_in_step_and_ones_own_words_stay(two: Giveback) -> None:
    folder = two.home / "people"
    assert two.run_here("export", "--format", "md", "--to", "people/").code == 0
    assert sorted(stamps(folder)) == ["Ana Ruiz.md", "Bo Lund.md"]
    (folder / "Ana Ruiz.md").write_text((folder / "Ana Ruiz.md").read_text("utf-8") + "\nMy own words.\n", "utf-8")
    two.run_here("edit", "bo", "--name", "Bo Lundgren")
    ran = two.run_here("export", "--format", "md", "--to", "people/")
    assert ran.code == Exit.REJECTED_IN_PART
    assert "My own words." in (folder / "Ana Ruiz.md").read_text("utf-8")
    assert "# Bo Lundgren" in (folder / "Bo Lund.md").read_text("utf-8"), "a page keeps its name, so that links hold"


def test_nothing_is_written_by_a_dry_run(two: Giveback) -> None:
    before = {path.name for path in two.home.iterdir()}
    for words in (["--to", "cards/"], ["--to", "a.csv"], ["--all", "a.zip"], ["--format", "md", "--to", "pages/"]):
        assert two.run_here("export", *words, "--dry-run").code == 0
    assert {path.name for path in two.home.iterdir()} - before <= {"giveback.db-shm", "giveback.db-wal"}
