"""Contacts as a vdir: a folder with a card for each, which khard reads and vdirsyncer keeps in step with phones."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

from giveback.people.writing.vcards import card
from giveback.store import connect
from giveback.store.folders import Folder, Wanted, accept, file_name, files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from giveback.people.writing.vcards import Version
    from giveback.store.folders import Found, Outcome
    from giveback.store.questions.whole import Whole

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


def write(
    store: str,
    folder: str,
    people: Iterable[Whole],
    version: Version,
    *,
    whole: bool,
    spared: Collection[str] = (),
    dry_run: bool = False,
    force: bool = False,
) -> Outcome:
    """Bring a folder of cards up to date.

    A file that others changed is left alone until it has been imported: then what it said is known here.

    Args:
        store: the SQLite file.
        folder: the vdir.
        people: the contacts.
        version: of the cards.
        whole: these are all contacts; cards of others that were written here or imported from here before go.
        spared: UIDs of contacts that are put away: what is there of them stays as it is.
        dry_run: only say what would be done.
        force: write over what others changed, and write again what they deleted.
    """
    cards = there(folder)

    def never(_one: Wanted, _file: Found) -> bool:
        return False

    return Folder(store, folder, ENDING, cards, never).write(
        _wanted(people, version, cards), whole=whole, spared=spared, dry_run=dry_run, force=force
    )


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
