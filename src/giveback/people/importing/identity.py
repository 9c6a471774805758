"""Who is who: whether somebody in a file is somebody in the store. Rules over plain values.

In this order: what the source itself knows them by, the UID, the LinkedIn profile, an e-mail address, then the name
together with the company or a phone. Whatever else speaks for it is not enough: it is proposed, and nothing is done
unasked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from giveback.people.importing.checking import Ready


class Known(NamedTuple):
    """Somebody in the store, by what they can be known; `label` is how they are called to people."""

    id: int
    uuid: str
    label: str
    name: str
    company: str
    emails: frozenset[str]
    phones: frozenset[str]
    linkedin: frozenset[str]


class Doubt(NamedTuple):
    """Somebody in a file who may or may not be one of these.

    Attributes:
        name, hint: who it is in the file, and what else is said of them.
        candidates: who it may be, at least one.
        reason: what speaks for it.
    """

    name: str
    hint: str
    candidates: Sequence[Known]
    reason: str


_TITLES = frozenset(
    {
        *("dr", "prof", "mr", "mrs", "ms", "miss", "mx", "herr", "frau", "mme", "mlle"),
        *("jr", "sr", "phd", "md", "mba", "esq", "ii", "iii", "iv"),
    }
)


def names_agree(one: str, other: str) -> bool:
    """Whether two folded names can be of one person: the same words, fewer of them, or initials and short forms.

    A name that is only an e-mail address agrees with every name.
    """
    if one == other or "@" in one or "@" in other:
        return True
    first, second = (_words(name) for name in (one, other))
    if not first or not second:
        return True
    short, long = sorted((first, second), key=len)
    left = list(long)
    for word in short:
        found = next((there for there in left if there == word), None) or next(
            (there for there in left if _is_short_for(word, there)), None
        )
        if found is None:
            return False
        left.remove(found)
    # "Lee" alone agrees with any Lee only because an e-mail address or the like brought the two together.
    return any(word in long for word in short)


def _words(name: str) -> list[str]:
    words = name.replace(".", " ").replace(",", " ").replace("-", " ").split()
    return [word for word in words if word not in _TITLES] or words


def _is_short_for(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) >= 3)  # noqa: PLR2004 - "pat" for "patricia"


class Directory:
    """Everybody who can be known again, and who of them a file has named already."""

    def __init__(self, people: Iterable[Known], sources: Iterable[tuple[str, str, int]]) -> None:
        self.people: dict[int, Known] = {}
        self._source: dict[tuple[str, str], int] = {}
        self.uuids: dict[str, int] = {}
        self._linkedin: dict[str, list[int]] = {}
        self._email: dict[str, list[int]] = {}
        self._name: dict[str, list[int]] = {}
        for known in people:
            self.add(known)
        for source, uid, number in sources:
            self._source.setdefault((source, uid), number)
        self.next_id = max(self.people, default=0) + 1

    def add(self, known: Known) -> None:
        """Take somebody in, or what is newly known of somebody."""
        number = known.id
        self.people[number] = known
        self.uuids[known.uuid] = number
        _note(self._name, known.name, number)
        for key in known.emails:
            _note(self._email, key, number)
        for key in known.linkedin:
            _note(self._linkedin, key, number)

    def remember(self, source: str, uid: str, number: int) -> None:
        """Note what a source knows somebody by."""
        self._source[source, uid] = number

    def learn(self, number: int, person: Ready) -> None:
        """Note what an import adds to somebody."""
        old = self.people[number]
        self.add(
            old._replace(
                company=old.company or _company(person),
                emails=old.emails | set(person.emails),
                phones=old.phones | set(person.phones),
                linkedin=old.linkedin | ({person.linkedin} if person.linkedin else set()),
            )
        )

    def is_known(self, name: str) -> bool:
        """Whether somebody has this folded name."""
        return name in self._name

    def certain(self, person: Ready, source: str) -> int | None:
        """The one contact that this must be; None where nothing makes it certain."""
        if (number := self._source.get((source, person.uid))) in self.people:
            return number
        uid = person.uid.lower().removeprefix("urn:uuid:")
        if (number := self.uuids.get(uid)) is not None:
            return number
        if person.linkedin and (found := self._linkedin.get(person.linkedin)):
            return found[0]
        for key in person.emails:
            for number in self._email.get(key, ()):
                if names_agree(self.people[number].name, person.key) and not self._is_another(number, person):
                    return number
        return self._by_name(person)

    def _by_name(self, person: Ready) -> int | None:
        company = _company(person)
        for number in self._name.get(person.key, ()):
            known = self.people[number]
            same = (company and known.company == company) or known.phones.intersection(person.phones)
            if same and not self._is_another(number, person):
                return number
        return None

    def _is_another(self, number: int, person: Ready) -> bool:
        """Whether both have a LinkedIn profile, and not the same: then nothing else makes them one."""
        linkedin = self.people[number].linkedin
        return bool(person.linkedin and linkedin and person.linkedin not in linkedin)

    def possible(self, person: Ready, passed: set[int]) -> tuple[list[Known], str]:
        """Whom this could be, and why; those that the same file names as others are not meant.

        Args:
            person: somebody for whom nothing is certain.
            passed: contacts that other entries of the file are.
        """
        by_name = [number for number in self._name.get(person.key, ()) if number not in passed]
        by_name = [number for number in by_name if not self._is_another(number, person)]
        if by_name:
            return [self.people[number] for number in by_name], "the same name"
        shared = [number for key in person.emails for number in self._email.get(key, ()) if number not in passed]
        return [self.people[number] for number in dict.fromkeys(shared)], "the same e-mail address under another name"

    def member(self, source: str, said: str) -> int | None:
        """Who is meant as member of a group: by UID as a card writes it, or by e-mail address."""
        plain = said.lower().removeprefix("urn:uuid:").removeprefix("mailto:")
        found = (self._source.get((source, uid)) for uid in (said, said[len("urn:uuid:") :], f"urn:uuid:{said}"))
        number = next((number for number in found if number in self.people), None)
        return number or self.uuids.get(plain) or next(iter(self._email.get(plain, ())), None)

    def same_name(self, person: Ready) -> list[int]:
        """Everybody of that name."""
        return list(dict.fromkeys(self._name.get(person.key, ())))


def _company(person: Ready) -> str:
    from giveback.text import fold

    return fold(person.fields.get("company", ""))


def _note(index: dict[str, list[int]], key: str, number: int) -> None:
    found = index.setdefault(key, [])
    if number not in found:
        found.append(number)
