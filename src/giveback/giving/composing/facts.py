"""What a note may say of a gift to a contact, from what the store knows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from giveback.giving.composing import occasions
from giveback.giving.composing.compose import compose
from giveback.giving.composing.notes import Note, NoteFacts
from giveback.giving.composing.wording import first_name
from giveback.store.questions import assets as ask_assets
from giveback.store.questions import notes as ask
from giveback.store.questions.exchanges import notes

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.gifts import Found
    from giveback.store.questions.contacts import ContactRow

_TALKS = ("in-person", "call")


class Wish(NamedTuple):
    """How a note is wanted.

    Attributes:
        channel: how the gift is given; "" for not said: then it is worded as an e-mail.
        today: the local day.
        occasion: the occasion that the user named, or "".
        my_name: who signs, or "".
        templates: the folder of the user's own templates, or "".
    """

    channel: str
    today: date
    occasion: str = ""
    my_name: str = ""
    templates: str = ""


class Composed(NamedTuple):
    """A note, and the occasion that it was composed for."""

    note: Note
    occasion: str


def composed(connection: sqlite3.Connection, contact: ContactRow, found: Found, wish: Wish) -> Composed:
    """Compose the note that goes with a gift.

    Args:
        connection: the store.
        contact: to whom.
        found: what is given.
        wish: how it is wanted.

    Raises:
        UsageError: a template cannot be used, or the occasion that was named is none.
    """
    facts = facts_of(connection, contact, found, wish)
    earlier = notes(connection, contact.id)
    note = compose(wish.channel or "email", facts, earlier, wish.templates, turn=contact.id)
    return Composed(note, facts.occasion)


def facts_of(connection: sqlite3.Connection, contact: ContactRow, found: Found, wish: Wish) -> NoteFacts:
    """What the note may say.

    Raises:
        UsageError: the occasion that was named is none, or is not borne out.
    """
    article, gift = found.article, found.gift
    past = past_with(connection, contact.id)
    own_post = article is not None and is_own_post(connection, contact.id, article.id, article.url)
    occasion = occasions.chosen(wish.occasion, past, wish.today, own_post=own_post)
    return NoteFacts(
        first_name(contact.name, contact.nickname),
        gift.interest,
        gift.title.removeprefix("an introduction to "),
        article.source if article else "",
        gift.url,
        wish.my_name,
        kind=_kind(found),
        occasion=occasion,
        thanks=occasions.thanks(past, wish.today) if occasion == "thank-you" else "",
        met=occasions.any_meeting(past, wish.today) if occasion == "after-event" else "",
        text=_finding(connection, found),
    )


def _finding(connection: sqlite3.Connection, found: Found) -> str:
    """What research found: its title is only the beginning of it."""
    asset = ask_assets.one(connection, found.gift.asset_id) if found.gift.asset_id is not None else None
    return asset.text if asset is not None and found.gift.kind == "research" else ""


def _kind(found: Found) -> str:
    if found.article is not None:
        return "article"
    return found.gift.kind or ("link" if found.gift.url else "")


def past_with(connection: sqlite3.Connection, contact_id: int) -> occasions.Past:
    """The past with a contact, as occasions follow from it."""
    row = ask.past(connection, contact_id)
    last = ask.last_exchange(connection, contact_id)
    received = ask.last_exchange(connection, contact_id, "received")
    talked = last if last and last.direction == "shared" and last.channel in _TALKS else None
    return occasions.Past(
        exchanges=row.exchanges,
        given=row.given,
        last_on=date.fromisoformat(row.last_on) if row.last_on else None,
        received=(received.text, date.fromisoformat(received.on_day)) if received else None,
        unthanked=row.thanks_since is not None,
        talked=(talked.channel, date.fromisoformat(talked.on_day)) if talked else None,
        met_at=row.met_at,
        added_on=date.fromisoformat(row.added_on),
        cadence=row.cadence_days,
    )


def is_own_post(connection: sqlite3.Connection, contact_id: int, article_id: int, url: str) -> bool:
    """Whether an article is of one of the contact's blogs: by its address, or by the feed that brought it."""
    blogs = ask.blogs(connection, contact_id)
    if not blogs:
        return False
    addresses = [url, *ask.feed_address(connection, article_id)]
    return any(below(address, blog) for blog in blogs for address in addresses if address)


def below(address: str, page: str) -> bool:
    """Whether an address is a page, or lies below it; http or https and www make no difference.

    Args:
        address: of an article.
        page: of a blog, or of its feed, whose folder counts then.
    """
    host, path = _place(address)
    page_host, page_path = _place(page)
    folder, _, last = page_path.rpartition("/")
    if last.lower() in _FEEDS or last.lower().endswith((".xml", ".rss", ".atom", ".json", ".html", ".php")):
        page_path = folder
    return bool(host) and host == page_host and f"{path}/".startswith(f"{page_path}/")


_FEEDS = frozenset({"feed", "feeds", "rss", "atom"})


def _place(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return "", ""
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")
