"""Contacts as CSV (RFC 4180), with the columns that `giveback import` reads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from giveback.dates import say_span
from giveback.people.formats.cells import guarded, joined_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.store.questions.whole import Whole

BOM = "\ufeff"
PLAIN = ("name", "nickname", "company", "title", "town", "every", "met_at", "birthday")
DETAILS = ("prefix", "given", "additional", "family", "suffix", "met_on", "anniversary", "pronouns")
HEADINGS = {"given": "given_name", "additional": "additional_name", "family": "family_name"}
"""Columns that are named otherwise than the field."""
SEVERAL = ("address", "url", "blog", "handle")
LISTS = ("email", "phone", "interests", "avoid", "circles")


def table(people: Sequence[Whole], *, bom: bool = False) -> str:
    """A table with a row for each contact.

    Args:
        people: the contacts.
        bom: begin with a byte order mark, by which Excel knows UTF-8.

    Returns:
        Lines ending in CRLF. Lists stand in one cell each; there are as many columns `url`, `url 2` … as somebody
        has pages, since these may hold whatever separates.
    """
    most = {kind: max(1, *(len(_values(one, kind)) for one in people)) if people else 1 for kind in SEVERAL}
    several = [f"{kind} {place + 1}" if place else kind for kind in SEVERAL for place in range(most[kind])]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*PLAIN, *(HEADINGS.get(field, field) for field in DETAILS), *LISTS, *several, "notes", "uid"])
    for one in people:
        cells = [_plain(one, field) for field in PLAIN] + [getattr(one.detail, field) for field in DETAILS]
        cells += [joined_list(_values(one, field)) for field in LISTS]
        for kind in SEVERAL:
            values = _values(one, kind)
            cells += values + [""] * (most[kind] - len(values))
        writer.writerow([guarded(cell) for cell in (*cells, one.row.notes, one.uid)])
    return (BOM if bom else "") + out.getvalue()


def _plain(one: Whole, field: str) -> str:
    if field == "every":
        return say_span(one.row.cadence_days) if one.row.cadence_days else "never"
    return str(getattr(one.row, field))


def _values(one: Whole, kind: str) -> list[str]:
    if kind == "circles":
        return list(one.circles)
    if kind in ("interests", "avoid"):
        return [interest.phrase for interest in one.interests if interest.avoid == (kind == "avoid")]
    return [point.value for point in one.points if point.kind == kind]
