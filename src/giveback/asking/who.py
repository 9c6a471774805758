"""Who can help with a target: people, paths, and what to give them first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from giveback.asking.grounds import Ground, field_words, holds, in_order, introducer, rank, shared_words
from giveback.asking.paths import Edge, neighbours, paths
from giveback.asking.targets import names_of
from giveback.asking.ties import Tie, tie
from giveback.matching.companies import alike
from giveback.store.questions import targets as questions
from giveback.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import date

    from giveback.asking.paths import Node, Path
    from giveback.matching.companies import Likeness
    from giveback.store.questions.targets import KnowsRow, PersonRow, TargetRow


class Candidate(NamedTuple):
    """A contact who may help.

    Attributes:
        person: who.
        grounds: why, strongest first; at least one.
        tie: how the tie is.
    """

    person: PersonRow
    grounds: list[Ground]
    tie: Tie


class Found(NamedTuple):
    """Who may help with a target.

    Attributes:
        candidates: best first.
        perhaps: company names that may mean the target and were neither confirmed nor denied, with their score.
    """

    candidates: list[Candidate]
    perhaps: dict[str, int]


class _Scene(NamedTuple):
    """What is looked through.

    Attributes:
        target: the target.
        people: every contact by number.
        like: company names that are, or may be, the target's company.
        knows: who knows whom.
        key_of: numbers of contacts by folded name, those that share one left out.
    """

    target: TargetRow
    people: dict[int, PersonRow]
    like: dict[str, Likeness]
    knows: list[KnowsRow]
    key_of: dict[str, int]

    def node(self, row: KnowsRow) -> Node:
        """The person on the other side; somebody who has become a contact since is that contact."""
        return row.other_id if row.other_id is not None else self.key_of.get(row.key, row.key)


def who(connection: sqlite3.Connection, target: TargetRow, today: date) -> Found:
    """Everybody who may help with a target.

    Args:
        connection: the store.
        target: the target.
        today: the local day.
    """
    former = questions.former_positions(connection)
    scene = _scene(connection, target, [company for _, company, _, _ in former])
    grounds: dict[int, list[Ground]] = {}
    inside = _inside(scene, grounds)
    _worked(scene, former, grounds)
    _paths(connection, scene, inside, grounds)
    _shared(connection, scene, inside, grounds)
    _alike(connection, scene, grounds)
    candidates = [
        Candidate(person, in_order(grounds[number]), tie(person.last_on, person.given, person.received, today))
        for number, person in scene.people.items()
        if number in grounds
    ]
    candidates.sort(key=lambda each: rank(each.grounds, each.tie, each.person.name_key))
    return Found(candidates, {name: like.score for name, like in scene.like.items() if like.verdict == "perhaps"})


def _scene(connection: sqlite3.Connection, target: TargetRow, former: list[str]) -> _Scene:
    people = {row.id: row for row in questions.people(connection)}
    knows = questions.acquaintances(connection)
    names = names_of(target, questions.aliases(connection, target.id))
    companies = [row.company for row in people.values()] + [row.company for row in knows] + former
    like = alike(names, (company for company in companies if company)) if names.keys else {}
    key_of: dict[str, int] = {}
    for row in people.values():
        key_of[row.name_key] = 0 if row.name_key in key_of else row.id
    return _Scene(target, people, like, knows, {key: number for key, number in key_of.items() if number})


def _add(grounds: dict[int, list[Ground]], number: int, ground: Ground) -> None:
    grounds.setdefault(number, []).append(ground)


def _at(scene: _Scene, company: str, title: str = "") -> str:
    """Where somebody works: "reservoir engineer at Royal Dutch Shell, perhaps the same (90 of 100)"."""
    like = scene.like[company]
    sure = "" if like.verdict == "same" else f", perhaps the same ({like.score} of 100)"
    return (f"{title} at {company}" if title else f"at {company}") + sure


def _unsure(scene: _Scene, company: str) -> bool:
    return scene.like[company].verdict == "perhaps"


def _inside(scene: _Scene, grounds: dict[int, list[Ground]]) -> dict[Node, str]:
    """The people at the target, contacts or not, each with how that is said."""
    inside: dict[Node, str] = {}
    target = scene.target
    if target.kind == "person":
        number = target.contact_id or scene.key_of.get(target.key)
        inside[number or target.key] = target.name
        if number in scene.people:
            _add(grounds, number, Ground("is", "the person you want to reach"))
    for row in scene.people.values():
        if row.company in scene.like and row.id not in inside:
            inside[row.id] = f"{row.name} ({row.company})"
            _add(
                grounds, row.id, Ground("works", "works " + _at(scene, row.company), unsure=_unsure(scene, row.company))
            )
    for edge in scene.knows:
        known = scene.node(edge)
        if edge.company in scene.like and not isinstance(known, int):
            inside.setdefault(known, f"{edge.name} ({edge.company})")
    return inside


def _worked(scene: _Scene, former: Iterable[tuple[int, str, str, str]], grounds: dict[int, list[Ground]]) -> None:
    for number, company, _, until in former:
        person = scene.people.get(number)
        if person is None or company not in scene.like or person.company in scene.like:
            continue
        when = f" until {until[:4]}" if until else ""
        _add(grounds, number, Ground("worked", f"worked {_at(scene, company)}{when}", unsure=_unsure(scene, company)))


def _edges(connection: sqlite3.Connection, scene: _Scene) -> Iterator[Edge]:
    for row in scene.knows:
        yield Edge(row.contact_id, scene.node(row), row.how)
    for first, second in questions.introduced(connection):
        yield Edge(first, second, "you introduced them")
    for person in scene.people.values():
        by = introducer(person.met_at) if person.met_at else ""
        if by in scene.key_of:
            yield Edge(scene.key_of[by], person.id, "by an introduction")


def _paths(
    connection: sqlite3.Connection, scene: _Scene, inside: dict[Node, str], grounds: dict[int, list[Ground]]
) -> None:
    known = neighbours(_edges(connection, scene))
    said = {row.key: row.name for row in scene.knows if row.name}
    for number, way in paths(_goals(scene.target, inside), known).items():
        if number in scene.people:
            _add(grounds, number, _way(scene, inside, said, way))


def _goals(target: TargetRow, inside: dict[Node, str]) -> list[Node]:
    """Whom paths lead to: a person who is the target, not their colleagues, who may know them themselves."""
    return list(inside)[:1] if target.kind == "person" else list(inside)


def _way(scene: _Scene, inside: dict[Node, str], said: dict[str, str], way: Path) -> Ground:
    names = []
    for node in way.nodes[1:]:
        name = scene.people[node].name if isinstance(node, int) and node in scene.people else said.get(str(node), "")
        names.append(inside.get(node) or name or "somebody")
    first = f"knows {names[0]}" + (f", {way.hows[0]}" if way.hows[0] else "")
    rest = "".join(
        f", who knows {name}" + (f", {how}" if how else "") for name, how in zip(names[1:], way.hows[1:], strict=True)
    )
    return Ground("knows" if way.steps == 1 else "knows-of", first + rest, tuple(names))


def _shared(
    connection: sqlite3.Connection, scene: _Scene, inside: dict[Node, str], grounds: dict[int, list[Ground]]
) -> None:
    """Circles and interests that somebody has in common with a contact at the target."""
    circles = [(number, name, fold(name)) for number, name in questions.circles(connection)]
    phrases = questions.phrases(connection)
    for kind, rows, words in (("circle", circles, "with"), ("interest", phrases, "shares {} with")):
        of = _first_inside(rows, inside)
        for number, name, key in rows:
            if key in of and number not in inside and number in scene.people:
                other = inside[of[key]]
                text = f"in the circle {name} {words} {other}" if kind == "circle" else f"{words.format(name)} {other}"
                _add(grounds, number, Ground(kind, text, (other,)))  # type: ignore[arg-type]  # both are kinds


def _first_inside(rows: Iterable[tuple[int, str, str]], inside: dict[Node, str]) -> dict[str, int]:
    """What people at the target have, and the first of them who has it."""
    found: dict[str, int] = {}
    for number, _, key in rows:
        if number in inside:
            found.setdefault(key, number)
    return found


def _alike(connection: sqlite3.Connection, scene: _Scene, grounds: dict[int, list[Ground]]) -> None:
    """The same field, town or school as the target."""
    target = scene.target
    needs = [need.text for need in questions.needs(connection, target.id) if need.met_on is None]
    wanted = field_words([*needs, target.industry]) - field_words([target.name])
    town, school = fold(target.town), fold(target.school)
    liked = _phrases_by_contact(connection) if wanted or school else {}
    for number, row in scene.people.items():
        phrases = "; ".join(liked.get(number, ()))
        said = next((text for text in (row.title, phrases) if shared_words(wanted, text)), "")
        if said:
            matched = ", ".join(dict.fromkeys(shared_words(wanted, said)))
            _add(grounds, number, Ground("industry", f"same field: {row.title if said == row.title else matched}"))
        if town and fold(row.town) == town:
            _add(grounds, number, Ground("town", f"lives in {row.town}"))
        if school and any(holds(text, school) for text in (row.met_at, row.notes, phrases) if text):
            _add(grounds, number, Ground("school", f"the same school: {target.school}"))


def _phrases_by_contact(connection: sqlite3.Connection) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, phrase, _ in questions.phrases(connection):
        found.setdefault(number, []).append(phrase)
    return found
