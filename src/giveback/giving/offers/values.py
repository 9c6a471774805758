"""Offers as values: what could be given to somebody, and what speaks for it."""

from __future__ import annotations

from typing import NamedTuple

USUAL_MINUTES = {
    "article": 5, "research": 5, "bulletin": 5, "connection": 10, "introduction": 10,
    "home-made": 60, "skill": 60, "time": 60, "other": 30,
}  # fmt: skip
"""What giving something takes where nothing is said."""


class Offer(NamedTuple):
    """Something that could be given.

    Attributes:
        kind: one of `keeping.exchanges.KINDS`.
        title: what it is.
        reason: why they would like it, in a few words.
        fit: how well it suits them, 0 to 1.
        minutes: what it takes, as far as is known.
        cost_cents: what it costs, in hundredths, or None.
        url: its address, or "".
        interest: the interest that it serves, or "".
        source: for articles, where it appeared; for assets, the topic that fits; or "".
        article_id: the article, or None.
        asset_id: the asset, or None.
        introduced_id: the contact to introduce them to, or None.
    """

    kind: str
    title: str
    reason: str
    fit: float
    minutes: int
    cost_cents: int | None = None
    url: str = ""
    interest: str = ""
    source: str = ""
    article_id: int | None = None
    asset_id: int | None = None
    introduced_id: int | None = None


class Ranked(NamedTuple):
    """An offer at its place in a list.

    Attributes:
        offer: what.
        effort: the share that its effort leaves of its fit, 0 to 1.
        variety: the share that what stands before it, and what was given lately, leaves.
    """

    offer: Offer
    effort: float
    variety: float

    @property
    def score(self) -> float:
        """What it counts at its place: fit, effort and variety multiplied."""
        return self.offer.fit * self.effort * self.variety
