"""Paths from a user to a target, over people: at most two steps beyond the contact who is asked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

STEPS = 2
"""How many acquaintances a path may go over."""

Node = int | str
"""A contact's number, or the folded name of somebody who is no contact."""


class Edge(NamedTuple):
    """Two people who know each other.

    Attributes:
        one: a node.
        other: another.
        how: how they know each other, in a few words.
    """

    one: Node
    other: Node
    how: str = ""


class Path(NamedTuple):
    """A way to somebody at the target.

    Attributes:
        nodes: the contact to ask first, the one who is reached last; each once.
        hows: how each knows the next, one fewer than nodes.
    """

    nodes: tuple[Node, ...]
    hows: tuple[str, ...]

    @property
    def steps(self) -> int:
        """Acquaintances between the contact and the one who is reached."""
        return len(self.nodes) - 1


def neighbours(edges: Iterable[Edge]) -> dict[Node, dict[Node, str]]:
    """Who knows whom, in both directions; somebody who knows herself is passed over."""
    found: dict[Node, dict[Node, str]] = {}
    for one, other, how in edges:
        if one != other:
            found.setdefault(one, {}).setdefault(other, how)
            found.setdefault(other, {}).setdefault(one, how)
    return found


def paths(goals: Iterable[Node], known: Mapping[Node, Mapping[Node, str]], steps: int = STEPS) -> dict[int, Path]:
    """The shortest path from each contact to any of the people at the target.

    A walk from the target outwards, breadth first, so that each person is reached once, by a shortest way; loops
    among acquaintances end it no later.

    Args:
        goals: the people at the target.
        known: as `neighbours` gives it.
        steps: the most acquaintances on a path.

    Returns:
        For each contact that has one, and is no goal, its path; the contact comes first on it.
    """
    reached: dict[Node, Path] = {goal: Path((goal,), ()) for goal in sorted(goals, key=_order)}
    frontier: Sequence[Node] = list(reached)
    targets = set(reached)
    for _ in range(steps):
        following: list[Node] = []
        for node in frontier:
            way = reached[node]
            for next_one, how in sorted(known.get(node, {}).items(), key=lambda item: _order(item[0])):
                if next_one not in reached:
                    reached[next_one] = Path((next_one, *way.nodes), (how, *way.hows))
                    following.append(next_one)
        frontier = following
    return {node: way for node, way in reached.items() if isinstance(node, int) and node not in targets}


def _order(node: Node) -> tuple[int, int, str]:
    """Contacts by number, then the others by name, so that ties are always settled alike."""
    return (0, node, "") if isinstance(node, int) else (1, 0, node)
