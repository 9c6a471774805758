"""Duplicates: who is likely one person, by which evidence, and without comparing all with all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giveback.config import places, region
from giveback.errors import Exit, UsageError
from giveback.people.likeness import LIKELY, Person, candidates, compare, e164, link_key, name_words
from giveback.people.nicknames import alike

if TYPE_CHECKING:
    from conftest import Giveback


def person(number: int, name: str, **said: Any) -> Person:
    fields: dict[str, Any] = {
        key: frozenset(value) if key in ("emails", "links") else value for key, value in said.items()
    }
    return Person(number, name, name_words(name), **fields)


ALIKE = {
    "the same": ("Ana Ruiz", "Ana Ruiz"),
    "accents and case": ("Łucja Müller", "lucja MULLER"),
    "another order": ("Ana Ruiz", "Ruiz, Ana"),
    "titles": ("Dr. Ana Ruiz", "Ana Ruiz MBA"),
    "a nickname": ("Robert Smith", "Bob Smith"),
    "a nickname, and another order": ("Smith, Bill", "William Smith"),
    "a nickname of another language": ("José García", "Pepe Garcia"),
    "a middle name": ("Ana María Ruiz", "Ana Ruiz"),
    "a middle name shortened": ("John Q. Public", "John Quincy Public"),
    "a hyphen": ("Anne-Marie Dupont", "Anne Marie Dupont"),
    "a script": ("山田 太郎", "太郎 山田"),
}


@pytest.mark.parametrize("why", ALIKE)
def test_names_that_are_one_persons(why: str) -> None:
    one, other = (person(number, name) for number, name in enumerate(ALIKE[why], start=1))
    assert compare(one, other, "").score >= LIKELY
    assert candidates({1: one, 2: other}) == {(1, 2)}


UNLIKE = {
    "two people": ("Ana Ruiz", "Bo Lund"),
    "a family": ("Ana Ruiz", "Carlos Ruiz"),
    "the same given name": ("Ana Ruiz", "Ana Lund"),
    "short names": ("Li Wu", "Li Wo"),
    "an initial alone": ("J. Smith", "John Smith"),
    "a given name alone": ("Ana", "Anna Ruiz"),
}


@pytest.mark.parametrize("why", UNLIKE)
def test_names_alone_that_do_not_suffice(why: str) -> None:
    one, other = (person(number, name) for number, name in enumerate(UNLIKE[why], start=1))
    assert compare(one, other, "").score < LIKELY


def test_what_adds_up() -> None:
    mail = {"emails": ["ana@example.com"]}
    assert compare(person(1, "Ana Ruiz", **mail), person(2, "A. Ruiz", **mail), "").score == 90
    work = {"company": "shell"}
    assert compare(person(1, "J. Smith", **work), person(2, "John Smith", **work), "").score >= LIKELY
    assert compare(person(1, "Jon Smyth"), person(2, "Jon Smith"), "").score < LIKELY
    more = {"town": "oslo", **work}
    assert compare(person(1, "Jonas Smythe", **more), person(2, "Jonas Smithe", **more), "").score >= LIKELY


def test_what_speaks_against() -> None:
    born = compare(person(1, "Ana Ruiz", birthday="1980-03-14"), person(2, "Ana Ruiz", birthday="1991-03-14"), "")
    assert born.score < LIKELY
    assert "other birthday" in [each.says for each in born.evidence]
    yearless = compare(person(1, "Ana Ruiz", birthday="1980-03-14"), person(2, "Ana Ruiz", birthday="--03-14"), "")
    assert yearless.score == 75
    couple = {"emails": ["theruizes@example.com"]}
    assert compare(person(1, "Ana Ruiz", **couple), person(2, "Carlos Ruiz", **couple), "").score < LIKELY


def test_an_address_of_an_office_says_little() -> None:
    office = {"emails": ["info@example.com"]}
    assert compare(person(1, "Ana Ruiz", **office), person(2, "Bo Lund", **office), "").score < LIKELY
    switch = {"phones": ("+1 713 555 0100",)}
    pair = person(1, "Ana Ruiz", **switch), person(2, "A. Ruiz", **switch)
    assert compare(*pair, "US", lambda _: 9).score < LIKELY <= compare(*pair, "US", lambda _: 2).score


@pytest.mark.parametrize(
    ("said", "country", "means"),
    [
        ("+1 (713) 555-0100", "", "+17135550100"),
        ("713.555.0100", "US", "+17135550100"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("0171 1234567", "DE", "+491711234567"),
        ("0049 171 1234567", "DE", "+491711234567"),
        ("713 555 0100", "", ""),
        ("ext. 12", "US", ""),
    ],
)
def test_phone_numbers_in_one_spelling(said: str, country: str, means: str) -> None:
    assert e164(said, country) == means


def test_phone_numbers_are_the_same_however_they_are_typed() -> None:
    one = person(1, "Ana Ruiz", phones=("(713) 555-0100",))
    other = person(2, "A. R. Ruiz", phones=("+1 713 555 0100",))
    assert "same phone +17135550100" in [each.says for each in compare(one, other, "US").evidence]
    assert "same phone" not in " ".join(each.says for each in compare(one, other, "DE").evidence)
    assert (1, 2) in candidates({1: one, 2: other})


def test_pages_are_the_same_however_they_are_written() -> None:
    assert link_key("https://www.linkedin.com/in/Ana-Ruiz/?trk=x") == link_key("linkedin.com/in/ana-ruiz")


def test_the_country_of_phone_numbers(tmp_path: Any) -> None:
    where = places({"GIVEBACK_HOME": str(tmp_path)})
    assert region(where, {"LANG": "de_AT.UTF-8"}) == "AT"
    assert region(where, {"LANG": "C.UTF-8"}) == ""
    assert region(where, {"LANG": "de_AT.UTF-8", "GIVEBACK_PEOPLE_REGION": "us"}) == "US"
    with pytest.raises(UsageError, match="not two letters"):
        region(where, {"GIVEBACK_PEOPLE_REGION": "Texas"})


@settings(max_examples=40)
@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_does_not_depend_on_which_comes_first(one: str, other: str) -> None:
    first, second = person(1, one), person(2, other)
    assert compare(first, second, "").score == compare(second, first, "").score
    assert alike(one, other) == alike(other, one)


def test_of_large_groups_only_neighbours_are_compared() -> None:
    crowd = {number: person(number, f"Ana Ruiz {number}", emails=["all@example.com"]) for number in range(1, 401)}
    assert len(candidates(crowd)) < 400 * 12


def test_the_command_explains_and_remembers(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Robert Smith", "--phone", "+1 713 555 0100")
    giveback.run_here("add-contact", "Bob Smith", "--phone", "(713) 555-0100")
    giveback.run_here("add-contact", "Ana Ruiz")
    env = {"GIVEBACK_PEOPLE_REGION": "US"}
    ran = giveback.run_here("duplicates", "--json", env=env)
    assert json.loads(ran.out) == [
        {
            "score": 90,
            "contacts": [{"id": 1, "name": "Robert Smith"}, {"id": 2, "name": "Bob Smith"}],
            "reasons": [
                {"points": 45, "text": "same phone +17135550100"},
                {"points": 45, "text": "same last name, and robert is called bob or the other way round"},
            ],
        }
    ]
    assert "Bob Smith" in giveback.run_here("duplicates", env=env).out
    assert giveback.run_here("duplicates", "1", "2", "--not-same").code == 0
    ran = giveback.run_here("duplicates", env=env)
    assert (ran.out, ran.code) == ("", 0)
    assert "no two contacts" in ran.err
    assert "known" in giveback.run_here("duplicates", "bob", "robert", "--not-same").out
    assert "90" in giveback.run_here("duplicates", "1", "2", env=env).out, "asked for, it is still explained"
    giveback.run_here("undo")
    assert "Bob Smith" in giveback.run_here("duplicates", env=env).out


def test_one_name_is_not_two(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz")
    assert giveback.run_here("duplicates", "ana").code == Exit.USAGE
    assert giveback.run_here("duplicates", "--not-same").code == Exit.USAGE
    assert giveback.run_here("duplicates", "ana", "1").code == Exit.USAGE
    assert giveback.run_here("duplicates", "ana", "bo").code == Exit.NOT_FOUND
