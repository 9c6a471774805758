"""What could not be used, written to be mended and imported again."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from giveback.errors import StoreError
from giveback.naming import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from giveback.people.formats import Reject, Sheet


def keep_rejects(folder: str, sheet: Sheet, rejects: Sequence[Reject]) -> str:
    """Write what was rejected into a file of the same format, to be mended and imported again.

    Args:
        folder: made when it is not there; private, as the store is.
        sheet: the file.
        rejects: some of its entries, at least one.

    Returns:
        The path of the new file; an older one of that name stays.

    Raises:
        StoreError: it cannot be written.
    """
    text = sheet.write(rejects)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = _free_name(folder, sheet.name, text)
        with open(
            os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8", errors="replace", newline=""
        ) as file:
            file.write(text)
    except OSError as error:
        hint = "the good rows are kept; the reasons above name the lines of the others"
        raise StoreError(f"{folder}: the rejects cannot be written: {error.strerror}", hint) from error
    return path


def _free_name(folder: str, name: str, text: str) -> str:
    """contacts.rejects.csv, or the first of contacts.rejects-2.csv … that is free or says the same."""
    from itertools import count

    name, ending = os.path.splitext(name.removesuffix(".gz").rstrip("/").replace(" ", "-"))
    ending = ending or ".vcf"  # a folder holds cards
    name = stem(re.sub(r"\.rejects(-\d+)?$", "", name))
    for number in count(1):
        path = os.path.join(folder, f"{name}.rejects{f'-{number}' if number > 1 else ''}{ending}")
        if not os.path.exists(path):
            break
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            if file.read() == text:
                break
    return path
