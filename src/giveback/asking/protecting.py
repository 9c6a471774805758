"""Somebody else to ask, where one person was asked too often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from giveback.asking.hat import OFTEN, OFTEN_DAYS
from giveback.asking.who import who
from giveback.store.questions import asks as questions

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from giveback.asking.who import Candidate
    from giveback.store.questions.targets import TargetRow

INSTEAD = 2


def instead(connection: sqlite3.Connection, target: TargetRow, contact_id: int, today: date) -> list[Candidate]:
    """Who could be asked about a target instead of somebody: the best two who were not asked too often.

    Args:
        connection: the store.
        target: the target.
        contact_id: whom to leave in peace.
        today: the local day.
    """
    asked = questions.asked_since(connection, (today - timedelta(OFTEN_DAYS)).isoformat())
    tried = {row.contact_id for row in questions.listed(connection) if row.target_id == target.id}
    return [
        each
        for each in who(connection, target, today).candidates
        if each.person.id != contact_id and each.person.id not in tried and asked.get(each.person.id, 0) < OFTEN
    ][:INSTEAD]
