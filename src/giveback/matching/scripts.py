"""Scripts that are written without spaces between words."""

from __future__ import annotations

import re

# Not compiled here: this module is imported by commands that seldom need it.
_UNSPACED = (
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "\uac00-\ud7af"  # Korean: it has spaces, but what English says by a preposition hangs on the word
    "]"
)


def is_unspaced(text: str) -> bool:
    """Whether a text holds a script whose words cannot be told by spaces, such as Chinese, Japanese or Thai.

    Args:
        text: a phrase, or an article.
    """
    return not text.isascii() and re.search(_UNSPACED, text) is not None
