"""Limits of gifts: as options of `edit`, and as `show` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import sqlite3

    from sqlmodel import Session

    from giveback.cli.common import Here
    from giveback.giving.limits import LimitEdits

Cap = Annotated[
    str | None, typer.Option("--gift-cap", metavar="AMOUNT", help="The most a gift to them may be worth; or none.")
]
YearCap = Annotated[
    str | None, typer.Option("--gift-cap-year", metavar="AMOUNT", help="The most in a calendar year; or none.")
]
Food = Annotated[
    bool | None, typer.Option("--no-food/--food", help="They take nothing to eat or drink.", show_default=False)
]
Allergy = Annotated[
    list[str] | None, typer.Option("--allergy", metavar="TEXT", help="What they are allergic to: nuts; repeat it.")
]
NoAllergy = Annotated[
    list[str] | None, typer.Option("--remove-allergy", metavar="TEXT", help="Take an allergy away; repeat it.")
]
Policy = Annotated[
    str | None,
    typer.Option("--gift-policy", metavar="POLICY", help="Their employer's: us-federal, de-federal; or none."),
]


def edits_of(
    cap: str | None,
    year_cap: str | None,
    no_food: bool | None,
    allergies: list[str] | None,
    gone: list[str] | None,
    policy: str | None,
) -> LimitEdits | None:
    """What the options change; None where they say nothing."""
    from giveback.giving.limits import LimitEdits

    edits = LimitEdits(cap, year_cap, no_food, allergies or (), gone or (), policy)
    return None if edits == LimitEdits() else edits


def apply_limits(at: Here, session: Session, contact_id: int, edits: LimitEdits | None) -> list[str]:
    """Change limits; what changed, one line each."""
    if edits is None:
        return []
    from giveback.cli.assets import book_of
    from giveback.giving.limits import apply

    return apply(session, contact_id, edits, book_of(at))


def limits_facts(connection: sqlite3.Connection, contact_id: int) -> list[tuple[str, str]]:
    """Limits and circles as facts of `show`."""
    from giveback.giving.limits import summary
    from giveback.store.questions.circles import of_contact
    from giveback.store.questions.gifts import limits

    return [
        ("gifts", summary(limits(connection, contact_id))),
        ("circles", ", ".join(of_contact(connection, contact_id))),
    ]


def limits_record(connection: sqlite3.Connection, contact_id: int) -> dict[str, object]:
    """Limits and circles as fields of `show --json`."""
    from giveback.store.questions.circles import of_contact
    from giveback.store.questions.gifts import limits

    row = limits(connection, contact_id)
    found = {
        "cap_cents": row.cap_cents,
        "year_cap_cents": row.year_cap_cents,
        "no_food": row.no_food,
        "allergies": [part for part in row.allergies.split(", ") if part],
        "policy": row.policy or None,
    }
    return {"gift_limits": found, "circles": of_contact(connection, contact_id)}
