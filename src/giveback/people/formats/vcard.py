"""vCards of every version and from every program (RFC 6350, RFC 2426, vCard 2.1), and what a card says of a person.

A property that cannot be used is kept as it is, to be written back, and told; it never costs the card.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.people.formats import Reject, Row, Sheet
from giveback.people.formats.contentline import Card, Line, apart, as_utf8, cards, unescaped, written
from giveback.people.formats.person import Group, Person, Point, best_name, one_line
from giveback.people.formats.said import a_birthday, an_address, label_of, link_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

SOURCE = "vcard"
PROPERTY_LIMIT = 8 * 1024
"""Characters of a property that is kept to be written back. Pictures, sounds and keys are not kept at all."""
PROPERTIES_LIMIT = 100
"""Such properties of one card."""
REASON = "X-GIVEBACK-REJECTED"

_BEGINS = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*BEGIN\s*:\s*VCARD\s*$", re.IGNORECASE | re.MULTILINE)
_NOT_KEPT = frozenset({"VERSION", "PRODID", "REV", "PHOTO", "LOGO", "SOUND", "KEY", "AGENT", "LABEL", "FBURL", REASON})
_ADMINISTERED = frozenset({"BEGIN", "END", "X-ABADR", "PROFILE", "SORT-STRING", "X-ABUID"})


def read(data: bytes, name: str) -> Sheet | None:
    """Read a file of cards; None when there is none in it."""
    data = as_utf8(data)
    if not _BEGINS.search(data, 0, 1_000_000):
        return None
    return sheet(name, [("", data)])


def sheet(name: str, files: Iterable[tuple[str, bytes]]) -> Sheet:
    """The people of some files of cards.

    Args:
        name: of all of them together, for messages.
        files: name inside of that, "" for the only one, and what it holds, as `as_utf8` returns it.
    """
    contacts: list[Row[Person]] = []
    rejects: list[Reject] = []
    groups: list[Group] = []
    held: dict[str, bytes] = {}
    for file, data in files:
        held[file] = data
        empty = True
        for card in cards(data):
            empty = False
            _sort_out(card, file, contacts, rejects, groups)
        if empty:
            rejects.append(Reject(1, "there is no card in it", ("0", str(len(data))), file))
    return Sheet(name, contacts, (), rejects, (), lambda bad: _again(held, bad), SOURCE, groups)


def _sort_out(card: Card, file: str, contacts: list[Row[Person]], rejects: list[Reject], groups: list[Group]) -> None:
    place = (str(card.start), str(card.end))
    if card.problem:
        rejects.append(Reject(card.number, card.problem, place, file))
        return
    found = said_of(card.lines)
    if isinstance(found, Group):
        groups.append(found)
    elif not found.name:
        rejects.append(Reject(card.number, "it names nobody: no name, company, e-mail or phone", place, file))
    else:
        contacts.append(Row(card.number, found, place, file))


def _again(held: Mapping[str, bytes], rejects: Sequence[Reject]) -> str:
    """The rejected cards as they were, each with its reason."""
    texts = []
    for reject in rejects:
        start, end = map(int, reject.cells[:2])
        text = held[reject.file][start:end].decode("utf-8", "replace").strip("\r\n")
        text = re.sub(rf"(?im)^{REASON}:.*(?:\r?\n|$)", "", text)
        first, _, rest = text.partition("\n")
        texts.append(f"{first.rstrip()}\n{REASON}:{reject.reason}\n{rest.rstrip()}\n")
    return "".join(texts)


class _Labelled(NamedTuple):
    """A point with how much it is preferred: 1 most, 100 least."""

    preference: int
    point: Point


class _Gathered:
    """What the properties of a card have said so far."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.fields: dict[str, str] = {}
        self.points: list[_Labelled] = []
        self.notes: list[str] = []
        self.interests: list[str] = []
        self.avoid: list[str] = []
        self.circles: list[str] = []
        self.members: list[str] = []
        self.properties: list[str] = []
        self.problems: list[str] = []
        self.labels = labels
        self.role = ""
        self.is_group = False

    def once(self, field: str, value: str) -> bool:
        """Keep the first value of a field; False where there is one already that says something else."""
        value = value.strip()
        if value and field not in self.fields:
            self.fields[field] = value
            return True
        return not value or self.fields[field] == value

    def point(self, line: Line, kind: str, value: str, parts: str = "", label: str = "") -> None:
        value = value.strip()
        if value:
            preference, told = _marks(line.params, line.head) if line.params else (LEAST, "")
            label = label or self.labels.get(line.group, "") or told
            self.points.append(_Labelled(preference, Point(kind, value, label, parts)))

    def keep(self, line: Line) -> None:
        """Keep a property as it is, to be written back."""
        if line.name in _NOT_KEPT or line.name in _ADMINISTERED or not line.value.strip():
            return
        if len(line.value) <= PROPERTY_LIMIT and len(self.properties) < PROPERTIES_LIMIT:
            self.properties.append(written(line))

    def problem(self, line: Line, text: str) -> None:
        """Tell what is wrong with a property, and keep it."""
        self.problems.append(f"{line.number}:{text}")
        self.keep(line)


LEAST = 100
"""Of the preferences of RFC 6350, 5.3."""
_MARKS: dict[str, tuple[int, str]] = {}


def _marks(params: Mapping[str, Sequence[str]], head: str) -> tuple[int, str]:
    """How much a point is preferred, and its label; remembered, since files say the same again and again."""
    found = _MARKS.get(head)
    if found is None:
        found = _preference(params), label_of(params)
        if len(_MARKS) < PROPERTY_LIMIT:
            _MARKS[head] = found
    return found


def _preference(params: Mapping[str, Sequence[str]]) -> int:
    said = params.get("PREF")
    if said and said[0].isdigit():
        return int(said[0][:3])
    return 1 if any(kind.upper() == "PREF" for kind in params.get("TYPE", ())) else LEAST


def said_of(lines: Sequence[Line]) -> Person | Group:
    """What the properties of one card say."""
    card = _Gathered({line.group: _plain_label(line.value) for line in lines if line.name == "X-ABLABEL"})
    for line in lines:
        if handler := _HANDLERS.get(line.name):
            handler(card, line)
        elif line.name not in _NOT_KEPT:
            card.keep(line)
    if card.is_group:
        return Group(card.fields.get("name", "") or card.fields.get("family", ""), tuple(card.members))
    return _person(card)


def _person(card: _Gathered) -> Person:
    if card.role and not card.once("title", card.role):
        card.properties.append(f"ROLE:{card.role}")
    if any(one.preference != LEAST for one in card.points):
        card.points.sort(key=lambda one: one.preference)  # stable: the order of the file among equals
    person = Person(
        **card.fields,
        notes="\n\n".join(card.notes),
        points=tuple(one.point for one in card.points),
        interests=tuple(card.interests),
        avoid=tuple(card.avoid),
        circles=tuple(card.circles),
        properties=tuple(card.properties),
        problems=tuple(card.problems),
    )
    return person if person.name else person._replace(name=best_name(person))


def _plain_label(said: str) -> str:
    r"""An Apple label: `_$!<Home>!$_` is one of its own words."""
    found = re.fullmatch(r"_\$!<(.+)>!\$_", said.strip())
    return found[1].lower() if found else unescaped(said).strip()


def _text(field: str) -> Callable[[_Gathered, Line], None]:
    def handle(card: _Gathered, line: Line) -> None:
        if not card.once(field, unescaped(line.value)):
            card.keep(line)

    return handle


def _name(card: _Gathered, line: Line) -> None:
    if any(part in card.fields for part in ("family", "given")):
        card.keep(line)
        return
    for part, said in zip(("family", "given", "additional", "prefix", "suffix"), apart(line.value), strict=False):
        card.once(part, " ".join(said.split()))


def _organisation(card: _Gathered, line: Line) -> None:
    units = [unit.strip() for unit in apart(line.value)]
    # What has units, or comes second, is written back whole: export prefers it to the bare company.
    if not card.once("company", units[0]) or any(units[1:]):
        card.keep(line)


def _email(card: _Gathered, line: Line) -> None:
    value = unescaped(line.value).strip()
    address = value[7:] if value[:7].lower() == "mailto:" else value
    if an_address(address):
        card.point(line, "email", address)
    elif address:
        card.problem(line, f"{address[:60]!r} is no e-mail address")


def _phone(card: _Gathered, line: Line) -> None:
    value = unescaped(line.value).strip()
    card.point(line, "phone", value[4:] if value[:4].lower() == "tel:" else value)


def _address(card: _Gathered, line: Line) -> None:
    parts = tuple(" ".join(part.split()) for part in apart(line.value))
    card.point(line, "address", one_line(parts), parts=";".join(line.value.replace("\n", "\\n").split(";")[:7]))
    if len(parts) > 3 and parts[3]:  # noqa: PLR2004 - the locality
        card.once("town", parts[3])


def _url(card: _Gathered, line: Line) -> None:
    value = unescaped(line.value).strip()
    types = {kind.lower() for kind in line.params.get("TYPE", ())}
    if link_kind(value):
        card.point(line, "blog" if "blog" in types else "url", value)
    elif value:
        card.problem(line, f"{value[:60]!r} is no address of a page")


def _handle(network: str) -> Callable[[_Gathered, Line], None]:
    def handle(card: _Gathered, line: Line) -> None:
        value = unescaped(line.value).strip()
        scheme, colon, rest = value.partition(":")
        if link_kind(value) == "web":
            said = line.params.get("TYPE", ())
            card.point(line, "url", value, label=said[0].lower() if said else "")
        elif colon and scheme.isalpha():
            card.point(line, "handle", rest, label=network or scheme.lower())
        else:
            said = line.params.get("X-SERVICE-TYPE") or line.params.get("SERVICE-TYPE") or line.params.get("TYPE") or ()
            card.point(line, "handle", value, label=network or (said[0].lower() if said else ""))

    return handle


def _day(field: str) -> Callable[[_Gathered, Line], None]:
    def handle(card: _Gathered, line: Line) -> None:
        value = unescaped(line.value).strip()
        omitted = line.params.get("X-APPLE-OMIT-YEAR")
        if omitted and value.startswith(omitted[0]):
            value = f"--{value[4:].lstrip('-')}"
        day = a_birthday(value)
        if day and card.once(field, day):
            return
        if value and not day:
            card.problem(line, f"{value[:40]!r} is no day of a year")
        else:
            card.keep(line)

    return handle


def _apple_day(card: _Gathered, line: Line) -> None:
    day = a_birthday(line.value.strip())
    if not (card.labels.get(line.group, "").lower() == "anniversary" and day and card.once("anniversary", day)):
        _with_label(card, line)


def _with_label(card: _Gathered, line: Line) -> None:
    card.keep(line)
    if line.group in card.labels:
        card.properties.append(f"{line.group}.X-ABLabel:{card.labels[line.group]}")


def _listing(field: str, separator: str = ",") -> Callable[[_Gathered, Line], None]:
    def handle(card: _Gathered, line: Line) -> None:
        found: list[str] = getattr(card, field)
        found += [one.strip() for one in unescaped(line.value).split(separator) if one.strip()]

    return handle


def _circles(card: _Gathered, line: Line) -> None:
    # Some programs escape the commas that separate; no name of a group holds one.
    card.circles += [one for said in unescaped(line.value).split(",") if (one := said.strip()) not in _EVERYBODY]


_EVERYBODY = {"", "myContacts", "* myContacts", "My Contacts"}


def _note(card: _Gathered, line: Line) -> None:
    if said := unescaped(line.value).strip():
        card.notes.append(said)


def _role(card: _Gathered, line: Line) -> None:
    card.role = card.role or unescaped(line.value).strip()


def _kind(card: _Gathered, line: Line) -> None:
    card.is_group = line.value.strip().lower() == "group"
    if not card.is_group and line.value.strip().lower() != "individual":
        card.keep(line)


def _member(card: _Gathered, line: Line) -> None:
    card.members.append(unescaped(line.value).strip())


def _pass_over(_card: _Gathered, _line: Line) -> None:
    """Labels stand beside what they label."""


_HANDLERS: dict[str, Callable[[_Gathered, Line], None]] = {
    "FN": _text("name"),
    "N": _name,
    "UID": _text("uid"),
    "NICKNAME": _text("nickname"),
    "ORG": _organisation,
    "TITLE": _text("title"),
    "ROLE": _role,
    "EMAIL": _email,
    "TEL": _phone,
    "ADR": _address,
    "URL": _url,
    "IMPP": _handle(""),
    "X-SOCIALPROFILE": _handle(""),
    "SOCIALPROFILE": _handle(""),
    "BDAY": _day("birthday"),
    "ANNIVERSARY": _day("anniversary"),
    "X-ANNIVERSARY": _day("anniversary"),
    "X-EVOLUTION-ANNIVERSARY": _day("anniversary"),
    "X-MS-ANNIVERSARY": _day("anniversary"),
    "X-KADDRESSBOOK-X-ANNIVERSARY": _day("anniversary"),
    "X-ABDATE": _apple_day,
    "X-ABRELATEDNAMES": _with_label,
    "X-ABLABEL": _pass_over,
    "NOTE": _note,
    "CATEGORIES": _circles,
    "INTEREST": _listing("interests", "\n"),
    "X-GIVEBACK-INTEREST": _listing("interests", "\n"),
    "HOBBY": _listing("interests", "\n"),
    "PRONOUNS": _text("pronouns"),
    "X-PRONOUNS": _text("pronouns"),
    "KIND": _kind,
    "X-ADDRESSBOOKSERVER-KIND": _kind,
    "MEMBER": _member,
    "X-ADDRESSBOOKSERVER-MEMBER": _member,
    "X-GIVEBACK-AVOID": _listing("avoid", "\n"),
    "X-GIVEBACK-EVERY": _text("every"),
    "X-GIVEBACK-MET-AT": _text("met_at"),
    "X-GIVEBACK-MET-ON": _text("met_on"),
    "X-GIVEBACK-TOWN": _text("town"),
} | {
    name: _handle(network)
    for network, names in {
        "xmpp": ("X-JABBER", "X-GOOGLE-TALK"),
        "skype": ("X-SKYPE", "X-SKYPE-USERNAME"),
        "twitter": ("X-TWITTER",),
        "aim": ("X-AIM",),
        "icq": ("X-ICQ",),
        "msn": ("X-MSN",),
        "yahoo": ("X-YAHOO",),
        "gadu-gadu": ("X-GADUGADU",),
        "matrix": ("X-MATRIX",),
        "groupwise": ("X-GROUPWISE",),
        "im": ("X-MS-IMADDRESS",),
    }.items()
    for name in names
}
