"""Meeting people: one line that captures a person, photos of cards, events."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Giveback
from giveback.errors import NotFoundError, UsageError
from giveback.people.scanning.card import read_card
from giveback.people.scanning.codes import facts_of
from giveback.people.scanning.facts import CardFacts, facts_of_lines

CARD = [
    "Gulf Reservoir Partners LLC",
    "MARGARET O'NEILL",
    "Senior Reservoir Engineer",
    "1200 Louisiana Street, Suite 400",
    "Houston, TX 77002",
    "Tel: +1 (713) 555-0142",
    "margaret.oneill@ gulfreservoir.com",
    "www.gulfreservoir.com",
]


def test_the_lines_of_a_card_are_told_apart() -> None:
    assert facts_of_lines(CARD) == CardFacts(
        "Margaret O'Neill", "Senior Reservoir Engineer", "Gulf Reservoir Partners LLC",
        ("margaret.oneill@gulfreservoir.com",), ("+1 (713) 555-0142",), ("www.gulfreservoir.com",),
        "1200 Louisiana Street, Suite 400, Houston, TX 77002",
    )  # fmt: skip
    polish = facts_of_lines(["Łukasz Żak", "Kierownik projektu", "Orlen", "tel. 601 234 567", "zak@orlen.pl"])
    assert polish.name == "Łukasz Żak"
    assert polish.company == "Orlen"
    assert polish.phones == ("601 234 567",)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_lines_are_read_without_fail(lines: list[str]) -> None:
    facts = facts_of_lines(lines)
    assert all("@" in email for email in facts.emails)


def picture(folder: Path, source: str) -> str:
    typst = pytest.importorskip("typst")
    made = typst.compile(source.encode(), format="png", ppi=200)
    path = folder / "card.png"
    path.write_bytes(made if isinstance(made, bytes) else made[0])
    return str(path)


def code(folder: Path, payload: str) -> str:
    import segno

    path = folder / "code.png"
    segno.make(payload).save(str(path), scale=6, border=4)
    return str(path)


def test_a_code_on_a_photo_is_read_without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Żak;Łukasz",
        "FN:Łukasz Żak",
        "ORG:Orlen",
        "EMAIL:zak@orlen.pl",
        "END:VCARD",
    )
    vcard = "".join(f"{line}\r\n" for line in lines)
    facts = read_card(code(tmp_path, vcard))
    assert (facts.name, facts.company, facts.emails) == ("Łukasz Żak", "Orlen", ("zak@orlen.pl",))
    facts = read_card(code(tmp_path, vcard.replace("Orlen", "Or\x1b[31mlen")))
    assert (facts.name, facts.emails) == ("Łukasz Żak", ("zak@orlen.pl",))
    with pytest.raises(UsageError, match="needs Tesseract"):
        read_card(code(tmp_path, "just words"))


def test_codes_of_other_kinds() -> None:
    facts = facts_of(r"MECARD:N:Ruiz,Ana;ORG:Shell\; Deep;TEL:+17135550100;EMAIL:ana@example.com;;")
    assert facts == CardFacts("Ana Ruiz", "", "Shell; Deep", ("ana@example.com",), ("+17135550100",))
    assert facts_of("https://www.linkedin.com/in/ana") == CardFacts(urls=("https://www.linkedin.com/in/ana",))
    assert facts_of("WIFI:S:guest;;") is None


def test_a_photo_of_a_card_becomes_a_contact(giveback: Giveback) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    giveback.home.mkdir(exist_ok=True)
    lines = " \\\n".join(line.replace("@ ", "\\@") for line in CARD)
    photo = picture(giveback.home, f"#set page(width: 90mm, height: 60mm, margin: 6mm)\n#set text(size: 10pt)\n{lines}")
    done = giveback.run_here("met", "--card", photo, "--at", "SPE Houston", "--interest", "jazz")
    assert done.code == 0, done
    shown = giveback.run_here("show", "margaret").out
    for part in ("Margaret O", "Senior Reservoir Engineer", "gulfreservoir.com", "713", "SPE Houston", "jazz"):
        assert part in shown, part


def test_what_is_no_card_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        read_card(str(tmp_path / "none.png"))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(UsageError, match="no picture"):
        read_card(str(tmp_path / "text.png"))
    if shutil.which("tesseract"):
        blank = picture(tmp_path, "#set page(width: 40mm, height: 30mm)\n#circle(radius: 5mm)")
        with pytest.raises(UsageError, match="reads like a card"):
            read_card(blank)


def test_met_in_one_line(giveback: Giveback) -> None:
    done = giveback.run_here(
        "met",
        "Ana Ruiz",
        "--at",
        "Rice Alumni mixer",
        "--interest",
        "jazz",
        "--promise",
        "the Preservation Hall article",
    )
    assert done.code == 0, done
    assert done.out == (
        "met Ana Ruiz · at Rice Alumni mixer · jazz · promised the Preservation Hall article, due in 2 days (25 Nov)\n"
    )
    assert "met at Rice Alumni mixer" in giveback.run_here("history", "ana").out
    assert "Preservation Hall" in giveback.run_here("followups", "--within", "2d").out
    again = giveback.run_here("met", "ana ruiz", "--at", "SPE", "--interest", "orchids", "--email", "ana@example.com")
    assert again.out.startswith("met Ana Ruiz again · at SPE · orchids")
    shown = giveback.run_here("show", "ana").out
    for part in ("jazz", "orchids", "ana@example.com", "Rice Alumni mixer"):
        assert part in shown, part
    giveback.run_here("undo")
    giveback.run_here("undo")
    assert giveback.run_here("contacts", "--json").out.strip() == "[]"


def test_somebody_new_whose_name_is_like_a_known_one(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz")
    done = giveback.run_here("met", "Ana", "--at", "a party")
    assert done.code == 0
    assert "added beside Ana Ruiz" in done.err
    assert giveback.run_here("met", "", "--at", "a party").code == 2
    assert giveback.run_here("met", "Bo Li", "--dry-run").out.startswith("dry run: met Bo Li")
    assert giveback.run_here("show", "bo li").code == 3


def test_an_event_its_guests_and_what_to_prepare(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--interest", "training simulators", "--company", "Shell")
    giveback.run_here("add-contact", "Bob Stone", "--interest", "training simulators", "--company", "BP")
    giveback.run_here("promise", "bob", "the LNG chart", "--by", "in 3 days")
    done = giveback.run_here("event", "SPE Houston, Dec 3", "--attending", "ana", "bob", "--prepare")
    assert done.code == 0, done
    assert "added SPE Houston · in 10 days (3 Dec) · Ana Ruiz, Bob Stone" in done.err
    for part in ("Ana Ruiz", "Shell", "training simulators", "promised: the LNG chart", "introduce"):
        assert part in done.out, part
    assert "SPE Houston" in giveback.run_here("event").out
    done = giveback.run_here("met", "Cy Young", "--at", "spe houston", "--on", "today")
    assert giveback.run_here("event", "spe houston", "--json").out.count("Cy Young") == 0, "it is in ten days"
    done = giveback.run_here(
        "event", "SPE Houston, Dec 3", "--prepare", env={"GIVEBACK_NOW": "2026-12-04T12:00:00+00:00"}
    )
    assert "nothing is logged with Ana Ruiz" in done.err
    assert giveback.run_here("event", "SPE Houston", "--remove").out == "removed SPE Houston\n"


def test_events_that_cannot_be(giveback: Giveback) -> None:
    past = giveback.run_here("event", "SPE Houston", "--on", "2026-11-01")
    assert past.code == 2
    assert "giveback met NAME --at" in past.err
    unknown = giveback.run_here("event", "SPE Houston")
    assert unknown.code == 3
    assert "3 Dec" in unknown.err
    assert giveback.run_here("event", ", 3 Dec").code == 2
    assert "no events yet" in giveback.run_here("event").err


def test_nobody_is_met_without_a_name(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz")
    ran = giveback.run_here("met", "--at", "the mixer")
    assert ran.code == 2
    assert "it is not said whom you met" in ran.err
