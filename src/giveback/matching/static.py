"""Static word vectors: texts as sums of token vectors, each word tokenised once.

The tokenizer's merges (Kudo and Richardson, SentencePiece, 2018) never reach over a space: a space only
begins a token. So a text's tokens are those of its words, and a word's tokens are found once and
remembered. What is left for each text are a look-up per word and a sum of rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import chain, count, islice
from typing import TYPE_CHECKING, NamedTuple

from giveback.matching.embedding import LONGEST, article_text, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

CHUNK = 512
OPENING = 400
"""Characters of a text that stand in for a summary, as far as the word that they end in."""
MANY = 32
"""Texts from which it pays to see whether they may be taken apart at spaces."""
LINE = 128
"""Words that are tokenised as one string."""
HELD = 1_000_000
"""Characters of words that are remembered; then all are forgotten (about 20 MB)."""

_PROBE = "Of mice  and men, 12 in a (well-worn) box"
_WORDS = re.compile(" *[^ ]+")


class Sums(NamedTuple):
    """Sums of token vectors, before they are scaled; those of two parts of a text add up to those of the text.

    Attributes:
        written: (n, d), of the tokens of texts as written.
        lowered: (n, d), of the tokens in lower case.
        pieces: (n,), known tokens as written.
    """

    written: NDArray[np.float32]
    lowered: NDArray[np.float32]
    pieces: NDArray[np.int64]

    def plus(self, other: Sums) -> Sums:
        """Add those of what follows, or comes before, behind a space."""
        return Sums(self.written + other.written, self.lowered + other.lowered, self.pieces + other.pieces)

    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors, both cases counting the same: half of all feeds and most people write without capitals."""
        return unit(unit(self.written) + unit(self.lowered))


class Encoded(NamedTuple):
    """Articles as vectors.

    Attributes:
        vectors: (n, d), unit rows or zero rows.
        pieces: (n,), known word pieces that each rests on.
        heads: (n, d), of title and summary alone.
    """

    vectors: NDArray[np.float32]
    pieces: NDArray[np.int64]
    heads: NDArray[np.float32]


class StaticEmbedder:
    """The mean of a text's token vectors, scaled to length one.

    Attributes:
        name: model and pooling.
        dimensions: length of a vector.
    """

    def __init__(self, name: str, table: NDArray[Any], tokenizer: Callable[[], Any]) -> None:
        """Take the vectors of tokens, and what loads the tokenizer, which takes longer than all the rest."""
        self.name = name
        self.dimensions = int(table.shape[1])
        self._table, self._tokenizer = table, tokenizer
        self._made: NDArray[np.float32] | None = None
        self._is_made: NDArray[np.bool_] | None = None

    @cached_property
    def _words(self) -> _Words:
        return _Words(self._tokenizer(), len(self._table))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts.

        Args:
            texts: any strings; only the first 4,000 characters of each are read.

        Returns:
            (len(texts), dimensions), rows of length 1, or 0 where no token is known.
        """
        return self.sums(texts).vectors()

    def encode_counted(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Embed texts and say on how many known word pieces each vector rests.

        Args:
            texts: as for `encode`.

        Returns:
            The vectors, and (len(texts),) counts.
        """
        found = self.sums(texts)
        return found.vectors(), found.pieces

    def encode_articles(self, parts: Sequence[tuple[str, str]]) -> Encoded:
        """Embed articles and, on the way, what they begin with.

        Args:
            parts: as `article_parts` returns them.

        Returns:
            What `encode_counted` says of the whole and `encode` of the beginning.
        """
        heads = self.sums([head for head, _ in parts])
        whole = heads.plus(self.sums([rest for _, rest in parts]))
        return Encoded(whole.vectors(), whole.pieces, heads.vectors())

    def sums(self, texts: Sequence[str]) -> Sums:
        """Sum up the token vectors of texts; see `Sums`."""
        import numpy as np

        found = Sums(
            np.zeros((len(texts), self.dimensions), dtype=np.float32),
            np.zeros((len(texts), self.dimensions), dtype=np.float32),
            np.zeros(len(texts), dtype=np.int64),
        )
        for start in range(0, len(texts), CHUNK):
            part = [text[:LONGEST] for text in texts[start : start + CHUNK]]
            here = slice(start, start + len(part))
            self._sum(part, Sums(found.written[here], found.lowered[here], found.pieces[here]))
        return found

    def vocabulary(self) -> dict[str, int]:
        """Return the tokens and their numbers; takes some time to build."""
        return self._words.vocabulary()

    def _sum(self, texts: list[str], into: Sums) -> None:
        import numpy as np

        tokens, bounds = self._grouped(*self._words.of(texts), len(texts))
        rows = self._rows(tokens)
        most = int((bounds[:, 3] - bounds[:, 0]).max(initial=0))
        buffer, ones = np.empty((most, self.dimensions), dtype=np.float32), np.ones(most, dtype=np.float32)
        for row, (start, both, lowered, end) in enumerate(bounds.tolist()):
            if start < end:
                # Many times faster than reduceat, which adds column by column; `clip` spares a second buffer.
                taken = rows.take(tokens[start:end], axis=0, out=buffer[: end - start], mode="clip")
                np.dot(ones[: lowered - start], taken[: lowered - start], out=into.written[row])
                np.dot(ones[: end - both], taken[both - start :], out=into.lowered[row])
        into.pieces[:] = bounds[:, 2] - bounds[:, 0]

    def _grouped(
        self, words: NDArray[np.int64], owners: NDArray[np.int64], texts: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Put the tokens of each text together: of words with capitals, of all others, of the former in lower case.

        Args:
            words: their numbers.
            owners: the text that each is in, ascending.
            texts: how many there are.

        Returns:
            The tokens, and (texts, 4) where the three groups of each text begin and the last ends.
        """
        import numpy as np

        lowered = self._words.lowered(words)
        changed = lowered != words
        found = [
            (*self._words.tokens(some), belonging)
            for some, belonging in (
                (words[changed], owners[changed]),
                (words[~changed], owners[~changed]),
                (lowered[changed], owners[changed]),
            )
        ]
        counts = np.stack(
            [np.bincount(belonging, lengths, texts).astype(np.int64) for _, lengths, belonging in found], axis=1
        )
        bounds = np.zeros((texts, 4), dtype=np.int64)
        bounds[:, 1:] = np.cumsum(counts).reshape(counts.shape)
        bounds[1:, 0] = bounds[:-1, 3]
        tokens = np.empty(int(counts.sum()), dtype=np.int64)
        for group, (some, _, _) in enumerate(found):
            many = counts[:, group]
            tokens[np.arange(len(some)) + np.repeat(bounds[:, group] - (np.cumsum(many) - many), many)] = some
        return tokens, bounds

    def _rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the table, in which the rows of these tokens are made."""
        import numpy as np

        if self._made is None or self._is_made is None:
            self._made = np.empty(self._table.shape, dtype=np.float32)
            self._is_made = np.zeros(len(self._table), dtype=bool)
        fresh = np.unique(tokens[~self._is_made[tokens]])
        self._made[fresh] = self._row(fresh)
        self._is_made[fresh] = True
        return self._made

    def _row(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what known tokens add to a text: (k, d), made once for each."""
        import numpy as np

        rows: NDArray[np.float32] = self._table[tokens].astype(np.float32)
        return rows


class _Words:
    """Numbers of words, and the known tokens of each; filled as words come."""

    def __init__(self, tokenizer: Any, rows: int) -> None:  # noqa: ANN401 -- tokenizers has no types
        import numpy as np

        self._tokenizer = tokenizer
        self._is_apart: bool | None = None
        self._rows = rows
        self._kind = np.zeros(max(rows, tokenizer.get_vocab_size()), dtype=np.int8)
        """Of tokens: sum of `_SEEN`, `_KNOWN` and `_BEGINS`; 0 for those that never came."""
        self._forget()

    def _forget(self) -> None:
        import numpy as np

        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._held = 0
        self._lowered = np.zeros(0, dtype=np.int64)
        self._places = np.zeros((2, 0), dtype=np.int64)
        """Where in `_tokens` those of each word begin, and how many they are."""
        self._tokens = np.zeros(0, dtype=np.int64)

    def of(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Take texts apart.

        Returns:
            Numbers of words, text after text, and the place of the text that each is in.
        """
        import numpy as np

        if self._is_apart is None and len(texts) >= MANY:
            self._is_apart = _is_apart(self._tokenizer)
        if self._held > HELD:
            self._forget()
        parts = [_split(text) if self._is_apart else [text] for text in texts]
        words = chain.from_iterable(parts)
        lengths = [len(part) for part in parts]
        known = len(self._lowered)
        numbers = np.fromiter(map(self._numbers.__getitem__, words), dtype=np.int64, count=sum(lengths))
        self._learn(known)
        return numbers, np.repeat(np.arange(len(texts)), lengths)

    def vocabulary(self) -> dict[str, int]:
        """Return all tokens and their numbers."""
        found: dict[str, int] = self._tokenizer.get_vocab(with_added_tokens=False)
        return found

    def lowered(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of words in lower case."""
        return self._lowered[words]

    def tokens(self, words: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the known tokens of words, one after the other, and how many each has."""
        import numpy as np

        starts, lengths = self._places[:, words]
        shift = starts - (np.cumsum(lengths) - lengths)
        return self._tokens[np.arange(int(lengths.sum())) + np.repeat(shift, lengths)], lengths

    def _learn(self, known: int) -> None:
        """Find the tokens of words with numbers from `known` on, and of their lower cases."""
        import numpy as np

        fresh: list[str] = []
        lowered: list[int] = []
        while more := list(islice(self._numbers, known + len(fresh), None)):
            fresh += more
            lowered += [self._numbers[word.lower()] for word in more]
        if not fresh:
            return
        odd = np.array([_PLAIN(word) is None for word in fresh]) if self._is_apart else np.ones(len(fresh), dtype=bool)
        tokens, lengths = self._tokenised(fresh, odd)
        is_known = self._kind[tokens] & _KNOWN > 0
        counts = np.bincount(np.repeat(np.arange(len(fresh)), lengths)[is_known], minlength=len(fresh))
        order = np.argsort(odd, kind="stable")
        places = np.empty((2, len(fresh)), dtype=np.int64)
        places[:, order] = len(self._tokens) + np.cumsum(counts) - counts, counts
        self._lowered = np.concatenate([self._lowered, np.array(lowered, dtype=np.int64)])
        self._places = np.concatenate([self._places, places], axis=1)
        self._tokens = np.concatenate([self._tokens, tokens[is_known]])
        self._held += sum(map(len, fresh))

    def _tokenised(self, words: list[str], odd: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the tokens of words, the odd ones last, and how many each has."""
        import numpy as np

        # Many words in one string, told apart by the space that begins each: a third of the time.
        plain = [words[place] for place in np.flatnonzero(~odd)]
        tokens, _ = self._encoded([" ".join(plain[start : start + LINE]) for start in range(0, len(plain), LINE)])
        begins = np.flatnonzero(self._kind[tokens] & _BEGINS)
        more, their_lengths = self._encoded([words[place] for place in np.flatnonzero(odd)])
        lengths = np.diff(begins, append=len(tokens))
        return np.concatenate([tokens, more]), np.concatenate([lengths, their_lengths])

    def _encoded(self, texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        import numpy as np

        if len(texts) == 1:  # without waking the threads
            found = [self._tokenizer.encode(texts[0], add_special_tokens=False).ids]
        else:
            found = [each.ids for each in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
        tokens = np.fromiter(chain.from_iterable(found), dtype=np.int64)
        for token in np.unique(tokens[self._kind[tokens] == 0]).tolist():
            text = self._tokenizer.id_to_token(token) or ""
            is_known = token < self._rows and knows(text)
            self._kind[token] = _SEEN + _KNOWN * is_known + _BEGINS * text.startswith(_SPACE)
        return tokens, np.array([len(ids) for ids in found], dtype=np.int64)


_SEEN, _KNOWN, _BEGINS = 1, 2, 4
_SPACE = "\u2581"
"""How the tokenizer writes a space."""
_PLAIN = re.compile(f"[^ <{_SPACE}]+").fullmatch


def _split(text: str) -> list[str]:
    """Take a text apart so that each part can be tokenised by itself; the tokenizer puts a space before each."""
    if has_special(text):
        return [text]
    if "  " in text or text.startswith(" "):
        return [part[1:] for part in _WORDS.findall(" " + text)]
    return text.split(" ")


def has_special(text: str) -> bool:
    """Whether a text spells one of the tokenizer's marks, which stand alone and are followed by another space."""
    return "<" in text and any(mark in text for mark in ("<s>", "</s>", "<unk>"))


def article_parts(title: str, summary: str, text: str) -> tuple[str, str]:
    """Take an article apart at the space behind its summary, or behind as much of the text.

    Args:
        title: of the article.
        summary: of the article; may be empty.
        text: of the article; may be empty.

    Returns:
        Beginning and rest; joined by a space they are what `article_text` returns, cut at 4,000 characters.
    """
    whole = article_text(title, summary, text)
    least = len(article_text(title, summary, "")) + (0 if summary else OPENING)
    end = whole.find(" ", least)
    if end < 0 or has_special(whole):
        return whole[:LONGEST], ""
    return whole[:end], whole[end + 1 : LONGEST]


def _is_apart(tokenizer: Any) -> bool:  # noqa: ANN401 -- tokenizers has no types
    """Whether texts may be taken apart at spaces: no token reaches over one, and each word gets its own."""
    if any(_SPACE in token.lstrip(_SPACE) for token in tokenizer.get_vocab(with_added_tokens=False)):
        return False
    parts = [tokenizer.encode(part, add_special_tokens=False).ids for part in _split(_PROBE)]
    return bool(list(chain.from_iterable(parts)) == tokenizer.encode(_PROBE, add_special_tokens=False).ids)


def knows(token: str) -> bool:
    """Latin letters or digits; not the bytes (<0x9F>) that stand for emoji and unknown scripts."""
    if token.startswith("<") and token.endswith(">"):
        return False
    return any(sign.isalnum() and sign < "ɐ" for sign in token)
