"""What came of something that was given or received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from giveback.cli.common import questions, whom, would
from giveback.errors import NotFoundError

if TYPE_CHECKING:
    from giveback.cli.common import Here
    from giveback.store.questions.exchanges import ExchangeRow


def keep_outcome(at: Here, name: str, part: str, text: str, *, json: bool, dry_run: bool) -> None:
    """Keep what came of the latest exchange with somebody that says something.

    Args:
        at: the store.
        name: with whom it was.
        part: words that it says.
        text: what came of it; "" takes that away.
        json: print the exchange.
        dry_run: change nothing.

    Raises:
        NotFoundError: no exchange says that.
    """
    from giveback.store.changes import change
    from giveback.store.questions.exchanges import history
    from giveback.store.tables import Exchange
    from giveback.text import clean_line

    connection = questions(at)
    row = whom(connection, name)
    assert connection is not None
    found = _latest(history(connection, row.id), part)
    connection.close()
    if found is None:
        raise NotFoundError(f"nothing exchanged with {row.name} says {part!r}", f'giveback history "{row.name}"')
    outcome = clean_line(text, 2_000)
    with change(at.store, at.now, f"outcome {row.name}: {outcome}", dry_run=dry_run) as session:
        session.get_one(Exchange, found.id).outcome = outcome
    if json:
        from giveback.output import records

        records.show(
            {
                "uuid": found.uuid,
                "contact": records.person(row),
                "direction": found.direction,
                "channel": found.channel or None,
                "on": found.on_day,
                "text": found.text,
                "kind": found.kind or None,
                "minutes": found.minutes,
                "cost_cents": found.cost_cents,
                "dry_run": dry_run,
            }
        )
        return
    would(dry_run, f"{row.name} · {found.text} · came of it: {outcome}")


def _latest(rows: list[ExchangeRow], part: str) -> ExchangeRow | None:
    from giveback.text import fold

    wanted = fold(part)
    return next((row for row in rows if wanted in fold(f"{row.text} {row.gift_title}")), None)
