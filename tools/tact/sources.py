"""Texts to learn tact from, out of public collections that anybody may use, and the project's own.

Each collection is a folder in one that the user names; nothing of them is part of the project.

========= ================================================= =======================================
folder    where to get it                                   licence
========= ================================================= =======================================
reddit    github.com/umbrae/reddit-top-2.5-million          public domain (PDDL 1.0)
events    github.com/ianrastall/current-events-context      text: Wikipedia, CC BY-SA 4.0; files: MIT
clickbait github.com/bhargaviparanjape/clickbait            MIT
trivia    github.com/uberspot/OpenTriviaQA                  CC BY-SA 4.0
========= ================================================= =======================================

No label was given for our purpose: a subreddit, a section of a newspaper's address, a section of a list of
events or a category of questions stands for what its texts are mostly about. train.py says how the errors in
that are kept small.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from generate import generate

from giveback.matching.embedding import article_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")

HERE = Path(__file__).parent
GENERATED = 8_000
FEWEST, MOST = 3, 40
"""Words of a text that is worth learning from."""
PER_SUBREDDIT = {"benign": 30, "gifts": 120, "unknown": 300}
"""Texts of one subreddit; of the few about what can hurt, all. "gifts" are benign ones of the kind that people give."""
NOT_THESE = ("huffingtonpost", "huffpo.st", "ted.com")
"""Sites whose headlines others measure with: what is learned from them could not be judged by them."""
SECTIONS = {
    "politics": "politics politicsblog election elections us-politics ukpolitics congress campaigns white-house",
    "religion": "religion belief faith onfaith religions",
    "crime": "crime courts law crime-law",
    "sensitive": "world worldnews europe asia africa middleeast mideast middle-east americas international",
    "benign": (
        "technology tech science sports sport mlb nfl nba nhl football food dining recipes travel lifestyle style "
        "fashion "
        "books music movies film tv culture arts artanddesign lifeandstyle games gaming garden gardening recipe "
        "home-garden gadgets stage theater pets weddings parenting families money business smallbusiness wine "
        "cars autos space design photography entertainment"
    ),
}
SECTION_OF = {name: kind for kind, names in SECTIONS.items() for name in names.split()}
EVENTS = {
    "armed conflicts and attacks": "war",
    "armed conflict and attacks": "war",
    "syrian civil war": "war",
    "arts and culture": "benign",
    "art and culture": "benign",
    "business and economy": "benign",
    "business and economics": "benign",
    "disasters": "death",
    "disasters and accidents": "death",
    "health": "illness",
    "health and medicine": "illness",
    "international relations": "politics",
    "law and crime": "crime",
    "politics": "politics",
    "politics and elections": "politics",
    "religion": "religion",
    "science": "benign",
    "science and technology": "benign",
    "sport": "benign",
    "sports": "benign",
    "uncategorized": "unknown",
    "health and environment": "unknown",
}
_HARMLESS = (
    "animals hobbies music movies television sports video-games science-technology entertainment for-kids "
    "celebrities geography literature humanities"
)
TRIVIA = {
    "religion-faith": "religion",
    **dict.fromkeys(_HARMLESS.split(), "benign"),
}
_TAGS = re.compile(r"\[[^\]]{0,40}\]|\((?:x-?post|via|xpost)[^)]*\)|\((?:pic|pics|video|nsfw|oc|gif)\)", re.IGNORECASE)
_CITED = re.compile(r"(?:\s*\([^()]{2,60}\))+\s*$")
_SECTION = re.compile(r"^ {2}(\S.*?):\s*$")


class Example(NamedTuple):
    """One text.

    Attributes:
        source: its collection; what is left out together when testing on what has not been seen.
        kind: "benign", one of the kinds, "sensitive" for any of these, or "unknown".
        text: as an article's title and summary would be joined.
        judged: how it was chosen to have its kind said by a reader, "random" or "chosen"; "" when
            its kind is only where it was found.
    """

    source: str
    kind: str
    text: str
    judged: str = ""


def written() -> Iterator[Example]:
    """Yield the lines of examples.tsv."""
    for line in (HERE / "examples.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, title, summary = line.split("\t")
            yield Example("written", kind, article_text(title, summary, ""))


def words() -> Iterator[Example]:
    """Yield the entries of words.tsv."""
    for line in (HERE / "words.tsv").read_text(encoding="utf-8").splitlines():
        kind, entries = line.split("\t")
        yield from (Example("words", kind, entry.strip()) for entry in entries.split(","))


def generated() -> Iterator[Example]:
    """Yield the expanded patterns."""
    for kind, title, summary in generate(GENERATED):
        yield Example("generated", kind, article_text(title, summary, ""))


def subreddits() -> dict[str, str]:
    """Return the kind that a subreddit stands for; the first line that names it counts."""
    found: dict[str, str] = {}
    for line in (HERE / "subreddits.tsv").read_text(encoding="utf-8").splitlines():
        kind, names = line.split("\t")
        for name in names.split(","):
            found.setdefault(name.strip(), kind)
    return found


def reddit(folder: Path) -> Iterator[Example]:
    """Yield titles of posts by subreddit ("reddit"), and of links to newspapers by section ("links")."""
    csv.field_size_limit(1 << 30)
    kinds = subreddits()
    for file in sorted((folder / "data").glob("*.csv")):
        kind = kinds.get(file.stem, "")
        posts = list(_posts(file))
        if kind:
            titles = [title for title, _ in posts]
            yield from (
                Example("reddit", "benign" if kind == "gifts" else kind, title)
                for title in _some(titles, PER_SUBREDDIT.get(kind, 10_000))
            )
        yield from (Example("links", section, title) for title, address in posts if (section := _section_of(address)))


def _posts(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            address = row["url"] or ""
            if not any(site in address for site in NOT_THESE):
                yield _TAGS.sub(" ", row["title"] or ""), "" if row["is_self"] == "True" else address


def _section_of(address: str) -> str:
    """Return the kind of the section that a newspaper's address names, "unknown" for an article without, or ""."""
    parts = address.lower().split("/")[3:]
    if len(parts) < 3 or not _is_article(parts[-1] or parts[-2]):
        return ""
    return next((SECTION_OF[part] for part in parts[:-1] if part in SECTION_OF), "unknown")


def _is_article(last: str) -> bool:
    """Tell an article by its address, which spells out its headline."""
    return last.count("-") >= 3 or last.count("_") >= 3


def events(folder: Path) -> Iterator[Example]:
    """Yield the sentences of Wikipedia's daily lists of events, every second one cut to a headline's length."""
    for file in sorted(folder.glob("20*/*/*.yaml")):
        kind = ""
        for line in _joined(file.read_text(encoding="utf-8")):
            if (section := _SECTION.match(line)) is not None:
                kind = EVENTS.get(section[1].strip("'\"").casefold(), "")
            elif kind and line.startswith("  - "):
                yield Example("events", kind, _shortened(_CITED.sub("", line[4:].strip("'\" "))))


def _joined(text: str) -> Iterator[str]:
    """Yield lines with those that continue them; enough of YAML for these files."""
    whole = ""
    for line in text.splitlines():
        if line.startswith("    ") and whole.startswith("  - "):
            whole = f"{whole} {line.strip()}"
        else:
            yield whole
            whole = line
    yield whole


def _shortened(sentence: str) -> str:
    draw = zlib.crc32(sentence.encode())
    said = sentence.split()
    return " ".join(said[: 6 + draw // 2 % 9]) if draw % 2 else sentence


def clickbait(folder: Path) -> Iterator[Example]:
    """Yield headlines that beg to be clicked, mostly harmless, and others, of which only that much is known."""
    for name, kind in (("clickbait_data.gz", "benign"), ("non_clickbait_data.gz", "unknown")):
        with gzip.open(folder / "dataset" / name, "rt", encoding="utf-8") as lines:
            yield from (Example("clickbait", kind, line.strip()) for line in lines)


def trivia(folder: Path) -> Iterator[Example]:
    """Yield questions by category."""
    for name, kind in TRIVIA.items():
        lines = (folder / "categories" / name).read_text(encoding="utf-8", errors="replace").splitlines()
        asked = [line.removeprefix("#Q ") for line in lines if line.startswith("#Q ")]
        yield from (Example("trivia", kind, question) for question in _some(asked, 900))


PUBLIC: dict[str, Callable[[Path], Iterator[Example]]] = {
    "reddit": reddit,
    "events": events,
    "clickbait": clickbait,
    "trivia": trivia,
}


def judged() -> dict[str, tuple[str, str]]:
    """Return what was said of single headlines: checksum of the text to kind and how it was chosen.

    judged.tsv names them by checksum, because the headlines are not ours to copy. Those on which one could
    disagree are not among them. Some were drawn at random; the others were chosen because an earlier model was unsure.
    """
    found = {}
    for line in (HERE / "judged.tsv").read_text(encoding="utf-8").splitlines():
        kind, how, sums = line.split("\t")
        found.update(dict.fromkeys(sums.split(), (kind, how)))
    return found


def public(folder: Path, most: Mapping[str, int]) -> Iterator[Example]:
    """Yield what the collections in a folder hold, without repeats.

    Args:
        folder: with one folder for each collection, as the module's docstring names them.
        most: kind to texts of it from one collection, "" for the kinds not named; which, depends on the texts alone.
    """
    said = judged()
    found: dict[str, Example] = {}
    for name, read in PUBLIC.items():
        for example in read(folder / name):
            tidy = " ".join(example.text.split())
            if FEWEST <= len(tidy.split()) <= MOST:
                kind, how = said.get(f"{zlib.crc32(tidy.encode()):08x}", (example.kind, ""))
                found.setdefault(tidy.casefold(), Example(example.source, kind, tidy, how))
    groups: dict[tuple[str, str], list[Example]] = {}
    for example in found.values():
        if example.judged:
            yield example
        else:
            groups.setdefault((example.source, example.kind), []).append(example)
    for (_, kind), group in groups.items():
        yield from _some(group, most.get(kind, most[""]), lambda each: each.text)


def _some(items: Iterable[T], most: int, text: Callable[[T], str] = str) -> Iterator[T]:
    """Return at most so many, chosen by checksum: the same ones whatever their order."""
    return islice(iter(sorted(items, key=lambda each: zlib.crc32(text(each).encode()))), most)
