"""What somebody may care about, told from what is known of them: proposals with their evidence, never more.

Candidates are the phrases between stop words (as in RAKE: Rose and others, Automatic keyword extraction from individual
documents, 2010), of one to three words. One counts by how many things say it, by how telling those are, and by how rare
its words are among the saved articles. Pure: values in, values out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING, NamedTuple

from giveback.text import clean_line, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Sequence

LONGEST = 3
MOST_WORDS = 400
"""Words of one piece of evidence that are looked at."""
WEIGHTS = {"title": 1.0, "gift": 1.5, "post": 1.2, "note": 1.0, "exchange": 1.0, "mail": 0.8}
"""How telling each kind of evidence is. A job title counts as a weak interest anyway; subjects of mail are often about
something else."""
# A phrase that only one thing says is a proposal only where that thing was about it as a whole.
_ALONE = frozenset({"title", "gift"})
_TWICE = 2
_SHORTEST = 3
_RARE = 0.15
"""Up to which share of the saved articles a word may occur in: what half of them hold tells nothing."""
_PREFIXES = re.compile(r"^(?:\s*(?:re|fwd?|aw|wg|sv|vs|antw|tr|rv|odp)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE)
_TAGS = re.compile(r"\[[^\]]{1,30}\]|https?://\S+|\S+@\S+")
_WORD = re.compile(r"[^\W_]+(?:['\u2019+#.-][^\W_]+)*[+#]*")
_STOP_WORDS = """
a about above across after again against all almost along already also although always am among an and another any
anybody anyone anything are around as ask asked asking at away back be became because become been before began being
below best better between big both but by call called came can cannot card chat come coming could day days dear did
didn do does doing don done down during each early either else email end enough even ever every few find first for
found from full further gave get getting give given giving go goes going good got great had happy has have having he
hello help her here hers hey hi him his hope how i idea if in info into is it its just keep kind know known last late
later least left less let letter like likes little long look looking lot loved made mail make making many may me meet
meeting meetup message met might mine minutes month months more morning most much my need new news next nice night no
none nor not note notes nothing now of off often ok on once one only onto or other our out over own part people please
plan post put question questions quick read really reply rest right said same saw say see seen send sending sent she
should show since small so some something soon still story such sure take taking talk talked tell than thank thanks
that the their them then there these they thing things think this those thought through time times to today together
told tomorrow too took two under until up update us use used very via want wanted was way we week weeks well went were
what when where which while who whom why will wish wished with within without wonder work worked working would write
writes writing wrote year years yes yesterday yet you young your yours de la le les el los las der die das und ein
eine des du et en un una por para con mit von zu auf article articles link links blog monday tuesday wednesday
thursday friday saturday sunday january february march april june july august september october november december
lunch dinner coffee tea birthday congratulations subject
"""
_STOP = frozenset(_STOP_WORDS.split())
# Of a job title, what says the rank and not the field.
_RANK_WORDS = """
assistant associate chief co-founder cofounder consultant coordinator deputy director engineer executive founder
general global head independent intern junior lead leader manager managing member officer owner partner president
principal professional senior specialist staff student team vice vp ceo cfo cto coo former retired self-employed
freelance analyst advisor adviser superintendent supervisor coach mentor professor lecturer teacher researcher
technician administrator
"""
_RANKS = frozenset(_RANK_WORDS.split()) | {"and", "at", "for", "in", "of", "the"}


class Evidence(NamedTuple):
    """Something that may tell what somebody cares about.

    Attributes:
        kind: title, gift, post, note, exchange or mail.
        text: what it says.
        said: how it is told of, such as "your note of 3 Mar".
        day: when it was said, "" where that is not known.
    """

    kind: str
    text: str
    said: str
    day: str = ""


class Proposal(NamedTuple):
    """A phrase that somebody may care about.

    Attributes:
        phrase: as it was written first.
        score: the larger the likelier; only its order means something.
        evidence: how each thing that says it is told of, each once.
    """

    phrase: str
    score: float
    evidence: tuple[str, ...]


@dataclass
class _Seen:
    spellings: Counter[str] = field(default_factory=Counter)
    kinds: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    times: set[str] = field(default_factory=set)

    def tells(self, phrase: str) -> bool:
        """Whether enough says it: two things, or one that was about it as a whole.

        A word by itself may come of anything ("chart", "installation"), so it counts where it came up on two occasions.
        """
        if " " not in phrase:
            return len(self.times) >= _TWICE
        return len(self.said) >= _TWICE or bool(_ALONE & {*self.kinds})


def infer(
    evidence: Iterable[Evidence],
    known: Collection[str],
    share: Callable[[Sequence[str]], dict[str, float]],
    limit: int = 10,
) -> list[Proposal]:
    """Propose interests.

    Args:
        evidence: what is known.
        known: folded phrases that are interests already, and words that say nothing here (names, companies).
        share: tells of words in which share of the saved articles each occurs, 0 to 1.
        limit: at most so many.

    Returns:
        The likeliest first, none of them part of a likelier one.
    """
    seen: dict[str, _Seen] = {}
    for one in evidence:
        for phrase, spelling in _phrases(one, known).items():
            entry = seen.setdefault(phrase, _Seen())
            entry.spellings[spelling] += 1
            if one.said not in entry.said:
                entry.said.append(one.said)
                entry.kinds.append(one.kind)
                entry.times.add(one.day or one.said)
    parts = [set(phrase.split()) for phrase in known]
    told = {
        phrase: entry
        for phrase, entry in seen.items()
        if entry.tells(phrase) and not any(part >= {*phrase.split()} for part in parts)
    }
    shares = share(sorted({word for phrase in told for word in phrase.split()}))
    scored = sorted(
        (Proposal(entry.spellings.most_common(1)[0][0], _score(phrase, entry, shares), tuple(entry.said))
         for phrase, entry in told.items()),
        key=lambda one: (-one.score, one.phrase),
    )  # fmt: skip
    return _apart([one for one in scored if one.score > 0], limit)


def _phrases(one: Evidence, known: Container[str]) -> dict[str, str]:
    """Folded phrases of a piece of evidence, each with the first way it is written."""
    text = _TAGS.sub(" . ", _PREFIXES.sub("", clean_line(one.text, 10 * MOST_WORDS)))
    found: dict[str, str] = {}
    for run in _runs(text, _RANKS if one.kind == "title" else _STOP):
        for length in range(1, LONGEST + 1):
            for start in range(len(run) - length + 1):
                words = run[start : start + length]
                phrase = " ".join(fold(word) for word in words)
                if phrase not in known and not any(fold(word) in known for word in words) and _is_telling(phrase):
                    found.setdefault(phrase, " ".join(words))
    return found


def _is_telling(phrase: str) -> bool:
    return len(phrase) >= _SHORTEST and not phrase.replace(" ", "").isdigit()


def _runs(text: str, stop: Container[str]) -> list[list[str]]:
    """Words that stand together, without stop words and punctuation between them."""
    runs: list[list[str]] = [[]]
    end = 0
    for found in list(_WORD.finditer(text))[:MOST_WORDS]:
        between, end = text[end : found.start()], found.end()
        word = found[0]
        if between.strip() and runs[-1]:
            runs.append([])
        if fold(word) in stop or fold(word).partition("'")[0] in stop or len(word) < _SHORTEST - 1 or word.isdigit():
            if runs[-1]:
                runs.append([])
            continue
        runs[-1].append(word)
    return [run for run in runs if run]


def _score(phrase: str, entry: _Seen, shares: dict[str, float]) -> float:
    """By evidence, less for more of the same kind; by rarity; a little for length, since longer says more."""
    kinds = Counter(entry.kinds)
    weight = sum(WEIGHTS.get(kind, 1.0) * (1 + log(times)) for kind, times in kinds.items())
    words = phrase.split()
    rarest = min(shares.get(word, 0.0) for word in words)
    if rarest > _RARE:
        return 0.0
    rarity = sum(-log(max(shares.get(word, 0.0), 1e-4)) for word in words) / len(words)
    return weight * rarity * (1 + 0.25 * (len(words) - 1))


def _apart(scored: Sequence[Proposal], limit: int) -> list[Proposal]:
    """The likeliest, without those that are part of one that is said as often, or hold one that is said more often."""
    kept: list[Proposal] = []
    for one in scored:
        words = set(fold(one.phrase).split())
        if any(words & set(fold(other.phrase).split()) for other in kept):
            continue
        kept.append(one)
        if len(kept) == limit:
            break
    return kept
