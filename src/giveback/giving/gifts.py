"""What is meant when something is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import AmbiguousError, NotFoundError, UsageError
from giveback.giving.assets import find_asset, find_offered, gift_of
from giveback.giving.offers.served import interest_for
from giveback.keeping.exchanges import Gift
from giveback.matching.fusion import GOOD_ENOUGH
from giveback.store.questions import articles as ask_articles
from giveback.store.questions import suggestions as ask_suggestions
from giveback.text import clean_line

if TYPE_CHECKING:
    import sqlite3

    from giveback.store.questions.articles import ArticleRow

_NUMBER = re.compile(r"(?:id:)?(\d+)")


def find_article(connection: sqlite3.Connection, contact_id: int, said: str) -> ArticleRow | None:
    """The article that is meant.

    A number is a position in the list last shown for the contact; where none was shown, it is the number
    of an article, as `id:3` always is. An address is an article that is saved; anything else
    is part of a title.

    Returns:
        The article, or None when the words name none: then it is some other gift.

    Raises:
        NotFoundError: a number that is neither.
        AmbiguousError: words that several titles hold.
    """
    said = said.strip()
    number = _NUMBER.fullmatch(said)
    if number:
        return _by_number(connection, contact_id, int(number[1]), by_id=said.startswith("id:"))
    if re.match(r"https?://", said, re.IGNORECASE):
        from giveback.reading.addresses import canonical_url

        return ask_articles.by_url(connection, canonical_url(said))
    found = ask_articles.titled(connection, said) if said else []
    if len(found) > 1:
        lines = tuple(f"id:{row.id}  {row.title}" for row in found)
        raise AmbiguousError(f"{said!r} stands in {len(found)} titles", "give the article's number", lines)
    return found[0] if found else None


def _by_number(connection: sqlite3.Connection, contact_id: int, number: int, *, by_id: bool) -> ArticleRow:
    if not by_id and (offered := find_offered(connection, contact_id, str(number))) is not None:
        raise NotFoundError(f"{number} of the last list is {offered.title!r}, no article", "id:3 names article 3")
    shown = None if by_id else ask_suggestions.shown_at(connection, contact_id, number)
    if not by_id and shown is None and (last := ask_suggestions.last_shown(connection, contact_id)):
        # Whoever counts in a list has slipped by one more often than they mean an article of that number.
        hint = f"id:{number} names article {number}"
        raise NotFoundError(f"the last list ended at {last}, there is no {number}", hint)
    row = ask_articles.one(connection, shown or number)
    if row is None:
        raise NotFoundError(
            f"there is no article {number}", "`giveback suggest NAME` and `giveback articles` list them"
        )
    return row


class Found(NamedTuple):
    """What is about to be given.

    Attributes:
        article: the article, or None for another gift.
        gift: what the exchange will remember, without its note.
        repeated: it was given to this contact before.
    """

    article: ArticleRow | None
    gift: Gift
    repeated: bool


def find_gift(connection: sqlite3.Connection, contact_id: int, what: str, interest: str = "") -> Found:
    """Find out what is given.

    Args:
        connection: the store.
        contact_id: to whom.
        what: a number, address or title of an article, or the name of another gift.
        interest: the interest that it serves; "" for the one that an article serves best.

    Raises:
        UsageError: nothing was named.
        NotFoundError, AmbiguousError: as for `find_article`.
    """
    if not clean_line(what):
        raise UsageError("it is not said what is given", "give a number, an address or a few words")
    named = clean_line(interest)
    if (offered := find_offered(connection, contact_id, what)) is not None:
        return Found(None, _serving(connection, contact_id, offered, named), repeated=False)
    article = find_article(connection, contact_id, what)
    if article is None:
        asset = find_asset(connection, what, part=True)
        if asset is None:
            return Found(None, _gift(None, what, named), repeated=False)
        return Found(None, _serving(connection, contact_id, gift_of(asset), named), repeated=False)
    named = named or ask_suggestions.interest_served(connection, contact_id, article.id, GOOD_ENOUGH)
    given = ask_suggestions.given_articles(connection, contact_id)
    return Found(article, _gift(article, what, named), repeated=article.id in given)


def _serving(connection: sqlite3.Connection, contact_id: int, gift: Gift, named: str) -> Gift:
    """An asset or introduction with the interest that it serves: the one named, else what the words say."""
    return gift._replace(interest=named or interest_for(connection, contact_id, gift))


def _gift(article: ArticleRow | None, what: str, interest: str) -> Gift:
    if article is not None:
        url = article.url if article.url.startswith(("http://", "https://")) else ""
        return Gift(article.title, url, article.id, interest)
    if re.match(r"https?://", what, re.IGNORECASE):
        from giveback.reading.addresses import canonical_url, require_http_url

        url = canonical_url(require_http_url(what))
        return Gift(re.sub(r"^https?://(www\.)?|/$", "", url), url, None, interest)
    return Gift(clean_line(what), "", None, interest)
