"""LDIF (RFC 2849), as Thunderbird and other address books export it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from giveback.people.formats import Reject, Row, Sheet
from giveback.people.formats.contentline import decoded, escaped
from giveback.people.formats.person import Group, Person, Point, best_name, one_line
from giveback.people.formats.said import a_birthday, an_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SOURCE = "thunderbird"

_FIELDS = {
    "cn": "name",
    "displayname": "name",
    "givenname": "given",
    "sn": "family",
    "surname": "family",
    "mozillanickname": "nickname",
    "xmozillanickname": "nickname",
    "o": "company",
    "company": "company",
    "organizationname": "company",
    "title": "title",
    "description": "notes",
    "note": "notes",
    "l": "town",
    "locality": "town",
    "mozillahomelocalityname": "town",
}
_POINTS = {
    "mail": ("email", ""),
    "mozillasecondemail": ("email", "other"),
    "xmozillasecondemail": ("email", "other"),
    "telephonenumber": ("phone", "work"),
    "homephone": ("phone", "home"),
    "mobile": ("phone", "mobile"),
    "cellphone": ("phone", "mobile"),
    "fax": ("phone", "fax"),
    "facsimiletelephonenumber": ("phone", "fax"),
    "pager": ("phone", "pager"),
    "pagerphone": ("phone", "pager"),
    "mozillahomeurl": ("url", "home"),
    "homeurl": ("url", "home"),
    "mozillaworkurl": ("url", "work"),
    "workurl": ("url", "work"),
    "labeleduri": ("url", ""),
    "nsaimid": ("handle", "aim"),
}
_ADDRESSES = {
    "work": ("postofficebox", "mozillaworkstreet2", "street", "l", "st", "postalcode", "c"),
    "home": (
        *("", "mozillahomestreet2", "mozillahomestreet", "mozillahomelocalityname"),
        *("mozillahomestate", "mozillahomepostalcode", "mozillahomecountryname"),
    ),
}
_ALSO = {"streetaddress": "street", "locality": "l", "region": "st", "countryname": "c", "co": "c"}


class _Record(NamedTuple):
    line: int
    said: Mapping[str, list[str]]
    text: str
    problem: str


def read(data: bytes, name: str) -> Sheet | None:
    """Read a file of entries; None when it is something else.

    Args:
        data: as `contentline.as_utf8` returns it.
        name: the file's name, for messages.
    """
    if not re.match(rb"\s*(?:#[^\n]*\n\s*)*(?:version:\s*1\s+(?:#[^\n]*\n\s*)*)?dn::?\s", data[:20_000], re.IGNORECASE):
        return None
    contacts: list[Row[Person]] = []
    rejects: list[Reject] = []
    groups: list[Group] = []
    for record in _records(decoded(data)):
        classes = {one.lower() for one in record.said.get("objectclass", ())}
        person = _person(record.said)
        if record.problem:
            rejects.append(Reject(record.line, record.problem, (record.text,)))
        elif classes & {"groupofnames", "groupofuniquenames"}:
            groups.append(Group(person.name, tuple(map(_member, record.said.get("member", ())))))
        elif person.name:
            contacts.append(Row(record.line, person, (record.text,)))
        elif classes & {"person", "inetorgperson"} or not classes:
            rejects.append(Reject(record.line, "it names nobody", (record.text,)))
    return Sheet(name, contacts, (), rejects, (), _again, SOURCE, groups)


def _records(text: str) -> Iterator[_Record]:
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], start=1):
        if line.strip():
            start = start if any(not one.startswith("#") for one in lines) else number
            lines.append(line)
        elif lines:
            if not (len(lines) == 1 and lines[0].lower().startswith("version:")):
                yield _record(start, lines)
            lines = []


def _record(start: int, lines: Sequence[str]) -> _Record:
    whole = "\n".join(line for line in lines if not line.startswith("#")).replace("\n ", "")
    said: dict[str, list[str]] = {}
    problem = ""
    for line in whole.split("\n"):
        key, colon, value = line.partition(":")
        if not colon:
            problem = problem or f"{line[:40]!r} is no attribute"
            continue
        if value.startswith(":"):
            value, problem = _plain(value[1:], problem)
        name = key.partition(";")[0].strip().lower()
        if name not in ("version", "jpegphoto", "usercertificate") and not value.startswith("<"):
            said.setdefault(_ALSO.get(name, name), []).append(value.strip())
    return _Record(start, said, "\n".join(lines), problem)


def _plain(value: str, problem: str) -> tuple[str, str]:
    try:
        return decoded(base64.b64decode(value.strip(), validate=True)), problem
    except ValueError:
        return "", problem or f"{value.strip()[:40]!r} is no base64"


def _person(said: Mapping[str, list[str]]) -> Person:
    told = ((name, field) for name, field in reversed(_FIELDS.items()) if said.get(name, [""])[0])
    fields: dict[str, Any] = {field: said[name][0] for name, field in told}
    points = [
        Point(kind, value, label) for name, (kind, label) in _POINTS.items() for value in said.get(name, ()) if value
    ]
    good = [point for point in points if point.kind != "email" or an_address(point.value)]
    problems = tuple(f"{point.value[:60]!r} is no e-mail address" for point in points if point not in good)
    person = Person(**fields, points=(*good, *_addresses(said)), birthday=_birthday(said), problems=problems)
    return person if person.name else person._replace(name=best_name(person))


def _addresses(said: Mapping[str, list[str]]) -> Iterator[Point]:
    for label, names in _ADDRESSES.items():
        parts = tuple(said.get(name, [""])[0].replace("\n", ", ") for name in names)
        if any(parts):
            yield Point("address", one_line(parts), label, ";".join(map(escaped, parts)))


def _birthday(said: Mapping[str, list[str]]) -> str:
    year, month, day = (said.get(f"birth{part}", [""])[0] for part in ("year", "month", "day"))
    return (
        a_birthday(f"{year:0>4}-{month:0>2}-{day:0>2}" if year else f"--{month:0>2}-{day:0>2}") if month and day else ""
    )


def _member(dn: str) -> str:
    """The e-mail address in the name of a member: "cn=Ana Ruiz,mail=ana@example.com"."""
    found = re.search(r"mail=([^,]+)", dn)
    return found[1] if found else dn


def _again(rejects: Sequence[Reject]) -> str:
    return "version: 1\n\n" + "\n".join(f"# {reject.reason}\n{reject.cells[0]}\n" for reject in rejects)
