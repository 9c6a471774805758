"""Names of files, made of text in any script."""

from __future__ import annotations

import re
import unicodedata

from giveback.text import words

NAME_BYTES = 120
"""Of a file's name without its ending: file systems end at 255, encrypted ones at 143."""
_SLUG_LIMIT = 60


def slug(said: str, otherwise: str = "") -> str:
    """The words of a text as a part of a file's name or of an address, in whatever script.

    Args:
        said: any text.
        otherwise: what stands for a text without a letter or digit.

    Returns:
        "Énergie & 石油, No. 3" as "energie-石油-no-3".
    """
    return stem("-".join(words(said))[:_SLUG_LIMIT], otherwise)


def stem(said: str, otherwise: str = "_") -> str:
    """A name without its ending that every file system takes: its length, its edges, and no device of Windows.

    Args:
        said: the name, without characters that are forbidden somewhere.
        otherwise: what stands for a name of which nothing is left.
    """
    plain = unicodedata.normalize("NFC", said).encode("utf-8", "ignore")
    cut = plain[:NAME_BYTES].decode("utf-8", "ignore").strip(" .-")
    # Windows (Naming Files, Paths, and Namespaces) reads these as devices, whatever their ending.
    is_device = re.fullmatch(r"(?i)(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?", cut)
    return f"_{cut}" if is_device else cut or otherwise
