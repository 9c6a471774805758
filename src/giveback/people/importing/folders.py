"""A folder of cards: a vdir (https://vdirsyncer.pimutils.org/en/stable/vdir.html), as khard and vdirsyncer have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from giveback.errors import UsageError
from giveback.people.formats.contentline import as_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

    from giveback.people.formats import Sheet

ENDINGS = (".vcf", ".vcard")


def load_folder(path: str, limit: int) -> Sheet:
    """Read every card below a folder; what begins with a dot or a tilde, or is being written, is passed over.

    The folder may change meanwhile: a file that goes is passed over and told, one that is half-written is rejected.

    Args:
        path: the folder.
        limit: bytes of all files together.

    Raises:
        UsageError: there is no card in it, or it is too large.
    """
    from giveback.people.formats import vcard

    name = f"{os.path.basename(os.path.abspath(path))}/"
    files: list[tuple[str, bytes]] = []
    remarks: list[str] = []
    size = 0
    for inside in _names(path):
        try:
            with open(os.path.join(path, inside), "rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            remarks.append(f"{inside}: {error.strerror}")
            continue
        size += len(data)
        if size > limit:
            raise UsageError(f"{name} holds more than {limit // 2**20} MB", "import it folder by folder")
        files.append((inside, as_utf8(data)))
    if not files:
        raise UsageError(f"{name} holds no vCards", "cards are files that end in .vcf")
    return vcard.sheet(name, files)._replace(remarks=remarks)


def _names(path: str) -> Iterator[str]:
    """Names of cards inside of a folder and those in it, sorted."""
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and name[0] not in ".~":
                yield os.path.relpath(os.path.join(folder, name), path)
