"""The rows of the ranking while articles compete: read once, written once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    from numpy.typing import NDArray

    from giveback.ranking.competing import Standing
    from giveback.ranking.rank import Kept, Turnover
    from giveback.ranking.wants import Want


class Board:
    """What is kept for each interest, and what comes and goes."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        """Begin with what the store keeps, or with nothing.

        Args:
            connection: the store, or None for an empty board.
        """
        self._connection = connection
        self._there: dict[int, NDArray[np.float64]] = {}
        self._come: dict[tuple[int, int], list[Kept]] = {}
        self._gone: dict[tuple[int, int], list[int]] = {}

    def standing(self, want: Want) -> Standing:
        """What is kept for an interest now."""
        import numpy as np

        from giveback.ranking.competing import Standing

        rows = self._kept(want)
        key = (want.contact_id, want.id)
        if gone := self._gone.get(key):
            rows = rows[~np.isin(rows[:, 0], gone)]
        if come := self._come.get(key):
            more = [(row.article_id, row.score, row.lasting) for row in come]
            rows = np.concatenate([rows, np.array(more)])
        return Standing(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2])

    def _kept(self, want: Want) -> NDArray[np.float64]:
        """Rows of article, score and lasting as the store keeps them for an interest."""
        import numpy as np

        if self._connection is None:
            return np.zeros((0, 3))
        if want.contact_id not in self._there:
            found = self._connection.execute(
                "SELECT interest_id, article_id, score, lasting FROM ranking WHERE contact_id = ? ORDER BY interest_id",
                (want.contact_id,),
            ).fetchall()
            flat = np.fromiter(chain.from_iterable(found), dtype=np.float64, count=4 * len(found))
            self._there[want.contact_id] = flat.reshape(-1, 4)
        rows = self._there[want.contact_id]
        first, last = np.searchsorted(rows[:, 0], (want.id, want.id + 1))
        return rows[first:last, 1:]

    def apply(self, change: Turnover) -> None:
        """Note what comes and goes; what only came a moment ago just goes."""
        key = (change.want.contact_id, change.want.id)
        come, go = self._come.get(key, []), set(change.go)
        just = {row.article_id for row in come} & go
        self._come[key] = [row for row in come if row.article_id not in just] + change.come
        go -= just
        if go:
            self._gone.setdefault(key, []).extend(go)

    def rows(self) -> list[Kept]:
        """Return what came and stayed."""
        return [row for come in self._come.values() for row in come]

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what came and went."""
        connection.executemany(
            "DELETE FROM ranking WHERE contact_id = ? AND interest_id = ? AND article_id = ?",
            [(*key, article) for key, gone in self._gone.items() for article in gone],
        )
        connection.executemany(f"INSERT INTO ranking VALUES ({', '.join('?' * 12)})", self.rows())
