"""Reading vCards: of every client in the corpus, whatever the bytes, and back again."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from giveback.people.formats import read, vcard
from giveback.people.formats.contentline import as_utf8, cards, escaped, folded, parsed, unescaped, written
from giveback.people.formats.person import Group, Point
from giveback.people.formats.said import a_birthday

if TYPE_CHECKING:
    from pathlib import Path

    from giveback.people.formats import Sheet
    from giveback.people.formats.person import Person

# Where what we read is not what the corpus expects, and why.
EXCEPTIONS: dict[tuple[str, int, str], tuple[Any, str]] = {
    ("ez-vcard__John_Doe_ANDROID.vcf", 0, "name"): ("john.doe@company.com", "nameless: called by the e-mail address"),
    ("ez-vcard__John_Doe_ANDROID.vcf", 1, "name"): ("jane.doe@company.com", "nameless: called by the e-mail address"),
    ("ez-vcard__John_Doe_ANDROID.vcf", 4, "emails"): (["bob@company.com"], "letters without an @ are no address"),
    ("icaljs__vcard21_escaping.vcf", 0, "emails"): ([], "a comma before the @ is no address (RFC 5322)"),
    ("kcontacts__vcard10.vcf", 0, "name"): ("Bike Shop", "nameless: called by the company"),
    ("khard__text-bday.vcf", 0, "birthday"): ("", "'circa 1800' is no day: kept as it is, to be written back"),
    ("own-hostile.vcf", 0, "name"): ("\x1b[31mRed\x1b[0m [bold]Name[/bold]", "cleaned when it is checked, not before"),
    ("own-hostile.vcf", 0, "emails"): ([], "two header lines are no address"),
}
PEOPLE = {
    "icaljs__vcard_grouped.vcf": (0, "addresses of nobody: rejected"),
    "sabre__issue64.vcf": (0, "a picture of nobody: rejected"),
    "own-apple-icloud.vcf": (2, "a card of a group becomes a circle"),
}


def load(path: Path) -> Sheet:
    return read(path.read_bytes(), path.name)


def test_every_card_of_the_corpus_is_read_as_expected(corpora: Path) -> None:
    wrong: list[tuple[Any, ...]] = []
    seen = set()
    for path in sorted((corpora / "contacts" / "vcard").glob("*.expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        file = path.with_name(path.name.removesuffix(".expected.json"))
        people = [row.form for row in load(file).contacts]
        if len(people) != PEOPLE.get(file.name, (expected["people"], ""))[0]:
            wrong.append((file.name, len(people), expected["people"]))
        if file.name in PEOPLE:
            continue
        for place, (person, contact) in enumerate(zip(people, expected.get("contacts", ()), strict=False)):
            for what, value in _values(person).items():
                key = (file.name, place, what)
                seen.add(key)
                wanted = EXCEPTIONS[key][0] if key in EXCEPTIONS else _expected(contact, what)
                if value != wanted:
                    wrong.append((*key, value, wanted))
    assert wrong == []
    assert set(EXCEPTIONS) <= seen


def _values(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "family": person.family,
        "given": person.given,
        "emails": [point.value for point in person.points if point.kind == "email"],
        "phones": [point.value for point in person.points if point.kind == "phone"],
        "company": person.company,
        "birthday": person.birthday,
    }


def _expected(contact: dict[str, Any], what: str) -> Any:
    if what == "company":  # further organisations are kept as properties
        return next(iter(contact["organisations"]), "")
    if what == "birthday":
        return a_birthday(contact[what] or "")
    return contact[what] if isinstance(contact[what], list) else contact[what] or ""


def person(*lines: str, version: str = "3.0") -> Person:
    text = "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
    found = read(text.encode(), "x.vcf")
    assert found.source == "vcard"
    return found.contacts[0].form


def test_what_the_properties_become() -> None:
    found = person(
        "FN:Ana Ruiz", "N:Ruiz;Ana;María;Dr.;PhD", "UID:urn:uuid:1", "NICKNAME:Anita", "ORG:Shell;LNG;Plants", "ORG:BP",
        "TITLE:Engineer", "ROLE:Lead", "item1.EMAIL;type=INTERNET:a@b.c", "item1.X-ABLabel:_$!<Work>!$_",
        "EMAIL;TYPE=home,pref:d@e.f", "TEL;TYPE=WORK,FAX:1", "TEL;VALUE=uri:tel:+1-2;ext=3", "BDAY:--0314",
        "ADR;TYPE=home:;;12 Pier Rd\\, back;Port Lee;ME;04000;USA", "X-ANNIVERSARY:20100612",
        "CATEGORIES:crew,myContacts",
        "URL;TYPE=blog:https://ana.example", "X-SOCIALPROFILE;type=linkedin:https://www.linkedin.com/in/ana",
        "IMPP:xmpp:ana@chat.example", "X-SKYPE:ana.r", "INTEREST;LEVEL=high:fly fishing\\, by boat",
        "NOTE:one\\ntwo\\, three", "X-GIVEBACK-EVERY:21d", "X-GIVEBACK-MET-ON:2020-05-01", "GENDER:F",
        "PHOTO;ENCODING=b:AAAA",
        'X-ODD;X-P="a;b":x', "REV:2020",
    )  # fmt: skip
    assert (found.prefix, found.given, found.additional, found.family, found.suffix) == (
        "Dr.", "Ana", "María", "Ruiz", "PhD",
    )  # fmt: skip
    assert (found.uid, found.nickname, found.company, found.title) == ("urn:uuid:1", "Anita", "Shell", "Engineer")
    assert found.points == (
        Point("email", "d@e.f", "home"),
        Point("email", "a@b.c", "work"),
        Point("phone", "1", "work fax"),
        Point("phone", "+1-2;ext=3"),
        Point(
            "address", "12 Pier Rd, back, 04000 Port Lee, ME, USA", "home", ";;12 Pier Rd\\, back;Port Lee;ME;04000;USA"
        ),
        Point("blog", "https://ana.example"),
        Point("url", "https://www.linkedin.com/in/ana", "linkedin"),
        Point("handle", "ana@chat.example", "xmpp"),
        Point("handle", "ana.r", "skype"),
    )
    assert (found.birthday, found.anniversary, found.town, found.met_on) == (
        "--03-14", "2010-06-12", "Port Lee", "2020-05-01",
    )  # fmt: skip
    assert (found.circles, found.interests, found.every) == (("crew",), ("fly fishing, by boat",), "21d")
    assert found.notes == "one\ntwo, three"
    assert found.properties == ("ORG:Shell;LNG;Plants", "ORG:BP", "GENDER:F", 'X-ODD;X-P="a;b":x', "ROLE:Lead")
    assert found.problems == ()


def test_quoted_printable_may_hide_separators_and_break_softly() -> None:
    found = person(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Ru=3Biz;=C3=81=", "na;;;", "NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0A=",
        "END:VCARD is text=", "", "TEL;CELL:1", "X-A;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:=E9=0Ab", version="2.1",
    )  # fmt: skip
    assert (found.family, found.given) == ("Ru;iz", "Ána")
    assert found.notes == "a\r\nEND:VCARD is text"
    assert found.points == (Point("phone", "1", "mobile"),)
    assert found.properties == ("X-A:é\\nb",)


def test_groups_become_circles() -> None:
    found = read(
        b"BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Crew\nMEMBER:urn:uuid:1\nMEMBER:mailto:a@b.c\nEND:VCARD\n", "x.vcf"
    )
    assert found.contacts == []
    assert found.groups == [Group("Crew", ("urn:uuid:1", "mailto:a@b.c"))]


def test_a_card_that_cannot_be_used_is_told_and_can_be_mended() -> None:
    data = b"BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:x\r\nEND:VCARD\r\nBEGIN:VCARD\nFN:Ana\nEMAIL:a@b"
    found = read(data, "x.vcf")
    assert [(reject.line, reject.reason) for reject in found.rejects] == [
        (1, "it names nobody: no name, company, e-mail or phone"),
        (5, "the file ends inside of this card"),
    ]
    text = found.write(found.rejects)
    assert "X-GIVEBACK-REJECTED:the file ends inside of this card" in text
    mended = text.replace("NOTE:x", "FN:Bo").replace("EMAIL:a@b", "EMAIL:a@b.c\nEND:VCARD")
    again = read(mended.encode(), "x.vcf")
    assert [row.form.name for row in again.contacts] == ["Bo", "Ana"]
    assert again.contacts[0].form.properties == ()


def test_a_large_picture_is_passed_over() -> None:
    line = b" " + b"A" * 74 + b"\r\n"
    data = b"BEGIN:VCARD\r\nFN:Ana\r\nPHOTO;ENCODING=b:AAAA\r\n" + line * 20_000 + b"TEL:1\r\nEND:VCARD\r\n"
    found = read(data, "x.vcf").contacts[0].form
    assert (found.name, found.points, found.properties) == ("Ana", (Point("phone", "1"),), ())


def test_jcards_say_the_same() -> None:
    card = [
        "vcard",
        [
            ["version", {}, "text", "4.0"], ["fn", {}, "text", "Ana Ruiz"], ["uid", {}, "uri", "urn:uuid:1"],
            ["n", {}, "text", ["Ruiz", "Ana", ["M.", "J."], "", ""]], ["bday", {}, "date", "--03-14"],
            ["email", {"type": "work"}, "text", "a@b.c"], ["categories", {}, "text", "crew", "ski, club"],
            ["adr", {"type": "home"}, "text", ["", "", "12 Pier Rd; back", "Port Lee", "ME", "04000", "USA"]],
            ["x-odd", {"group": "item1"}, "unknown", "x,y"],
        ],
    ]  # fmt: skip
    found = read(json.dumps([card, ["vcard", []]]).encode(), "x.json")
    said = found.contacts[0].form
    assert (said.name, said.family, said.additional, said.birthday) == ("Ana Ruiz", "Ruiz", "M. J.", "--03-14")
    assert [point.value for point in said.points] == ["a@b.c", "12 Pier Rd; back, 04000 Port Lee, ME, USA"]
    assert said.properties == ("item1.X-ODD:x\\,y",)
    assert [reject.reason for reject in found.rejects] == ["it names nobody"]
    assert read(found.write(found.rejects).encode(), "x.json").contacts == []


def test_gzip_is_unpacked(corpora: Path) -> None:
    path = corpora / "contacts" / "vcard" / "own-large.vcf.gz"
    assert len(load(path).contacts) == 5_000
    assert read(gzip.compress(b"BEGIN:VCARD\nFN:Ana\nEND:VCARD\n"), "x.gz").contacts[0].form.name == "Ana"


LINES = st.sampled_from(
    [
        b"BEGIN:VCARD", b"END:VCARD", b"FN:Ana", b"N:;;", b"N:a\\;b;c", b"EMAIL:x", b"EMAIL;TYPE=", b"AGENT:",
        b"PHOTO:", b" x",
        b'TEL;TYPE="', b"NOTE;ENCODING=QUOTED-PRINTABLE:=", b"=", b"=3D=\xff", b"ADR:;;", b"BDAY:0000-00-00",
        b"BDAY:--0230",
        b"item1.X-ABLabel:", b"X-ABDATE:2", b"KIND:group", b"MEMBER:", b"\x00", b"", b"ORG:", b"IMPP:a:b", b":",
        b";:", b"\xe9",
        b"UID;ENCODING=b:==", b"CATEGORIES:,", b"URL:javascript:x",
        b"X-A;CHARSET=nonsense;ENCODING=QUOTED-PRINTABLE:=E9",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES | st.binary(max_size=12), max_size=14), st.sampled_from([b"\n", b"\r\n", b"\r"]))
@example([b"BEGIN:VCARD", b"BEGIN:VCARD"], b"\n")
def test_no_bytes_make_the_reader_fail(lines: list[bytes], end: bytes) -> None:
    data = as_utf8(end.join([b"BEGIN:VCARD", *lines, b"END:VCARD"]))
    for card in cards(data):
        assert data[card.start : card.end].strip().upper().startswith(b"BEGIN:VCARD")
    found = vcard.read(data, "x.vcf")
    if found is not None:
        vcard.read(found.write(found.rejects).encode("utf-8", "replace"), "x.vcf")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), st.integers(8, 90))
def test_what_is_folded_and_escaped_comes_back(text: str, width: int) -> None:
    line = f"NOTE:{escaped(text)}"
    data = f"BEGIN:VCARD\r\n{folded(line, width)}\r\nEND:VCARD\r\n".encode()
    assert all(len(part) <= width for part in folded(line, width).encode().split(b"\r\n"))
    (card,) = cards(data)
    assert unescaped(card.lines[0].value) == text
    assert written(card.lines[0]) == line
    assert parsed(line.encode(), 1) is not None
