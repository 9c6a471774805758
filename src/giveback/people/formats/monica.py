"""The JSON export of Monica (version 4): contacts, and the calls, activities and notes that go with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from giveback.people.formats import ExchangeForm, Reject, Row, Sheet
from giveback.people.formats.contentline import escaped
from giveback.people.formats.person import Person, Point, best_name, full_name, one_line
from giveback.people.formats.said import a_birthday, an_address, link_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "monica"
Record = dict[str, Any]


def read(found: object, name: str) -> Sheet | None:
    """Read an export; None when it is something else.

    Args:
        found: the parsed JSON.
        name: the file's name, for messages.
    """
    account = found.get("account") if isinstance(found, dict) else None
    if not isinstance(account, dict) or not isinstance(account.get("data"), list):
        return None
    types = _types(account)
    activities = {str(one.get("uuid")): one for one in _values(account, "activity")}
    contacts: list[Row[Person]] = []
    exchanges: list[Row[ExchangeForm]] = []
    rejects: list[Reject] = []
    for number, record in enumerate(_values(account, "contact"), start=1):
        said = _properties(record)
        if said.get("is_partial"):
            continue  # somebody's child or partner, not a contact of their own
        person = _person(record, said, types)
        cells = (json.dumps(record, ensure_ascii=False),)
        if not person.name:
            rejects.append(Reject(number, "it names nobody", cells))
            continue
        contacts.append(Row(number, person, cells))
        exchanges += [Row(number, form, cells) for form in _exchanges(record, person, activities)]
    return Sheet(name, contacts, exchanges, rejects, (), _again, SOURCE)


def _values(owner: Mapping[str, Any], kind: str) -> list[Record]:
    """The records of one kind: they stand in collections with a type and their count."""
    data = owner.get("data")
    found = [one for one in data if isinstance(one, dict) and one.get("type") == kind] if isinstance(data, list) else []
    return [value for one in found for value in one.get("values", ()) if isinstance(value, dict)]


def _properties(record: Record) -> Record:
    found = record.get("properties")
    return found if isinstance(found, dict) else {}


def _types(account: Record) -> dict[str, Record]:
    """What kinds of contact fields there are, by UUID."""
    instance = account.get("instance")
    listed = instance.get("contact_field_types", ()) if isinstance(instance, dict) else ()
    return {str(one.get("uuid")): _properties(one) for one in listed if isinstance(one, dict)}


def _text(said: Record, key: str) -> str:
    value = said.get(key)
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _person(record: Record, said: Record, types: Mapping[str, Record]) -> Person:
    points = [point for field in _values(record, "contact_field") if (point := _point(_properties(field), types))]
    addresses = [_properties(one) for one in _values(record, "address")]
    every = _text(said, "stay_in_touch_frequency")
    given, additional, family = (_text(said, f"{part}_name") for part in ("first", "middle", "last"))
    tags = said.get("tags")
    person = Person(
        uid=_text(record, "uuid"),
        name=full_name("", given, additional, family),
        given=given,
        additional=additional,
        family=family,
        nickname=_text(said, "nickname"),
        company=_text(said, "company"),
        title=_text(said, "job"),
        town=next((town for one in addresses if (town := _text(one, "city"))), ""),
        every=f"{every}d" if every.isdigit() and int(every) else "",
        birthday=_day(said.get("birthdate")),
        met_on=day if (day := _day(said.get("first_met_date"))).startswith(("1", "2")) else "",
        notes=_text(said, "description"),
        points=(*points, *map(_address, addresses)),
        circles=tuple(str(tag) for tag in tags if tag) if isinstance(tags, list) else (),
    )
    return person if person.name else person._replace(name=best_name(person))


def _point(said: Record, types: Mapping[str, Record]) -> Point | None:
    value = _text(said, "data")
    kind: Record = types.get(_text(said, "type"), {})
    told = _text(kind, "type") or _text(kind, "name").lower()
    if not value:
        return None
    if told == "email" or (not told and "@" in value):
        return Point("email", value) if an_address(value) else None
    if told == "phone":
        return Point("phone", value)
    return Point("url", value, told) if link_kind(value) == "web" else Point("handle", value, told)


def _address(said: Record) -> Point:
    parts = ("", "", *(_text(said, key) for key in ("street", "city", "province", "postal_code", "country")))
    return Point("address", one_line(parts), _text(said, "name").lower(), ";".join(map(escaped, parts)))


def _day(said: object) -> str:
    if not isinstance(said, dict) or said.get("is_age_based"):
        return ""
    day = a_birthday(_text(said, "date"))
    return f"--{day[-5:]}" if day and said.get("is_year_unknown") else day


def _exchanges(record: Record, person: Person, activities: Mapping[str, Record]) -> Iterator[ExchangeForm]:
    who = (person.name, next((point.value for point in person.points if point.kind == "email"), ""))
    for call in map(_properties, _values(record, "call")):
        yield ExchangeForm(*who, _text(call, "called_at")[:10], "call", "", _text(call, "content") or "Call")
    for one in _values(record, "note"):
        yield ExchangeForm(*who, _text(one, "created_at")[:10], "note", "", _text(_properties(one), "body"))
    for uuid in _uuids(record, "activity"):
        said = _properties(activities.get(uuid, {}))
        if said:
            day = _text(said, "happened_at")[:10]
            yield ExchangeForm(*who, day, "shared", "", _text(said, "summary"), _text(said, "description"))


def _uuids(record: Record, kind: str) -> list[str]:
    data = record.get("data")
    found = [one for one in data if isinstance(one, dict) and one.get("type") == kind] if isinstance(data, list) else []
    return [str(value) for one in found for value in one.get("values", ()) if isinstance(value, str)]


def _again(rejects: Sequence[Reject]) -> str:
    records = ",\n".join(dict.fromkeys(str(reject.cells[0]) for reject in rejects))
    return '{"account": {"data": [{"type": "contact", "values": [' + records + "]}]}}\n"
