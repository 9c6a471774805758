"""What is kept for some interests while articles compete: read once, written once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from giveback.ranking.competing import Bars, Standing
    from giveback.ranking.wants import Want


class Kept(NamedTuple):
    """A row of the ranking."""

    contact_id: int
    interest_id: int
    article_id: int
    score: float
    lexical: float
    semantic: float
    feedback: float
    penalty: float
    plain: float
    avoided_id: int | None
    day: int
    lasting: float


class Rows(NamedTuple):
    """Columns of what may be kept, or came to be; arrays of one length.

    Attributes:
        want: place of the interest among those of a board.
        avoided: number of the avoided interest that took something off, whatever it is where nothing was.
    """

    want: NDArray[np.int64]
    article: NDArray[np.int64]
    score: NDArray[np.float64]
    lexical: NDArray[np.float64]
    semantic: NDArray[np.float64]
    feedback: NDArray[np.float64]
    penalty: NDArray[np.float64]
    plain: NDArray[np.float64]
    avoided: NDArray[np.int64]
    day: NDArray[np.int64]
    lasting: NDArray[np.float64]

    @property
    def standing(self) -> Standing:
        """What competes of them."""
        from giveback.ranking.competing import Standing

        return Standing(self.want, self.article, self.score, self.lasting)


class Board:
    """What is kept for some interests, what comes and what goes."""

    def __init__(self, wants: Sequence[Want], counts: Sequence[int], there: Standing) -> None:
        """Begin with what is there.

        Args:
            wants: the interests.
            counts: how many articles are kept for each by score; half as many more by how long they will last.
            there: what the store keeps for them.
        """
        import numpy as np

        self.wants = wants
        self.counts = np.array(counts, dtype=np.int64)
        self._there, self._gone = there, there.part(np.zeros(len(there.ids), dtype=bool))
        self._come: Rows | None = None

    @property
    def standing(self) -> Standing:
        """What is kept now."""
        return self._there if self._come is None else self._there.joined(self._come.standing)

    def bars(self, newest: float) -> list[Bars]:
        """What articles must reach for each interest; see `competing.bars`."""
        from giveback.ranking.competing import bars

        return bars(self.standing, self.counts, newest)

    def offer(self, rows: Rows) -> None:
        """Let articles compete with those that are kept."""
        import numpy as np

        from giveback.ranking.competing import best

        if self._come is not None:
            rows = Rows._make(np.concatenate(pair) for pair in zip(self._come, rows, strict=True))
        stay = best(self._there.joined(rows.standing), self.counts)
        stays, comes = stay[: len(self._there.ids)], np.flatnonzero(stay[len(self._there.ids) :])
        self._gone, self._there = self._gone.joined(self._there.part(~stays)), self._there.part(stays)
        comes = comes[np.argsort(rows.want[comes], kind="stable")]
        self._come = Rows._make(column[comes] for column in rows)

    def rows(self) -> Iterator[Kept]:
        """Return what came and stayed."""
        return (Kept(*row) for row in self._rows())

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        if self._come is None:
            return iter(())
        _, article, *values, avoided, day, lasting = (column.tolist() for column in self._come)
        lost = values[4]
        guilty = [number if taken < 0 else None for number, taken in zip(avoided, lost, strict=True)]
        return zip(*self._owners(self._come.want), article, *values, guilty, day, lasting, strict=True)

    def _owners(self, want: NDArray[np.int64]) -> tuple[list[int], list[int]]:
        import numpy as np

        pairs = np.array([(each.contact_id, each.id) for each in self.wants], dtype=np.int64).reshape(-1, 2)[want]
        return pairs[:, 0].tolist(), pairs[:, 1].tolist()

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what came and went."""
        connection.executemany(
            "DELETE FROM ranking WHERE contact_id = ? AND interest_id = ? AND article_id = ?",
            zip(*self._owners(self._gone.want), self._gone.ids.tolist(), strict=True),
        )
        connection.executemany(f"INSERT INTO ranking VALUES ({', '.join('?' * 12)})", self._rows())


def stored(connection: sqlite3.Connection, wants: Sequence[Want]) -> Standing:
    """What the store keeps for some interests.

    Args:
        connection: the store; reading is enough.
        wants: the interests, those of one contact side by side.
    """
    import numpy as np

    from giveback.ranking.competing import Standing

    sql = "SELECT interest_id, article_id, score, lasting FROM ranking WHERE contact_id = ?"
    found = (connection.execute(sql, (number,)) for number in dict.fromkeys(want.contact_id for want in wants))
    rows = np.fromiter(chain.from_iterable(chain.from_iterable(found)), dtype=np.float64).reshape(-1, 4)
    numbers = np.array([want.id for want in wants], dtype=np.int64)
    order = np.argsort(numbers)
    interest = rows[:, 0].astype(np.int64)
    place = order[np.minimum(np.searchsorted(numbers[order], interest), len(order) - 1)]
    known = numbers[place] == interest
    return Standing(place, rows[:, 1].astype(np.int64), rows[:, 2], rows[:, 3]).part(known)


def nothing(wants: Sequence[Want]) -> Standing:  # noqa: ARG001 - as `stored`
    """What is kept for interests that are ranked from scratch."""
    import numpy as np

    from giveback.ranking.competing import Standing

    none = np.zeros(0, dtype=np.int64)
    return Standing(none, none, np.zeros(0), np.zeros(0))
