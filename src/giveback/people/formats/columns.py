"""What a row of a table says of a person, whatever program wrote the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.people.contacts import POINT_KINDS
from giveback.people.formats.cells import split_list, unguarded
from giveback.people.formats.contentline import escaped
from giveback.people.formats.headers import AMBIGUOUS, TABLE
from giveback.people.formats.person import Person, Point, best_name, full_name, one_line, ordered_name
from giveback.people.formats.said import a_day, an_address, link_kind, order_of
from giveback.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIELDS = (
    *("name", "given", "family", "additional", "prefix", "suffix", "nickname", "company", "title", "town", "birthday"),
    *("anniversary", "pronouns", "every", "met_at", "met_on", "interests", "avoid", "circles", "notes", "uid"),
    *POINT_KINDS,
)
"""What `--map` can say that a column is."""

_NUMBERED = re.compile(r"(e mail|phone|address|organization|website|im|event|custom field|relation) (\d+) (.+)")
_NUMBERED_KINDS = {"e mail": "email", "phone": "phone", "website": "url", "im": "handle"}
_ADDRESS_PARTS = {
    "po box": "box",
    "extended address": "extended",
    "street": "street",
    "city": "locality",
    "region": "region",
    "postal code": "code",
    "country": "country",
}
_PARTS = ("box", "extended", "street", "locality", "region", "code", "country")
_LISTS = ("interests", "avoid", "circles")
_DAYS = ("birthday", "anniversary", "met_on")


class Column(NamedTuple):
    """What a column says.

    Attributes:
        field: of a person, a kind of contact point, "adr." with a part, or "label"; "" for nothing known.
        label: of the point.
        number: which of several points, "" for the only one.
    """

    field: str
    label: str = ""
    number: str = ""


NOTHING = Column("")


def plain(cell: str) -> str:
    """The form in which names of columns are compared."""
    return " ".join(words(cell))


def columns_of(header: Sequence[str], mapped: Mapping[str, str]) -> list[Column]:
    """What each column of a table says.

    Args:
        header: as it stands in the file.
        mapped: fields by the plain names of columns, from `--map`; they come first.
    """
    names = [plain(cell) for cell in header]
    found = [Column(mapped[name]) if name in mapped else _column(name) for name in names]
    said = {column.field for column in found}
    for place, name in enumerate(names):
        if name in AMBIGUOUS and name not in mapped:
            part, other = AMBIGUOUS[name]
            found[place] = Column(part if other in said else "name")
    jobs = [name for name, column in zip(names, found, strict=True) if column.field == "title"]
    for place, name in enumerate(names):
        if name == "title" and len(jobs) > 1 and name not in mapped:
            found[place] = Column("prefix")  # Outlook's, beside "Job Title"
        elif name in ("titre", "titulo", "titolo", "titel") and not jobs and "given" not in said:
            found[place] = Column("title")
        elif found[place].field == "address" and f"{name.split()[0]} city" in names:
            found[place] = Column("adr.street", found[place].label)  # Thunderbird's
    return found


def _column(name: str) -> Column:
    known = TABLE.get(name)
    if known:
        return Column(*known)
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        return _numbered(*numbered.groups())
    bare = re.fullmatch(r"(.+?) ?(\d+)( address| adresse)?", name)
    again = TABLE.get(bare[1]) if bare else None
    return Column(again[0], again[1], bare[2]) if bare and again and again[0] in POINT_KINDS else NOTHING


def _numbered(what: str, number: str, rest: str) -> Column:
    """Google's columns: "E-mail 1 - Value", "Address 2 - City", "Organization 1 - Title"."""
    if rest in ("type", "label", "service"):
        return Column("label", what, number)
    if what in _NUMBERED_KINDS and rest == "value":
        return Column(_NUMBERED_KINDS[what], what, number)
    if what == "address" and rest in _ADDRESS_PARTS:
        return Column(f"adr.{_ADDRESS_PARTS[rest]}", "", number)
    if what == "address" and rest == "formatted":
        return Column("adr.whole", "", number)
    if what == "event" and rest == "value":
        return Column("event", "", number)
    return NOTHING


def source_of(header: Sequence[str], found: Sequence[Column]) -> str:
    """Which program wrote a table, as the store names sources; "csv" for those of people."""
    names = {plain(cell) for cell in header}
    fields = {column.field for column in found}
    if "uid" in names:  # ours
        return "csv"
    if "met_on" in fields and {"given", "family"} <= fields:
        return "linkedin"
    if any(column.field == "label" for column in found) or "given name yomi" in names:
        return "google"
    if names & {"primary email", "screen name"} and "display name" in names:
        return "thunderbird"
    labelled = sum(column.label in ("work", "home", "mobile") for column in found)
    if "given" in fields and (labelled > 1 or "e mail display name" in names):
        return "outlook"
    return "outlook" if labelled > 2 and "email" in fields else "csv"  # noqa: PLR2004 - two may be chance


class Shape(NamedTuple):
    """How the cells of a table are to be understood.

    Attributes:
        columns: what each says.
        orders: for columns of days, the order of their numbers.
        source: as `source_of` gives it.
    """

    columns: Sequence[Column]
    orders: Mapping[str, str]
    source: str


def shape_of(header: Sequence[str], found: Sequence[Column], rows: Iterable[Sequence[str]]) -> Shape:
    """Look over a table: in which order its days are written."""
    source = source_of(header, found)
    days = {column.field: place for place, column in enumerate(found) if column.field in _DAYS}
    values: dict[str, list[str]] = {field: [] for field in days}
    if days:
        for row in rows:
            for field, place in days.items():
                if place < len(row) and row[place]:
                    values[field].append(row[place])
    english = {"birthday", "anniversary", "connected on", "date of birth", "birth date"}
    orders = {
        field: order_of(values[field], month_first=plain(header[place]) in english) for field, place in days.items()
    }
    # Outlook's own categories are groups; those in somebody's own table are what the person likes.
    if source == "outlook":
        found = [
            Column("circles") if plain(cell) == "categories" else one for cell, one in zip(header, found, strict=True)
        ]
    return Shape(found, orders, source)


class _Said:
    """What the cells of a row have said."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {}
        self.points: list[tuple[str, str, str, str]] = []
        self.addresses: dict[tuple[str, str], dict[str, str]] = {}
        self.labels: dict[tuple[str, str], str] = {}
        self.notes: list[str] = []
        self.events: dict[str, str] = {}


def person_of(cells: Sequence[str], shape: Shape) -> Person:
    """What a row says; nothing is refused here but what no value of its field can be."""
    said = _Said()
    for column, cell in zip(shape.columns, cells, strict=False):
        value = unguarded(cell.strip())
        if value and column.field:
            _take(said, column, value, shape)
    problems: list[str] = []
    fields = said.fields
    _read_days(said, shape, problems)
    lists = {name: tuple(dict.fromkeys(values)) for name, values in said.lists.items()}
    points = (*_points(said, problems, strict=shape.source == "csv"), *_addresses(said))
    every = fields.get("every", "")
    if every.isdigit():
        fields["every"] = f"{every}d"
    person = Person(**fields, **lists, points=points, notes="\n\n".join(said.notes), problems=tuple(problems))  # type: ignore[arg-type]
    return _named(person)


def _read_days(said: _Said, shape: Shape, problems: list[str]) -> None:
    fields = said.fields
    birth = [fields.pop(f"birth.{part}", "") for part in ("year", "month", "day")]
    if birth[1] and birth[2]:
        fields["birthday"] = f"{birth[0]:0>4}-{birth[1]:0>2}-{birth[2]:0>2}".replace("0000-", "--")
    for field in _DAYS:
        if field in fields and shape.source != "csv":
            day = a_day(fields[field], shape.orders.get(field, "mdy"))
            if not day and re.search(r"[1-9]", fields[field]):
                problems.append(f"{fields[field][:40]!r} is no day")
            fields[field] = day
    for number, value in said.events.items():
        if "anniversary" in said.labels.get(("event", number), "").lower():
            fields.setdefault("anniversary", a_day(value))


def _take(said: _Said, column: Column, value: str, shape: Shape) -> None:
    field = column.field
    if field == "label":
        said.labels[column.label, column.number] = value.removeprefix("* ")
    elif field in _LISTS:
        said.lists.setdefault(field, []).extend(_listed(field, value))
    elif field == "notes":
        said.notes.append(value)
    elif field == "event":
        said.events[column.number] = value
    elif field.startswith("adr."):
        where = said.addresses.setdefault((column.label, column.number), {})
        where[field[4:]] = f"{where[field[4:]]}, {value}" if field[4:] in where else value
    elif field in POINT_KINDS:
        listed = _several(field, value, shape.source)
        said.points.extend((field, one, column.label, column.number) for one in listed)
    else:
        said.fields.setdefault(field, value)


_EVERYBODY = ("mycontacts", "")


def _listed(field: str, value: str) -> list[str]:
    parts = [part for one in value.split(" ::: ") for part in split_list(one)]
    if field != "circles":
        return [part.strip() for part in parts if part.strip()]
    names = [part.strip().removeprefix("* ").strip() for part in parts]
    return [name for name in names if name.lower() not in _EVERYBODY]


def _several(kind: str, value: str, source: str) -> list[str]:
    """Several values in one cell: as Google joins them, or by semicolons where no value holds one."""
    if source == "google":
        return [part.strip() for part in value.split(" ::: ") if part.strip()]
    if kind in ("email", "phone"):
        return [part.strip() for part in split_list(value) if part.strip()]
    return [value]


def _points(said: _Said, problems: list[str], *, strict: bool) -> list[Point]:
    found = []
    for kind, value, label, number in said.points:
        told = said.labels.get((label, number), "") if number else label
        if kind == "email" and not strict and not an_address(value):
            # An address inside of Exchange (X.500) reaches nobody outside, and is not worth a word.
            if not value.lower().startswith(("/o=", "/cn=")):
                problems.append(f"{value[:60]!r} is no e-mail address")
        elif kind in ("url", "blog") and not strict and not link_kind(value):
            problems.append(f"{value[:60]!r} is no address of a page")
        else:
            found.append(Point(kind, value, told.lower() if told.lower() not in ("*", "profile", "other") else ""))
    return found


def _addresses(said: _Said) -> list[Point]:
    found = []
    for (label, number), parts in said.addresses.items():
        told = said.labels.get(("address", number), "").lower() if number else label
        if any(name in parts for name in _PARTS):
            seven = tuple(parts.get(name, "").replace("\n", ", ") for name in _PARTS)
            found.append(Point("address", one_line(seven), told, ";".join(map(escaped, seven))))
            said.fields.setdefault("town", parts.get("locality", ""))
        else:
            found.append(Point("address", " ".join(parts["whole"].split()), told))
    return found


def _named(person: Person) -> Person:
    if person.name:
        return person
    if person.given or person.family:
        whole = full_name("", person.given, person.additional, person.family, person.suffix)
        east = ordered_name(person.given, person.family)
        return person._replace(name=whole if east == full_name(given=person.given, family=person.family) else east)
    return person._replace(name=best_name(person))
