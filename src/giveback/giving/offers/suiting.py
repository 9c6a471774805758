"""Whom an asset suits: its topics against interests, titles and companies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.companies import company_key
from giveback.matching.phrases import NEAR, SHORTEST_TERM, stems, together
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from giveback.matching.embedding import Embedder
    from giveback.store.questions.assets import AssetRow
    from giveback.store.questions.offers import PersonRow, WishRow

SUITS = 0.3
"""A nearness from which something suits somebody."""
FOR_ANYBODY = 0.3
"""What a home-made thing suits everybody."""
ABOUT_COMPANY = 0.9
"""What research on somebody's own company counts."""


class Suit(NamedTuple):
    """How an asset suits somebody.

    Attributes:
        fit: from 0 to 1.
        topic: the topic of the asset that fits, or "".
        wish: the interest, title or company that it fits, or "".
        how: "interest", "title", "company" or "anybody".
        words: words in common; none for closeness in meaning.
    """

    fit: float
    topic: str = ""
    wish: str = ""
    how: str = "interest"
    words: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        if self.how == "company":
            return f"about {self.wish}, where they work"
        if self.how == "anybody":
            return "home-made: almost anybody likes it"
        by = f"the word{'s' * (len(self.words) > 1)} {', '.join(self.words)}" if self.words else "close in meaning"
        what = f"their title {self.wish!r}" if self.how == "title" else f"their interest {self.wish!r}"
        return f"{self.topic!r} fits {what} ({by})" if fold(self.topic) != fold(self.wish) else f"serves {what}"


def asset_topics(asset: AssetRow) -> list[str]:
    """What an asset is about: its topics, or else its title."""
    return [part.strip() for part in asset.topics.split(",") if part.strip()] or [asset.title]


def same_company(first: str, second: str) -> bool:
    """Whether two names are of one company: alike but for legal forms such as plc."""
    one = company_key(first)
    return bool(one) and one == company_key(second)


class Matcher:
    """Topics against wishes, each pair looked at once; vectors only where there is something to compare."""

    def __init__(self, topics: Iterable[str], wishes: Sequence[WishRow], embedder: Embedder | None) -> None:
        """Compare.

        Args:
            topics: phrases.
            wishes: what people like.
            embedder: measures closeness in meaning; None for words alone.
        """
        self._phrases = list(dict.fromkeys(wish.phrase for wish in wishes))
        self._places = {phrase: place for place, phrase in enumerate(self._phrases)}
        self._kindred = {wish.phrase: kindred_terms(wish.kindred) for wish in wishes if wish.kindred}
        self._by_stem = _listed((stem, phrase) for phrase in self._phrases for stem in stems(phrase))
        self._by_term = _listed((term, phrase) for phrase, terms in self._kindred.items() for term in terms)
        self._near: dict[str, frozenset[str]] = {}
        self._topics = {topic: place for place, topic in enumerate(dict.fromkeys(topics))}
        self._cosines = None
        if embedder is not None and self._topics and self._phrases:
            from giveback.matching.phrases import closeness

            self._cosines = closeness(list(self._topics), self._phrases, embedder)

    def near(self, topic: str) -> frozenset[str]:
        """The phrases that a topic may suit: all others have nothing in common with it, and need no closer look."""
        if topic not in self._near:
            found = {phrase for stem in stems(topic) for phrase in self._by_stem.get(stem, ())}
            found.update(
                phrase
                for stem in stems(topic)
                for end in range(SHORTEST_TERM, len(stem) + 1)
                for phrase in self._by_term.get(stem[:end], ())
            )
            if self._cosines is not None:
                row = self._cosines[self._topics[topic]]
                found.update(self._phrases[place] for place in (row >= NEAR).nonzero()[0])
            self._near[topic] = frozenset(found)
        return self._near[topic]

    def suit(self, topic: str, wish: WishRow) -> Suit:
        """How a topic suits a wish."""
        if wish.phrase not in self.near(topic):
            return Suit(0.0)
        cosine = 0.0
        if self._cosines is not None:
            cosine = float(self._cosines[self._topics[topic], self._places[wish.phrase]])
        near = together(topic, wish.phrase, cosine, self._kindred.get(wish.phrase, ()))
        how = "title" if wish.source == "title" else "interest"
        weight = min(1.0, wish.weight + 0.4) if how == "title" else min(1.0, 0.5 + wish.weight / 2)
        return Suit(near.score * weight, topic, wish.phrase, how, near.words)


def _listed(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def kindred_terms(kept: str | None) -> tuple[str, ...]:
    """The terms of a kept list of pairs of term and weight; none where there is none, or it is damaged."""
    try:
        return tuple(str(term) for term, _ in json.loads(kept or "[]"))
    except (ValueError, TypeError):
        return ()


def suits(asset: AssetRow, person: PersonRow, wishes: Iterable[WishRow], matcher: Matcher) -> Suit | None:
    """How an asset suits a person, by the best of its topics; None where it does not.

    Args:
        asset: what.
        person: to whom it would be given.
        wishes: what they like, of this person alone.
        matcher: knows the topics of the asset and these wishes.
    """
    found = [matcher.suit(topic, wish) for wish in wishes for topic in asset_topics(asset)]
    if asset.company and same_company(asset.company, person.company):
        found.append(Suit(ABOUT_COMPANY, asset.company, person.company, "company"))
    if asset.kind == "home-made":
        found.append(Suit(FOR_ANYBODY, how="anybody"))
    best = max(found, key=lambda suit: suit.fit, default=None)
    return best if best is not None and best.fit >= SUITS else None


def by_person(wishes: Iterable[WishRow]) -> dict[int, list[WishRow]]:
    """Wishes of each contact."""
    found: dict[int, list[WishRow]] = {}
    for wish in wishes:
        found.setdefault(wish.contact_id, []).append(wish)
    return found


def whom_it_suits(
    connection: sqlite3.Connection, rows: Sequence[AssetRow], embedder: Embedder | None
) -> dict[int, list[tuple[PersonRow, Suit]]]:
    """For each asset the contacts whom it suits for what they care about, best first.

    Args:
        connection: the store.
        rows: the assets.
        embedder: measures closeness in meaning; None for words alone.
    """
    from giveback.store.questions.offers import dismissed_assets, people, wishes

    everybody, wanted, unwanted = people(connection), wishes(connection), dismissed_assets(connection)
    matcher = Matcher((topic for row in rows for topic in asset_topics(row)), wanted, embedder)
    of_person = by_person(wanted)
    found: dict[int, list[tuple[PersonRow, Suit]]] = {}
    for row in rows:
        pairs = [
            (person, suit)
            for person in everybody.values()
            if (person.id, row.id) not in unwanted
            and (suit := suits(row, person, of_person.get(person.id, ()), matcher))
            and suit.how != "anybody"
        ]
        found[row.id] = sorted(pairs, key=lambda pair: (-round(pair[1].fit, 6), pair[0].name_key, pair[0].id))
    return found
