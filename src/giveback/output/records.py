"""JSON: the contract of `--json` (docs/json.md). Fields may be added, never removed; what is absent is null."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from giveback.matching.suspicion import THRESHOLD, suspicion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.contacts import ContactRow, InterestRow, NameRow, PointRow
    from giveback.store.questions.exchanges import ExchangeRow
    from giveback.store.questions.feeds import FeedHealth

# json.dumps escapes the C0 controls; a terminal also obeys C1 and DEL, and a line separator ends a line.
_UNSAFE = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}

Record = dict[str, Any]


def dumps(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON text that is safe to print on a terminal."""
    return json.dumps(value, ensure_ascii=False, indent=2).translate(_UNSAFE)


def show(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print JSON on standard output."""
    sys.stdout.write(dumps(value) + "\n")


def person(row: ContactRow | NameRow) -> Record:
    """A contact where another record mentions it."""
    return {"id": row.id, "name": row.name, "nickname": row.nickname or None, "company": row.company or None}


def web_address(url: str) -> str | None:
    """The address of an article; None when it has none on the web (its key is "urn:giveback:…" then)."""
    return url if url.startswith(("http://", "https://")) else None


def contact(row: ContactRow, interests: Sequence[InterestRow], points: Sequence[PointRow]) -> Record:
    """A contact in full."""
    return {
        **person(row),
        "uuid": row.uuid,
        "title": row.title or None,
        "town": row.town or None,
        "cadence_days": row.cadence_days,
        "met_at": row.met_at or None,
        "birthday": row.birthday or None,
        "notes": row.notes or None,
        "added_on": row.added_on,
        "snoozed_until": row.snoozed_until,
        "archived": row.archived_at is not None,
        "last_exchange_on": row.last_on,
        "exchanges": row.exchanges,
        "interests": [interest.phrase for interest in interests if not interest.avoid],
        "avoids": [interest.phrase for interest in interests if interest.avoid],
        "allows": [kind for kind in row.tact_allow.split(", ") if kind],
        "contact_points": [
            {"kind": point.kind, "value": point.value, "label": point.label or None} for point in points
        ],
    }


def exchange(row: ExchangeRow) -> Record:
    """An exchange."""
    gift = {"title": row.gift_title, "url": row.gift_url or None, "article_id": row.article_id}
    return {
        "uuid": row.uuid,
        "on": row.on_day,
        "direction": row.direction,
        "channel": row.channel or None,
        "text": row.text,
        "note": row.note or None,
        "interest": row.interest or None,
        "gift": gift if row.gift_title else None,
        "kind": row.kind or None,
        "minutes": row.minutes,
        "cost_cents": row.cost_cents,
        "outcome": row.outcome or None,
        "asset_id": row.asset_id,
        "incoming": None if row.incoming is None else bool(row.incoming),
    }


def article(row: ArticleRow, threshold: float = THRESHOLD) -> Record:
    """An article."""
    return {
        "id": row.id,
        "title": row.title,
        "url": web_address(row.url),
        "author": row.author or None,
        "source": row.source or None,
        "topic": row.topic or None,
        "language": row.language or None,
        "published_at": row.published_at,
        "first_seen_at": row.first_seen_at,
        "saved_by_hand": row.saved_at is not None,
        "read_at": row.read_at,
        "summary": row.summary or None,
        "sensitive": suspicion(row.tact, threshold=threshold).kind or None,
    }


def feed(row: FeedHealth) -> Record:
    """A feed and how it is doing."""
    return {
        "id": row.id,
        "url": row.url,
        "title": row.title or None,
        "site": row.site or None,
        "topic": row.topic or None,
        "articles": row.articles,
        "new_in_7_days": row.new_week,
        "new_in_30_days": row.new_month,
        "given": row.given,
        "checked_at": row.checked_at,
        "changed_at": row.changed_at,
        "next_fetch_at": None if row.gone_at else row.next_fetch_at,
        "interval_seconds": row.interval,
        "failing_since": row.failing_since,
        "failures": row.failures,
        "error": row.error or None,
        "gone_at": row.gone_at,
        "full_text": bool(row.full_text),
        "user": row.username or None,
    }
