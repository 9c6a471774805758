"""Tables of people: of LinkedIn, Google, Outlook, Thunderbird and others, as the corpus has them, and odd ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from giveback.errors import UsageError
from giveback.people.formats import read
from giveback.people.formats.delimited import mapping_of
from giveback.people.formats.said import a_day, order_of

if TYPE_CHECKING:
    from pathlib import Path

    from giveback.people.formats import Sheet
    from giveback.people.formats.person import Person

# What we read otherwise than the corpus expects, and why.
EXCEPTIONS = {
    ("google-old-header-utf8.csv", 2, "name"): ("no-name@example.org", "nameless: called by the e-mail address"),
    ("google-old-header-utf16le-bom.csv", 2, "name"): ("no-name@example.org", "nameless: called by the e-mail address"),
    ("outlook-german-semicolon-cp1252.csv", 0, "phones_and_faxes"): (
        ["+34 91 555 0111", "+34 655 50 01 12"], "the mobile number stands in the file, too",
    ),
}  # fmt: skip
HIDDEN = {"linkedin-bom-crlf.csv": 1}
"""People whom LinkedIn hides: "Restricted Member" is nobody."""
EVERYBODY = "myContacts"


def test_every_row_of_the_corpus_is_read_as_expected(corpora: Path) -> None:
    wrong: list[tuple[Any, ...]] = []
    seen = set()
    for path in sorted((corpora / "contacts" / "csv").glob("*/*.expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        file = path.with_name(path.name.removesuffix(".expected.json"))
        found = read(file.read_bytes(), file.name)
        contacts = [one for one in expected["contacts"] if one["name"] != "Restricted Member"]
        if len(found.contacts) != expected["people"] - HIDDEN.get(file.name, 0) or found.rejects:
            wrong.append((file.name, len(found.contacts), found.rejects))
        for place, (row, contact) in enumerate(zip(found.contacts, contacts, strict=True)):
            values = _values(row.form)
            for what in contact:
                key = (file.name, place, what)
                seen.add(key)
                wanted = EXCEPTIONS[key][0] if key in EXCEPTIONS else _expected(contact, what)
                if values[what] != wanted:
                    wrong.append((*key, values[what], wanted))
    assert wrong == []
    assert set(EXCEPTIONS) <= seen


def _values(person: Person) -> dict[str, Any]:
    def points(kind: str) -> list[str]:
        return [point.value for point in person.points if point.kind == kind]

    return {
        "name": person.name,
        "given": person.given,
        "family": person.family,
        "title": person.title,
        "emails": points("email"),
        "phones": points("phone"),
        "phones_and_faxes": points("phone"),
        "organisations": [person.company] if person.company else [],
        "birthday": person.birthday,
        "notes": person.notes.replace("\r\n", "\n"),
        "url": next(iter(points("url")), ""),
        "connected_on": person.met_on,
        "labels": list(person.circles),
    }


def _expected(contact: dict[str, Any], what: str) -> Any:
    value = contact[what]
    if what == "labels":
        return [label for label in value if label != EVERYBODY]
    if what in ("birthday", "connected_on"):
        return a_day(value or "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else "" if value is None else value


def table(text: str, mapped: str = "", encoding: str = "utf-8") -> Sheet:
    return read(text.encode(encoding), "x.csv", mapping_of(mapped))


@pytest.mark.parametrize(
    ("said", "order", "day"),
    [
        ("07 Feb 2022", "mdy", "2022-02-07"), ("7-Feb-22", "mdy", "2022-02-07"),
        ("3/28/17, 9:12 PM", "mdy", "2017-03-28"),
        ("2022-02-07", "mdy", "2022-02-07"), ("07.03.1981", "mdy", "1981-03-07"), ("3/7/1981", "dmy", "1981-07-03"),
        ("Feb 7, 2022", "mdy", "2022-02-07"), ("7 février 2022", "dmy", "2022-02-07"), ("0/0/00", "mdy", ""),
        ("0.0.00", "mdy", ""), ("--05-17", "mdy", "--05-17"), ("31 Feb 2022", "mdy", ""), ("soon", "mdy", ""),
        ("1604-03-07", "mdy", "--03-07"), ("1/2/68", "mdy", "1968-01-02"), ("2022/2/7", "mdy", "2022-02-07"),
    ],
)  # fmt: skip
def test_days_in_every_shape(said: str, order: str, day: str) -> None:
    assert a_day(said, order) == day


def test_a_column_tells_the_order_of_its_numbers() -> None:
    assert order_of(["1/2/1980", "13/2/1980"], month_first=True) == "dmy"
    assert order_of(["1/2/1980", "2/13/1980"], month_first=False) == "mdy"
    assert order_of(["1/2/1980"], month_first=True) == "mdy"


@pytest.mark.parametrize(
    ("header", "row", "encoding"),
    [
        ("Prénom,Nom,Société,Fonction,Adresse de messagerie,Téléphone (bureau),Ville (bureau),Anniversaire",
         "Zoé,Léger,Café,Chef,z@l.example,1,Lyon,07/03/1981", "cp1252"),
        (("Nombre;Apellidos;Organización;Puesto;Dirección de correo electrónico;Teléfono del trabajo;"
         "Ciudad del trabajo;Cumpleaños"),
         "Zoé;Léger;Café;Chef;z@l.example;1;Lyon;07/03/1981", "cp1252"),
        ("Nome;Cognome;Società;Posizione;Indirizzo posta elettronica;Ufficio;Città (uff.);Compleanno",
         "Zoé;Léger;Café;Chef;z@l.example;1;Lyon;07/03/1981", "utf-8"),
        ("Voornaam;Achternaam;Bedrijf;Functie;E-mailadres;Telefoon op werk;Werkadres, plaats;Verjaardag",
         "Zoé;Léger;Café;Chef;z@l.example;1;Lyon;07-03-1981", "utf-16"),
    ],
)  # fmt: skip
def test_outlook_in_other_languages(header: str, row: str, encoding: str) -> None:
    found = table(f"{header}\n{row}\n", encoding=encoding)
    said = found.contacts[0].form
    assert found.source == "outlook"
    assert found.passed_over == []
    assert (said.name, said.given, said.family, said.company, said.title, said.town, said.birthday) == (
        "Zoé Léger", "Zoé", "Léger", "Café", "Chef", "Lyon", "1981-03-07",
    )  # fmt: skip
    assert [point[:3] for point in said.points if point.kind != "address"] == [
        ("email", "z@l.example", ""), ("phone", "1", "work"),
    ]  # fmt: skip


def test_a_code_page_is_told_by_the_columns_that_it_makes_known() -> None:
    found = table("Имя,Фамилия,Организация\nАнна,Иванова,Завод\n", encoding="cp1251")  # noqa: RUF001 - Russian
    assert found.contacts[0].form[0] == "Анна Иванова"
    assert found.remarks == ["read as cp1251, since it is not UTF-8"]


def test_a_preamble_may_have_any_length() -> None:
    preamble = 'Notes:\n"about, ""this"""\n\n' + "one, two\n" * 300
    text = f"{preamble}First Name,Last Name,URL,Connected On\nAna,Ruiz,https://linkedin.com/in/ana,07 Feb 2022\n"
    found = table(text)
    assert (found.source, found.contacts[0].line, found.contacts[0].form.met_on) == ("linkedin", 305, "2022-02-07")


def test_columns_are_what_the_user_says() -> None:
    found = table("Who,Mail,Works\nAna,a@b.c,Shell\n", "Who=name, Mail=email,Works=company")
    assert (found.contacts[0].form.name, found.contacts[0].form.company) == ("Ana", "Shell")
    assert found.header == "who|mail|works"
    again = read(b"who;MAIL;works\nBo;b@b.c;BP\n", "y.csv", None, {found.header: mapping_of("who=name,mail=email")})
    assert [point.value for point in again.contacts[0].form.points] == ["b@b.c"]
    with pytest.raises(UsageError, match="'Who=shoes' maps no column"):
        mapping_of("Who=shoes")


def test_thunderbirds_birthday_stands_in_three_columns() -> None:
    text = "Display Name,Primary Email,Work Address,Work City,Birth Year,Birth Month,Birth Day\n"
    text += "Ana,a@b.c,Pier 1,Oslo,,3,7\n"
    said = table(text).contacts[0].form
    assert (said.birthday, said.town) == ("--03-07", "Oslo")
    assert said.points[1].parts == ";;Pier 1;Oslo;;;"


def test_a_million_columns_are_refused_and_a_million_cells_left_out() -> None:
    with pytest.raises(UsageError, match="has more than 2,000 columns"):
        table("name" + ",x" * 1_000_000 + "\n")
    found = table("name,notes\nAna,y\nBo" + ",x" * 200_000 + "\n")
    assert [row.form.name for row in found.contacts] == ["Ana", "Bo"]
    assert found.contacts[1].form.problems == ("cells beyond the 2 columns left out: 'x', 'x', 'x' …",)
