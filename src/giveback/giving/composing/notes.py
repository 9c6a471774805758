"""What a note is, and what it may say."""

from __future__ import annotations

from typing import NamedTuple

SPOKEN_END = "+++"
"""The line between what is said on a call and the e-mail that is sent afterwards."""


class Note(NamedTuple):
    """A composed note.

    Attributes:
        subject: of an e-mail; "" for channels that have none.
        body: what is written or said.
        after: for a call, the subject and body of the short e-mail to send afterwards; "" for none.
    """

    subject: str
    body: str
    after: tuple[str, str] = ("", "")

    @property
    def mail(self) -> Note:
        """The part that is an e-mail: for a call the one to send afterwards, else the note itself."""
        return Note(*self.after) if self.after[1] else Note(self.subject, self.body)

    @property
    def kept(self) -> str:
        """All of it in one text, as an editor shows it but for the subject of an e-mail, and as the log keeps it."""
        subject, body = self.after
        return f"{self.body}\n\n{SPOKEN_END}\n{subject}\n\n{body}" if body else self.body


class NoteFacts(NamedTuple):
    """What a note may say; nothing else is known, so nothing else can be claimed.

    Attributes:
        first_name: how the contact is addressed.
        interest: the phrase in the contact's own words, or "".
        title: of the article, or the name of the gift.
        source: where it appeared, or "".
        url: its address, or "".
        my_name: who signs, or "".
        kind: of the gift: "article", "link" (an address without a title), "research", "home-made", "skill", "time",
            "connection", "introduction", "bulletin", "bought", "other", or "".
        occasion: one of `occasions.OCCASIONS`.
        thanks: what there is to thank for, to stand after "thank you for"; "" unless that is the occasion.
        met: the meeting, to stand after "it was good to"; "" unless that is the occasion.
        text: of research, what was found; else "".
    """

    first_name: str
    interest: str
    title: str
    source: str = ""
    url: str = ""
    my_name: str = ""
    kind: str = "article"
    occasion: str = "staying-in-touch"
    thanks: str = ""
    met: str = ""
    text: str = ""
