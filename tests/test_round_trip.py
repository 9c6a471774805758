"""Out and in again: what is exported is read back as it was, alone, through other programs, and again and again."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import readers
from conftest import Giveback
from giveback.errors import Exit
from giveback.people.contacts import ContactForm, add
from giveback.store.changes import change
from giveback.text import clean_line, clean_text, fold

if TYPE_CHECKING:
    from giveback.dates import Now

pytestmark = pytest.mark.usefixtures("loaded_once")

CHARACTERS = st.characters(exclude_categories=["Cs", "Cn", "Co"])
LINES = st.text(CHARACTERS, max_size=30).map(clean_line)
WORDS = LINES.filter(fold)
TEXTS = st.text(CHARACTERS, max_size=80).map(clean_text)
# A handle with a scheme is another network's, and a phone number is one of its own scheme.
HANDLES = WORDS.filter(lambda said: ":" not in said and not said.startswith(("http", "tel")))
PHRASES = WORDS.map(lambda said: said.lstrip("+-~ ")).filter(fold)


@st.composite
def forms(draw: st.DrawFn, place: int) -> ContactForm:
    points = [("email", f"p{place}@example.com")]
    points += [("phone", said) for said in draw(st.lists(HANDLES, max_size=2))]
    points += [("address", said) for said in draw(st.lists(WORDS, max_size=1))]
    points += [("handle", said) for said in draw(st.lists(HANDLES, max_size=1))]
    points += [("url", f"https://example.com/{place}")] * draw(st.booleans())
    points += [("blog", f"https://blog.example.com/{place}")] * draw(st.booleans())
    return ContactForm(
        name=f"{draw(WORDS)} {place}",
        nickname=draw(LINES),
        company=draw(LINES),
        title=draw(LINES),
        town=draw(LINES),
        every=draw(st.sampled_from(["3w", "45d", "never", "1y"])),
        met_at=draw(LINES),
        birthday=draw(st.sampled_from(["", "1980-02-29", "--03-14"])),
        notes=draw(TEXTS),
        points=tuple(points),
        interests=tuple(draw(st.lists(PHRASES, max_size=2))),
        avoid=tuple(draw(st.lists(PHRASES, max_size=1))),
    )


PEOPLE = st.tuples(*(forms(place) for place in range(4)))
# What an address book does not say, and what an import learns besides.
ASIDE = ("added_on", "updated_at", "name_parts", "other_properties", "uid")


def everybody(giveback: Giveback, **env: str) -> list[dict[str, Any]]:
    found = json.loads(giveback.run_here("export", "--format", "json", env=env).out)["contacts"]
    for one in found:
        one["contact_points"] = [(point["kind"], point["value"]) for point in one["contact_points"]]
        one["contact_points"].sort()
    return [{key: value for key, value in one.items() if key not in ASIDE} for one in found]


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(people=PEOPLE)
@pytest.mark.parametrize("words", [["--to", "a.vcf"], ["--to", "a.vcf", "--vcard", "4.0"], ["--to", "a.csv", "--bom"]])
def test_what_is_exported_is_read_back(empty_store: str, now: Now, people: list[ContactForm], words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        giveback = Giveback(Path(folder))
        for name in ("giveback.db", "giveback-two.db"):
            shutil.copy(empty_store, giveback.home / name)
        with change(giveback.store, now, "add") as session:
            for form in people:
                add(session, form, now.today, 60)
        assert giveback.run_here("export", *words).code == 0
        two = {"GIVEBACK_PROFILE": "two"}
        ran = giveback.run_here("import", words[1], env=two)
        assert ran.code == 0, ran
        assert everybody(giveback, **two) == everybody(giveback)


@pytest.fixture
def ana(giveback: Giveback) -> Giveback:
    """Ana, in a folder of cards that an export wrote."""
    giveback.run_here("add-contact", "Ana Ruiz", "--email", "ana@example.com", "--interest", "bass fishing")
    assert giveback.run_here("export", "--to", "cards/").code == 0
    return giveback


def card_of(giveback: Giveback) -> Path:
    (found,) = (giveback.home / "cards").glob("*.vcf")
    return found


def edited(giveback: Giveback) -> dict[str, Any]:
    """Ana after the folder was imported and exported again; her card as vobject reads it."""
    assert giveback.run_here("import", "cards/").code == 0
    assert giveback.run_here("export", "--to", "cards/").code == 0
    again = giveback.run_here("export", "--to", "cards/")
    assert "0 written, 1 unchanged" in again.out
    shown = json.loads(giveback.run_here("show", "ana", "--json").out)
    return {"shown": shown, "card": vobject.readOne(card_of(giveback).read_text("utf-8"))}


def test_an_edit_by_vobject_comes_in_and_goes_out_again(ana: Giveback) -> None:
    path = card_of(ana)
    card = vobject.readOne(path.read_text("utf-8"))
    card.add("title").value = "Chief engineer"
    card.add("x-shoe-size").value = "38"
    card.add("photo").value = "picture"
    path.write_text(card.serialize(), "utf-8", newline="")
    refused = ana.run_here("export", "--to", "cards/")
    assert refused.code == Exit.REJECTED_IN_PART, "what was not imported yet is not written over"
    found = edited(ana)
    assert found["shown"]["title"] == "Chief engineer"
    assert found["shown"]["interests"] == ["bass fishing"]
    contents = found["card"].contents
    assert [contents[name][0].value for name in ("title", "x-shoe-size", "x-giveback-interest", "uid")] == [
        "Chief engineer", "38", "bass fishing", found["shown"]["uuid"],
    ]  # fmt: skip
    assert "picture" in path.read_text("utf-8")


def test_an_edit_on_each_side_is_kept(ana: Giveback) -> None:
    path = card_of(ana)
    path.write_bytes(path.read_bytes().replace(b"END:VCARD", b"TITLE:Engineer\r\nEND:VCARD"))
    ana.run_here("edit", "ana", "--company", "Equinor")
    found = edited(ana)
    assert (found["shown"]["title"], found["shown"]["company"]) == ("Engineer", "Equinor")
    assert (found["card"].title.value, found["card"].org.value) == ("Engineer", ["Equinor"])


def test_cards_of_others_come_in_and_keep_their_uid_and_their_file(ana: Giveback) -> None:
    theirs = ana.home / "cards" / "bo lund.vcf"
    theirs.write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:bo-1@phone\r\nFN:Bo Lund\r\nX-A:b\r\nEND:VCARD\r\n", newline=""
    )
    assert ana.run_here("import", "cards/").code == 0
    ana.run_here("edit", "bo", "--title", "Captain")
    assert ana.run_here("export", "--to", "cards/").code == 0
    text = theirs.read_text("utf-8")
    assert all(line in text for line in ("UID:bo-1@phone", "TITLE:Captain", "X-A:b"))
    assert len(list((ana.home / "cards").iterdir())) == 2


def test_who_was_merged_is_not_imported_anew(ana: Giveback) -> None:
    ana.run_here("add-contact", "Ana R.", "--email", "other@example.com")
    ana.run_here("export", "--to", "before.vcf")
    assert ana.run_here("merge", "ana ruiz", "2").code == 0
    ana.run_here("import", "before.vcf")
    assert [one["name"] for one in everybody(ana)] == ["Ana Ruiz"]


def test_a_card_that_an_import_rejects_is_not_written_over(ana: Giveback) -> None:
    path = card_of(ana)
    broken = path.read_bytes().replace(b"END:VCARD", b"NOTE:mine")
    path.write_bytes(broken)
    assert ana.run_here("import", "cards/").code == Exit.REJECTED_IN_PART
    assert ana.run_here("export", "--to", "cards/").code == Exit.REJECTED_IN_PART
    assert path.read_bytes() == broken


def test_khard_edits_and_both_sides_agree(ana: Giveback) -> None:
    readers.program("khard")
    config = ana.home / "khard.conf"
    config.write_text(
        f"[addressbooks]\n[[main]]\npath = {ana.home}/cards\n[vcard]\nprivate_objects = Giveback-interest,\n"
    )
    khard = ["khard", "-c", str(config)]
    text = readers.run(ana.home, *khard, "show", "--format", "yaml", "ruiz")
    form = ana.home / "ana.yaml"
    form.write_text(re.sub(r"(?m)^Title\s*:.*$", "Title : Chief engineer", text))
    readers.run(ana.home, *khard, "edit", "-i", str(form), "ruiz", stdin="y\n")
    found = edited(ana)
    assert found["shown"]["title"] == "Chief engineer"
    assert found["shown"]["interests"] == ["bass fishing"]
    assert "Chief engineer" in readers.run(ana.home, *khard, "show", "ruiz")
