"""Make stores of any size for the speed benchmarks: invented people, exchanges and articles, seeded.

    python benchmarks/stores.py FOLDER --contacts 10000 --exchanges 100000 --articles 100000

Articles go through the real embedding and ranking, which takes minutes for the largest store.
"""

from __future__ import annotations

import argparse
import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from giveback.config import places
from giveback.dates import Now, utc_text
from giveback.people.names import name_keys
from giveback.ranking.refresh import refresh
from giveback.store import connect, tables
from giveback.store.changes import change
from giveback.store.indexing import indexed_together
from giveback.text import fold

NOW = Now(datetime(2026, 11, 20, 9, tzinfo=UTC), date(2026, 11, 20))
FIRST = [
    "Ana",
    "Ben",
    "Chloe",
    "Dmitri",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kasia",
    "Liam",
    "Mina",
    "Nils",
    "Olga",
    "Pedro",
    "Quinn",
    "Rosa",
    "Sami",
    "Tara",
]
LAST = [
    "Adler",
    "Bello",
    "Costa",
    "Dvorak",
    "Eklund",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowal",
    "Lopez",
    "Meyer",
    "Novak",
    "Okafor",
    "Petrov",
]
TOPICS = [
    "natural gas",
    "offshore wind",
    "bass fishing",
    "orchids",
    "sourdough bread",
    "trail running",
    "jazz piano",
    "chess openings",
    "woodworking",
    "astronomy",
    "bird watching",
    "pottery",
    "steam engines",
    "job interviews",
    "salary research",
    "safety training",
    "supply chains",
    "data analysis",
    "project planning",
    "street photography",
    "garden soil",
    "wild mushrooms",
    "sailing boats",
    "old maps",
    "bicycle repair",
    "choir singing",
    "coffee roasting",
    "beekeeping",
    "typography",
    "robotics",
]
WORDS = [
    "market",
    "plant",
    "season",
    "price",
    "report",
    "study",
    "team",
    "river",
    "harbour",
    "early",
    "quiet",
    "measured",
    "workshop",
    "tools",
    "field",
    "light",
    "winter",
    "method",
    "record",
    "winner",
    "lesson",
    "route",
    "repair",
    "design",
    "material",
    "careful",
    "local",
    "annual",
    "second",
    "question",
    "answer",
    "story",
    "century",
    "machine",
    "pressure",
    "balance",
    "signal",
    "pattern",
    "weather",
    "kitchen",
    "garden",
    "teacher",
    "student",
    "visitor",
    "engine",
]
COMPOUNDS = [first + second for first in WORDS for second in WORDS if first != second]
VOCABULARY = [*WORDS, *COMPOUNDS]
OFTEN = list(accumulate(1 / (place + 5) for place in range(len(VOCABULARY))))
"""Words as often as Zipf's law has it: a few in every article, most in hardly any."""
STAMP = "%Y-%m-%d %H:%M:%S.000000"
"""How the store writes a time."""
CHANNELS = ("email", "call", "in-person", "message", "")


def main() -> None:
    """Make one store."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--contacts", type=int, default=1_000)
    ask.add_argument("--exchanges", type=int, default=10_000)
    ask.add_argument("--articles", type=int, default=0)
    wanted = ask.parse_args()
    make(wanted.folder, wanted.contacts, wanted.exchanges, wanted.articles)


def make(folder: Path, contacts: int, exchanges: int, articles: int, interests: int = 3) -> None:
    """Fill a GIVEBACK_HOME.

    Args:
        folder: must not hold a store yet.
        contacts: how many people.
        exchanges: how many, spread evenly over the people and over two years.
        articles: how many, spread over a year.
        interests: how many for each person, when there are articles.
    """
    random_source = random.Random(7)  # noqa: S311 - sample data
    store = places({"GIVEBACK_HOME": str(folder)}).store
    with change(store, NOW) as session:
        session.execute(insert(tables.Contact), [_contact(random_source, n) for n in range(1, contacts + 1)])
        session.execute(insert(tables.ContactPoint), [_email(n) for n in range(1, contacts + 1)])
        rows = [_exchange(random_source, n, n % contacts + 1) for n in range(1, exchanges + 1)]
        for start in range(0, len(rows), 20_000):
            session.execute(insert(tables.Exchange), rows[start : start + 20_000])
        if articles:
            session.execute(
                insert(tables.Interest), [_interest(n, k) for n in range(1, contacts + 1) for k in range(interests)]
            )
    if articles:
        add_articles(store, range(1, articles + 1))
        add_feeds(store, max(1, articles // 50))
        refresh(store, lambda what, count: print(what, count, flush=True))


def add_articles(store: str, numbers: range) -> None:
    """Add articles, not yet ranked, in batches as a fetch does.

    Args:
        store: the SQLite file.
        numbers: what tells them apart; the same numbers are the same articles.
    """
    columns = "url, title, source, published_at, first_seen_at, summary, text"
    with closing(connect.write(store)) as connection:
        for start in range(0, len(numbers), 10_000):
            with connect.transaction(connection), indexed_together(connection):
                connection.executemany(
                    f"INSERT INTO article ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
                    map(_article, numbers[start : start + 10_000]),
                )


def add_feeds(store: str, count: int) -> None:
    """Add feeds that the articles came from, and that are not due.

    Args:
        store: the SQLite file, with articles and no feeds.
        count: how many.
    """
    now, later = utc_text(NOW.at), utc_text(NOW.at + timedelta(days=1))
    columns = "id, url, title, body_hash, checked_at, changed_at, added_at, next_fetch_at"
    rows = [
        (n, f"https://news{n}.example.com/feed", f"News {n}", "0", now, now, now, later) for n in range(1, count + 1)
    ]
    with closing(connect.write(store)) as connection, connect.transaction(connection):
        connection.executemany(
            f"INSERT INTO feed ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of ours
            rows,
        )
        connection.execute("UPDATE article SET feed_id = id % ? + 1", (count,))
        connection.execute(
            "INSERT INTO feed_entry (feed_id, guid, article_id, hash) SELECT feed_id, url, id, '0' FROM article"
        )


def _uuid(random_source: random.Random) -> str:
    return str(UUID(int=random_source.getrandbits(128), version=4))


def _contact(random_source: random.Random, number: int) -> dict[str, object]:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]} {_letters(number)}"
    keys = name_keys(name)
    added = NOW.today - timedelta(days=random_source.randint(100, 900))
    return {
        "uuid": _uuid(random_source),
        "name": name,
        "name_key": keys.name,
        "initials": keys.initials,
        "company": f"{random_source.choice(LAST)} & Co",
        "cadence_days": random_source.choice([21, 60, 180, 365]),
        "added_on": added,
    }


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(3)).title()


def _email(number: int) -> dict[str, object]:
    value = f"person{number}@example.com"
    return {"contact_id": number, "kind": "email", "value": value, "key": value}


def _exchange(random_source: random.Random, number: int, contact: int) -> dict[str, object]:
    return {
        "uuid": _uuid(random_source),
        "contact_id": contact,
        "direction": random_source.choice(("given", "received", "shared", "shared")),
        "channel": random_source.choice(CHANNELS),
        "on_day": NOW.today - timedelta(days=random_source.randint(0, 730)),
        "text": f"exchange {number}: {_sentence(random_source, 6)}",
    }


def _interest(contact: int, place: int) -> dict[str, object]:
    """The first of each person is a topic, the others are narrower: people differ, but not in everything."""
    phrase = TOPICS[(contact * 7 + place * 11) % len(TOPICS)]
    if place:
        phrase = f"{VOCABULARY[20 + (contact * 13 + place * 171) % 700]} {phrase}"
    return {"contact_id": contact, "phrase": phrase, "key": fold(phrase)}


def _article(number: int) -> tuple[str, ...]:
    random_source = random.Random(number)  # noqa: S311 - sample data
    topic = random_source.choice(TOPICS)
    published = NOW.at - timedelta(hours=random_source.randint(1, 24 * 365))
    return (
        f"https://news{number % 500}.example.com/{number}",
        f"{_sentence(random_source, 3)} {topic} {_sentence(random_source, 2)} {number}",
        f"News {number % 500}",
        published.strftime(STAMP),
        NOW.at.strftime(STAMP),
        f"{_sentence(random_source, 12)} {topic}",
        " ".join(_sentence(random_source, 12) for _ in range(10)) + f" {topic}",
    )


def _sentence(random_source: random.Random, count: int) -> str:
    return " ".join(random_source.choices(VOCABULARY, cum_weights=OFTEN, k=count))


if __name__ == "__main__":
    main()
