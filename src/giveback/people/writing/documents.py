"""Contacts as one JSON document, which docs/schema/contacts.schema.json describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from giveback.store.questions.exchanges import ExchangeRow
    from giveback.store.questions.whole import Whole

FORMAT = "giveback-contacts"
VERSION = 1

# What terminals obey beyond the controls that json escapes itself.
_UNSAFE = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}


def document(people: Iterable[Whole], made_at: str) -> str:
    """A JSON document with everything about some contacts.

    Args:
        people: the contacts.
        made_at: UTC text.
    """
    found = {"format": FORMAT, "version": VERSION, "made_at": made_at, "contacts": [_contact(one) for one in people]}
    return json.dumps(found, ensure_ascii=False, indent=2).translate(_UNSAFE) + "\n"


def _contact(one: Whole) -> dict[str, Any]:
    row = one.row
    return {
        "uuid": row.uuid,
        "uid": one.uid,
        "name": row.name,
        "name_parts": {part: getattr(one.detail, part) or None for part in _PARTS},
        "nickname": row.nickname or None,
        "pronouns": one.detail.pronouns or None,
        "company": row.company or None,
        "title": row.title or None,
        "town": row.town or None,
        "birthday": row.birthday or None,
        "anniversary": one.detail.anniversary or None,
        "met_at": row.met_at or None,
        "met_on": one.detail.met_on or None,
        "cadence_days": row.cadence_days,
        "notes": row.notes or None,
        "added_on": row.added_on,
        "snoozed_until": row.snoozed_until,
        "archived_at": row.archived_at,
        "updated_at": one.updated_at,
        "contact_points": [
            {"kind": point.kind, "value": point.value, "label": point.label or None} for point in one.points
        ],
        "interests": [interest.phrase for interest in one.interests if not interest.avoid],
        "avoids": [interest.phrase for interest in one.interests if interest.avoid],
        "allows": [kind for kind in row.tact_allow.split(", ") if kind],
        "circles": list(one.circles),
        "other_properties": list(one.properties),
        "exchanges": [_exchange(exchange) for exchange in one.exchanges],
        "follow_ups": [follow_up._asdict() for follow_up in one.follow_ups],
    }


_PARTS = ("prefix", "given", "additional", "family", "suffix")


def _exchange(row: ExchangeRow) -> dict[str, Any]:
    gift = {"title": row.gift_title, "url": row.gift_url or None} if row.gift_title else None
    return {
        "uuid": row.uuid,
        "on": row.on_day,
        "direction": row.direction,
        "channel": row.channel or None,
        "text": row.text,
        "note": row.note or None,
        "interest": row.interest or None,
        "gift": gift,
        "kind": row.kind or None,
        "minutes": row.minutes,
        "cost_cents": row.cost_cents,
        "outcome": row.outcome or None,
    }
