"""Contacts as CSV (RFC 4180), with the columns that `giveback import` reads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from giveback.dates import say_span
from giveback.people.writing.cells import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.store.questions.whole import Whole

BOM = "\ufeff"
PLAIN = ("name", "nickname", "company", "title", "town", "every", "met_at", "birthday")
SEVERAL = ("email", "phone", "address", "url", "blog", "handle")
LISTS = ("interests", "avoid")


def table(people: Sequence[Whole], *, bom: bool = False) -> str:
    """A table with a row for each contact.

    Args:
        people: the contacts.
        bom: begin with a byte order mark, by which Excel knows UTF-8.

    Returns:
        Lines ending in CRLF. There are as many columns `email`, `email 2` … as somebody has addresses.
    """
    most = {kind: max((len(_values(one, kind)) for one in people), default=0) for kind in (*SEVERAL, *LISTS)}
    headings = [
        f"{kind} {place}" if place > 1 else kind
        for kind in (*SEVERAL, *LISTS)
        for place in range(1, max(1, most[kind]) + 1)
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*PLAIN, *headings, "notes", "uuid"])
    for one in people:
        cells = [_plain(one, field) for field in PLAIN]
        for kind in (*SEVERAL, *LISTS):
            values = _values(one, kind)
            cells += values + [""] * (max(1, most[kind]) - len(values))
        writer.writerow([guarded(cell) for cell in (*cells, one.row.notes, one.row.uuid)])
    return (BOM if bom else "") + out.getvalue()


def _plain(one: Whole, field: str) -> str:
    if field == "every":
        return say_span(one.row.cadence_days) if one.row.cadence_days else "never"
    return str(getattr(one.row, field))


def _values(one: Whole, kind: str) -> list[str]:
    if kind in LISTS:
        return [interest.phrase for interest in one.interests if interest.avoid == (kind == "avoid")]
    return [point.value for point in one.points if point.kind == kind]
