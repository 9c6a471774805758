"""Limits of gifts of two contacts that become one: the stricter of both holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from giveback.store.joining import Yielded

TABLE = "gift_limit"


def stricter(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """The limits that hold for somebody who has both.

    Args:
        mine: columns of `gift_limit`.
        theirs: the same of another row.

    Returns:
        The lower caps, no food where either takes none, all allergies, and the policy of either, mine first.
    """
    allergies = dict.fromkeys(
        part.strip() for row in (mine, theirs) for part in row["allergies"].split(",") if part.strip()
    )
    return {
        "cap_cents": _lower(mine["cap_cents"], theirs["cap_cents"]),
        "year_cap_cents": _lower(mine["year_cap_cents"], theirs["year_cap_cents"]),
        "no_food": int(bool(mine["no_food"]) or bool(theirs["no_food"])),
        "allergies": ", ".join(allergies),
        "policy": mine["policy"] or theirs["policy"],
    }


def _lower(one: int | None, other: int | None) -> int | None:
    return min((cents for cents in (one, other) if cents is not None), default=None)


def keep_stricter(connection: sqlite3.Connection, yielded: Sequence[Yielded], kept: int) -> list[Yielded]:
    """Let the stricter limits hold where both contacts had some.

    Args:
        connection: the store, in a unit of work.
        yielded: rows that could not stand beside others.
        kept: the contact that stays.

    Returns:
        The rows, those of limits without anything that differs: nothing of them is lost.
    """
    for each in yielded:
        if each.table == TABLE:
            names = ("cap_cents", "year_cap_cents", "no_food", "allergies", "policy")
            found = connection.execute(f"SELECT {', '.join(names)} FROM {TABLE} WHERE contact_id = ?", (kept,))  # noqa: S608 - names of our own
            values = stricter(dict(zip(names, found.fetchone(), strict=True)), each.row)
            connection.execute(
                f"UPDATE {TABLE} SET ({', '.join(values)}) = ({', '.join('?' * len(values))}) WHERE contact_id = ?",  # noqa: S608 - as above
                (*values.values(), kept),
            )
    return [each._replace(differs={}) if each.table == TABLE else each for each in yielded]
