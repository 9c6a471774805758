"""Changing a contact: what is to change as a value, and how it is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.people.contacts import add_point, change, number_of, remove_point
from giveback.people.interests import add_interests, remove_interests
from giveback.people.meeting import note_met_on
from giveback.people.positions import add_former

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from giveback.dates import Now
    from giveback.store.tables import Contact


class Edits(NamedTuple):
    """What is to change of a contact.

    Attributes:
        fields: new values by the names of `ContactForm`.
        points: (kind, value) pairs to add.
        gone_points: (kind, value) pairs to take away; the kind may be "" for any.
        likes: phrases to add, or to like again.
        avoids: phrases to keep away from.
        gone_interests: phrases to take away.
        former: companies where they worked before.
        met_on: the day of having met; "" forgets it, None leaves it.
    """

    fields: Mapping[str, str]
    points: Sequence[tuple[str, str]] = ()
    gone_points: Sequence[tuple[str, str]] = ()
    likes: Sequence[str] = ()
    avoids: Sequence[str] = ()
    gone_interests: Sequence[str] = ()
    former: Sequence[str] = ()
    met_on: str | None = None

    @property
    def touches_interests(self) -> bool:
        """Whether the ranking has to follow."""
        return bool(self.likes or self.avoids or self.gone_interests)


def apply(session: Session, contact: Contact, edits: Edits, now: Now) -> list[str]:
    """Change a contact.

    Args:
        session: an open unit of work.
        contact: the contact.
        edits: what is to change.
        now: the clock.

    Returns:
        What changed, one line each; empty when nothing did.

    Raises:
        UsageError: a value cannot be, or what is to go is not there.
    """
    lines = change(contact, edits.fields, now.today)
    if edits.met_on is not None:
        day = note_met_on(session, number_of(contact), edits.met_on, now.today)
        lines.append(f"met-on: {day.isoformat() if day else '(nothing)'}")
    lines += [
        f"{kind or 'contact point'}: removed {remove_point(session, contact, said, kind)}"
        for kind, said in edits.gone_points
    ]
    added = [(kind, add_point(session, contact, kind, said)) for kind, said in edits.points]
    lines += [f"{kind}: added {value}" for kind, value in added if value]
    lines += [f"interests: -{phrase}" for phrase in remove_interests(session, contact, edits.gone_interests)]
    lines += [f"interests: +{phrase}" for phrase in add_interests(session, contact, edits.likes)]
    lines += [f"worked before at {add_former(session, number_of(contact), said)}" for said in edits.former]
    lines += [f"avoids: {phrase}" for phrase in add_interests(session, contact, edits.avoids, avoid=True)]
    if lines:
        contact.updated_at = now.at
    return lines
