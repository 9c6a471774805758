"""Feeds of contacts' own blogs: subscribed when the user wishes, known as theirs from then on."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from giveback.cli.common import Here, note, questions, whom, would
from giveback.errors import GivebackError, NetworkError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from giveback.reading.feeds import Found


class _Blog(NamedTuple):
    """Whose blog is where, and the feed that was found there."""

    contact_id: int
    name: str
    address: str


def add_blogs(
    at: Here, names: Sequence[str], *, topic: str, allow_private: bool, timeout: float, dry_run: bool
) -> None:
    """Subscribe to blogs of contacts.

    Args:
        at: the store.
        names: of the contacts; empty for everybody who has a blog that is not read yet.
        topic: what they are about.
        allow_private: permit addresses on this network.
        timeout: seconds for each address.
        dry_run: change nothing.

    Raises:
        NotFoundError: somebody who was named has no blog, or nobody has one that is not read.
        NetworkError: none of them could be reached.
    """
    from giveback.reading.feeds import look_at
    from giveback.store.changes import change

    blogs = _wanted(at, names)
    found: list[tuple[_Blog, Found]] = []
    for blog in blogs:
        try:
            found.append((blog, look_at(blog.address, allow_private=allow_private, timeout=timeout)))
        except GivebackError as error:
            note(f"{blog.name}: {error.message}")
    if not found:
        raise NetworkError(f"none of {len(blogs)} blogs could be read", "see the reasons above")
    with change(at.store, at.now, "feed add " + ", ".join(blog.name for blog, _ in found), dry_run=dry_run) as session:
        lines = [_add(session, at, blog, one, topic, allow_private=allow_private) for blog, one in found]
    for line in lines:
        would(dry_run, line)
    if not dry_run:
        note("giveback fetch brings them in; giveback occasions tells of new posts")


def _wanted(at: Here, names: Sequence[str]) -> list[_Blog]:
    from giveback.keeping.occasions import feeds_of
    from giveback.store.questions.contacts import some
    from giveback.store.questions.occasions import blogs, feed_addresses

    connection = questions(at)
    if connection is None:
        raise NotFoundError("there are no contacts yet", "giveback add-contact NAME --blog URL")
    with closing(connection):
        wanted = [whom(connection, name).id for name in names]
        every = blogs(connection)
        people = some(connection, {number for number, _ in every} | set(wanted))
        known = set(feeds_of(every, feed_addresses(connection)).values())
    for number in wanted:
        if number not in {owner for owner, _ in every}:
            name = people[number].name
            raise NotFoundError(f"no blog of {name} is known", f'giveback edit "{name}" --blog URL')
    found = [
        _Blog(number, people[number].name, address)
        for number, address in every
        if number in wanted or (not names and number not in known)
    ]
    if not found:
        raise NotFoundError("nobody has a blog that is not read yet", "giveback edit NAME --blog URL")
    return found


def _add(session: Session, at: Here, blog: _Blog, found: Found, topic: str, *, allow_private: bool) -> str:
    from giveback.keeping.occasions import feeds_of
    from giveback.people.contacts import add_point, get
    from giveback.reading.feeds import add

    row, new = add(session, found, at.now, topic=topic, allow_private=allow_private)
    if not feeds_of([(blog.contact_id, blog.address)], [(0, row.url, row.site)]):
        # The feed lies elsewhere and names no site: its own address tells whose it is.
        add_point(session, get(session, blog.contact_id), "blog", row.url)
    return ("added " if new else "already there: ") + f"{blog.name} · {row.title or row.url}"
