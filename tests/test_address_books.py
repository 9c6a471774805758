"""Address books of other tools: LDIF, abook, khard, friends, Monica. Written here after their documents."""

from __future__ import annotations

import json

from giveback.people.formats import ExchangeForm, read
from giveback.people.formats.person import Group, Point

LDIF = """\
version: 1

# a comment
dn: cn=Ana Ruiz,mail=ana@example.com
objectclass: top
objectclass: person
objectclass: mozillaAbPersonAlpha
givenName: Ana
sn:: UnXDrXo=
cn: Ana
  Ruiz
mail: ana@example.com
mozillaSecondEmail: ana@home.example
telephoneNumber: 1
mobile: 2
street: 12 Pier Rd
l: Port Lee
postalCode: 04000
title: Engineer
o: Shell
birthyear: 1980
birthmonth: 3
birthday: 14
description: one
jpegPhoto:: AAAA

dn: cn=Crew
objectclass: groupOfNames
cn: Crew
member: cn=Ana Ruiz,mail=ana@example.com

dn: mail=bad
objectclass: person
cn:: ###
"""


def test_ldif() -> None:
    found = read(LDIF.encode(), "book.ldif")
    said = found.contacts[0].form
    assert (found.source, found.contacts[0].line) == ("thunderbird", 4)
    assert (said.name, said.given, said.family, said.company, said.title) == (
        "Ana Ruiz", "Ana", "Ruíz", "Shell", "Engineer",
    )  # fmt: skip
    assert (said.birthday, said.town, said.notes) == ("1980-03-14", "Port Lee", "one")
    assert said.points == (
        Point("email", "ana@example.com"), Point("email", "ana@home.example", "other"), Point("phone", "1", "work"),
        Point("phone", "2", "mobile"),
        Point("address", "12 Pier Rd, 04000 Port Lee", "work", ";;12 Pier Rd;Port Lee;;04000;"),
    )  # fmt: skip
    assert found.groups == [Group("Crew", ("ana@example.com",))]
    assert [reject.reason for reject in found.rejects] == ["'###' is no base64"]
    mended = found.write(found.rejects).replace("cn:: ###", "cn: Bo")
    assert [row.form.name for row in read(mended.encode(), "x").contacts] == ["Bo"]


def test_abook() -> None:
    text = (
        "# abook addressbook file\n\n[format]\nprogram=abook\nversion=0.6.1\n\n\n[0]\nname=Ana Ruiz\n"
        "email=a@b.c,d@e.f,bad\nphone=1\nmobile=2\naddress=12 Pier Rd\ncity=Port Lee\nnick=Anita\n"
        "anniversary=2010-06-12\ngroups=crew,ski\nurl=https://ana.example\nnotes=one\n\n[1]\nphone=\n"
    )
    found = read(text.encode(), "addressbook")
    said = found.contacts[0].form
    assert (found.source, said.name, said.nickname, said.anniversary, said.circles) == (
        "abook", "Ana Ruiz", "Anita", "2010-06-12", ("crew", "ski"),
    )  # fmt: skip
    assert [point.value for point in said.points] == [
        "a@b.c", "d@e.f", "1", "2", "12 Pier Rd, Port Lee", "https://ana.example",
    ]  # fmt: skip
    assert said.problems == ("'bad' is no e-mail address",)
    assert [(reject.line, reject.reason) for reject in found.rejects] == [(21, "it names nobody")]
    mended = found.write(found.rejects).replace("phone=", "name=Bo")
    assert [row.form.name for row in read(mended.encode(), "x").contacts] == ["Bo"]


def test_khard() -> None:
    text = (
        "Formatted name : Ana Ruiz\nFirst name : Ana\nLast name : [Ruiz, Gil]\nNickname : \nBirthday : --03-14\n"
        "Organisation :\n    -\n        - Shell\n        - LNG\nPhone :\n    cell : 1\n    home, pref : [2, 3]\n"
        "Email :\n    work : a@b.c\nAddress :\n    home :\n        Street : 12 Pier Rd\n        City : Port Lee\n"
        "Categories : [crew]\nWebpage : https://ana.example\nPrivate :\n    Jabber : ana@chat\n"
        "Note : |\n    one\n    two\n"
        "---\nFormatted name : [\n---\nFirst name : \n"
    )
    found = read(text.encode(), "x.yaml")
    said = found.contacts[0].form
    assert (said.name, said.family, said.company, said.birthday, said.notes) == (
        "Ana Ruiz", "Ruiz Gil", "Shell", "--03-14", "one\ntwo",
    )  # fmt: skip
    assert said.points == (
        Point("email", "a@b.c", "work"), Point("phone", "1", "mobile"), Point("phone", "2", "home"),
        Point("phone", "3", "home"), Point("address", "12 Pier Rd, Port Lee", "home", ";;12 Pier Rd;Port Lee;;;"),
        Point("url", "https://ana.example"), Point("handle", "ana@chat", "jabber"),
    )  # fmt: skip
    assert found.rejects[0].reason.startswith("it is no YAML")
    assert found.rejects[1].reason == "it names nobody"


def test_friends() -> None:
    text = (
        "### Activities:\n- 2026-11-01: **Ana Ruiz** and **Bo** went to _Marie's Diner_. @food\n- nonsense\n\n"
        "### Notes:\n- 2026-06-15: **Ana Ruiz** got a boat. @sea\n\n"
        "### Friends:\n- Ana Ruiz (a.k.a. Anita a.k.a. The Admiral) [Paris] @navy @bass-fishing\n- Bo\n\n"
        "### Locations:\n- Paris\n"
    )
    found = read(text.encode(), "friends.md")
    assert [row.form.name for row in found.contacts] == ["Ana Ruiz", "Bo"]
    said = found.contacts[0].form
    assert (said.nickname, said.town, said.interests, said.notes) == (
        "Anita", "Paris", ("navy", "bass fishing"), "also known as The Admiral",
    )  # fmt: skip
    assert [row.form for row in found.exchanges] == [
        ExchangeForm("Ana Ruiz", "", "2026-11-01", "shared", "", "Ana Ruiz and Bo went to Marie's Diner."),
        ExchangeForm("Bo", "", "2026-11-01", "shared", "", "Ana Ruiz and Bo went to Marie's Diner."),
        ExchangeForm("Ana Ruiz", "", "2026-06-15", "note", "", "Ana Ruiz got a boat."),
    ]
    assert [(reject.line, reject.reason) for reject in found.rejects] == [(3, "it is no line of friends.md")]
    assert found.write(found.rejects) == "### Activities:\n- nonsense\n"


def test_monica() -> None:
    contact = {
        "uuid": "c1", "properties": {
            "first_name": "Ana", "last_name": "Ruiz", "job": "Engineer", "company": "Shell", "tags": ["crew"],
            "stay_in_touch_frequency": 21, "birthdate": {"date": "1980-03-14T00:00:00Z", "is_year_unknown": True},
            "first_met_date": {"date": "2020-05-01T00:00:00Z"}, "description": "one",
        },
        "data": [
            {"type": "contact_field", "values": [
                {"properties": {"data": "a@b.c", "type": "t1"}}, {"properties": {"data": "ana.r", "type": "t2"}}]},
            {"type": "call", "values": [{"properties": {"called_at": "2026-11-01T00:00:00Z", "content": "about gas"}}]},
            {"type": "note", "values": [{"created_at": "2026-06-15T10:00:00Z", "properties": {"body": "got a boat"}}]},
            {"type": "activity", "values": ["a1"]},
            {"type": "address", "values": [{"properties": {"name": "Home", "street": "Pier 1", "city": "Port Lee"}}]},
        ],
    }  # fmt: skip
    activity = {"uuid": "a1", "properties": {"summary": "Lunch", "description": "fish", "happened_at": "2026-10-01"}}
    types = [
        {"uuid": "t1", "properties": {"name": "Email", "type": "email"}},
        {"uuid": "t2", "properties": {"name": "Skype"}},
    ]
    data = [
        {"type": "contact", "values": [contact, {"properties": {"is_partial": True}}, {"properties": {}}]},
        {"type": "activity", "values": [activity]},
    ]
    export = {"version": "1.0", "account": {"data": data, "instance": {"contact_field_types": types}}}
    found = read(json.dumps(export).encode(), "monica.json")
    said = found.contacts[0].form
    assert (found.source, said.uid, said.name, said.every, said.birthday, said.met_on, said.circles) == (
        "monica", "c1", "Ana Ruiz", "21d", "--03-14", "2020-05-01", ("crew",),
    )  # fmt: skip
    assert said.points[:2] == (Point("email", "a@b.c"), Point("handle", "ana.r", "skype"))
    assert [row.form[2:] for row in found.exchanges] == [
        ("2026-11-01", "call", "", "about gas", ""), ("2026-06-15", "note", "", "got a boat", ""),
        ("2026-10-01", "shared", "", "Lunch", "fish"),
    ]  # fmt: skip
    assert [reject.reason for reject in found.rejects] == ["it names nobody"]
    assert len(read(found.write(found.rejects).encode(), "x.json").rejects) == 1
