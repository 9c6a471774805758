"""Why an article is held back, or is not: what tact found in it, and by which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.suspicion import Suspicion, suspicion, unpacked
from giveback.store.questions import articles

if TYPE_CHECKING:
    import sqlite3

    from giveback.giving.choices import Choice
    from giveback.matching.embedding import Embedder
    from giveback.matching.tact import TactModel
    from giveback.store.questions.articles import ArticleRow

LONGEST = 600
"""Characters of a passage: beyond, it is no passage."""


class Doubt(NamedTuple):
    """What tact says of one article.

    Attributes:
        article: the article.
        found: whether it is held back, for which kind, and how likely.
        kinds: every kind with its probability, the likeliest first; those that are allowed, too.
        likeliest: the likeliest kind that is not allowed, "" when nothing is suspected.
        words: words that speak for that kind.
        passage: the sentence that speaks for it most, and how likely it is by that sentence alone.
    """

    article: ArticleRow
    found: Suspicion
    kinds: dict[str, float]
    likeliest: str
    words: tuple[str, ...]
    passage: tuple[str, float]


def doubt(
    connection: sqlite3.Connection, article: ArticleRow, choice: Choice, embedder: Embedder, model: TactModel
) -> Doubt:
    """Explain what tact says of an article.

    Args:
        connection: the store.
        article: the article.
        choice: threshold, and the kinds that are welcome to everybody.
        embedder: the one that the model was trained with.
        model: the tact model.
    """
    from giveback.matching.static import article_parts

    kinds = unpacked(article.tact)
    barred = {kind: value for kind, value in kinds.items() if kind not in choice.allow}
    found = suspicion(article.tact, choice.allow, choice.threshold)
    likeliest = max(barred, key=lambda kind: barred[kind], default="")
    if not likeliest:
        return Doubt(article, found, kinds, "", (), ("", 0.0))
    head = article_parts(article.title, article.summary, articles.opening(connection, article.id, LONGEST))[0]
    return Doubt(
        article, found, kinds, likeliest, model.words(head, likeliest), _passage(head, likeliest, embedder, model)
    )


def _passage(head: str, kind: str, embedder: Embedder, model: TactModel) -> tuple[str, float]:
    """The sentence that is likeliest of a kind."""
    from giveback.matching.reasons import passages
    from giveback.matching.tact import KINDS

    sentences = passages(head)
    if not sentences:
        return "", 0.0
    odds = model.probabilities(embedder.encode(sentences), sentences)[:, KINDS.index(kind) + 1]
    best = int(odds.argmax())
    return sentences[best][:LONGEST], float(odds[best])
