"""Compiling an issue: from the articles of the last days to sections with names and a line about each item."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from giveback.bulletins.picking import Candidate, Rules, pick
from giveback.bulletins.sectioning import Text, group, names
from giveback.bulletins.sentences import telling
from giveback.bulletins.writing import Entry, Part, Source
from giveback.errors import NotFoundError
from giveback.matching.suspicion import THRESHOLD, suspicion
from giveback.store.questions import articles
from giveback.store.questions import bulletins as ask
from giveback.text import words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from giveback.bulletins.picking import Picked, Story
    from giveback.matching.embedding import Embedder, Model
    from giveback.ranking.aside import OnTopic
    from giveback.store.questions.articles import ArticleRow
    from giveback.store.questions.bulletins import PoolRow

MORE = "More"
"""The section of what no name fits."""
NEAR = 1_500
"""Articles nearest to the topic that are looked at: far more than any issue holds."""
READ = 4_000
"""Characters of an article that are read for names and sentences."""
USUAL = 12


class Wanted(NamedTuple):
    """What an issue is to be made of.

    Attributes:
        topic: a phrase.
        since: the first day.
        today: the last day.
        model: which embedder made the vectors.
        limit: items at most.
        readers: numbers of the contacts who read it; what they have counts less, or nothing.
        bulletin_id: of which series, whose earlier items do not come again; None for a new one.
        sensitive: take sensitive articles, too.
        allow: kinds of sensitive articles that are welcome.
        threshold: the probability from which an article is held back.
    """

    topic: str
    since: date
    today: date
    model: Model
    limit: int = USUAL
    readers: tuple[int, ...] = ()
    bulletin_id: int | None = None
    sensitive: bool = False
    allow: Collection[str] = frozenset()
    threshold: float = THRESHOLD


class Compiled(NamedTuple):
    """What was found.

    Attributes:
        parts: sections with their articles.
        held: kind of sensitive matter to how many articles were held back for it.
        poor: how many were near the topic, but not near enough.
        known: how many the readers have already, in this or another telling.
    """

    parts: list[Part]
    held: dict[str, int]
    poor: int
    known: int


def compile_topic(connection: sqlite3.Connection, wanted: Wanted) -> Compiled:
    """Choose, group and describe the articles of an issue.

    Args:
        connection: the store.
        wanted: what of.

    Raises:
        NotFoundError: there is nothing on the topic; says what there was instead.
        StoreError: the articles are not ranked yet.
    """
    from giveback.matching.embedding import load
    from giveback.ranking.aside import score_topic

    of_topic = members(connection, wanted.topic, wanted.since)
    rows = score_topic(connection, wanted.topic, wanted.model, wanted.since.toordinal())
    there = [row for row in rows if row.day <= wanted.today.toordinal() + 1]
    scored = [row for place, row in enumerate(there) if place < NEAR or row.article_id in of_topic]
    pool = ask.pool(connection, (row.article_id for row in scored))
    over = ask.shares_over(connection, wanted.readers)
    candidates = [
        _candidate(pool[row.article_id], row, over, wanted)._replace(member=row.article_id in of_topic)
        for row in scored
        if row.article_id in pool
    ]
    picked = choose(connection, candidates, pool, wanted)
    if not picked.stories:
        raise NotFoundError(
            f"nothing on {wanted.topic!r} since {wanted.since.isoformat()}{_instead(picked)}", _advice(picked)
        )
    days = {each.id: each.day for each in candidates}
    embedder = load(wanted.model)
    parts = _sections(connection, picked.stories, days, wanted.topic, embedder)
    return Compiled(parts, picked.held, picked.poor, picked.known)


def choose(
    connection: sqlite3.Connection, candidates: Sequence[Candidate], pool: Mapping[int, PoolRow], wanted: Wanted
) -> Picked:
    """Pick among candidates; what earlier issues of the series carried is told already."""
    from giveback.matching.embedding import from_blobs

    size = max((len(row.vector) for row in pool.values()), default=0) or 1
    vectors = from_blobs([pool[each.id].vector for each in candidates], size)
    earlier = ask.carried(connection, wanted.bulletin_id) if wanted.bulletin_id is not None else []
    numbers = {row.article_id for row in earlier}
    rows = from_blobs([row.vector for row in earlier], size)
    told = [(words(row.title), vector) for row, vector in zip(earlier, rows, strict=True)]
    fresh = [place for place, each in enumerate(candidates) if each.id not in numbers]
    rules = Rules(wanted.limit, wanted.today.toordinal(), (wanted.today - wanted.since).days)
    found = pick([candidates[place] for place in fresh], vectors[fresh], told, rules)
    return found._replace(known=found.known + len(candidates) - len(fresh))


def meant(connection: sqlite3.Connection, said: str) -> tuple[str, ...]:
    """The words that were said to mean a topic; none when nobody said any."""
    from giveback.reading.topics import resolve

    try:
        return resolve(connection, said).words
    except NotFoundError:
        return ()


def members(connection: sqlite3.Connection, said: str, since: date) -> set[int]:
    """Articles that are of a topic for certain: by the topic of their feed, a tag, or words said to mean it."""
    from giveback.reading.topics import resolve

    try:
        meaning = resolve(connection, said)
    except NotFoundError:
        return set()
    found = articles.find(connection, articles.Wanted(since=since.isoformat(), topic=meaning.wanted), limit=-1)
    return {row.id for row in found}


def _candidate(row: PoolRow, ranked: OnTopic, over: Mapping[int, int], wanted: Wanted) -> Candidate:
    doubt = suspicion(None if wanted.sensitive else row.tact, wanted.allow, wanted.threshold)
    return Candidate(
        id=row.id,
        words=tuple(words(row.title)),
        source=row.source,
        day=ranked.day,
        score=ranked.score,
        plain=ranked.plain,
        sensitive=doubt.kind,
        doubt=min(doubt.probability, 1.0),
        known=over.get(row.id, 0) / len(wanted.readers) if wanted.readers else 0.0,
    )


def _instead(picked: Picked) -> str:
    """What there was that did not come into the issue."""
    held = [f"{count} held back: {kind}" for kind, count in picked.held.items()]
    known = [f"{picked.known} that the readers have"] if picked.known else []
    poor = [f"{picked.poor} not near enough"] if picked.poor else []
    found = [*held, *known, *poor]
    return f" ({', '.join(found)})" if found else ""


def _advice(picked: Picked) -> str:
    more = "--since 30d looks further back"
    return f"{more}; --include-sensitive takes what was held back" if picked.held else f"{more}, or try other words"


def _sections(
    connection: sqlite3.Connection,
    stories: Sequence[Story],
    days: Mapping[int, int],
    topic: str,
    embedder: Embedder,
) -> list[Part]:
    from giveback.matching.embedding import from_blobs

    pool = ask.pool(connection, (story.article for story in stories))
    size = max((len(row.vector) for row in pool.values()), default=0) or 1
    groups = group(from_blobs([pool[story.article].vector for story in stories], size))
    told = [Told(connection, story.article, topic) for story in stories]
    texts = [Text(each.article.title, each.article.summary, each.body, each.article.topic or "") for each in told]
    parts: dict[str, list[int]] = {}
    for name, places in zip(names(groups, texts, topic, embedder), groups, strict=True):
        parts.setdefault(name, []).extend(places)
    unnamed = sorted(parts.pop("", []))
    named = [*parts.items(), *([(MORE if parts else "", unnamed)] if unnamed else [])]
    return [
        Part(name, tuple(entry(connection, stories[place], told[place], days) for place in places))
        for name, places in named
    ]


class Told:
    """An article with what is read of it."""

    def __init__(self, connection: sqlite3.Connection, number: int, topic: str) -> None:
        """Read the article of that number, which must exist."""
        row = articles.one(connection, number)
        assert row is not None
        self.article: ArticleRow = row
        text = articles.opening(connection, number, READ)
        if len(text) == READ:
            text = text[: max(text.rfind(mark) for mark in ".!?\n") + 1]
        self.body = f"{row.summary}\n{text}"
        self.sentence = telling(row.title, row.summary, text, topic)


def entry(connection: sqlite3.Connection, story: Story, told: Told, days: Mapping[int, int]) -> Entry:
    """An item as it is written."""
    row = told.article
    return Entry(
        title=row.title,
        url=row.url,
        source=row.source,
        day=date.fromordinal(days[row.id]),
        sentence=told.sentence,
        others=tuple(_sources(connection, story.others)),
    )


def _sources(connection: sqlite3.Connection, numbers: Iterable[int]) -> Iterable[Source]:
    for number in numbers:
        row = articles.one(connection, number)
        if row is not None and row.url.startswith(("http://", "https://")):
            yield Source(row.source or row.title, row.url)
