"""The words of a gift, as the options of `give` want them: composed, taken from a file, edited, clipped."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.common import editor
from giveback.config import setting
from giveback.errors import GivebackError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from giveback.cli.common import Here
    from giveback.giving.composing.facts import Composed
    from giveback.giving.composing.notes import Note
    from giveback.giving.gifts import Found
    from giveback.giving.services import Service
    from giveback.store.questions.contacts import ContactRow


class Wording(NamedTuple):
    """How the words are wanted.

    Attributes:
        channel: how the gift is given, or "".
        occasion: the occasion that was named, or "".
        service: the service whose length is kept to, or "".
        file: where a note that was kept is read from, or "".
        edit: it is edited.
        asked: a note is wanted also where nothing needs one, as for a gift that is only named.
    """

    channel: str
    occasion: str
    service: str
    file: str
    edit: bool
    asked: bool


def worded(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, wording: Wording
) -> tuple[Note, str]:
    """The note that goes with a gift, and its occasion.

    Args:
        at: the files and the clock.
        connection: the store.
        contact: to whom.
        found: what is given.
        wording: how.

    Raises:
        UsageError: a template, the editor or the file cannot be used, nothing is left of the note, or it cannot be
            made to fit.
    """
    from giveback.giving.composing.notes import Note
    from giveback.giving.editing import edited_note, read_file, read_note
    from giveback.giving.services import clipped, services

    limits = services(wording.service, wording.channel)
    if not _wanted(found, wording):
        return Note("", ""), ""
    note, occasion = _composed(at, connection, contact, found, wording)
    note = clipped(note, limits)
    if wording.file:
        note = read_note(read_file(wording.file), wording.channel, note)
    if wording.edit:
        note = edited_note(note, wording.channel, editor())
    if wording.file or wording.edit:
        _check_length(note, limits)
    return note, occasion


def _wanted(found: Found, wording: Wording) -> bool:
    """A gift that is only named is only logged, unless words for it are asked for."""
    gift = found.gift
    if found.article is not None or gift.url or gift.asset_id is not None or gift.introduced_id is not None:
        return True
    return wording.asked or wording.edit or any((wording.channel, wording.occasion, wording.file))


def _composed(
    at: Here, connection: sqlite3.Connection, contact: ContactRow, found: Found, wording: Wording
) -> Composed:
    from giveback.giving.composing.facts import Wish, composed

    my_name = setting(at.places, "me.name")
    wish = Wish(wording.channel, at.now.today, wording.occasion, my_name, at.places.templates)
    return composed(connection, contact, found, wish)


def _check_length(note: Note, limits: tuple[Service, ...]) -> None:
    """The user's own words are not cut; where they are too long, that is said."""
    from giveback.cli.common import note as remark
    from giveback.giving.services import too_long

    service = too_long(note.body, limits)
    if service is not None:
        remark(f"the note is too long for {service.name}: {service.count(note.body)} of {service.what}")


@contextmanager
def words_kept(at: Here, note: Note, *, dry_run: bool) -> Iterator[None]:
    """Keep the words in a file when something fails before they are put anywhere; the error says where they are.

    Args:
        at: the folder of drafts and the clock.
        note: the words.
        dry_run: nothing is written.
    """
    from giveback.giving.placing import keep_note

    try:
        yield
    except GivebackError as error:
        if note.body and not dry_run:
            path = keep_note(at.places.drafts, note, at.now)
            error.message += f"; nothing was given, and the note is kept in {path}"
            error.hint = "; ".join(part for part in (error.hint, f"then give it again with --note {path}") if part)
        raise
