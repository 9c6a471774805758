"""Topics: what a word such as "energy" means, for searching, bulletins and assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.errors import NotFoundError, UsageError
from giveback.store.questions import articles as ask
from giveback.store.questions.fulltext import phrases_expression
from giveback.text import clean_line, fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from sqlmodel import Session

    from giveback.dates import Now

MAX_WORDS = 100


class Meaning(NamedTuple):
    """What a topic means.

    Attributes:
        name: as it was written first.
        words: phrases, any of which an article may hold; none when only feeds have the topic.
        feeds: numbers of the feeds that have it, or a topic inside of it ("energy/oil").
        articles: how many articles that makes.
    """

    name: str
    words: tuple[str, ...]
    feeds: tuple[int, ...]
    articles: int

    @property
    def wanted(self) -> ask.Topic:
        """What makes an article one of the topic."""
        return ask.Topic(phrases_expression(list(self.words)), self.feeds, fold(self.name))


def meanings(connection: sqlite3.Connection) -> list[Meaning]:
    """Every topic whose meaning was said or that a feed has, by name."""
    feeds = ask.feeds(connection)
    names = {fold(row.topic.partition("/")[0]): row.topic.partition("/")[0] for row in feeds if row.topic}
    said = {row.key: row for row in ask.topics(connection)}
    names |= {row.key: row.name for row in said.values()}
    found = [
        Meaning(names[key], _split(said[key].words) if key in said else (), _feeds_of(feeds, key), 0)
        for key in sorted(names)
    ]
    return [one._replace(articles=ask.count(connection, ask.Wanted(topic=one.wanted))) for one in found]


def resolve(connection: sqlite3.Connection, said: str) -> Meaning:
    """The topic of that name, ignoring case and accents.

    Raises:
        NotFoundError: nobody said what it means, and no feed and no tag has it.
    """
    key = fold(said)
    row = next((row for row in ask.topics(connection) if row.key == key), None)
    feeds = _feeds_of(ask.feeds(connection), key)
    meaning = Meaning(row.name if row else clean_line(said), _split(row.words) if row else (), feeds, 0)
    articles = ask.count(connection, ask.Wanted(topic=meaning.wanted))
    if row is None and not feeds and not articles:
        raise NotFoundError(f"there is no topic {said!r}", f'say what it means: giveback topic {said} --words "…"')
    return meaning._replace(articles=articles)


def feeds_called(connection: sqlite3.Connection, said: str) -> tuple[int, ...]:
    """The feeds that a word means: by number, topic, or part of title or address.

    Raises:
        NotFoundError: there is none.
    """
    rows, key = ask.feeds(connection), fold(said)
    found = (
        [row.id for row in rows if str(row.id) == said.strip()]
        or list(_feeds_of(rows, key))
        or [row.id for row in rows if key and key in fold(f"{row.title} {row.url}")]
    )
    if not found:
        raise NotFoundError(f"no feed answers to {said!r}", "`giveback feed list` shows them")
    return tuple(found)


def _feeds_of(rows: Sequence[ask.FeedRow], key: str) -> tuple[int, ...]:
    topics = ((row.id, fold(row.topic)) for row in rows)
    return tuple(number for number, topic in topics if topic == key or topic.startswith(f"{key}/")) if key else ()


def _split(words: str) -> tuple[str, ...]:
    return tuple(word for word in words.split(", ") if word)


def say(session: Session, name: str, words: str, now: Now) -> tuple[str, ...]:
    """Say what a topic means, in place of what was said before.

    Args:
        session: an open unit of work.
        name: the topic.
        words: phrases, separated by commas or semicolons.
        now: the clock.

    Returns:
        The phrases as they are kept.

    Raises:
        UsageError: name or phrases hold no word, or there are too many.
    """
    from sqlmodel import select

    from giveback.store.tables import Topic

    shown, key = clean_line(name, 60), fold(clean_line(name, 60))
    phrases: dict[str, str] = {}
    for phrase in words.replace(";", ",").split(","):
        phrases.setdefault(fold(phrase), clean_line(phrase, 100))
    kept = tuple(phrase.replace('"', "") for phrase in phrases.values() if any(map(str.isalnum, phrase)))
    if not any(map(str.isalnum, key)) or not kept:
        raise UsageError("a topic needs a name and words", 'giveback topic energy --words "LNG, shale, OPEC"')
    if len(kept) > MAX_WORDS:
        raise UsageError(f"{shown} has {len(kept)} words", f"give at most {MAX_WORDS}")
    row = session.exec(select(Topic).where(Topic.key == key)).first() or Topic(
        name=shown, key=key, words="", created_at=now.at
    )
    row.words = ", ".join(kept)
    session.add(row)
    return kept


def forget(session: Session, name: str) -> None:
    """Take back what was said of a topic.

    Raises:
        NotFoundError: nothing was.
    """
    from sqlmodel import select

    from giveback.store.tables import Topic

    row = session.exec(select(Topic).where(Topic.key == fold(name))).first()
    if row is None:
        raise NotFoundError(f"nobody said what {name!r} means", "`giveback topic` lists the topics")
    session.delete(row)
