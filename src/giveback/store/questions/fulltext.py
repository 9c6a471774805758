"""What people type to search, as an expression of FTS5 (https://www.sqlite.org/fts5.html#full_text_query_syntax).

Every word goes in quoted, so that nothing of FTS5's own language gets through by accident:

    query   = one of these, side by side: all of them must be there
    either  = item OR item ...
    item    = [-] ( query ) | [-] [title:|summary:|text:] word | word* | "a phrase"      NOT is a minus
"""

from __future__ import annotations

import re
from typing import NamedTuple

from giveback.errors import UsageError

MAX_TERMS = 100
_MAX_DEPTH = 20
_HINT = "give a word, or a phrase in quotes"
_TOKEN = re.compile(
    r"""(?P<bracket>-?\(|\))
    | (?P<minus>-(?=[\w"(]))?
      (?:(?P<column>title|summary|text):(?=[\w"]))?
      (?:"(?P<phrase>[^"]*)(?:"|\Z) | (?P<word>[^\s()"]+))""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = re.compile(r"[\w'\u2019.&+-]+(\*?)")


class _Term(NamedTuple):
    """A piece of an expression, and whether it is one that must not be there."""

    text: str
    unwanted: bool = False


def match_expression(query: str) -> str:
    """Turn a query into an expression for MATCH.

    Args:
        query: words, "a phrase" in quotes, OR, minus or NOT, brackets, prefix*.

    Returns:
        The expression, in which only quoted words, AND, OR, NOT and brackets stand.

    Raises:
        UsageError: it holds no word, too many, only unwanted ones, or an OR with nothing beside it.
    """
    reader = _Reader(query)
    expression = reader.all_of(0)
    if not expression:
        raise UsageError(f"{query!r} holds no word to search for", _HINT)
    return expression


def phrases_expression(phrases: list[str]) -> str:
    """Turn phrases, any of which may be there, into an expression for MATCH; "" when none holds a word."""
    return " OR ".join(filter(None, (_quoted(phrase) for phrase in phrases)))


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.tokens = list(_TOKEN.finditer(re.sub(r"\bNEAR\s*(?=\()", " ", query)))
        self.place = 0
        self.terms = 0

    def all_of(self, depth: int) -> str:
        """Items side by side, up to a closing bracket."""
        wanted: list[str] = []
        unwanted: list[str] = []
        while (item := self.either(depth)) is not None:
            if item.text:
                (unwanted if item.unwanted else wanted).append(item.text)
        if unwanted and not wanted:
            raise UsageError(f"{self.query!r} only says what must not be there", "add a word that must be")
        both = " AND ".join(_bracketed(text) for text in wanted) if len(wanted) > 1 else "".join(wanted)
        return f"({both}) NOT ({' OR '.join(unwanted)})" if unwanted else both

    def either(self, depth: int) -> _Term | None:
        """Items with OR between them; None at the end."""
        first = self.item(depth)
        if first is None:
            return None
        parts = [first]
        while self._is_word("OR"):
            self.place += 1
            parts.append(self._beside(self.item(depth)))
        if len(parts) == 1:
            return first
        if any(part.unwanted for part in parts):
            raise UsageError(f"{self.query!r} has a minus beside OR", "say what must not be there apart from OR")
        return _Term(" OR ".join(_bracketed(self._beside(part).text) for part in parts))

    def item(self, depth: int) -> _Term | None:
        """One word, phrase or bracket; None at the end or at a closing bracket."""
        if self._is_word("OR"):
            self._beside(None)
        unwanted = self._is_word("NOT")
        self.place += unwanted or self._is_word("AND")
        if self.place >= len(self.tokens):
            return None
        token = self.tokens[self.place]
        self.place += 1
        if token["bracket"]:
            minus = token["bracket"].startswith("-")
            return self._bracket(token["bracket"], depth, unwanted=unwanted or minus)
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise UsageError(f"the query has more than {MAX_TERMS} words", "give fewer")
        text = _quoted(token["phrase"]) if token["word"] is None else _words(token["word"])
        if token["column"] and text:
            text = f"{{{token['column'].lower()}}} : ({text})"
        return _Term(text, unwanted or bool(token["minus"]))

    def _bracket(self, bracket: str, depth: int, *, unwanted: bool) -> _Term | None:
        if bracket == ")":
            return None if depth else _Term("")
        if depth >= _MAX_DEPTH:
            raise UsageError(f"{self.query[:40]!r} has brackets more than {_MAX_DEPTH} deep", _HINT)
        inner = self.all_of(depth + 1)
        return _Term(_bracketed(inner), unwanted)

    def _beside(self, term: _Term | None) -> _Term:
        if term is None or not term.text:
            raise UsageError(f"{self.query!r} has an OR with nothing beside it", "give a word on both sides")
        return term

    def _is_word(self, word: str) -> bool:
        token = self.tokens[self.place] if self.place < len(self.tokens) else None
        return token is not None and token["word"] == word and not token["minus"] and not token["column"]


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text


def _quoted(phrase: str) -> str:
    """A phrase as FTS5 takes it literally; "" when it holds nothing that is indexed."""
    return '"' + phrase.replace('"', " ").replace("\0", " ") + '"' if any(map(str.isalnum, phrase)) else ""


def _words(chunk: str) -> str:
    """What stands between blanks: one word, or several where other signs part them."""
    found = (f"{_quoted(part[0].rstrip('*'))}{part[1]}" for part in _WORDS.finditer(chunk) if _quoted(part[0]))
    return " AND ".join(found)
