"""Contacts as a vdir: a folder with a card for each, which khard reads and vdirsyncer keeps in step with phones."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from giveback.people.writing.vcards import card
from giveback.store import connect
from giveback.store.folders import Folder, Wanted, accept, file_name, files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from giveback.people.writing.vcards import Version
    from giveback.store.folders import Found, Outcome
    from giveback.store.questions.whole import Away, Whole

ENDING = ".vcf"

_UID = re.compile(rb"^UID(?:;[^:\r\n]*)?:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_BEGIN = re.compile(rb"^BEGIN:VCARD\s*$", re.IGNORECASE | re.MULTILINE)
# An import keeps no pictures, sounds or keys: they stay where they are.
_HEAVY = re.compile(
    rb"^(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE
)


def there(folder: str) -> dict[str, Found]:
    """The cards of a folder by their UID; files with several cards, or with none, are not ours to change."""
    found: dict[str, Found] = {}
    for file in files(folder, ENDING):
        uid = uid_of(file.data)
        if uid and len(_BEGIN.findall(file.data)) == 1:
            found.setdefault(uid, file)
    return found


def uid_of(data: bytes) -> str:
    """The UID of a card without what stands around it, "" for none."""
    said = _UID.search(data)
    if not said:
        return ""
    text = re.sub(rb"\r?\n[ \t]", b"", said[1]).decode("utf-8", "replace").strip()
    return re.sub(r"\\(.)", r"\1", text).removeprefix("urn:uuid:")


class Written(NamedTuple):
    """What became of a folder of cards.

    Attributes:
        outcome: of its files.
        left: files of archived contacts that went, with their names.
        pictured: files of archived contacts that stay, since they hold what is kept nowhere else, with their names.
    """

    outcome: Outcome
    left: list[tuple[str, str]]
    pictured: list[tuple[str, str]]


def write(
    store: str,
    folder: str,
    people: Iterable[Whole],
    version: Version,
    *,
    whole: bool,
    archived: Collection[Away] = (),
    dry_run: bool = False,
    force: bool = False,
) -> Written:
    """Bring a folder of cards up to date.

    A file that others changed is left alone until it has been imported: then what it said is known here. A contact that
    is archived leaves the folder as one that is gone does, and comes back with the contact. A picture, which an import
    does not keep, could not come back: its card stays.

    Args:
        store: the SQLite file.
        folder: the vdir.
        people: the contacts.
        version: of the cards.
        whole: these are all contacts; cards of others that were written here or imported from here before go.
        archived: contacts that are put away and not among `people`.
        dry_run: only say what would be done.
        force: write over what others changed or remove it, pictures too, and write again what they deleted.
    """
    cards = there(folder)
    away = {cards[one.uid].name: one for one in archived if one.uid in cards}
    pictured = [] if force else [file for file, one in away.items() if _HEAVY.search(cards[one.uid].data)]

    def never(_one: Wanted, _file: Found) -> bool:
        return False

    done = Folder(store, folder, ENDING, cards, never).write(
        _wanted(people, version, cards),
        whole=whole,
        spared={away[file].uid for file in pictured},
        dry_run=dry_run,
        force=force,
    )
    left = [(file, away[file].name) for file in done.removed if file in away]
    return Written(done, left, [(file, away[file].name) for file in pictured] if whole else [])


def _wanted(people: Iterable[Whole], version: Version, cards: dict[str, Found]) -> Iterator[Wanted]:
    for one in people:
        data = card(one, version).encode()
        if file := cards.get(one.uid):
            heavy = b"".join(_with_crlf(found[0]) for found in _HEAVY.finditer(file.data))
            data = data.removesuffix(b"END:VCARD\r\n") + heavy + b"END:VCARD\r\n"
        yield Wanted(one.uid, file_name(one.uid, ENDING), data)


def _with_crlf(lines: bytes) -> bytes:
    return b"".join(line.rstrip(b"\r\n") + b"\r\n" for line in lines.splitlines())


def imported(store: str, folder: str, read: Mapping[str, Found]) -> None:
    """Note that what the cards of a folder say is known here, so that an export may write over them.

    Args:
        store: the SQLite file.
        folder: the vdir.
        read: its cards by UID, as they were when they were read; those of nobody here are passed over.
    """
    connection = connect.read(store)
    if connection is None:
        return
    with closing(connection):
        uids = {uid for (uid,) in connection.execute(_KNOWN)}
    accept(store, folder, {uid: file for uid, file in read.items() if uid in uids})


_KNOWN = "SELECT uid FROM contact_source WHERE source = 'vcard' UNION SELECT uuid FROM contact"
