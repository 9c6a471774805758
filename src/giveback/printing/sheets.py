"""Paper and how it is folded. Lengths are millimetres."""

from __future__ import annotations

from typing import NamedTuple

from giveback.errors import UsageError

PAPERS: dict[str, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height of upright sheets: ISO 216 A4 and ANSI/ASME Y14.1 A."""
FOLDS = ("half", "quarter")


class Panel(NamedTuple):
    """Where a part of a card stands on the sheet.

    Attributes:
        page: 1 is the outside, 2 the inside.
        column: 0 is left.
        row: 0 is the top.
        turned: upside down, so that it stands upright once the sheet is folded.
    """

    page: int
    column: int
    row: int
    turned: bool = False


class Sheet(NamedTuple):
    """A sheet of paper that becomes a card.

    Attributes:
        width: as it is printed.
        height: as it is printed.
        fold: half or quarter.
        panels: part of the card (back, front, clipping, note) to where it stands.
    """

    width: float
    height: float
    fold: str
    panels: dict[str, Panel]

    @property
    def panel_size(self) -> tuple[float, float]:
        """Width and height of one panel."""
        return self.width / 2, self.height / (1 if self.fold == "half" else 2)


def sheet(paper: str, fold: str) -> Sheet:
    """A sheet for a card.

    A half-fold lies on its side and is printed on both sides, the second turned over its short edge. A quarter-fold
    stands upright and is printed on one side: its upper half goes back behind the lower one, then the left behind
    the right, so the two upper panels are printed upside down.

    Raises:
        UsageError: an unknown paper or fold.
    """
    width, height = paper_size(paper)
    if fold == "half":
        panels = {"back": Panel(1, 0, 0), "front": Panel(1, 1, 0), "clipping": Panel(2, 0, 0), "note": Panel(2, 1, 0)}
        return Sheet(height, width, fold, panels)
    if fold == "quarter":
        panels = {
            "back": Panel(1, 0, 1),
            "front": Panel(1, 1, 1),
            "clipping": Panel(1, 1, 0, turned=True),
            "note": Panel(1, 0, 0, turned=True),
        }
        return Sheet(width, height, fold, panels)
    raise UsageError(f"{fold!r} is no way to fold a card", "say half or quarter")


def paper_size(paper: str) -> tuple[float, float]:
    """Width and height of an upright sheet.

    Raises:
        UsageError: an unknown paper.
    """
    if paper.lower() not in PAPERS:
        raise UsageError(f"{paper!r} is no paper that cards are made of", "say a4 or letter")
    return PAPERS[paper.lower()]
