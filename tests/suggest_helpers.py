"""Stores with made-up articles and people, for tests of what is suggested."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from giveback.people.contacts import ContactForm, add
from giveback.people.interests import add_interests
from giveback.ranking.refresh import refresh
from giveback.store.changes import change
from giveback.store.tables import Article

if TYPE_CHECKING:
    from collections.abc import Mapping

    from giveback.dates import Now

STORIES = {
    "gas": ("LNG carriers wait off the terminal", "Natural gas prices fell as tankers queued to unload."),
    "bass": ("Where largemouth bass hide at noon", "Bass fishing under docks when the water is warm."),
    "trout": ("Trout streams after the rain", "Fly fishing for trout in cold mountain water."),
    "orchid": ("An orchid that flowers twice", "Moth orchids bloom again when kept cool."),
    "jazz": ("A brass band turns a hundred", "Jazz in the old hall, every Thursday."),
    "bread": ("Sourdough without fuss", "Flour, water, salt and a patient oven make sourdough bread."),
    "chess": ("One rook ending to know", "Chess players lose half of the endings they could win."),
    "tyres": ("Tyres for gravel roads", "Bicycle tyres, wide and soft, for long rides."),
    "double": ("How the double bass found its place in the quartet", "A bass player on strings, tone and swing."),
    "loops": ("Faster loops in Python 3.14", "The interpreter learns to compile hot functions of programs."),
    "snake": ("A reticulated python moves into the zoo", "The snake, five metres long, eats once a month."),
    "marsh": ("Cranes return to the marsh", "The great birds winter in the wetland, thousands of them."),
    "okun": ("Где искать окуня в ноябре", "Рыбалка на окуня с лодки и со льда."),  # noqa: RUF001 - it is Russian
}


def save(
    path: str, now: Now, stories: Mapping[str, tuple[str, str]], *, days: int = 0, source: str = ""
) -> dict[str, int]:
    """Save stories as articles; the number of each by its name."""
    numbers = {}
    with change(path, now) as session:
        for name, (title, summary) in stories.items():
            article = Article(
                url=f"https://example.com/{name}",
                title=title,
                summary=summary,
                source=source,
                published_at=now.at - timedelta(days),
                first_seen_at=now.at,
            )
            session.add(article)
            session.flush()
            assert article.id is not None
            numbers[name] = article.id
    refresh(path)
    return numbers


def people(
    path: str, now: Now, wishes: Mapping[str, tuple[str, ...]], facts: ContactForm | None = None
) -> dict[str, int]:
    """Add people with their interests; the number of each by name."""
    numbers = {}
    for name, phrases in wishes.items():
        with change(path, now, f"add {name}") as session:
            contact = add(session, (facts or ContactForm(name))._replace(name=name), now.today, 21)
            add_interests(session, contact, phrases)
            assert contact.id is not None
            numbers[name] = contact.id
    refresh(path)
    return numbers
